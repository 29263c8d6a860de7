package pipeline

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// TestAModelIsTakenBack: a lane switches the model while events come in, and switches back. Every customer then has the labels that a fold
// of the logs gives by the first model alone, also the customers who came in between. An instance that starts after the way back adds
// nothing.
func TestAModelIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 4)
		never := w.scorer.engine.(*score.Engine)
		w.lives(7)
		var engine atomic.Pointer[Engine]
		use := func(e Engine) { engine.Store(&e) }
		use(never)
		w.adjust = func(c *Config) { c.Engine = func() (Engine, error) { return *engine.Load(), nil } }
		lane := w.start(0, nil)
		lane.rest(t)

		from := ago(-2 * time.Second)
		trial := w.scorer.next(from).(*score.Engine)
		use(Succession{Before: never, Now: trial})
		w.trade("there", 20)
		w.send(event.Purchases, message{ID: "first", Customer: "new", Occurred: ago(0), Amount: 350})
		lane.rest(t)
		said := w.byModel()

		back := ago(-2 * time.Second)
		again := engineOf(t, never.Model(), trial).Effective(back)
		use(Succession{Before: trial, Now: again})
		w.trade("back", 20)
		lane.rest(t)
		finish(t, lane)
		if taken := w.byModel() - said; said == 0 || taken == 0 {
			t.Errorf("transitions with cause MODEL: %d there and %d back, want some each", said, taken)
		}
		use(Succession{Before: trial, Now: again})
		told := len(w.wire.order)
		finish(t, w.start(0, nil))
		if more := len(w.wire.order) - told; more > 0 {
			t.Errorf("an instance that starts afterwards: %d outputs, want none", more)
		}

		labels := func(b []byte) string {
			p, err := w.scorer.decode(b)
			if err != nil || p.Model != never.Hash() {
				t.Errorf("a profile of model %s, error %v; want one of %s", p.Model, err, never.Hash())
			}
			ep := p.Episode
			return fmt.Sprint(p.Standing.Tier, p.Standing.Since, ep.Level, ep.Since, ep.RaisedAt, p.Second.Open, p.Second.Closed, p.Second.RaisedAt)
		}
		want := w.fold(ago(0)).profiles
		for _, s := range w.store.shards {
			for customer, b := range s.profiles {
				if got, want := labels(b), labels(want[customer]); got != want {
					t.Errorf("%s: labels %s, want %s", customer, got, want)
				}
			}
		}
	})
}

// byModel counts the outputs with cause MODEL.
func (w *world) byModel() (n int) {
	w.wire.mu.Lock()
	defer w.wire.mu.Unlock()
	for _, o := range w.wire.sent {
		for _, h := range o.Headers {
			if h.Key == "cause" && string(h.Value) == score.ByModel.String() {
				n++
			}
		}
	}
	return n
}
