package backtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
)

const aDay = 24 * time.Hour

func defaultEngine(t testing.TB) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// moody simulates a shop over four years: customers who buy at rates of their own and leave after a purchase with probability .06, and months
// in which all of them buy more, or less, by a common factor.
func moody(seed uint64, customers int, shock float64) *whole {
	const years, month = 4, 28
	r := rand.New(rand.NewPCG(seed, 7))
	pace := make([]float64, years*365/month+1)
	for i := range pace {
		pace[i] = math.Exp(shock * r.NormFloat64())
	}
	start := event.InstantOf(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	var all []event.Event
	for i := range customers {
		born, rate, price := r.IntN(years*365), 1/(20+60*r.ExpFloat64()), 10+40*r.Float64()
		for day := born; day < years*365; day++ {
			if day > born && r.Float64() > rate*pace[day/month] {
				continue
			}
			at, id := start.Add(time.Duration(day)*aDay+time.Hour), fmt.Sprint("o", len(all))
			all = append(all, &event.Purchase{
				Head: event.Head{ID: id, Customer: fmt.Sprint("c", i), OccurredAt: at, RecordedAt: at},
				Kind: event.Order, OrderID: id, Amount: event.Money{Minor: int64(100 * price * math.Exp(.4*r.NormFloat64())), Currency: "USD"},
			})
			if r.Float64() < .06 {
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b event.Event) int { return int(a.StatedAt() - b.StatedAt()) })
	first, last := event.Span(all)
	return &whole{all, event.Lives(slices.Clone(all)), first, last}
}

// bandsOf are the intervals of a log at cutoffs so many days before its end.
func bandsOf(t *testing.T, l *whole, before ...int) *Bands {
	t.Helper()
	o := Options{Horizon: 91 * aDay, UnitDays: 7, tell: func(string, int) {}}
	e := defaultEngine(t)
	var known []*origin
	for _, d := range before {
		x, err := sumsAt(t.Context(), e, l, l.last.Add(-time.Duration(d)*aDay), o)
		if err != nil {
			t.Fatal(err)
		}
		x.judged = true
		known = append(known, x)
	}
	b, err := bands(t.Context(), e, l, known, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A log that is too short to show how much forecasts are off has no interval, and says why. A group that buys hardly anything has none either.
func TestNoIntervalWithoutEarlierCutoffs(t *testing.T) {
	l := moody(3, 250, .25)
	early := l.first.Add(400 * aDay)
	l.events = slices.DeleteFunc(l.events, func(x event.Event) bool { return x.StatedAt() > early })
	l.lives, l.last = event.Lives(slices.Clone(l.events)), early
	b := bandsOf(t, l, 91)
	if s := b.Cutoffs[0].Sums[0]; s.Why == "" || s.Low.finite() || s.Held() != dash || len(b.Reasons()) == 0 {
		t.Errorf("after ten months: want no interval and a reason, got %+v", s)
	}
	few := bandsOf(t, moody(3, 15, .25), 91)
	for _, s := range few.Cutoffs[0].Sums {
		if s.Of == PurchaseDays && s.Group == "1" && s.Why == "" {
			t.Errorf("fifteen customers: want no interval of those with one repeat, got %+v", s)
		}
	}
}

// The intervals are the same on any number of processors, and of a sample, the same customers each time.
func TestIntervalsOnAnyNumberOfProcessors(t *testing.T) {
	l := moody(4, 200, .1)
	var want *Bands
	for _, processors := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(processors)
		got := bandsOf(t, l, 91)
		runtime.GOMAXPROCS(before)
		if want == nil {
			want = got
		}
		// NaN equals nothing, not even itself.
		if a, b := fmt.Sprintf("%+v", *got), fmt.Sprintf("%+v", *want); a != b {
			t.Errorf("%d processors: got\n%s\nwant\n%s", processors, a, b)
		}
	}
}

// A large log is sampled by customer: all events of a customer or none.
func TestASampleOfALargeLog(t *testing.T) {
	l := &whole{}
	for i := range 2*sampled + 10 {
		id := fmt.Sprint("c", i)
		for k := range 2 {
			l.events = append(l.events, &event.Purchase{Head: event.Head{ID: fmt.Sprint(id, k), Customer: id, OccurredAt: event.Instant(k)}, Kind: event.Order})
		}
	}
	l.lives = event.Lives(slices.Clone(l.events))
	some := l.sample()
	if n := len(some.lives); n < sampled/2 || n > sampled || len(some.events) != 2*n {
		t.Errorf("%d of %d customers with %d events, want about a third, and two events each", n, len(l.lives), len(some.events))
	}
	if again := l.sample(); !reflect.DeepEqual(again.lives, some.lives) {
		t.Error("a second time: want the same customers")
	}
}
