package terminal

import (
	"fmt"
	"strings"
)

// Span is text in one colour. Colour is an ANSI number, such as 31 for red; 0 is the default of the terminal.
type Span struct {
	Text   string
	Colour int
}

// Text returns a Span in the default colour of the terminal.
func Text(text string) Span { return Span{Text: text} }

// In returns a Span in a colour.
func In(colour int, text string) Span { return Span{Text: text, Colour: colour} }

// Render joins spans, with or without colours, and cuts the text to a width in characters.
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
