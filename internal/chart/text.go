package chart

import (
	"strings"
	"unicode"
)

// Sizes in px. The size of the type must be that of style.css.
const (
	fontSize   = 12.
	lineHeight = 16.
	gap        = 8. // between things that must not touch
)

// widthOf estimates the width of a text, in px. The font of the page is not known here, so the estimate is for wide fonts: the
// widths of DejaVu Sans and Verdana, rounded up.
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
		return .46
	case r < ' ', 0x7f <= r && r <= 0x9f: // written as the replacement character
		return 1.08
	case strings.ContainsRune(" .,:;|!'ijlIftr()[]-/\"", r):
		return .46
	case strings.ContainsRune("mwMW%@—…→æœÆŒ", r):
		return 1
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
		return 0
	case 0x2000 <= r && r < 0x2100: // punctuation
		return .65
	case r >= 0x370: // Greek, Cyrillic, Hangul, Han, kana, signs, emoji
		return 1.08
	case unicode.IsUpper(r) || strings.ContainsRune("+=<>×±~#&", r):
		return .84
	}
	return .65
}

// fitted cuts a text to a width in px, and reports whether it did. If not even "…" fits, nothing is left.
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

// wrapped breaks a text at a space into two lines of a width in px, and reports whether it had to cut the text.
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

// roomAt is the room for a text that is centred at x, in px: a width, or less near an end of [left, right].
func roomAt(x, width, left, right float64) float64 { return min(width, 2*(x-left), 2*(right-x)) }
