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

// histories are what the ids remember.
func histories(t *rapid.T, parts [][]observed, c event.Calendar) []history.Summary {
	all := make([]history.Summary, len(parts))
	for i := range parts {
		all[i] = observeAll(t, parts[i], c)
	}
	return all
}

func stored(t *rapid.T, all []history.Summary) []history.Summary {
	decoded := make([]history.Summary, len(all))
	for i := range all {
		var err error
		if decoded[i], err = history.Decode(all[i].Append(nil)); err != nil {
			t.Fatalf("decode: %v", err)
		}
	}
	return decoded
}

func together(parts []history.Summary) history.Summary {
	return history.Together(parts[0], parts[1:]...)
}

func encoded(all ...history.Summary) [][]byte {
	bytes := make([][]byte, len(all))
	for i := range all {
		bytes[i] = all[i].Append(nil)
	}
	return bytes
}

// seals reports whether a history may have sealed a day of what it has seen, by a day.
func seals(newest event.Day, seen []observed, c event.Calendar) bool {
	return slices.ContainsFunc(seen, func(o observed) bool { return o.purchase() != nil && c.Day(o.at()) <= newest-730 })
}

// fades reports whether the versions of some order lie in several parts, and a part may have forgotten one that matters to another by its
// newest day: see Together.
func fades(newest []event.Day, parts [][]observed, c event.Calendar) bool {
	versions, holders := map[string][]observed{}, map[string]map[int]bool{}
	for i := range parts {
		for _, o := range parts[i] {
			if p := o.purchase(); p != nil && is(p.Kind, event.Order, event.Cancel) {
				if holders[p.OrderID] == nil {
					holders[p.OrderID] = map[int]bool{}
				}
				holders[p.OrderID][i] = true
				versions[p.OrderID] = append(versions[p.OrderID], o)
			}
		}
	}
	for order, all := range versions {
		if len(holders[order]) < 2 {
			continue
		}
		far, lost := false, false
		for _, v := range all {
			for _, w := range all {
				far = far || c.Day(v.at())-c.Day(w.at()) >= 365
				lost = lost || compareVersions(v, w) > 0 && c.Day(v.at())-c.Day(w.at()) < 365 && (v.purchase().Kind == event.Cancel || v.at() <= w.revised())
				tie := v.purchase().Kind == w.purchase().Kind && v.revised() == w.revised() && (v.id() != w.id() || v.at() != w.at())
				for i := range holders[order] {
					if tie && newest[i] >= c.Day(v.revised())+365 {
						return true
					}
				}
			}
		}
		if far && lost {
			return true
		}
	}
	return false
}

// forgets reports whether a part may have forgotten what the others ask for.
func forgets(newest []event.Day, parts [][]observed, c event.Calendar) bool {
	for i := range parts {
		if seals(newest[i], parts[i], c) {
			return true
		}
	}
	return fades(newest, parts, c)
}

func newestOf(all []history.Summary) []event.Day {
	days := make([]event.Day, len(all))
	for i := range all {
		days[i] = all[i].Newest()
	}
	return days
}

// The promise: the history of all parts is that of one id that has observed the events of all.
func TestTogetherIsAsOneID(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		seen := arrive(t, drawAny(t, c), c)
		parts := divide(t, seen, c)
		all := histories(t, parts, c)
		if forgets(newestOf(all), parts, c) {
			return
		}
		one, got := observeAll(t, seen, c), together(all)
		for range 4 {
			at := drawInstant(t, one.Newest(), c)
			if got, want := got.Facts(at, c), one.Facts(at, c); got != want {
				logParts(t, parts, c)
				t.Fatalf("at day %d (H = day %d):\n got %+v\nwant %+v", c.Day(at)-base, one.Newest()-base, got, want)
			}
		}
		if got, want := got.Append(nil), one.Append(nil); !bytes.Equal(got, want) {
			logParts(t, parts, c)
			t.Fatalf("bytes:\n got %x\nwant %x", got, want)
		}
	})
}

func logParts(t *rapid.T, parts [][]observed, c event.Calendar) {
	for i := range parts {
		for _, o := range parts[i] {
			t.Log("id", i, describe(o, c))
		}
	}
}

// Whatever a part has forgotten: the order of the parts does not matter, nor whether they have been stored; and no part is modified, not
// even by what is observed afterwards.
func TestTogetherIsAFunctionOfTheParts(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		seen := arrive(t, drawAny(t, c), c)
		parts := divide(t, seen, c)
		all := histories(t, parts, c)
		before := encoded(all...)
		one := together(all)
		want := one.Append(nil)
		if decoded, err := history.Decode(want); err != nil || !bytes.Equal(decoded.Append(nil), want) {
			t.Fatalf("round trip: %v", err)
		}
		other := rapid.Permutation(all).Draw(t, "order")
		for name, s := range map[string]history.Summary{
			"in another order":   together(other),
			"stored":             together(stored(t, all)),
			"with an empty part": history.Together(history.Summary{}, append([]history.Summary{{}}, all...)...),
		} {
			if got := s.Append(nil); !bytes.Equal(got, want) {
				logParts(t, parts, c)
				t.Fatalf("%s:\n got %x\nwant %x", name, got, want)
			}
			at := drawInstant(t, one.Newest(), c)
			if got, want := s.Facts(at, c), one.Facts(at, c); got != want {
				t.Fatalf("%s:\n got %+v\nwant %+v", name, got, want)
			}
		}
		for i := range all {
			alone := history.Together(all[i])
			if got := alone.Append(nil); !bytes.Equal(got, before[i]) {
				t.Fatalf("a part alone:\n got %x\nwant %x", got, before[i])
			}
		}
		more := together(all)
		for _, o := range arrive(t, drawAny(t, c), c) {
			more, _ = more.Observe(o.x, o.a, c)
		}
		if !slices.EqualFunc(encoded(all...), before, bytes.Equal) || !bytes.Equal(one.Append(nil), want) {
			t.Fatal("a part is modified")
		}
	})
}

// Parts may be united in steps, as long as no step forgets what the next one asks for.
func TestTogetherInSteps(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		seen := arrive(t, drawAny(t, c), c)
		parts := divide(t, seen, c)
		all := histories(t, parts, c)
		want := together(all)
		if forgets(slices.Repeat([]event.Day{want.Newest()}, len(all)), parts, c) {
			return
		}
		for len(all) > 1 {
			k := rapid.IntRange(1, len(all)-1).Draw(t, "step")
			step := history.Together(all[0], all[k])
			all = append(slices.Delete(all, k, k+1)[1:], step)
		}
		if got, want := all[0].Append(nil), want.Append(nil); !bytes.Equal(got, want) {
			logParts(t, parts, c)
			t.Fatalf("in steps:\n got %x\nwant %x", got, want)
		}
	})
}

// Open days that several parts know count once, however many parts know them.
func TestTogetherCountsOpenDaysOnce(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		seen := slices.DeleteFunc(arrive(t, drawAny(t, c), c), func(o observed) bool { return o.touch() != nil })
		s := observeAll(t, seen, c)
		if seals(s.Newest(), seen, c) {
			return
		}
		twice := history.Together(s, s, s)
		if got, want := twice.Append(nil), s.Append(nil); !bytes.Equal(got, want) {
			logParts(t, [][]observed{seen}, c)
			t.Fatalf("the same three times:\n got %x\nwant %x", got, want)
		}
	})
}
