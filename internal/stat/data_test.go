package stat

import (
	"bufio"
	"iter"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tidemark/internal/realdata"
)

// lines yields the fields of each line of a file below TIDEMARK_DATA, after the
// lines of the heading. Without the file the test is skipped; if TIDEMARK_STRICT
// is 1 it fails. An empty separator means white space.
func lines(t *testing.T, file, sep string, heading int) iter.Seq[[]string] {
	t.Helper()
	text, err := os.ReadFile(realdata.File(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func([]string) bool) {
		in := bufio.NewScanner(strings.NewReader(string(text)))
		for n := 0; in.Scan(); n++ {
			fields := strings.Fields(in.Text())
			if sep != "" {
				fields = strings.Split(in.Text(), sep)
			}
			if n >= heading && !yield(fields) {
				return
			}
		}
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// purchaseLog is a file of purchases, one a line.
type purchaseLog struct {
	file, sep   string
	heading     int
	id, date    int // columns
	amount      int // 0: none
	layout, end string
	unit        time.Duration
}

// buyer is a customer of a purchaseLog: the Rhythm, and the mean spend per
// repeat day.
type buyer struct {
	Rhythm
	mean float64
}

// buyers sums up the purchases until the end, those of a day as one.
func (l purchaseLog) buyers(t *testing.T) []buyer {
	t.Helper()
	day := func(s string) time.Time {
		at, err := time.Parse(l.layout, s)
		if err != nil {
			t.Fatal(err)
		}
		return at.Truncate(24 * time.Hour)
	}
	end := day(l.end)
	spend := map[string]map[time.Time]float64{}
	for fields := range lines(t, l.file, l.sep, l.heading) {
		at := day(fields[l.date])
		if at.After(end) {
			continue
		}
		id := fields[l.id]
		if spend[id] == nil {
			spend[id] = map[time.Time]float64{}
		}
		spend[id][at] += number(t, fields[l.amount])
	}
	var all []buyer
	for _, id := range slices.Sorted(maps.Keys(spend)) {
		days := slices.SortedFunc(maps.Keys(spend[id]), time.Time.Compare)
		since := func(at time.Time) float64 { return float64(at.Sub(days[0])) / float64(l.unit) }
		b := buyer{Rhythm: Rhythm{X: len(days) - 1, TX: since(days[len(days)-1]), T: since(end)}}
		for _, at := range days[1:] {
			b.mean += spend[id][at] / float64(b.X)
		}
		all = append(all, b)
	}
	return all
}
