package pipeline

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
)

// footprintOff is by how much the estimate of a cached profile may differ from the heap that is measured.
const footprintOff = 0.30

// TestFootprint: what the cache counts for a profile is what the heap grows by, for customers of every kind, whether their profiles
// were decoded or have just been applied.
func TestFootprint(t *testing.T) {
	engine := realEngine(t)
	for _, c := range []struct {
		name string
		// customers is how many of them are measured together: so many that nothing else in the heap counts.
		customers int
		life      func(r *rand.Rand, id string, add func(event.Event))
	}{
		{"one visit and no order", 4000, func(r *rand.Rand, id string, add func(event.Event)) { visits(r, id, 1, add) }},
		{"one order", 4000, func(r *rand.Rand, id string, add func(event.Event)) { orders(r, id, 1, add) }},
		{"five orders with visits", 600, func(r *rand.Rand, id string, add func(event.Event)) {
			orders(r, id, 5, add)
			visits(r, id, 20, add)
		}},
		{"forty orders, answers, complaints and payments", 100, func(r *rand.Rand, id string, add func(event.Event)) {
			orders(r, id, 40, add)
			visits(r, id, 100, add)
			answers(r, id, 20, add)
			for n := range 10 {
				add(&event.Purchase{Head: headOf(id, "paid", n, daysAgo(r, 300)), Kind: event.PaymentFailed, Amount: event.Money{Minor: 1000, Currency: "USD"}})
			}
		}},
		{"more orders under one id than are told apart", 2, func(r *rand.Rand, id string, add func(event.Event)) {
			orders(r, id, 1200, add)
			visits(r, id, 1000, add)
			answers(r, id, 300, add)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			lives := make([][]event.Event, c.customers)
			for i := range lives {
				id := fmt.Sprintf("customer-%06d", i)
				c.life(r, id, func(x event.Event) { lives[i] = append(lives[i], x) })
				for _, one := range event.Lives(lives[i]) {
					lives[i] = one
				}
			}
			applied := func(i int) score.Profile {
				p := engine.New(strings.Clone(lives[i][0].Common().Customer))
				for _, x := range lives[i] {
					p, _, _ = engine.Apply(p, x)
					p.Outcomes = nil
				}
				return engine.Schedule(p)
			}
			check := func(how string, profile func(i int) score.Profile) {
				estimate, heap := keptBytes(len(lives), profile)
				t.Logf("%s: %d bytes a profile estimated, %d measured", how, estimate, heap)
				if off := float64(estimate)/float64(heap) - 1; off < -footprintOff || off > footprintOff {
					t.Errorf("%s: want the estimate within %.0f %% of %d bytes a profile, got %d (%+.0f %%)", how, 100*footprintOff, heap, estimate, 100*off)
				}
			}
			check("applied", applied)
			check("decoded", func(i int) score.Profile {
				p := applied(i)
				p, err := score.Decode(p.Append(nil))
				if err != nil {
					t.Fatal(err)
				}
				p.Model = engine.Hash()
				return p
			})
			runtime.KeepAlive(lives) // otherwise the second measurement would count that they are freed
		})
	}
}

// TestLargestProfile: the profile of a customer id for everybody stays below 1 MB, the least that Redis takes as the bound of a value
// (proto-max-bulk-len). So no setting of Redis refuses a profile, and many of the largest fit into the smallest cache.
func TestLargestProfile(t *testing.T) {
	const most = 1 << 20
	engine, r := realEngine(t), rand.New(rand.NewPCG(1, 2))
	id := strings.Repeat("x", event.MaxID-40)
	var all []event.Event
	add := func(x event.Event) { all = append(all, x) }
	orders(r, id, 1050, add)
	visits(r, id, 600, add)
	answers(r, id, 270, add)
	for n := range 600 {
		kind := []event.PurchaseKind{event.Refund, event.PaymentFailed}[n%2]
		add(&event.Purchase{Head: headOf(id, "other", n, daysAgo(r, 300)), Kind: kind, OrderID: fmt.Sprint("order-", n), Amount: event.Money{Minor: 1000, Currency: "USD"}})
	}
	p := engine.New(id)
	for _, life := range event.Lives(all) {
		for _, x := range life {
			p, _, _ = engine.Apply(p, x)
			p.Outcomes = nil
		}
	}
	if got := len(p.Append(nil)); got > most/4 || p.Footprint() > most/2 {
		t.Errorf("the largest profile: want at most %d bytes stored and %d in memory, got %d and %d", most/4, most/2, got, p.Footprint())
	} else {
		t.Logf("%d bytes stored, %d in memory, %d facts beyond the caps", got, p.Footprint(), p.History.Spilled())
	}
}

// keptBytes keeps so many profiles in a cache, and returns the bytes of each as the cache counts them and as the heap has grown.
func keptBytes(count int, profile func(i int) score.Profile) (estimate, heap int64) {
	cache := NewCache(1 << 40)
	profile(0) // what is made only once
	before := heapBytes()
	r := &recent{cache: cache}
	st := newState(0, true, r)
	st.profiles = map[string]*known{}
	for i := range count {
		p := profile(i)
		st.keep(p.Customer, &known{profile: p, exists: true})
	}
	grown := heapBytes() - before
	runtime.KeepAlive(st)
	return r.bytes / int64(count), grown / int64(count)
}

func heapBytes() int64 {
	runtime.GC()
	runtime.GC() // the first one finishes what was under way
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func realEngine(t testing.TB) *score.Engine {
	t.Helper()
	parsed, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := score.NewEngine(parsed, event.NewCalendar(nil), avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// footprintNow is an instant after all events of these lives.
var footprintNow = event.InstantOf(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC))

func daysAgo(r *rand.Rand, most int64) event.Instant {
	return footprintNow - event.Instant(r.Int64N(most*24*time.Hour.Milliseconds()))
}

func headOf(customer, kind string, n int, at event.Instant) event.Head {
	return event.Head{ID: fmt.Sprintf("%s-%s-%012d", customer, kind, n), Customer: customer, OccurredAt: at, RecordedAt: at}
}

func orders(r *rand.Rand, id string, count int, add func(event.Event)) {
	for n := range count {
		add(&event.Purchase{
			Head: headOf(id, "order", n, daysAgo(r, 700)), Kind: event.Order, OrderID: fmt.Sprint(id, "-", n), Channel: fmt.Sprint("channel-", n%3),
			Amount: event.Money{Minor: 2000 + r.Int64N(8000), Currency: "USD"},
			Items:  []event.Item{{SKU: "sku", Category: fmt.Sprint("category-", n%7), Quantity: 1, AmountMinor: 100}},
		})
	}
}

func visits(r *rand.Rand, id string, count int, add func(event.Event)) {
	for n := range count {
		add(&event.Interaction{Head: headOf(id, "visit", n, daysAgo(r, 60)), Kind: event.PageView, Channel: "web"})
	}
}

func answers(r *rand.Rand, id string, count int, add func(event.Event)) {
	for n := range count {
		add(&event.Feedback{Head: headOf(id, "answer", n, daysAgo(r, 300)), Kind: event.Complaint})
	}
}
