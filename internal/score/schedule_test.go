package score_test

import (
	"math/rand/v2"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// The next review is a function of what is known: it is the same whether it was computed with each event, kept from an
// earlier one that bears on the labels, or searched for anew at the end. So batches of any size leave the same profile.
func TestTheNextReviewDependsOnWhatIsKnown(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	kept := 0
	for seed := range uint64(scaled(1000)) {
		each, once := e.New("c"), e.New("c")
		for _, x := range newLife(rand.New(rand.NewPCG(seed, 1))) {
			before := each.Due
			each, _, _ = e.Apply(each, x)
			if each.Due != score.Unscheduled && each.Due == before {
				kept++
			}
			each = e.Schedule(each)
			once, _, _ = e.Apply(once, x)
			anew := each
			anew.Due = score.Unscheduled
			if anew = e.Schedule(anew); anew.Due != each.Due {
				t.Fatalf("seed %d, after %s: due %s, and searched for anew %s", seed, x.Common().ID, each.Due, anew.Due)
			}
		}
		if once = e.Schedule(once); once.Due != each.Due {
			t.Fatalf("seed %d: due %s when scheduled with each event, %s when scheduled once", seed, each.Due, once.Due)
		}
	}
	if kept < 100 {
		t.Errorf("%d reviews kept, want at least 100: the test has lost its subject", kept)
	}
}
