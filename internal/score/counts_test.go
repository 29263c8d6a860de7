package score_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// word is a word on whether a customer is a test account.
func word(id string, at event.Instant, value string) *event.Interaction {
	return &event.Interaction{
		Head: event.Head{ID: id, Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Attributes,
		Attributes: map[string]string{"test_account": value},
	}
}

// The view of a test account says what it is and what it did, and nothing by which a list could rank it.
func TestTheViewOfATestAccount(t *testing.T) {
	e := shipped(t)
	life := placed("a", 18_300*day, 1, 1, 2)
	life = append(life, word("word", 18_310*day, "true"))
	p := fold(t, e, life)
	s := e.Score(p, p.AsOf+day)
	row := map[string]string{}
	for i, name := range score.Columns() {
		row[name] = s.Row()[i]
	}
	for name, want := range map[string]string{
		"orders": "4", "purchase_days": "3", "spend_365d": "100.00", "first_purchase": life[0].Common().OccurredAt.String(), "churn_level": "NONE",
		"tier": "", "segment": "Test Account", "value_score": "", "clv": "", "clv_historic": "", "clv_current": "", "churn_risk": "", "p_alive": "",
		"r": "", "expected_orders": "",
	} {
		if row[name] != want {
			t.Errorf("%s is %q, want %q", name, row[name], want)
		}
	}
	var detail map[string]any
	if err := json.Unmarshal(s.Detail(), &detail); err != nil {
		t.Fatal(err)
	}
	if detail["test_account"] != true || detail["churn_level_reason"] != "TEST_ACCOUNT" {
		t.Errorf("the detail says %v for %v, want true for TEST_ACCOUNT", detail["test_account"], detail["churn_level_reason"])
	}
	p = apply(t, e, p, word("back", 18_320*day, "false"))
	s = e.Score(p, p.AsOf)
	detail = nil
	if err := json.Unmarshal(s.Detail(), &detail); err != nil {
		t.Fatal(err)
	}
	if _, there := detail["test_account"]; there || s.Test || !s.Bought || s.Tier == tier.None {
		t.Errorf("a customer again: %+v with the detail %v, want a score, and no word on test accounts", s, detail)
	}
}

// A test account has nothing to wait for: it is looked at again when an event comes. Its history goes on.
func TestATestAccountIsNeverDue(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p, _ := weekly(t, e)
	risk := e.Schedule(p)
	for risk.Forecasts[0].Days == 0 {
		risk, _ = e.Review(risk, risk.Due)
		risk = e.Schedule(risk)
	}
	marked := e.Schedule(apply(t, e, risk, word("word", risk.AsOf+hour, "true")))
	if marked.Due != event.Never || marked.Forecasts[0].Days != 0 || marked.Standing.Tier != tier.None || marked.Episode.Level != churn.None || !marked.Test {
		t.Errorf("due at %s, forecasts %+v, tier %v, level %v; want never, none, none, none", marked.Due, marked.Forecasts, marked.Standing.Tier, marked.Episode.Level)
	}
	bought, transitions, _ := e.Apply(marked, order("more", marked.AsOf+30*day, 5000))
	if len(transitions) > 0 {
		t.Errorf("a purchase of a test account tells %v, want nothing", transitions)
	}
	if was, is := e.Facts(&marked.History, bought.AsOf), e.Facts(&bought.History, bought.AsOf); is.Orders != was.Orders+1 {
		t.Errorf("%d orders after one more than %d: the history must go on", is.Orders, was.Orders)
	}
	_, transitions, _ = e.Apply(bought, word("back", bought.AsOf+hour, "false"))
	if len(transitions) != 1 || transitions[0].(*score.TierChanged).Direction != score.Entry {
		t.Errorf("a customer again tells %v, want an ENTRY", transitions)
	}
}

// A profile that an older version of the program has written of a test account has a tier. It leaves at the next millisecond at which
// anybody looks, and before that its view says already what it is.
func TestAProfileFromBeforeTestAccounts(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	old, _ := weekly(t, e)
	marked, _ := e.Observe(old.History, word("word", old.AsOf, "true"))
	old.History = marked
	old.Due = score.Unscheduled
	if s := e.Score(old, old.AsOf); s.Tier != tier.None || !s.Test {
		t.Errorf("the view has tier %v, test %v, want none, true", s.Tier, s.Test)
	}
	due := e.Schedule(old).Due
	if due != old.AsOf+1 {
		t.Fatalf("due at %s, want the millisecond after %s", due, old.AsOf)
	}
	p, transitions := e.Review(e.Schedule(old), due)
	if len(transitions) != 1 || transitions[0].(*score.TierChanged).Direction != score.Exit || !p.Test {
		t.Errorf("tells %v, test %v, want an EXIT, true", transitions, p.Test)
	}
}

// How a profile is counted is stored, so that a census takes off what it has put on.
func TestHowAProfileIsCountedIsStored(t *testing.T) {
	e := shipped(t)
	for _, bits := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
		p := e.New("c")
		p.AsOf, p.Test, p.Uncontactable = 9, bits[0], bits[1]
		if got, err := score.Decode(encode(p)); err != nil || got.Test != bits[0] || got.Uncontactable != bits[1] {
			t.Errorf("test and uncontactable %v: got %v, %v, %v", bits, got.Test, got.Uncontactable, err)
		}
	}
}

// Who refuses every channel is noted as uncontactable with the event that says so, and scored as before.
func TestWhoMayNotBeContactedStaysScored(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p, _ := weekly(t, e)
	refused := apply(t, e, p, &event.Interaction{Head: event.Head{ID: "off", Customer: "c", OccurredAt: p.AsOf + hour, RecordedAt: p.AsOf + hour}, Kind: event.Unsubscribe})
	was, is := e.Score(p, refused.AsOf), e.Score(refused, refused.AsOf)
	if p.Uncontactable || !refused.Uncontactable || !slices.Equal(was.Fields(), is.Fields()) {
		t.Errorf("uncontactable %v, then %v, want false, then true; score before %v, after %v", p.Uncontactable, refused.Uncontactable, was.Fields(), is.Fields())
	}
	for i, name := range score.Columns() {
		if before, after := was.Row()[i], is.Row()[i]; before != after && !strings.HasPrefix(name, "interaction") && name != "contactable_channels" {
			t.Errorf("%s was %q before the customer refused, and %q after", name, before, after)
		}
	}
}

// alertIn is an alert in a state, of a customer of the control group where the model keeps it back.
func alertIn(state score.EpisodeState, unannounced bool) score.Transition {
	return &score.ChurnAlert{Stamp: score.Stamp{AsOf: 100 * day, Unannounced: unannounced}, Kind: score.Churn, State: state}
}

// Alerts of the control group are recorded, not published, by whole episodes: who has not heard of a risk hears nothing of its end, and who
// has heard of it does.
func TestAlertsOfTheControlGroupAreKeptBack(t *testing.T) {
	const kept, told = true, false
	for _, row := range []struct {
		why  string
		said []score.Transition
		want []bool
	}{
		{"an episode of the group", []score.Transition{
			alertIn(score.Raised, kept), alertIn(score.Escalated, kept), alertIn(score.Updated, kept), alertIn(score.Eased, kept), alertIn(score.Resolved, kept),
		}, []bool{false, false, false, false, false}},
		{"an episode of another customer", []score.Transition{alertIn(score.Raised, told), alertIn(score.Escalated, told), alertIn(score.Resolved, told)}, []bool{true, true, true}},
		{"a model begins to announce: the end of an unheard episode stays unheard", []score.Transition{alertIn(score.Raised, kept), alertIn(score.Resolved, told), alertIn(score.Raised, told)}, []bool{false, false, true}},
		{"a model begins to announce: a risk that grows is news", []score.Transition{alertIn(score.Raised, kept), alertIn(score.Escalated, told), alertIn(score.Resolved, told)}, []bool{false, true, true}},
		{"a model ends to announce: a heard episode is heard to its end", []score.Transition{alertIn(score.Raised, told), alertIn(score.Escalated, kept), alertIn(score.Resolved, kept), alertIn(score.Raised, kept)}, []bool{true, true, true, false}},
	} {
		var p score.Profile
		if got := p.Publish(row.said, 100*day, 0); !slices.Equal(got, row.want) {
			t.Errorf("%s: published %v, want %v", row.why, got, row.want)
		}
	}
}

// Only alerts of the group are kept back, and only by a model that does not announce them.
func TestWhatTheModelKeepsBack(t *testing.T) {
	for _, row := range []struct {
		why     string
		control float64
		announce,
		want bool
	}{
		{"the group", .9999, false, true},
		{"the group of a model that announces it", .9999, true, false},
		{"nobody is in the group", 0, false, false},
	} {
		e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Control, m.AnnounceControl = row.control, row.announce })
		l := newLedger(t, e)
		for week := range event.Instant(5) {
			l.apply(order(string(rune('a'+week)), (18_300+7*week)*day, 4000))
		}
		l.advance(18_500 * day)
		alerts := 0
		for _, x := range l.transitions {
			_, ok := x.(*score.ChurnAlert)
			if ok {
				alerts++
			}
			if got, want := x.Common().Unannounced, ok && row.want; got != want {
				t.Errorf("%s: %T %v kept back, want %v", row.why, x, got, want)
			}
		}
		if alerts == 0 {
			t.Errorf("%s: no alert: the test has lost its subject", row.why)
		}
	}
}
