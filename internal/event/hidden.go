package event

import "unicode"

// hidden are characters that an id must not contain, beside control characters: those that turn the direction of text, or break a line, so
// that an id looks like another one, and those that nobody sees, so that two ids look the same. The zero-width joiner (U+200D) and
// non-joiner (U+200C) are not among them: Persian, the scripts of India and many emoji are spelt with them.
//
// The list is written out, and not taken from the tables of Unicode: what is accepted must not change with the version of Go.
//
// Sources: Unicode Standard Annex 9 (bidi controls), Unicode Technical Report 36, section 3 (text security).
var hidden = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00AD, Hi: 0x00AD, Stride: 1}, // soft hyphen
		{Lo: 0x061C, Hi: 0x061C, Stride: 1}, // Arabic letter mark
		{Lo: 0x180E, Hi: 0x180E, Stride: 1}, // Mongolian vowel separator
		{Lo: 0x200B, Hi: 0x200B, Stride: 1}, // zero-width space
		{Lo: 0x200E, Hi: 0x200F, Stride: 1}, // left-to-right and right-to-left mark
		{Lo: 0x2028, Hi: 0x202E, Stride: 1}, // line and paragraph separator, embeddings and overrides
		{Lo: 0x2060, Hi: 0x206F, Stride: 1}, // word joiner, invisible operators, isolates
		{Lo: 0xFEFF, Hi: 0xFEFF, Stride: 1}, // byte order mark
		{Lo: 0xFFF9, Hi: 0xFFFB, Stride: 1}, // interlinear annotations
	},
	R32: []unicode.Range32{
		{Lo: 0xE0000, Hi: 0xE007F, Stride: 1}, // tags
	},
	LatinOffset: 1,
}

// firstHidden returns the first character of id that is hidden.
func firstHidden(id string) (rune, bool) {
	for _, r := range id {
		if unicode.Is(hidden, r) {
			return r, true
		}
	}
	return 0, false
}
