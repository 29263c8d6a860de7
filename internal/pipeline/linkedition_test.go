package pipeline

import (
	"bytes"
	"fmt"
	"maps"
	"testing"
	"testing/synctest"

	"tidemark/internal/event"
)

// TestLinksOfAnotherEdition: a rebuild sends a history that is short of events, with greater marks. The edition in force ignores it, and
// ignores a history of another time zone or base currency. What an earlier edition has sent counts.
func TestLinksOfAnotherEdition(t *testing.T) {
	for _, c := range []struct {
		name, edition, zone, base string
		counts                    bool
	}{
		{"later", "3", "UTC", "USD", false},
		{"another zone", "2", "Europe/Berlin", "USD", false},
		{"another currency", "2", "UTC", "JPY", false},
		{"own", "2", "UTC", "USD", true},
		{"earlier", "1", "UTC", "USD", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, scorers(t)[1], 1, 4)
				w.layout.Edition = 2
				metrics := NewMetrics()
				w.adjust = func(c *Config) { c.Metrics = metrics }
				w.buys("ann", 1, 20_000)
				w.buys("bob", 2, 20_000)
				lanes := w.startAll()
				short := w.profile("ann")
				w.send(event.Purchases, message{ID: "second", Customer: "ann", Occurred: ago(0), Amount: 20_000})
				w.merge("ann is bob", "ann", "bob")
				w.settle(lanes)
				whole := w.profile("bob")
				told := len(w.wire.order)

				sent := w.logs.linksSent()
				r := sent[len(sent)-1]
				x, err := decodeSafely(r)
				if err != nil {
					t.Fatal(err)
				}
				stale := *x.(*event.Link)
				part := *stale.Part
				stale.Part, part.Content, part.Marks = &part, short.History.Append(nil), maps.Clone(part.Marks)
				for p := range part.Marks {
					part.Marks[p] += 100
				}
				o, err := plain{}.EncodeLink(&stale)
				if err != nil {
					t.Fatal(err)
				}
				headers := linkHeaders(w.layout)
				headers[0].Value, headers[1].Value, headers[2].Value = []byte(c.edition), []byte(c.zone), []byte(c.base)
				w.logs.append(w.place(event.Links, "bob"), ago(0), "bob", o.Value, headers...)
				w.settle(lanes)
				bob := w.profile("bob")
				if taken := !bytes.Equal(bob.Whole().Append(nil), whole.Whole().Append(nil)); taken != c.counts {
					t.Errorf("the history is taken: %t, want %t", taken, c.counts)
				}
				if !c.counts && len(w.wire.order) != told {
					t.Errorf("told since: %v", w.wire.order[told:])
				}
				want := 0.0
				if !c.counts {
					want = 1
				}
				if got := reading(t, metrics.events.WithLabelValues(string(event.Links), "other_edition")); got != want {
					t.Errorf("counted as of another edition: got %g, want %g", got, want)
				}
				finish(t, lanes...)
				if origins := fmt.Sprint(bob.Origins()); origins != "[ann]" {
					t.Errorf("bob reads %s, want [ann]", origins)
				}
			})
		})
	}
}
