package chart

import (
	"strings"
	"unicode"
)

// Sizes of the type, in px; style.css has the same.
const (
	fontSize   = 12.
	lineHeight = 16.
	gap        = 8. // between things that must not touch
)

// widthOf estimates how wide a text is, in px. The page's font is not known here, so the estimate is that of a wide one: the
// widths of DejaVu Sans and of Verdana, rounded up.
func widthOf(text string) float64 {
	var em float64
	for _, r := range text {
		em += emOf(r)
	}
	return em * fontSize
}

func emOf(r rune) float64 {
	switch {
	case r == '\t', r == '\n', r == '\r': // written as spaces
		return .42
	case r < ' ', 0x7f <= r && r <= 0x9f: // written as the replacement character
		return 1.05
	case strings.ContainsRune(" .,:;|!'ijlIftr()[]-/", r):
		return .42
	case strings.ContainsRune("mwMW%@—→", r):
		return 1
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
		return 0
	case r >= 0x1100: // Hangul, Han, kana, signs, emoji
		if r >= 0x2000 && r < 0x2100 { // punctuation
			return .65
		}
		return 1.05
	case unicode.IsUpper(r) || strings.ContainsRune("+=<>−×±~", r):
		return .84
	}
	return .65
}

// fitted cuts a text to a width in px, and tells whether something is missing. A width too small for "…" leaves nothing.
func fitted(text string, width float64) (string, bool) {
	text = strings.TrimSpace(text)
	if widthOf(text) <= width {
		return text, false
	}
	const mark = "…"
	room := width - widthOf(mark)
	if room < 0 {
		return "", true
	}
	var short strings.Builder
	for _, r := range text {
		if room -= emOf(r) * fontSize; room < 0 {
			break
		}
		short.WriteRune(r)
	}
	return strings.TrimSpace(short.String()) + mark, true
}

// wrapped breaks a text into two lines of a width in px, and tells whether something is missing. It breaks at a space.
func wrapped(text string, width float64) (first, second string, cut bool) {
	text = strings.TrimSpace(text)
	if widthOf(text) <= width {
		return text, "", false
	}
	for i := len(text) - 1; i > 0; i-- {
		if text[i] == ' ' && widthOf(text[:i]) <= width {
			second, cut = fitted(text[i:], width)
			return strings.TrimSpace(text[:i]), second, cut
		}
	}
	first, cut = fitted(text, width)
	return first, "", cut
}

// roomAt is how wide a text may be whose middle is at x, in px: a width, or less near the ends of [left, right].
func roomAt(x, width, left, right float64) float64 { return min(width, 2*(x-left), 2*(right-x)) }
