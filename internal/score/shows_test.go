package score_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// An event that does not show leaves the public view as it was at that instant, whatever it is worth later.
func TestWhatDoesNotShowLeavesTheView(t *testing.T) {
	plain, stack := newEngine(t, event.Calendar{}, nil), newEngine(t, event.Calendar{}, func(m *score.Model) { m.Stack = stacked() })
	hidden := 0
	for seed := range uint64(scaled(300)) {
		e := []*score.Engine{plain, plain, stack}[seed%3]
		p := e.New("c")
		for _, x := range newLife(rand.New(rand.NewPCG(seed, 2))) {
			before, _ := e.Review(p, max(p.AsOf, x.At()))
			before = e.Schedule(before)
			p, _, _ = e.Apply(p, x)
			p = e.Schedule(p)
			if e.Shows(x) || p.MetAnew(&before) {
				continue
			}
			hidden++
			want, got := e.Score(before, p.AsOf), e.Score(p, p.AsOf)
			if !slices.Equal(got.Fields(), want.Fields()) || !bytes.Equal(got.Detail(), want.Detail()) {
				t.Fatalf("seed %d, after %s:\nwant %v %s\ngot  %v %s", seed, x.Common().ID, want.Fields(), want.Detail(), got.Fields(), got.Detail())
			}
		}
	}
	if want := scaled(100); hidden < want {
		t.Errorf("%d events that do not show, want at least %d: the test has lost its subject", hidden, want)
	}
}
