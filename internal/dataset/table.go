package dataset

import "strings"

// table reads a file of comma-separated values. The first line names the columns. Quoted fields may span lines.
type table struct {
	*records
	columns map[string]int
	row     []string
	// where is the place where the row begins.
	where place
}

// newTable reads the header. The names of columns are compared without case, blanks and underscores.
func newTable(s Source) (*table, error) {
	in, err := newRecords(s, func([]string) bool { return false })
	if err != nil {
		return nil, err
	}
	t := &table{records: in, columns: map[string]int{}, where: in.in.at}
	for i, name := range in.header {
		t.columns[columnName(name)] = i
	}
	return t, nil
}

// next reads the next row. After the last row the error is io.EOF. An error of type *badLine says that one line is no row.
func (t *table) next() (err error) {
	t.row, t.where, err = t.records.next()
	return err
}

// at is the place where the row begins.
func (t *table) at() place { return t.where }

// column returns the index of the first of these names in the header.
func (t *table) column(names ...string) (int, bool) {
	for _, name := range names {
		if i, ok := t.columns[columnName(name)]; ok {
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
