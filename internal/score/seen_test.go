package score_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// Within a batch the facts of a customer with many orders are kept from event to event. That shows nowhere: who is applied in one batch, and
// who is stored after every event, end as the same profile with the same transitions.
func TestWhatIsSeenInABatchShowsNowhere(t *testing.T) {
	for name, change := range map[string]func(*score.Model){
		"plain":     nil,
		"outspoken": func(m *score.Model) { m.Stack = stacked() },
		"shops":     func(m *score.Model) { m.Shop = score.Shop{OrdersPerDay: 20, MinDays: 2} },
	} {
		e := newEngine(t, event.Calendar{}, change)
		kept := 0
		for seed := range uint64(scaled(300)) {
			r := rand.New(rand.NewPCG(seed, 8))
			life := newLife(r)
			first := life[0].Common().OccurredAt
			for k := range 130 { // a day of many orders comes before the rest
				life = append(life, order(fmt.Sprint("many", k), first-day+event.Instant(k), 1000))
			}
			slices.SortFunc(life, event.Compare)
			once, each := e.New("c"), e.New("c")
			var told, toldEach []score.Transition
			for _, x := range life {
				var more []score.Transition
				once, more, _ = e.Apply(once, x)
				told = append(told, more...)
				each, more, _ = e.Apply(each, x)
				toldEach = append(toldEach, more...)
				var err error
				if each, err = score.Decode(encode(e.Schedule(each))); err != nil {
					t.Fatal(err)
				}
				if once.Seen() {
					kept++
				}
			}
			if once = e.Schedule(once); once.Seen() {
				t.Fatal("a profile that is scheduled still holds facts: want the memory given back")
			}
			if got, want := encode(once), encode(each); !bytes.Equal(got, want) {
				t.Fatalf("%s, seed %d: in one batch\n%x\nin many\n%x", name, seed, got, want)
			}
			if !slices.Equal(ids(told), ids(toldEach)) {
				t.Fatalf("%s, seed %d: in one batch %v, in many %v", name, seed, ids(told), ids(toldEach))
			}
		}
		if kept < 100 {
			t.Errorf("%s: facts were kept %d times, want at least 100: the test has lost its subject", name, kept)
		}
	}
}
