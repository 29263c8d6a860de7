package score_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

// The view says why there is no churn level, exactly where there is none.
func TestTheViewSaysWhyThereIsNoLevel(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	found := map[string]int{}
	for seed := range uint64(60) {
		p := e.New("c")
		look := func() {
			s := e.Score(p, p.AsOf)
			detail := map[string]any{}
			if err := json.Unmarshal(s.Detail(), &detail); err != nil {
				t.Fatal(err)
			}
			code, there := detail["churn_level_reason"].(string)
			if there != (s.Level == churn.None) {
				t.Fatalf("seed %d: level %s, reason %q: want a reason exactly where there is no level", seed, s.Level, code)
			}
			if reason, ok := churn.ReasonOf(code); there && (!ok || reason == churn.ReviewDue) {
				t.Fatalf("seed %d: reason %q just after an evaluation: want one of the set, and no review due", seed, code)
			}
			found[code]++
		}
		for _, x := range newLife(rand.New(rand.NewPCG(seed, 3))) {
			p, _, _ = e.Apply(p, x)
			look()
		}
		for range 8 {
			p, _ = e.Review(p, p.AsOf.Add(60*24*time.Hour))
			look()
		}
	}
	for _, code := range []string{"", churn.NeverBought.String(), churn.TooFewPurchases.String(), churn.Lapsed.String(), churn.BoughtRecently.String()} {
		if found[code] == 0 {
			t.Errorf("no life leads to %q: %v; the test has lost a part of its subject", code, found)
		}
	}
}
