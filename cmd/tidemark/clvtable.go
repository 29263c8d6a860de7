package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mapKeys are the keys of a map.
func mapKeys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

// readSwitches reads a survey or a panel: its header says which. The error names every line that is wrong, up to ten.
func readSwitches(file, own string) (*observedSwitches, error) {
	in := io.Reader(os.Stdin)
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer opened.Close()
		in = opened
	}
	r := csv.NewReader(in)
	r.TrimLeadingSpace = true
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: read the header: %w", file, err)
	}
	places := map[string]int{}
	for i, name := range header {
		places[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	has := func(names ...string) bool {
		for _, name := range names {
			if _, found := places[name]; !found {
				return false
			}
		}
		return true
	}
	var read func(t *switchTable) (*observedSwitches, error)
	switch {
	case has("from", "to"):
		read = surveyed
	case has("customer", "at", "brand"):
		read = watched
	default:
		return nil, fmt.Errorf("%s: a survey has the columns from and to, a panel customer, at and brand; this table has %s", file, strings.Join(header, ", "))
	}
	t := &switchTable{places: places, own: own}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		line, _ := r.FieldPos(0)
		t.rows, t.lines = append(t.rows, row), append(t.lines, line)
	}
	o, err := read(t)
	if err = errors.Join(append(t.faults, err)...); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return o, nil
}

// switchTable is a table of brands, and what is wrong with it.
type switchTable struct {
	places map[string]int
	rows   [][]string
	lines  []int
	own    string
	faults []error
}

// cell is a cell of a row; empty where the table has no such column.
func (t *switchTable) cell(row int, column string) string {
	i, found := t.places[column]
	if !found {
		return ""
	}
	return strings.TrimSpace(t.rows[row][i])
}

// mostFaults bounds the lines that an error names.
const mostFaults = 10

func (t *switchTable) fault(row int, format string, args ...any) {
	if len(t.faults) < mostFaults {
		t.faults = append(t.faults, fmt.Errorf("line %d: "+format, append([]any{t.lines[row]}, args...)...))
	}
}

// surveyed counts the switches of a survey: who bought which brand before, and which next.
func surveyed(t *switchTable) (*observedSwitches, error) {
	type answer struct {
		from, to string
		n        float64
	}
	var answers []answer
	brands := map[string]bool{}
	for row := range t.rows {
		a := answer{t.cell(row, "from"), t.cell(row, "to"), 1}
		if count := t.cell(row, "count"); count != "" {
			n, err := strconv.ParseFloat(count, 64)
			if err != nil || !(n >= 0 && n <= 1e12) {
				t.fault(row, "count %q is no number of at least 0", count)
				continue
			}
			a.n = n
		}
		if a.from == "" || a.to == "" {
			t.fault(row, "a brand is missing")
			continue
		}
		brands[a.from], brands[a.to] = true, true
		answers = append(answers, a)
	}
	o, err := newSwitches(t.own, brands)
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		o.add(a.from, a.to, a.n)
	}
	return o, nil
}

// watched counts the switches of a panel: each purchase of a customer after another. The order of the rows does not matter.
func watched(t *switchTable) (*observedSwitches, error) {
	type purchase struct {
		at    time.Time
		brand string
	}
	lives := map[string][]purchase{}
	brands := map[string]bool{}
	for row := range t.rows {
		customer, brand := t.cell(row, "customer"), t.cell(row, "brand")
		at, err := moment(t.cell(row, "at"))
		if err != nil {
			t.fault(row, "%w", err)
			continue
		}
		if customer == "" || brand == "" {
			t.fault(row, "the customer or the brand is missing")
			continue
		}
		brands[brand] = true
		lives[customer] = append(lives[customer], purchase{at, brand})
	}
	o, err := newSwitches(t.own, brands)
	if err != nil {
		return nil, err
	}
	var switches, years float64
	for _, customer := range slices.Sorted(mapKeys(lives)) {
		life := lives[customer]
		slices.SortFunc(life, func(a, b purchase) int {
			if c := a.at.Compare(b.at); c != 0 {
				return c
			}
			return strings.Compare(a.brand, b.brand)
		})
		for i := 1; i < len(life); i++ {
			o.add(life[i-1].brand, life[i].brand, 1)
		}
		switches += float64(len(life) - 1)
		years += life[len(life)-1].at.Sub(life[0].at).Hours() / 24 / 365
	}
	if years > 0 {
		o.frequency = switches / years
	}
	return o, nil
}

// moment reads a date or a time of RFC 3339.
func moment(s string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither a date YYYY-MM-DD nor a time in RFC 3339", s)
}
