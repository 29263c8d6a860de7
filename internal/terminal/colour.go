package terminal

import (
	"fmt"
	"strings"
)

// Span is text in one colour, a number of ANSI's; 0 is the terminal's own.
type Span struct {
	Text   string
	Colour int
}

// Text is text in the terminal's own colour.
func Text(text string) Span { return Span{Text: text} }

// In is text in a colour.
func In(colour int, text string) Span { return Span{Text: text, Colour: colour} }

// Render joins spans, in colour or not. What goes beyond the width, in characters, is cut off.
func Render(row []Span, width int, colour bool) string {
	var b strings.Builder
	for _, s := range row {
		text := []rune(s.Text)
		text = text[:min(len(text), max(0, width))]
		width -= len(text)
		if colour && s.Colour != 0 && len(text) > 0 {
			fmt.Fprintf(&b, "\x1b[%dm%s\x1b[0m", s.Colour, string(text))
			continue
		}
		b.WriteString(string(text))
	}
	return b.String()
}
