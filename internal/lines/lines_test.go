package lines

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/backtest"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/realdata"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// on is noon of a day of the log.
func on(n int) event.Instant {
	return event.InstantOf(time.Date(2025, time.January, 1, 12, 0, 0, 0, time.UTC)).Add(time.Duration(n) * day)
}

// ordered are a customer's orders of 20 dollars, at noon of the given days.
func ordered(customer string, days ...int) []event.Event {
	var all []event.Event
	for _, n := range days {
		all = append(all, &event.Purchase{
			Head: event.Head{ID: fmt.Sprint(customer, n), Customer: customer, OccurredAt: on(n), RecordedAt: on(n)},
			Kind: event.Order, OrderID: fmt.Sprint(customer, n), Amount: event.Money{Minor: 2000, Currency: "USD"},
		})
	}
	return all
}

func engineOf(t testing.TB, mend func(*score.Model)) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	mend(&m)
	e, err := score.NewEngine(m, event.Calendar{}, func(score.Transition) string { return "x" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The log-odds of the risk are the days of silence / 30, less 1, and nothing else.
func bySilence(m *score.Model) {
	m.Stack = churn.Stack{Intercept: -1}
	m.Stack.Weights[churn.SilenceDays], m.Stack.Weights[churn.Silence] = 100./30, 1e-9
	m.Churn.Horizon, m.Churn.Lapse, m.Churn.SecondOrder = 40*day, 100*day, 0
}

func TestSilencesOfAShop(t *testing.T) {
	e := engineOf(t, bySilence)
	s := &searcher{engine: e, lines: e.Model().Churn, cutoff: on(100), end: on(140), until: on(140), fewest: rhythm}
	var sums tally
	for _, life := range [][]event.Event{
		ordered("ann", 60, 75, 90),              // gone
		ordered("bea", 60, 75, 90, 130, 179),    // back on day 130
		ordered("cat", 0, 5, 10),                // silent for three months at the cutoff, and lapsed after it
		ordered("dan", 80, 95),                  // two purchases are no habit
		ordered("eve", 20, 30, 40, 81, 91, 110), // buys once more, and is gone
		ordered("flo", 60, 70, 75),              // gone
		ordered("gus", 101, 111, 121),           // new after the cutoff
	} {
		c := s.look(life)
		sums.add(s, &c)
	}
	if sums.leavers != 2 {
		t.Errorf("leavers: got %d, want Ann and Flo", sums.leavers)
	}
	if want := 6*40 + 39.; math.Abs(sums.known-want) > 1e-9 {
		t.Errorf("days watched: got %v, want %v: six customers all along, and Gus from day 101 on", sums.known, want)
	}
	for _, row := range []struct {
		why           string
		rise          int32
		floor         churn.Risk
		silence, more int
		want          count
	}{
		{"30 days: Ann, Bea, Eve and Flo; Bea is back after ten", 1000, .1, 14, 0, count{alerts: 4, right: 3, recalled: 2}},
		{"42 days: Ann, and Flo; Bea is back before", 1400, .1, 14, 0, count{alerts: 2, right: 2, recalled: 2}},
		{"the floor of .6 comes after 42.2 days", 1000, .6, 14, 0, count{alerts: 2, right: 2, recalled: 2}},
		{"the silence of 45 days comes last", 300, .1, 45, 0, count{alerts: 2, right: 2, recalled: 2}},
		{"60 days: Flo; Ann's alert comes after the horizon", 2000, .1, 14, 0, count{alerts: 1, right: 1, recalled: 1}},
		{"four purchase days: Eve alone", 1000, .1, 14, 1, count{alerts: 1, right: 1}},
		{"nine days or the usual gap: Ann, Bea, Eve twice and Gus; Flo is under alert at the cutoff", 300, .1, 7, 0, count{alerts: 5, right: 3, recalled: 1, warned: 1}},
	} {
		at := spot{row.more, slices.Index(silences[:], row.silence), slices.Index(floors[:], row.floor), slices.Index(rises[:], row.rise)}
		got := sums.counts[at.place()]
		lead, stake := got.lead, got.stake
		got.lead, got.stake, got.lost = 0, 0, 0
		if got != row.want {
			t.Errorf("%s: got %+v, want %+v", row.why, got, row.want)
		}
		if lead <= 0 || stake <= 0 {
			t.Errorf("%s: %d hours before the lapse, %d at stake; want more than 0", row.why, lead, stake)
		}
		if spotAt(at.place()) != at {
			t.Errorf("%+v is at place %d, where %+v is", at, at.place(), spotAt(at.place()))
		}
	}
}

// read returns the events of a real log.
func read(t *testing.T, format dataset.Format, file string) []event.Event {
	t.Helper()
	log, err := dataset.Read(format, []string{realdata.File(t, file)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return log.Events
}

func date(t *testing.T, s string) event.Instant {
	t.Helper()
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return event.InstantOf(at)
}

// The figures of the one look are those of the engine, which carries every customer on from event to event.
func TestFiguresAreTheEngines(t *testing.T) {
	events := read(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt")
	e := engineOf(t, func(*score.Model) {})
	plain := churn.Plain()
	o := Options{AsOf: date(t, "1998-06-30"), Horizon: 91 * day, UnitDays: 7, FitStack: true, Stack: &plain}
	o.Recipe.Without = []churn.Ingredient{churn.Anniversary} // as the hold-outs before the cutoffs decide
	first, _ := event.Span(events)
	cutoffs, _, err := cutoffsOf(first, &o)
	if err != nil {
		t.Fatal(err)
	}
	at := cutoffs[len(cutoffs)-2:] // both have a stack of their own
	chosen, err := Choose(t.Context(), e, events, o)
	if err != nil {
		t.Fatal(err)
	}
	l := &past{events, event.Lives(slices.Clone(events)), first}
	sums := map[int]*tally{rhythm: {}}
	for _, cutoff := range at {
		m, err := pastModel(t.Context(), e, l, cutoff, &o)
		if err != nil {
			t.Fatal(err)
		}
		if err := watch(t.Context(), m, l, cutoff, &o, true, sums); err != nil {
			t.Fatal(err)
		}
	}
	judged := engineOf(t, func(m *score.Model) {
		m.Churn.Levels, m.Churn.MinPurchaseDays, m.Churn.MinSilence = chosen.Levels, chosen.MinPurchaseDays, chosen.MinSilence
	})
	r, err := backtest.Run(t.Context(), judged, events, backtest.Options{Cutoffs: at, Horizon: o.Horizon, UnitDays: 7})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range r.Alerts.Levels {
		line := chosen.Levels[i]
		s := spot{chosen.MinPurchaseDays - rhythm, slices.Index(silences[:], int(chosen.MinSilence/day)), slices.Index(floors[:], line.Floor), slices.Index(rises[:], line.Up)}
		got := sums[rhythm].figures(s.place(), 1)
		t.Logf("%s: %+v, by the engine %+v", want.Level, got, want)
		if math.Abs(float64(got.Alerts-want.Alerts)) > .02*float64(want.Alerts)+1 || math.Abs(got.True-float64(want.Precision)) > .015 {
			t.Errorf("%s: %d alerts, %.3f true; by the engine %d and %.3f", want.Level, got.Alerts, got.True, want.Alerts, want.Precision)
		}
		if i == 0 && math.Abs(got.Recall-float64(want.Recall)) > .01 {
			t.Errorf("recall %.3f, by the engine %.3f", got.Recall, want.Recall)
		}
		if math.Abs(got.PerThousand-float64(want.PerThousand)) > .02*float64(want.PerThousand)+.1 {
			t.Errorf("%s: %.2f per 1,000 customer-months, by the engine %.2f", want.Level, got.PerThousand, want.PerThousand)
		}
	}
}

// Nothing later than the instant of the fit is read, and the number of processors changes nothing.
func TestLinesKnowNoFuture(t *testing.T) {
	events := read(t, dataset.JSONL, "apparel/apparel.jsonl.gz")
	e := engineOf(t, func(*score.Model) {})
	o := Options{AsOf: date(t, "2008-06-01"), Horizon: 91 * day, UnitDays: 7}
	want, err := Choose(t.Context(), e, events, o)
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	past := slices.DeleteFunc(slices.Clone(events), func(x event.Event) bool { return x.StatedAt() > o.AsOf })
	slices.Reverse(past)
	got, err := Choose(t.Context(), e, past, o)
	if err != nil || !reflect.DeepEqual(got.Levels, want.Levels) || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("with the log cut and backwards, on one processor: got %+v (%v), want %+v", got, err, want)
	}
}

// drawTally draws what a past may have been: longer silences and higher lines raise fewer alerts.
func drawTally(t *rapid.T) *tally {
	out := &tally{known: 30 * 365, watched: 91, leavers: rapid.IntRange(0, 300).Draw(t, "leavers")}
	out.lately = out.leavers / 2
	alerts, truth := rapid.IntRange(0, 400).Draw(t, "alerts"), rapid.Float64Range(0, 1).Draw(t, "truth")
	steep := rapid.Float64Range(0, .3).Draw(t, "steep")
	for place := range spots {
		s := spotAt(place)
		n := float64(alerts) * math.Exp(-steep*float64(s.floor+s.rise+s.silence+s.purchases))
		c := &out.counts[place]
		c.alerts, c.right = int32(n), int32(truth*n)
		c.recalled = int32(float64(out.leavers) * math.Exp(-steep*float64(s.floor+s.rise)))
		c.recalledLately = c.recalled / 2
	}
	return out
}

// Whatever the past was, the lines make a valid model: the levels lie above one another, and a level is left below where it is entered.
func TestChosenLinesAreValid(t *testing.T) {
	base := engineOf(t, func(*score.Model) {}).Model().Churn
	rapid.Check(t, func(t *rapid.T) {
		wish := Wish{PerThousand: rapid.SampledFrom([]float64{0, 1, 20}).Draw(t, "per 1,000"), True: rapid.SampledFrom([]float64{0, .5, .9}).Draw(t, "true")}
		got, ok := newChooser(base, drawTally(t), 1, rhythm).choose(wish)
		if !ok {
			return
		}
		l := base
		l.Levels, l.MinPurchaseDays, l.MinSilence = got.Levels, got.MinPurchaseDays, got.MinSilence
		if err := l.Check(); err != nil {
			t.Errorf("%+v: %v", got.Levels, err)
		}
		f := &got.Figures[0]
		if got.Granted && (wish.PerThousand > 0 && f.PerThousand > wish.PerThousand || f.True < wish.True) {
			t.Errorf("%v is granted with %+v", wish, f)
		}
	})
}

func TestWishes(t *testing.T) {
	past := &tally{known: 1000 * month, watched: 10 * month, leavers: 100, lately: 100}
	// Three floors: many alerts of whom half are true; fewer and truer ones; few and the truest.
	for floor, c := range map[int]count{0: {alerts: 100, right: 50, recalled: 80}, 1: {alerts: 50, right: 40, recalled: 50}, 2: {alerts: 20, right: 19, recalled: 20}} {
		c.recalledLately = c.recalled
		past.counts[spot{0, 0, floor, 0}.place()] = c
	}
	for _, row := range []struct {
		why     string
		wish    Wish
		floor   churn.Risk
		granted bool
	}{
		{"a recall of .25: the truest that has it", Wish{}, floors[1], true},
		{"all the alerts that a budget pays", Wish{PerThousand: 60}, floors[1], true},
		{"a greater budget tells of more", Wish{PerThousand: 100}, floors[0], true},
		{"true for certain: the most who leave", Wish{True: .4}, floors[0], true},
		{"truer", Wish{True: .7}, floors[1], true},
		{"within a budget, and true", Wish{PerThousand: 30, True: .7}, floors[2], true},
		{"truer than anything was: the truest", Wish{True: .99}, floors[2], false},
		{"less than the fewest: the fewest", Wish{PerThousand: 5}, floors[2], false},
	} {
		got, ok := newChooser(churn.Lines{}, past, 1, rhythm).choose(row.wish)
		if !ok || got.Granted != row.granted || got.Levels[0].Floor != row.floor {
			t.Errorf("%s: got %+v, granted %v, want a floor of %v, %v", row.why, got.Levels[0], got.Granted, row.floor, row.granted)
		}
	}
	if _, ok := newChooser(churn.Lines{}, &tally{known: 1, watched: 1}, 1, rhythm).choose(Wish{}); ok {
		t.Error("without an alert: got lines, want none")
	}
}

// Lines that serve stay, unless others are better for certain.
func TestLinesOfTheBaseStay(t *testing.T) {
	base := engineOf(t, func(*score.Model) {}).Model().Churn
	for _, row := range []struct {
		why   string
		right int32 // of the 100 alerts of other lines
		base  count
		kept  bool
	}{
		{"others are a little truer", 74, count{alerts: 100, right: 70, recalled: 60, recalledLately: 60}, true},
		{"others are much truer", 90, count{alerts: 100, right: 70, recalled: 60, recalledLately: 60}, false},
		{"the base tells of hardly anybody", 70, count{alerts: 20, right: 18, recalled: 5, recalledLately: 5}, false},
		{"the base does so lately", 70, count{alerts: 100, right: 72, recalled: 60, recalledLately: 5}, false},
	} {
		past := &tally{known: 1000 * month, watched: 10 * month, leavers: 100, lately: 100}
		for i, line := range base.Levels {
			c := row.base
			c.alerts, c.right = c.alerts-int32(i)*c.alerts/4, c.right-int32(i)*c.right/4
			past.counts[spot{0, 0, slices.Index(floors[:], line.Floor), slices.Index(rises[:], line.Up)}.place()] = c
		}
		past.counts[spot{0, 0, 0, 0}.place()] = count{alerts: 100, right: row.right, recalled: 60, recalledLately: 60}
		got, ok := newChooser(base, past, 1, rhythm).choose(Wish{})
		if !ok || got.Kept != row.kept || (got.Levels == base.Levels) != row.kept {
			t.Errorf("%s: kept %v, lines %+v; want kept %v", row.why, got.Kept, got.Levels, row.kept)
		}
	}
}

// Low lines serve where the usual ones tell of hardly anybody, or are less true for certain; else the usual ones do.
func TestLowLines(t *testing.T) {
	low := spot{rise: slices.Index(rises[:], 100), floor: slices.Index(floors[:], .1)}
	usual := spot{rise: slices.Index(rises[:], 300), floor: low.floor}
	for _, row := range []struct {
		why        string
		wish       Wish
		usual, low count
		want       int32
	}{
		{"the usual rise is reached too late", Wish{}, count{alerts: 30, right: 25, recalled: 5}, count{alerts: 100, right: 70, recalled: 60}, 100},
		{"the low rise is a little truer", Wish{}, count{alerts: 100, right: 70, recalled: 60}, count{alerts: 100, right: 74, recalled: 60}, 300},
		{"the low rise is much truer", Wish{}, count{alerts: 100, right: 70, recalled: 60}, count{alerts: 100, right: 90, recalled: 60}, 100},
		{"both are alike", Wish{}, count{alerts: 100, right: 70, recalled: 60}, count{alerts: 100, right: 70, recalled: 60}, 300},
		{"within a budget, the low rise tells of a few more", Wish{PerThousand: 100}, count{alerts: 100, right: 70, recalled: 60}, count{alerts: 100, right: 70, recalled: 64}, 300},
		{"within a budget, the low rise tells of many more", Wish{PerThousand: 100}, count{alerts: 100, right: 70, recalled: 10}, count{alerts: 100, right: 70, recalled: 60}, 100},
	} {
		past := &tally{known: 1000 * month, watched: 10 * month, leavers: 100, lately: 100}
		for at, c := range map[spot]count{usual: row.usual, low: row.low} {
			c.recalledLately = c.recalled
			past.counts[at.place()] = c
		}
		got, ok := newChooser(churn.Lines{}, past, 1, rhythm).choose(row.wish)
		if watch := got.Levels[0]; !ok || !got.Granted || watch.Up != row.want || !(watch.Down > 0 && watch.Down < watch.Up) {
			t.Errorf("%s: got %+v, granted %v, want a rise of %d", row.why, watch, got.Granted, row.want)
		}
	}
}

func TestCutoffs(t *testing.T) {
	for _, row := range []struct {
		why     string
		log     int // days
		n       int
		apart   int
		overlap float64
	}{
		{"six years: a quarter apart, so that no day counts twice", 6 * 365, 5, 91, 5 * 91. / (4*91 + 91)},
		{"a year: as far apart as the log allows", 366, 5, 53, 5 * 91. / (4*53 + 91)},
		{"half a year: four weeks apart", 180, 2, 28, 2 * 91. / (28 + 91)},
	} {
		o := Options{AsOf: on(row.log), Horizon: 91 * day}
		cutoffs, overlap, err := cutoffsOf(on(0), &o)
		if err != nil || len(cutoffs) != row.n || math.Abs(overlap-row.overlap) > 1e-9 ||
			cutoffs[row.n-1] != o.AsOf.Add(-91*day) || cutoffs[row.n-1].Sub(cutoffs[row.n-2]) != time.Duration(row.apart)*day {
			t.Errorf("%s: got %v, overlap %v (%v); want %d, %d days apart, overlap %v", row.why, cutoffs, overlap, err, row.n, row.apart, row.overlap)
		}
	}
	if _, _, err := cutoffsOf(on(0), &Options{AsOf: on(150), Horizon: 91 * day}); err == nil {
		t.Error("a log of 150 days: got no error")
	}
}
