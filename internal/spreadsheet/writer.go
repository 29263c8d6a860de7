// Package spreadsheet writes CSV that a spreadsheet can open without running what stands in a cell.
package spreadsheet

import (
	"encoding/csv"
	"io"
	"regexp"
	"strings"
)

// Writer writes rows of CSV. It is the only writer of CSV in this module: a test holds every package to it.
type Writer struct{ csv *csv.Writer }

// NewWriter returns a Writer to w. Call Flush at the end.
func NewWriter(w io.Writer) *Writer { return &Writer{csv.NewWriter(w)} }

// Write writes one row, each cell as Cell returns it. It changes row in place. An error is that of the writer below.
func (w *Writer) Write(row []string) error {
	for i, cell := range row {
		row[i] = Cell(cell)
	}
	return w.csv.Write(row)
}

// Flush writes what is buffered, and returns the first error of any Write.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// risky are the characters with which a cell begins that a spreadsheet may run as a formula, by OWASP's page "CSV Injection": also the
// full-width forms, which some take for the narrow ones.
const risky = "=+-@\t\r\n＝＋－＠"

var number = regexp.MustCompile(`^-[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// Cell returns text as a cell that a spreadsheet shows and does not run: text that begins like a formula gets an apostrophe in
// front. A number below zero stays as it is, so that it stays a number.
func Cell(text string) string {
	if text == "" || number.MatchString(text) {
		return text
	}
	if i := strings.IndexAny(text, risky); i != 0 {
		return text
	}
	return "'" + text
}
