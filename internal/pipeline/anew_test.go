package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// byUse is the real engine under the quiet model: a channel is one for contact once it is used.
func byUse(t *testing.T) scorer {
	t.Helper()
	m, err := model.Parse(modeltest.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	s := scorers(t)[1]
	s.engine = engineOf(t, m, nil)
	return s
}

// scoreShown is the score of the stored profile of a customer at the instant of the customer's view.
func (w *world) scoreShown(customer string) score.Score {
	w.t.Helper()
	view := w.store.view(customer)
	for _, f := range view.Fields {
		if f.Name == "as_of" {
			at, err := time.Parse(time.RFC3339Nano, f.Value)
			if err != nil {
				w.t.Fatal(err)
			}
			return w.scorer.engine.Score(w.profile(customer), event.InstantOf(at))
		}
	}
	w.t.Fatalf("the view of %s has no instant: %v", customer, view)
	return score.Score{}
}

// TestViewsAreWrittenAnew: an event that changes what a view says writes the view anew, with no other event and no rolling pass: the first use of
// a channel, a word on consent, an attribute. An event that changes nothing of the brief detail writes nothing. With the whole detail each writes.
func TestViewsAreWrittenAnew(t *testing.T) {
	engines := map[string]func(*testing.T) scorer{"channels used": byUse, "channels consented": func(t *testing.T) scorer { return scorers(t)[1] }}
	for name, of := range engines {
		for _, all := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, all=%t", name, all), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { writeAnew(t, of(t), name == "channels consented", all) })
			})
		}
	}
}

func writeAnew(t *testing.T, s scorer, byConsent, all bool) {
	w := newWorld(t, s, 1, 4)
	w.adjust = func(c *Config) { c.WholeDetail, c.RollingCycle = all, -1 }
	lane := w.start(0, nil)
	tells := func(used, consented string) string { // of the channels for contact
		if byConsent {
			used = consented
		}
		if used == "" {
			return ""
		}
		return fmt.Sprintf(`"contactable_channels":%q`, used)
	}
	for n, row := range []struct {
		what  string
		topic event.Topic
		sent  message
		shows bool   // in the brief detail
		want  string // a part of the detail
	}{
		{"an order", event.Purchases, message{Amount: 2500}, true, `"sequence":1`},
		{"the first use of a channel", event.Interactions, message{Channel: "app"}, true, tells("app", "")},
		{"a second use of it", event.Interactions, message{Channel: "app"}, false, tells("app", "")},
		{"no channel", event.Interactions, message{}, false, tells("app", "")},
		{"an owner", event.Interactions, message{Owner: "kim"}, true, `"owner":"kim"`},
		{"another owner", event.Interactions, message{Owner: "lee"}, true, `"owner":"lee"`},
		{"consent", event.Interactions, message{Channel: "app", Consent: "granted"}, true, tells("app", "app")},
		{"another channel", event.Interactions, message{Channel: "web"}, true, tells("app,web", "app")},
		{"a word against a channel", event.Interactions, message{Channel: "app", Consent: "withdrawn"}, true, tells("web", "none")},
		{"a word against all", event.Interactions, message{Refused: true}, true, tells("none", "none")},
		{"a complaint", event.Feedbacks, message{}, true, tells("none", "none")},
	} {
		before := w.store.view("ann")
		row.sent.ID, row.sent.Customer, row.sent.Occurred = fmt.Sprint("e", n), "ann", ago(0)
		w.send(row.topic, row.sent)
		lane.rest(t)
		pass(10 * time.Second)
		view, shown := w.store.view("ann"), w.scoreShown("ann")
		if written := !slices.Equal(view.Fields, before.Fields); written != (row.shows || all) {
			t.Errorf("%s: view written anew: %t, want %t", row.what, written, !written)
		}
		if got := string(view.Detail); !strings.Contains(got, row.want) {
			t.Errorf("%s: want %s, got %s", row.what, row.want, got)
		}
		if !row.shows && !all {
			continue
		}
		want := shown.Detail()
		if all {
			want = shown.Whole()
		}
		fields := make([]shard.Field, 0, len(view.Fields))
		for _, f := range shown.Fields() {
			fields = append(fields, shard.Field(f))
		}
		if !slices.Equal(view.Fields, fields) || !bytes.Equal(view.Detail, want) {
			t.Errorf("%s: view of the stored profile:\nwant %v %s\ngot  %v %s", row.what, fields, want, view.Fields, view.Detail)
		}
	}
	finish(t, lane)
	w.check(event.InstantOf(time.Now()))
}

// TestWholeDetail: each of the members of the brief detail is one of the whole detail, which has many more.
func TestWholeDetail(t *testing.T) {
	details := map[bool][]byte{}
	for _, all := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, scorers(t)[1], 1, 4)
			w.adjust = func(c *Config) { c.WholeDetail = all }
			for n := range 5 {
				w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: "ann", Occurred: ago(time.Duration(300-50*n) * day), Amount: 2500})
			}
			finish(t, w.start(0, nil))
			w.check(event.InstantOf(time.Now()))
			details[all] = w.store.view("ann").Detail
		})
	}
	brief, whole := membersOf(t, details[false]), membersOf(t, details[true])
	for name, value := range brief {
		if !bytes.Equal(whole[name], value) {
			t.Errorf("%s of the whole detail: want %s, got %q", name, value, whole[name])
		}
	}
	for _, name := range []string{"aov", "tenure_days", "median_gap_days"} {
		if brief[name] != nil || whole[name] == nil {
			t.Errorf("%s: want it in the whole detail alone, got %q in the brief and %q in the whole", name, brief[name], whole[name])
		}
	}
	if len(whole) < len(brief)+20 {
		t.Errorf("members: %d of the brief detail, %d of the whole, want at least 20 more", len(brief), len(whole))
	}
}

func membersOf(t *testing.T, object []byte) (members map[string]json.RawMessage) {
	t.Helper()
	if err := json.Unmarshal(object, &members); err != nil {
		t.Fatalf("%v in %s", err, object)
	}
	return members
}
