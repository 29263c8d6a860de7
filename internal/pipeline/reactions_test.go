package pipeline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/schemas"
)

// reacting is the real engine under a model with all that is told besides tiers, churn and win-backs. Its next model tells none of that.
func reacting(t *testing.T) scorer {
	t.Helper()
	source, err := os.ReadFile("../score/testdata/reacting.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const lines = "\nreactions:\n"
	more := bytes.Replace(source, []byte(lines), []byte("\nexplain_since_taken: true\ncontact_by_consent: true"+lines+"  notice_days: 14\n"), 1)
	m, err := model.Parse(more)
	if err != nil || bytes.Equal(more, source) {
		t.Fatalf("the model of the reactions: error %v, without notices: %t", err, bytes.Equal(more, source))
	}
	plain, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	s := scorers(t)[1]
	first := engineOf(t, m, nil)
	s.engine = first
	s.next = func(from event.Instant) Engine { return engineOf(t, plain, first).Effective(from) }
	return s
}

// busy writes a year of customers who buy, and then fall silent one after another. Every fifth event is a complaint. Some are days late.
func (w *world) busy(r *rand.Rand, customers int) {
	at := ago(500 * day)
	for n := range 25 * customers {
		at = at.Add(time.Duration(1+r.IntN(12)) * 12 * time.Hour / time.Duration(customers/2))
		m := message{
			ID: fmt.Sprintf("b%04d", n), Customer: fmt.Sprintf("c%02d", n/20+r.IntN(6)), Occurred: at, Amount: int64(1000 * (1 + r.IntN(12))),
		}
		topic := event.Purchases
		switch r.IntN(10) {
		case 0, 1:
			topic = event.Feedbacks
		case 2:
			topic, m.Channel, m.Consent = event.Interactions, "email", "granted"
		case 3:
			m.Occurred = at.Add(-time.Duration(r.IntN(20)) * day)
		}
		w.sendTo(w.place(topic, m.Customer), at, m)
	}
}

// TestReactionsOverLanes: notices, alerts of drops of value and of what unhappy customers say, of lanes that crash, lose writes and are replaced
// while another lane goes on. They are those of a fold of the log, also where a model without them follows.
func TestReactionsOverLanes(t *testing.T) {
	told := map[string]int{}
	for seed := range seeds(12) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 53))
			w := newWorld(t, reacting(t), 2, 4)
			w.adjust = func(c *Config) { c.PublishScores, c.WholeDetail = true, seed%2 == 0 }
			w.busy(r, 12)
			blown := w.start(0, &fuse{at: 5 + r.IntN(60), after: seed%2 == 1})
			other := w.start(1, nil)
			pass(time.Duration(2+r.IntN(6)) * time.Second)
			blown.stop()
			blown.wait()
			w.store.lose(r.IntN(4), 1+r.IntN(5))
			lanes := []*running{w.start(0, nil), other}
			for n := range 10 {
				w.send(event.Purchases, message{ID: fmt.Sprint("live", n), Customer: fmt.Sprintf("c%02d", r.IntN(16)), Occurred: ago(0), Amount: 5000})
				pass(time.Duration(1+r.IntN(900)) * time.Millisecond)
			}
			if seed%3 == 0 {
				w.activate(ago(-time.Second))
				pass(5 * time.Second)
			}
			finish(t, lanes...)
			w.check(event.InstantOf(time.Now()))
			for _, o := range w.wire.sent {
				switch {
				case o.Topic == schemas.TierNotices:
					told["notices"]++
				case bytes.Contains(o.Value, fmt.Appendf(nil, "Kind:%s", score.ValueDrop)):
					told["drops"]++
				case bytes.Contains(o.Value, fmt.Appendf(nil, "Kind:%s", score.FeedbackAlert)):
					told["unhappy"]++
				}
			}
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	for _, kind := range []string{"notices", "drops", "unhappy"} {
		if least := int(seeds(12)) * 2; told[kind] < least {
			t.Errorf("%s: want at least %d, got %d of %v", kind, least, told[kind], told)
		}
	}
}
