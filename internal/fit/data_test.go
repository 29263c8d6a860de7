package fit

import (
	"bufio"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/realdata"
	"tidemark/internal/stat"
)

const day = 24 * time.Hour

// ledger is the spend of each customer by day.
type ledger map[string]map[time.Time]float64

func (l ledger) add(customer string, at time.Time, amount float64) {
	if l[customer] == nil {
		l[customer] = map[time.Time]float64{}
	}
	l[customer][at.Truncate(day)] += amount
}

// orders reads the ORDERs of a file of real data.
func orders(t testing.TB, format dataset.Format, file string) ledger {
	t.Helper()
	log, err := dataset.Read(format, []string{realdata.File(t, file)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := ledger{}
	for _, e := range log.Events {
		if p, ok := e.(*event.Purchase); ok && p.Kind == event.Order {
			l.add(p.Customer, p.OccurredAt.Time(), float64(p.Amount.Minor)/100)
		}
	}
	return l
}

// table reads a comma-separated file of real data, without its heading.
func table(t testing.TB, file string) [][]string {
	t.Helper()
	text, err := os.ReadFile(realdata.File(t, file))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	in := bufio.NewScanner(strings.NewReader(string(text)))
	for in.Scan() {
		rows = append(rows, strings.Split(in.Text(), ","))
	}
	return rows[1:]
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// until sums up the customers at the end of a day. The spends are those of customers who paid for a
// second purchase.
func (l ledger) until(end time.Time, unit time.Duration) (rhythms []stat.Rhythm, spends []stat.Spend) {
	for _, customer := range slices.Sorted(maps.Keys(l)) {
		days := slices.DeleteFunc(slices.SortedFunc(maps.Keys(l[customer]), time.Time.Compare), end.Before)
		if len(days) == 0 {
			continue
		}
		since := func(at time.Time) float64 { return float64(at.Sub(days[0])) / float64(unit) }
		h := stat.Rhythm{X: len(days) - 1, TX: since(days[len(days)-1]), T: since(end)}
		rhythms = append(rhythms, h)
		var mean float64
		for _, at := range days[1:] {
			mean += l[customer][at] / float64(h.X)
		}
		if mean > 0 {
			spends = append(spends, stat.Spend{X: h.X, Mean: mean})
		}
	}
	return rhythms, spends
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

var (
	calibrated = date(1997, 9, 30)
	week       = 7 * day
)
