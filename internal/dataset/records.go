package dataset

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxRecordLines is the largest number of lines of one row: a quoted field may span lines. A quote that is not closed after so many
// lines is a stray quote.
const maxRecordLines = 200

// records reads the rows of a table with a header. A row that cannot be read costs one line: reading goes on with the line after
// the one on which the row began, so that a stray quote does not take the rest of the file with it.
type records struct {
	in     *lines
	row    bytes.Buffer  // the text of one row
	buffer *bufio.Reader // over row, as long as csv lives
	csv    *csv.Reader
	header []string
	// again are lines that were read ahead in search of a closing quote, and not used.
	again []aheadLine
}

// aheadLine is a line that was read ahead. bad is not nil where it cannot be read.
type aheadLine struct {
	text []byte
	at   place
	bad  *badLine
}

// separators are the delimiters of fields that are looked for, the usual one first.
var separators = []rune{',', ';', '\t', '|'}

// newRecords reads the header. fits says whether a header is one that can be read: the delimiter is the one that gives such a header, else
// the one that gives the most columns.
func newRecords(s Source, fits func(header []string) bool) (*records, error) {
	r := &records{in: newLines(s)}
	text, at, err := r.gather()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: it is empty, not a table with a header", s.Name)
	}
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, malformed(at, "the text is UTF-16: save the table as CSV in UTF-8")
	}
	text = slices.Clone(text)
	var comma rune
	for _, separator := range separators {
		r.split(separator)
		header, err := r.parse(text)
		if err != nil {
			continue
		}
		header = slices.Clone(header)
		for i := range header {
			header[i] = strings.TrimSpace(header[i])
		}
		if comma == 0 || fits(header) && !fits(r.header) || len(header) > len(r.header) && fits(header) == fits(r.header) {
			comma, r.header = separator, header
		}
	}
	if comma == 0 {
		return nil, malformed(at, "the header is not a row of CSV: a quote is not closed, or stands in a field without quotes")
	}
	r.split(comma)
	return r, nil
}

func (r *records) split(comma rune) {
	r.buffer = bufio.NewReaderSize(&r.row, 64<<10)
	r.csv = csv.NewReader(r.buffer)
	r.csv.Comma, r.csv.FieldsPerRecord, r.csv.ReuseRecord = comma, -1, true
}

// next returns the next row and where it begins. The row is valid until the next call. An error of type *badLine says that one line is no row; the reading can go on. After the
// last row the error is io.EOF.
func (r *records) next() ([]string, place, error) {
	text, at, err := r.gather()
	if err != nil {
		return nil, at, err
	}
	row, err := r.parse(text)
	if err != nil {
		return nil, at, &badLine{err}
	}
	if len(row) != len(r.header) {
		return nil, at, &badLine{fmt.Errorf("%d fields, not the %d of the header", len(row), len(r.header))}
	}
	return row, at, nil
}

// gather returns the text of the next row: a line, and the lines after it while a quote is open. If no line closes the quote, the text is
// the first line alone. The text is valid until the next call.
func (r *records) gather() ([]byte, place, error) {
	line, at, err := r.line()
	if err != nil || quotes(line)%2 == 0 {
		return line, at, err
	}
	text := slices.Clone(line)
	first, open := len(text), true
	var ahead []aheadLine
	for open && len(ahead) < maxRecordLines && len(text) < maxLine {
		line, where, err := r.line()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*badLine](err); ok { // it closes no quote; its turn comes
			ahead = append(ahead, aheadLine{at: where, bad: bad})
			break
		}
		if err != nil {
			return nil, where, err
		}
		ahead = append(ahead, aheadLine{text: slices.Clone(line), at: where})
		text = append(append(text, '\n'), line...)
		open = quotes(line)%2 == 0
	}
	if !open {
		if _, err := r.parse(text); err == nil {
			return text, at, nil
		}
	}
	r.again = append(ahead, r.again...)
	return text[:first], at, nil
}

func (r *records) line() ([]byte, place, error) {
	if len(r.again) > 0 {
		line := r.again[0]
		r.again = r.again[1:]
		if line.bad != nil {
			return nil, line.at, line.bad
		}
		return line.text, line.at, nil
	}
	line, err := r.in.whole()
	return line, r.in.at, err
}

func quotes(line []byte) int { return bytes.Count(line, []byte{'"'}) }

// parse reads text as one row.
func (r *records) parse(text []byte) ([]string, error) {
	if r.csv == nil { // the header: any delimiter has the same quotes
		return nil, nil
	}
	r.row.Reset()
	r.row.Write(text)
	r.row.WriteByte('\n')
	r.buffer.Reset(&r.row)
	row, err := r.csv.Read()
	if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, wrong.Err
	}
	return row, err
}
