package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// table reads a file of comma-separated values. The first line names the columns. Quoted fields may span lines.
type table struct {
	csv    *csv.Reader
	file   string
	header map[string]int
	row    []string
}

// newTable reads the header. The names of columns are compared without case, blanks and underscores.
func newTable(s Source) (*table, error) {
	t := &table{csv: csv.NewReader(s.Reader), file: s.Name, header: map[string]int{}}
	t.csv.ReuseRecord = true
	if err := t.next(); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: it is empty, not a table with a header", s.Name)
		}
		return nil, err
	}
	for i, name := range t.row {
		t.header[columnName(strings.TrimPrefix(name, "\ufeff"))] = i
	}
	return t, nil
}

// next reads the next row. After the last row the error is io.EOF.
func (t *table) next() error {
	row, err := t.csv.Read()
	t.row = row
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	var wrong *csv.ParseError
	if !errors.As(err, &wrong) {
		return fmt.Errorf("read %s: %w", t.file, err)
	}
	if errors.Is(err, csv.ErrFieldCount) {
		return malformed(place{t.file, wrong.StartLine}, "%d fields, not the %d of the header", len(row), t.csv.FieldsPerRecord)
	}
	return malformed(place{t.file, wrong.StartLine}, "%w", wrong.Err)
}

// at is the place where the row begins.
func (t *table) at() place {
	line, _ := t.csv.FieldPos(0)
	return place{t.file, line}
}

// column returns the index of the first of these names in the header.
func (t *table) column(names ...string) (int, bool) {
	for _, name := range names {
		if i, ok := t.header[columnName(name)]; ok {
			return i, true
		}
	}
	return 0, false
}

// field is a field of the row, without surrounding blanks. It is valid until the next row.
func (t *table) field(column int) string { return strings.TrimSpace(t.row[column]) }

func columnName(s string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "_", "").Replace(s))
}

// all returns the indices of these columns. It is false if the header lacks one.
func (t *table) all(names []string) ([]int, bool) {
	columns := make([]int, len(names))
	for i, name := range names {
		var ok bool
		if columns[i], ok = t.column(name); !ok {
			return nil, false
		}
	}
	return columns, true
}
