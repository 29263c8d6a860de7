package history_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// divide draws which of up to six ids observe each event: one id, two or all. Each keeps its order of arrival. An interaction goes to one id,
// with all its copies: after 7 days nobody knows its id.
func divide(t *rapid.T, seen []observed, c event.Calendar) [][]observed {
	n := rapid.IntRange(1, 6).Draw(t, "ids")
	byTime := rapid.Bool().Draw(t, "one after the other") // so that no id lives long enough to seal a day
	parts := make([][]observed, n)
	touches := map[string]int{}
	for _, o := range seen {
		k := rapid.IntRange(0, n-1).Draw(t, "id")
		if byTime {
			k = int(c.Day(o.at())-base+5000) / 400 % n
		}
		if o.touch() != nil {
			if first, known := touches[o.id()]; known {
				k = first
			}
			touches[o.id()] = k
			parts[k] = append(parts[k], o)
			continue
		}
		to := []int{k}
		switch rapid.IntRange(0, 9).Draw(t, "overlap") {
		case 0:
			to = append(to, rapid.IntRange(0, n-1).Draw(t, "and"))
		case 1:
			for i := range n {
				to = append(to, i)
			}
		}
		slices.Sort(to)
		for _, k := range slices.Compact(to) {
			parts[k] = append(parts[k], o)
		}
	}
	return parts
}

// histories are what the ids remember. Some have been stored.
func histories(t *rapid.T, parts [][]observed, c event.Calendar) []history.Summary {
	all := make([]history.Summary, len(parts))
	for i := range parts {
		all[i] = observeAll(t, parts[i], c)
	}
	return all
}

func stored(t *rapid.T, s history.Summary) history.Summary {
	decoded, err := history.Decode(s.Append(nil))
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	return decoded
}

func together(parts []history.Summary) history.Summary {
	return history.Together(parts[0], parts[1:]...)
}

// seals reports whether a history may have sealed a day of what it has seen.
func seals(s *history.Summary, seen []observed, c event.Calendar) bool {
	return slices.ContainsFunc(seen, func(o observed) bool { return o.purchase() != nil && c.Day(o.at()) <= s.Newest()-730 })
}

// fades reports whether the versions of some order lie in several parts, and a part may have forgotten one that matters to another: see
// Together.
func fades(all []history.Summary, parts [][]observed, c event.Calendar) bool {
	type held struct {
		observed
		part int
	}
	orders := map[string][]held{}
	for i := range parts {
		for _, o := range parts[i] {
			if p := o.purchase(); p != nil && is(p.Kind, event.Order, event.Cancel) {
				orders[p.OrderID] = append(orders[p.OrderID], held{o, i})
			}
		}
	}
	for _, versions := range orders {
		if !slices.ContainsFunc(versions, func(v held) bool { return v.part != versions[0].part }) {
			continue
		}
		far, plain := false, true
		for _, v := range versions {
			plain = plain && v.purchase().Kind == event.Order && v.revised() == v.at()
			for _, w := range versions {
				far = far || c.Day(v.at())-c.Day(w.at()) >= 365
				tie := v.purchase().Kind == w.purchase().Kind && v.revised() == w.revised() && (v.id() != w.id() || v.at() != w.at())
				for _, u := range versions {
					if tie && all[u.part].Newest() >= c.Day(v.revised())+365 {
						return true
					}
				}
			}
		}
		if far && !plain {
			return true
		}
	}
	return false
}

var exact, inexact int

// The promise: the history of all parts is that of one id that has observed the events of all.
func TestTogetherIsAsOneID(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		seen := arrive(t, drawAny(t, c), c)
		parts := divide(t, seen, c)
		all := histories(t, parts, c)
		for i := range parts {
			if seals(&all[i], parts[i], c) {
				inexact++
				return
			}
		}
		if fades(all, parts, c) {
			inexact++
			return
		}
		exact++
		one, got := observeAll(t, seen, c), together(all)
		fail := func(format string, args ...any) {
			for i := range parts {
				for _, o := range parts[i] {
					t.Log(i, describe(o, c))
				}
			}
			t.Fatalf(format, args...)
		}
		for range 4 {
			at := drawInstant(t, one.Newest(), c)
			if got, want := got.Facts(at, c), one.Facts(at, c); got != want {
				fail("at day %d (H = day %d):\n got %+v\nwant %+v", c.Day(at)-base, one.Newest()-base, got, want)
			}
		}
		if got, want := got.Append(nil), one.Append(nil); !bytes.Equal(got, want) {
			fail("bytes:\n got %x\nwant %x", got, want)
		}
		for i := range all {
			all[i] = stored(t, all[i])
		}
		again := together(all)
		if got, want := again.Append(nil), one.Append(nil); !bytes.Equal(got, want) {
			fail("bytes of stored parts:\n got %x\nwant %x", got, want)
		}
	})
	t.Logf("%d lives exact, %d not", exact, inexact)
}
