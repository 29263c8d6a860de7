package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine is the largest length of a line, in bytes. The names of the fields make an item of 9 bytes in Avro 60 bytes long in JSON, so
// an event of 1 MiB in Avro may take some 7 MiB here.
const maxLine = 16 << 20

// lines reads the lines of a source. It skips blank lines, and cuts off line ends and surrounding blanks.
type lines struct {
	r    *bufio.Reader
	at   place
	long []byte
}

func newLines(s Source) *lines {
	return &lines{r: bufio.NewReaderSize(s.Reader, 64<<10), at: place{file: s.Name}}
}

// badLine is the error of a line that cannot be read. The reading can go on with the next one.
type badLine struct{ error }

// Unwrap returns what is wrong with the line.
func (b *badLine) Unwrap() error { return b.error }

// next returns the next line. The line is valid until the next call. After the last line the error is io.EOF. An error of type *badLine
// says that one line cannot be read.
func (l *lines) next() ([]byte, error) {
	line, err := l.whole()
	return bytes.TrimSpace(line), err
}

// whole is next, but keeps the blanks around the line: in a table that is separated by tabs they are empty fields.
func (l *lines) whole() ([]byte, error) {
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
		if long, ok := errors.AsType[*badLine](err); ok {
			if err := l.skip(); err != nil {
				return nil, err
			}
			return nil, long
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, malformed(l.at, "%w", err)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			return bytes.TrimRight(line, "\r\n"), nil
		}
	}
}

// raw returns a line with its line end. The error is nil, or what ended the line before its line end.
func (l *lines) raw() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	l.long = l.long[:0]
	for errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long, line...)
		if len(l.long) > maxLine {
			return l.long, &badLine{fmt.Errorf("the line is longer than %d bytes", maxLine)}
		}
		line, err = l.r.ReadSlice('\n')
	}
	l.long = append(l.long, line...)
	return l.long, err
}

// skip reads up to the next line end.
func (l *lines) skip() error {
	for {
		_, err := l.r.ReadSlice('\n')
		switch {
		case err == nil, errors.Is(err, io.EOF):
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return fmt.Errorf("read %s: %w", l.at.file, err)
		}
	}
}

// split cuts a line at blanks into at most len(into) columns. It returns the number of columns of the line.
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

// names interns strings: each name is held once. So a million lines share the strings of a few thousand customers and articles,
// and no name keeps its whole line in memory.
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
