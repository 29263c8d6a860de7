package backtest

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

const day = 24 * time.Hour

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

// silenced is an engine whose risk depends on nothing but the days of silence. The log-odds of its risk are the days / 30, less
// 1. So WATCH begins after 30 days, AT_RISK after 60 and CRITICAL after 90.
func silenced(t *testing.T, minSpend int64) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	m.Stack = churn.Stack{Intercept: -1}
	m.Stack.Weights[churn.SilenceDays], m.Stack.Weights[churn.Silence] = 100./30, 1e-9
	m.Churn = churn.Lines{
		Horizon: 40 * day, MinPurchaseDays: 3, MinSilence: 14 * day, MinSpend: minSpend, MinStay: 7 * day, Lapse: 100 * day,
		Levels: [3]churn.Line{{Up: 1000, Down: 700}, {Up: 2000, Down: 1400}, {Up: 3000, Down: 2200}},
	}
	e, err := score.NewEngine(m, event.Calendar{}, func(score.Transition) string { return "x" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// shop is a log that is watched from day 100 for 40 days. The log ends on day 180.
var shop = [][]event.Event{
	ordered("ann", 60, 75, 90),              // gone: WATCH on day 120; AT_RISK on day 150 comes too late to be judged
	ordered("bea", 60, 75, 90, 130, 179),    // WATCH on day 120, back ten days later
	ordered("cat", 0, 5, 10),                // under alert since day 40, and lapsed after the cutoff
	ordered("dan", 80, 95),                  // two purchases are no habit
	ordered("eve", 20, 30, 40, 81, 91, 110), // bought before her line was reached: WATCH on day 140
	ordered("flo", 60, 70, 75),              // reaches WATCH on day 105 and AT_RISK on day 135, gone
	ordered("gus", 101, 111, 121),           // new after the cutoff, and too late for an alert that is judged
}

func seen(t *testing.T, minSpend int64, lives [][]event.Event) *scoredLog {
	t.Helper()
	w, err := scoreLog(t.Context(), silenced(t, minSpend), event.Calendar{}, &whole{lives: lives, last: on(180)}, on(100), func(string, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func near(t *testing.T, what string, got Number, want, within float64) {
	t.Helper()
	if math.IsNaN(want) != math.IsNaN(float64(got)) || math.Abs(float64(got)-want) > within {
		t.Errorf("%s: want %v within %v, got %v", what, want, within, got)
	}
}

func TestAlertsOfAShop(t *testing.T) {
	w := seen(t, 0, shop)
	a := w.tally().alerts()
	none := math.NaN()
	near(t, "days watched", a.WatchedDays, 40, 0)
	// Six customers all along, and Gus from day 101 on.
	near(t, "customer-months", a.CustomerMonths, (6*40+39)/month, 1e-9)
	// Ann, Bea, Eve and Flo all along, Cat from noon of day 100 to the lapse at midnight before day 110, Gus from his third purchase.
	near(t, "counted months", a.CountedMonths, (4*40+9.5+19)/month, 1e-9)
	if a.Active != 4 || a.Leavers != 2 || a.Warned != 0 {
		t.Errorf("want 4 active (Ann, Bea, Eve, Flo; Cat has been silent for too long), 2 of them leavers, none warned; got %d, %d, %d", a.Active, a.Leavers, a.Warned)
	}
	for i, want := range []AlertLevel{
		{
			// Ann on day 120, Bea on day 120, Eve on day 140, Flo on day 105.
			Level: "WATCH", Alerts: 4, Precision: 3. / 4, Recall: 1, PerThousand: Number(4000 / ((6*40 + 39) / month)),
			Lead: 70, BeforeRule: 60, Returned: 10.5,
		},
		{Level: "AT_RISK", Alerts: 1, Precision: 1, Recall: .5, PerThousand: Number(1000 / ((6*40 + 39) / month)), Lead: 40, BeforeRule: 30, Returned: Number(none)},
		{Level: "CRITICAL", Alerts: 0, Precision: Number(none), Recall: 0, PerThousand: 0, Lead: Number(none), BeforeRule: Number(none), Returned: Number(none)},
	} {
		got := a.Levels[i]
		if got.Level != want.Level || got.Alerts != want.Alerts {
			t.Errorf("want %d alerts of %s, got %d of %s", want.Alerts, want.Level, got.Alerts, got.Level)
		}
		near(t, want.Level+": precision", got.Precision, float64(want.Precision), 1e-9)
		near(t, want.Level+": recall", got.Recall, float64(want.Recall), 1e-9)
		near(t, want.Level+": per 1,000", got.PerThousand, float64(want.PerThousand), 1e-9)
		near(t, want.Level+": lead", got.Lead, float64(want.Lead), .1)
		near(t, want.Level+": before the rule", got.BeforeRule, float64(want.BeforeRule), .1)
		near(t, want.Level+": returned", got.Returned, float64(want.Returned), .1)
	}
	// The value at stake is the engine's.
	var all, lost float64
	for _, l := range w.lives {
		for _, m := range l.moments {
			if m.level == churn.Watch && m.at <= w.until {
				if all += float64(m.stake); l.customer != "bea" {
					lost += float64(m.stake)
				}
			}
		}
	}
	near(t, "WATCH: precision by value", a.Levels[0].ValuePrecision, lost/all, 1e-9)
	if all == 0 || lost == all {
		t.Errorf("want something at stake for Bea and for others, got %v of %v lost", lost, all)
	}
}

// An alert without a whole horizon of log after it is not judged. It counts for recall all the same.
func TestALogThatEndsSooner(t *testing.T) {
	w, err := scoreLog(t.Context(), silenced(t, 0), event.Calendar{}, &whole{lives: shop, last: on(170)}, on(100), func(string, int) {})
	if err != nil {
		t.Fatal(err)
	}
	a := w.tally().alerts()
	near(t, "days watched", a.WatchedDays, 30, 0)
	if got := [3]int{a.Levels[0].Alerts, a.Levels[1].Alerts, a.Levels[2].Alerts}; got != [3]int{3, 0, 0} {
		t.Errorf("until day 130: want WATCH of Ann, Bea and Flo, got %d alerts by level", got)
	}
	near(t, "recall of AT_RISK, of Flo on day 135", a.Levels[1].Recall, .5, 1e-9)
}

func TestNoAlertsBelowTheMinimumSpend(t *testing.T) {
	a := seen(t, 6001, shop).tally().alerts()
	if n := a.Levels[0].Alerts; n != 1 || a.Active != 1 || a.Leavers != 0 {
		t.Errorf("only Eve has spent more than three orders are worth, and she bought again: want her alert, 1 active, no leavers, "+
			"got %d alerts, %d active, %d leavers", n, a.Active, a.Leavers)
	}
}

// A customer who is silent for long at the cutoff is in an episode already. The episode began before the cutoff, and the
// customer is not a missed leaver.
func TestEpisodesFromBefore(t *testing.T) {
	a := seen(t, 0, [][]event.Event{ordered("ida", 40, 50, 64)}).tally().alerts()
	if a.Active != 0 || a.Leavers != 0 || a.Warned != 1 || a.Levels[0].Alerts != 0 || a.Levels[1].Alerts != 1 {
		t.Errorf("under WATCH since day 94, AT_RISK on day 124: want a leaver warned before, and one alert, of AT_RISK; got %+v", a)
	}
}

// The peers of an alert are the customers of the same class of frequency whose silence is nearest. Their ids do not matter.
func TestMatched(t *testing.T) {
	own := ordered("own", 60, 70, 80)
	crowd := func(n int, days ...int) [][]event.Event {
		var all [][]event.Event
		for i := range n {
			all = append(all, ordered(fmt.Sprintf("peer%v-%02d", days, i), days...))
		}
		return all
	}
	for _, row := range []struct {
		why    string
		others [][]event.Event
		share  float64
		ok     bool
	}{
		{"nobody else", nil, 0, false},
		{"nobody of that frequency", crowd(3, 60, 80), 0, false},
		{"others who left", crowd(3, 61, 71, 81), 1, true},
		{"others who came back", crowd(3, 61, 71, 81, 120), 0, true},
		{"as many of either", append(crowd(3, 61, 71, 81), crowd(3, 61, 71, 81, 120)...), .5, true},
		{"the ten nearest, who came back", append(crowd(peers, 61, 71, 81, 120), crowd(50, 61, 71, 82)...), 0, true},
		{"the ten nearest, who left", append(crowd(peers, 61, 71, 81), crowd(50, 61, 71, 78, 120)...), 1, true},
		{"ten nearer ones are too few by one", append(crowd(peers-1, 61, 71, 81, 120), crowd(1, 61, 71, 90)...), .1, true},
		{"came back too late", crowd(1, 60, 70, 80, 151), 1, true},
		{"bought more before", crowd(1, 50, 60, 70, 80), 0, false},
		{"had bought less by then", crowd(1, 60, 80, 120), 0, false},
	} {
		lives := append(slices.Clone(row.others), own)
		slices.SortFunc(lives, func(a, b []event.Event) int { return compare(a, b) })
		w := seen(t, 0, lives)
		share, ok := w.matched(w.life("own"), on(110))
		if ok != row.ok || math.Abs(share-row.share) > 1e-9 {
			t.Errorf("%s: want %v of the peers to have left (%v), got %v (%v)", row.why, row.share, row.ok, share, ok)
		}
	}
}

func compare(a, b []event.Event) int {
	if a[0].Common().Customer < b[0].Common().Customer {
		return -1
	}
	return 1
}

// A draw chooses among more than ten equally near customers. Each alerted customer has another draw, and the same one each
// time.
func TestMatchedDraws(t *testing.T) {
	var lives [][]event.Event
	for i := range 40 {
		days := []int{60, 70, 80}
		if i%2 == 0 {
			days = append(days, 120)
		}
		lives = append(lives, ordered(fmt.Sprintf("c%02d", i), days...))
	}
	w := seen(t, 0, lives)
	var sum float64
	shares := map[float64]bool{}
	for i := range w.lives {
		share, _ := w.matched(&w.lives[i], on(110))
		if again, _ := w.matched(&w.lives[i], on(110)); again != share {
			t.Fatalf("%s: want the same peers each time, got %v and %v", w.lives[i].customer, share, again)
		}
		sum += share / 40
		shares[share] = true
	}
	if len(shares) < 4 || math.Abs(sum-.5) > .1 {
		t.Errorf("half of the customers left: want shares around that, not all alike, got %d shares of mean %v", len(shares), sum)
	}
}

func TestOver(t *testing.T) {
	// Two customers. One was alerted twice, truly, and half the peers left. The other was alerted once, falsely, and all peers
	// left.
	got := over([]match{{"a", 1, .5}, {"a", 1, .5}, {"b", 0, 1}})
	near(t, "the difference", got.Value, 0, 1e-12)
	// Sums of 1 and -1 by customer: a standard error of sqrt(2)/3.
	near(t, "its upper bound", got.High, 1.959963984540054*math.Sqrt2/3, 1e-12)
	if none := over(nil); none.Value.finite() {
		t.Errorf("of no alerts: want NaN, got %v", none.Value)
	}
}

func TestFrequencyClass(t *testing.T) {
	want := map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 6, 8: 7, 10: 7, 11: 8, 15: 8, 16: 9, 400: 9}
	for n, class := range want {
		if got := frequencyClass(n); got != class {
			t.Errorf("%d purchase days: want class %d, got %d", n, class, got)
		}
	}
}

// The tallies of cutoffs are added before anything is divided.
func TestTalliesAddUp(t *testing.T) {
	one := seen(t, 0, shop).tally()
	var both tally
	both.add(one)
	both.add(seen(t, 0, shop).tally())
	a, b := one.alerts(), both.alerts()
	if b.Levels[0].Alerts != 2*a.Levels[0].Alerts || b.Leavers != 2*a.Leavers {
		t.Errorf("twice the same: want twice the alerts and leavers, got %+v of %+v", b, a)
	}
	near(t, "precision", b.Levels[0].Precision, float64(a.Levels[0].Precision), 1e-9)
	near(t, "per 1,000", b.Levels[0].PerThousand, float64(a.Levels[0].PerThousand), 1e-9)
	near(t, "lead", b.Levels[0].Lead, float64(a.Levels[0].Lead), 1e-9)
}
