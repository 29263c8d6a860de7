//go:build !service

package main

import "strings"

// textWidth is the most characters of a line of text in a report. A longer line is hard to read, and a terminal breaks it within words.
const textWidth = 150

// wrapped breaks the lines of a text between words, so that no line is longer than textWidth characters unless a word is. Each line that goes on
// begins with two spaces.
func wrapped(text string) string {
	const indent = "  "
	var out strings.Builder
	for line := range strings.Lines(text) {
		width := 0
		for i, word := range strings.SplitAfter(line, " ") {
			n := len([]rune(strings.TrimRight(word, " \n")))
			if i > 0 && width+n > textWidth {
				out.WriteString("\n" + indent)
				width = len([]rune(indent))
			}
			out.WriteString(word)
			width += len([]rune(word))
		}
	}
	return out.String()
}
