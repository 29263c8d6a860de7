package main

import (
	"io"
	"math"
	"strings"
	"unicode"

	"tidemark/internal/terminal"
)

// widthOf is the width of a terminal in columns. What is written to anything else is never broken into lines: programs read it.
func widthOf(w io.Writer) int {
	if !terminal.Is(w) {
		return math.MaxInt
	}
	width, _ := terminal.Size(w)
	return width
}

// aligned joins the cells of rows to lines, each column as wide as its widest cell, with two spaces between columns.
func aligned(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], terminalColumns(cell))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-terminalColumns(cell)+2))
		}
		lines[n] = strings.TrimRight(line.String(), " ")
	}
	return lines
}

// inLines breaks a text into lines of a width in columns, of which all but the first begin with so many spaces. It breaks at spaces, and between two
// Chinese characters; a word that is longer than a line stays whole.
func inLines(text string, width, indent int) string {
	var out strings.Builder
	column, fresh := 0, true // fresh: the line has nothing but spaces so far
	for _, piece := range pieces(text) {
		n := terminalColumns(strings.TrimRight(piece, " "))
		if !fresh && column+n > width {
			out.WriteString("\n" + strings.Repeat(" ", indent))
			column, fresh = indent, true
		}
		out.WriteString(piece)
		column += terminalColumns(piece)
		fresh = fresh && strings.TrimSpace(piece) == ""
	}
	lines := strings.Split(out.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// pieces are the parts of a text between which a line may be broken: after spaces, and around a Chinese character, but not before a sign that closes
// something.
func pieces(text string) (all []string) {
	from, runes := 0, []rune(text)
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) {
			last, next := runes[i-1], runes[i]
			chinese := (wide(last) || wide(next)) && next != ' ' && !strings.ContainsRune("(「(", last) && !strings.ContainsRune("),。;:、」),.;:", next)
			if !chinese && !(last == ' ' && next != ' ') {
				continue
			}
		}
		all = append(all, string(runes[from:i]))
		from = i
	}
	return all
}

// terminalColumns is how many columns of a terminal a text takes: two for a Chinese character or a full-width sign.
func terminalColumns(text string) int {
	n := 0
	for _, r := range text {
		n++
		if wide(r) {
			n++
		}
	}
	return n
}

// wide reports whether a character takes two columns.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60
}
