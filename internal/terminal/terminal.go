// Package terminal is how commands write for people: bars of progress, colours, and numbers in few digits.
package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Is reports whether a writer is a terminal.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// The size that is assumed of a terminal that does not report its size, in characters and lines.
const (
	usualWidth  = 80
	usualHeight = 24
)

// Size returns the size of a terminal, in characters and lines. Is(w) must be true, or Size panics.
func Size(w io.Writer) (width, height int) {
	width, height, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil {
		return usualWidth, usualHeight
	}
	return width, height
}
