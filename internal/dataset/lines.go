package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine bounds a line in bytes: an event with 1,000 items, each as long as it may be, is far below it.
const maxLine = 4 << 20

// lines walks the lines of a source that are not blank, without their ends and the blanks around them.
type lines struct {
	r    *bufio.Reader
	at   place
	long []byte
}

func newLines(s Source) *lines {
	return &lines{r: bufio.NewReaderSize(s.Reader, 64<<10), at: place{file: s.Name}}
}

// next returns the next line, valid until the following call; io.EOF after the last.
func (l *lines) next() ([]byte, error) {
	for {
		line, err := l.raw()
		if len(line) == 0 && err != nil {
			if errors.Is(err, io.EOF) {
				return nil, io.EOF
			}
			return nil, fmt.Errorf("read %s: %w", l.at.file, err)
		}
		if l.at.line++; l.at.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, malformed(l.at, "%w", err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
	}
}

// raw returns a line with its end, and what ended it when that was not the end of the line.
func (l *lines) raw() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	l.long = l.long[:0]
	for errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long, line...)
		if len(l.long) > maxLine {
			return l.long, fmt.Errorf("the line is longer than %d bytes", maxLine)
		}
		line, err = l.r.ReadSlice('\n')
	}
	l.long = append(l.long, line...)
	return l.long, err
}

// split cuts a line at its blanks into at most len(into) columns and returns how many there are in all.
func split(line []byte, into [][]byte) int {
	n := 0
	for field := range bytes.FieldsSeq(line) {
		if n < len(into) {
			into[n] = field
		}
		n++
	}
	return n
}

// names holds each name once, so that a million lines share the strings of a few thousand customers and articles, and
// none keeps the line alive that it came from.
type names map[string]string

func (n names) of(b []byte) string {
	if s, ok := n[string(b)]; ok {
		return s
	}
	s := string(b)
	n[s] = s
	return s
}

func (n names) ofString(s string) string {
	if own, ok := n[s]; ok {
		return own
	}
	s = strings.Clone(s)
	n[s] = s
	return s
}
