package score_test

import (
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// statement is a feedback event or a contact of a customer, some days before the alert.
type statement struct {
	days  float64
	kind  string
	about event.Subject
	score float64
}

// historyOf returns the history of a customer who made all these statements before an instant. The id of an event is its index.
func historyOf(t *testing.T, e *score.Engine, at event.Instant, all []statement) history.Summary {
	t.Helper()
	p := e.New("c")
	for i, s := range all {
		head := event.Head{ID: fmt.Sprint(i), Customer: "c", OccurredAt: at - event.Instant(s.days*float64(day))}
		head.RecordedAt = head.OccurredAt
		var x event.Event = &event.Interaction{Head: head, Kind: event.ParseInteractionKind(s.kind)}
		if kind := event.ParseFeedbackKind(s.kind); kind != event.UnknownFeedback {
			x = &event.Feedback{Head: head, Kind: kind, About: s.about, Score: s.score, Max: 10, Scored: true}
		}
		next, verdict := e.Observe(p.History, x)
		if verdict != score.Accepted {
			t.Fatalf("%+v: verdict %s", s, verdict)
		}
		p.History = next
	}
	return p.History
}

func TestLikelyCause(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	const at = 20_000 * day
	for _, row := range []struct {
		why        string
		statements []statement
		want       string
		// evidence are the places of what is named.
		evidence string
	}{
		{"nothing was said", nil, "INACTIVITY", ""},
		{"an open complaint", []statement{{9, "COMPLAINT", event.AboutDelivery, 0}}, "DELIVERY", "0"},
		{"a complaint about nothing in particular", []statement{{9, "COMPLAINT", 0, 0}}, "OTHER", "0"},
		{"an open complaint outweighs a resolved one", []statement{{9, "COMPLAINT", event.AboutPrice, 0}, {9, "COMPLAINT_RESOLVED", 0, 0}, {8, "COMPLAINT", event.AboutBrand, 0}}, "BRAND", "2"},
		{"a resolved complaint counts half, as much as the worst answer: the first subject in order", []statement{{9, "COMPLAINT", event.AboutService, 0}, {9, "COMPLAINT_RESOLVED", 0, 0}, {9, "CSAT", event.AboutPrice, 0}}, "PRICE", "2"},
		{"three of ten are a little below the middle", []statement{{0, "CSAT", event.AboutPrice, 3}}, "PRICE", "0"},
		{"four of ten are too little to speak of", []statement{{0, "CSAT", event.AboutPrice, 4}}, "INACTIVITY", ""},
		{"a detractor, but not much of one", []statement{{0, "NPS", event.AboutPrice, 6}}, "INACTIVITY", ""},
		{"a detractor", []statement{{0, "NPS", event.AboutPrice, 3}}, "PRICE", "0"},
		{"content answers speak for nothing", []statement{{0, "NPS", event.AboutPrice, 10}, {0, "CSAT", event.AboutPrice, 5}}, "INACTIVITY", ""},
		{"two contacts with the support are no grievance", []statement{{0, "SUPPORT_CONTACT", 0, 0}, {0, "SUPPORT_CONTACT", 0, 0}}, "INACTIVITY", ""},
		{"three are one, of which no event is kept", []statement{{0, "SUPPORT_CONTACT", 0, 0}, {0, "SUPPORT_CONTACT", 0, 0}, {0, "SUPPORT_CONTACT", 0, 0}}, "SERVICE", ""},
		{"they add to an answer about the service", []statement{{20, "SUPPORT_CONTACT", 0, 0}, {0, "NPS", event.AboutPrice, 4}, {0, "NPS", event.AboutService, 4}}, "SERVICE", "2"},
		{"what is old has faded: 4/4 against 2", []statement{{120, "COMPLAINT", event.AboutDelivery, 0}, {0, "CSAT", event.AboutPrice, 0}}, "PRICE", "1"},
		{"an open complaint speaks for half a year", []statement{{179, "COMPLAINT", event.AboutDelivery, 0}}, "DELIVERY", "0"},
		{"and not a day longer", []statement{{180, "COMPLAINT", event.AboutDelivery, 0}}, "INACTIVITY", ""},
		{"what has not happened yet", []statement{{-1, "COMPLAINT", event.AboutDelivery, 0}}, "INACTIVITY", ""},
		{"of one day, the younger first", []statement{{6.7, "CSAT", event.AboutPrice, 0}, {6.2, "CSAT", event.AboutPrice, 0}}, "PRICE", "1 0"},
		{
			"the heaviest five, the younger first among equals",
			[]statement{{9, "CSAT", event.AboutPrice, 1}, {8, "CSAT", event.AboutPrice, 4}, {7, "COMPLAINT", event.AboutPrice, 0}, {6, "CSAT", event.AboutPrice, 0}, {6, "CSAT", event.AboutPrice, 0}, {5, "CSAT", event.AboutPrice, 0}, {5, "COMPLAINT", event.AboutBrand, 0}},
			"PRICE", "2 5 3 4 0",
		},
	} {
		p := score.Profile{Customer: "c", AsOf: at, Episode: score.Episode{Level: churn.Watch}, Due: score.Unscheduled}
		p.History = historyOf(t, e, at, row.statements)
		p.History = bought(t, e, p.History, at)
		w := e.Explain(p, at).WayBack
		var named []string
		for _, v := range w.Evidence {
			named = append(named, v.ID)
			s := row.statements[v.ID[0]-'0']
			if share := s.score / 10; v.About != s.about || v.At != at-event.Instant(s.days*float64(day)) || v.Score != share && !(s.kind == "COMPLAINT" && math.IsNaN(v.Score)) {
				t.Errorf("%s: evidence %+v of %+v", row.why, v, s)
			}
		}
		if got := strings.Join(named, " "); w.LikelyCause.String() != row.want || got != row.evidence {
			t.Errorf("%s: likely cause %s by %q, want %s by %q", row.why, w.LikelyCause, got, row.want, row.evidence)
		}
	}
}

// bought adds a purchase on the day before an instant, or earlier.
func bought(t *testing.T, e *score.Engine, h history.Summary, at event.Instant) history.Summary {
	t.Helper()
	h, verdict := e.Observe(h, order("of yesterday", at-day, 1000))
	if verdict != score.Accepted {
		t.Fatalf("a purchase: verdict %s", verdict)
	}
	return h
}

// What a history stored before ids were kept knows counts for the cause, and is no evidence.
func TestGrievancesWithoutIDAreNoEvidence(t *testing.T) {
	// An order of day 15,900, a complaint about nothing in particular on day 15,902.
	const stored = "02ce01c2f8010404b401fc020000000000c80102b401000000b0ea01b2ea018080f5f9b74b80f0a7ccb84b0001036170700002000500a7df6a12cdba1bf40e81dad2743709770a00000100f04f3b4098136c535e82de5734cb95a50e00030103009236a6a21df7707a0400000e81dad274370977000100612b734bfa3810bd0100d804000100988a331060c8e7510100880e01010000b407fab1b61f0fb4080401"
	b, err := hex.DecodeString(stored)
	if err != nil {
		t.Fatal(err)
	}
	h, err := history.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	at := event.Calendar{}.Start(h.Newest() + 1)
	p := score.Profile{Customer: "c", History: h, AsOf: at, Episode: score.Episode{Level: churn.Watch}}
	w := newEngine(t, event.Calendar{}, nil).Explain(p, at).WayBack
	if w.LikelyCause.String() != "OTHER" || len(w.Evidence) > 0 {
		t.Errorf("likely cause %s by %+v, want OTHER without evidence", w.LikelyCause, w.Evidence)
	}
}

// An offer is worth the share of the value at stake that it brings back, less what the action costs.
func TestMaxOffer(t *testing.T) {
	for _, row := range []struct {
		why          string
		uplift, cost float64
		known        bool
		share, less  float64
	}{
		{"a tenth, less the call", .1, 1, true, .1, 100},
		{"an action whose cost is not known", .1, -1, true, .1, 0},
		{"an action that costs more than it brings", .1, 1e6, true, 0, 0},
		{"nobody has measured what comes of it", 0, 1, false, 0, 0},
	} {
		e := newEngine(t, event.Calendar{}, func(m *score.Model) {
			m.Uplift = row.uplift
			for level, a := range m.Actions {
				a.Cost = event.OptionalMinor{}
				if row.cost >= 0 && level != churn.None {
					a.Cost = event.Minor(int64(row.cost * 100))
				}
				m.Actions[level] = a
			}
		})
		alerts := 0
		p, _ := weekly(t, e)
		for p = e.Schedule(p); p.Due != event.Never; p = e.Schedule(p) {
			var transitions []score.Transition
			p, transitions = e.Review(p, p.Due)
			for _, x := range transitions {
				a, ok := x.(*score.ChurnAlert)
				if !ok {
					continue
				}
				alerts++
				want := event.OptionalMinor{}
				if row.known && a.Level != churn.None {
					want = event.Minor(int64(max(0, math.RoundToEven(row.share*float64(a.ValueAtStake))-row.less)))
				}
				if a.MaxOffer != want {
					t.Errorf("%s: %s, %d at stake: an offer of %+v at most, want %+v", row.why, a.State, a.ValueAtStake, a.MaxOffer, want)
				}
				if lapsed := a.Resolve == score.ByLapse; (a.LikelyCause == score.Inactivity) != (lapsed || a.Level != churn.None) {
					t.Errorf("%s: %s, %s: likely cause %s", row.why, a.State, a.Resolve, a.LikelyCause)
				}
				if a.Level == churn.None && a.Action.Cost.Known {
					t.Errorf("%s: %s costs %+v, want nothing", row.why, a.State, a.Action.Cost)
				}
			}
		}
		if alerts < 3 {
			t.Errorf("%s: %d alerts, want at least 3", row.why, alerts)
		}
	}
}
