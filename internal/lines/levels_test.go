package lines

import (
	"slices"
	"testing"

	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// sure is the past of a shop in which nearly all leave who stay away for long, as of a weekly one: on the way up to the highest floor the false
// alerts become fewer, and the true ones come later. right is the number of true alerts.
func sure(right int32) *tally {
	past := &tally{known: 1000 * month, watched: 10 * month, leavers: int(right), lately: int(right)}
	for place := range spots {
		s := spotAt(place)
		c := &past.counts[place]
		wrong := right * int32(len(floors)-1-s.floor) / int32(len(floors))
		c.alerts, c.right, c.recalled, c.recalledLately = right+wrong, right, right, right
		c.lead = int64(right) * int64(24*(345-s.floor-silences[s.silence]/7))
	}
	return past
}

// Where nearly all leave who are alerted, the levels do not coincide at the highest floor: each is reached by fewer than the level below, is truer,
// and comes later. WATCH is true enough, and early.
func TestLevelsAreToldApart(t *testing.T) {
	base := engineOf(t, func(*score.Model) {}).Model().Churn
	got, ok := newChooser(base, sure(1000), 1, rhythm).choose(Wish{})
	if !ok || !got.Granted || got.Kept {
		t.Fatalf("got %+v, want lines of the shop's own that fulfil the wish", got)
	}
	for i, f := range got.Figures {
		t.Logf("%v: %+v", got.Levels[i], f)
		if below := &got.Figures[max(i-1, 0)]; i > 0 && !(f.Alerts < below.Alerts && f.True >= below.True+alike && f.Lead < below.Lead) {
			t.Errorf("level %d: got %+v above %+v, want fewer alerts, truer and later ones", i+1, f, *below)
		}
	}
	if f := &got.Figures[0]; f.True < enough || f.True > enough+.05 || got.MinSilence != 7*day {
		t.Errorf("WATCH is true at %.2f, after %v; want little more than %v, and the shortest silence", f.True, got.MinSilence, enough)
	}
}

// Of lines alike in what is wished for and in what is true, those are chosen that tell earlier.
func TestEarlierLines(t *testing.T) {
	early, late := spot{floor: slices.Index(floors[:], .8), rise: slices.Index(rises[:], 300)}, spot{floor: slices.Index(floors[:], .5), rise: slices.Index(rises[:], 300)}
	for _, row := range []struct {
		why         string
		wish        Wish
		early, late count
		floor       churn.Risk
	}{
		{"both are alike", Wish{}, count{alerts: 1000, right: 700, recalled: 600}, count{alerts: 1000, right: 700, recalled: 600}, .8},
		{"to a hundredth", Wish{}, count{alerts: 1000, right: 700, recalled: 600}, count{alerts: 1000, right: 705, recalled: 605}, .8},
		{"the later one is truer", Wish{}, count{alerts: 1000, right: 700, recalled: 600}, count{alerts: 1000, right: 730, recalled: 600}, .5},
		{"both are true enough", Wish{}, count{alerts: 1000, right: 850, recalled: 600}, count{alerts: 1000, right: 980, recalled: 600}, .8},
		{"the later one tells of more", Wish{}, count{alerts: 1000, right: 850, recalled: 600}, count{alerts: 1000, right: 850, recalled: 700}, .5},
		{"within a budget: as many", Wish{PerThousand: 2000}, count{alerts: 1000, right: 850, recalled: 600}, count{alerts: 1000, right: 850, recalled: 600}, .8},
		{"within a budget: as many, truer", Wish{PerThousand: 2000}, count{alerts: 1000, right: 600, recalled: 600}, count{alerts: 1000, right: 700, recalled: 600}, .5},
		{"true as wished for: as many", Wish{True: .5}, count{alerts: 1000, right: 850, recalled: 600}, count{alerts: 1000, right: 980, recalled: 600}, .8},
	} {
		past := &tally{known: 1000 * month, watched: 10 * month, leavers: 1000, lately: 1000}
		for at, c := range map[spot]count{early: row.early, late: row.late} {
			days := int64(300)
			if at == early {
				days = 310
			}
			c.recalledLately, c.lead = c.recalled, 24*days*int64(c.right)
			past.counts[at.place()] = c
		}
		got, ok := newChooser(churn.Lines{}, past, 1, rhythm).choose(row.wish)
		if watch := got.Levels[0]; !ok || !got.Granted || watch.Floor != row.floor {
			t.Errorf("%s: got %+v, granted %v, want a floor of %v", row.why, watch, got.Granted, row.floor)
		}
	}
}

// Levels of a base that all alerts reach do not stay.
func TestLevelsThatCoincideDoNotStay(t *testing.T) {
	base := engineOf(t, func(*score.Model) {}).Model().Churn
	for i := range base.Levels {
		base.Levels[i] = spot{floor: len(floors) - 1, rise: 4 + i}.line()
	}
	got, ok := newChooser(base, sure(1000), 1, rhythm).choose(Wish{})
	if !ok || got.Kept || got.Levels == base.Levels {
		t.Errorf("got %+v, kept %v; want other lines", got.Levels, got.Kept)
	}
	if again, _ := newChooser(with(base, &got), sure(1000), 1, rhythm).choose(Wish{}); !again.Kept || again.Levels != got.Levels {
		t.Errorf("over its own result: got %+v, kept %v; want %+v", again.Levels, again.Kept, got.Levels)
	}
}

// with are the lines of a base with those that were chosen.
func with(base churn.Lines, c *Chosen) churn.Lines {
	base.Levels, base.MinPurchaseDays, base.MinSilence = c.Levels, c.MinPurchaseDays, c.MinSilence
	return base
}
