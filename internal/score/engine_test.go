package score_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
	"tidemark/internal/score/value"
)

func order(id string, at event.Instant, minor int64) *event.Purchase {
	return &event.Purchase{
		Head: event.Head{ID: "e" + id, Customer: "c", OccurredAt: at, RecordedAt: at},
		Kind: event.Order, OrderID: id, Amount: event.Money{Minor: minor, Currency: "USD"},
	}
}

func apply(t *testing.T, e *score.Engine, p score.Profile, x event.Event) score.Profile {
	t.Helper()
	next, _, verdict := e.Apply(p, x)
	if verdict != score.Accepted {
		t.Fatalf("%s: got verdict %v, want it accepted", x.Common().ID, verdict)
	}
	return next
}

func TestNewEngineNamesEverythingThatIsWrong(t *testing.T) {
	m, err := model.Parse(modeltest.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	m.Version, m.Base, m.Control = "", "XXX", 1
	m.Rates = score.Rates{"EUR": {{From: 2, Value: 1}, {From: 1, Value: 1}}}
	m.Value.UnitDays, m.Churn.Horizon, m.RFM.Frequency[1], m.Tiers.High = 0, 0, 0, 0
	m.Scorecard.Lines = slices.Clone(m.Scorecard.Lines)
	m.Scorecard.Lines[0].Weight = .5
	_, err = score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err == nil {
		t.Fatal("NewEngine of a broken model: got no error")
	}
	for _, part := range []string{"version", "base", "control", "rates", "value", "churn", "rfm", "scorecard", "tiers"} {
		if !strings.Contains(err.Error(), part+":") {
			t.Errorf("got %q, want it to name %s", err, part)
		}
	}
}

func TestMoneyIsConvertedAtTheRateOfItsDate(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) {
		m.Rates = score.Rates{
			"EUR": {{From: 18_262, Value: 1.5}, {From: 18_300, Value: 2}}, // from 2020-01-01 and 2020-02-08
			"JPY": {{From: 0, Value: .01}},
			"KWD": {{From: 0, Value: 3}},
		}
	})
	for _, row := range []struct {
		why      string
		currency event.Currency
		minor    int64
		day      event.Instant
		want     int64
		verdict  score.Verdict
	}{
		{"the base itself", "USD", 1234, 18_290, 1234, score.Accepted},
		{"the first rate", "EUR", 1000, 18_262, 1500, score.Accepted},
		{"the day before the second", "EUR", 1000, 18_299, 1500, score.Accepted},
		{"the second rate", "EUR", 1000, 18_300, 2000, score.Accepted},
		{"before there was a rate", "EUR", 1000, 18_261, 0, score.RefusedCurrency},
		{"yen have no minor unit", "JPY", 1000, 18_300, 1000, score.Accepted},
		{"dinars have three digits", "KWD", 1000, 18_300, 300, score.Accepted},
		{"half a cent to the even", "EUR", 3, 18_262, 4, score.Accepted},
		{"half a cent to the even below", "EUR", 1, 18_262, 2, score.Accepted},
		{"no rate at all", "BRL", 1000, 18_300, 0, score.RefusedCurrency},
	} {
		x := order("a", row.day*day, row.minor)
		x.Amount.Currency = row.currency
		p, transitions, verdict := e.Apply(e.New("c"), x)
		if verdict != row.verdict {
			t.Errorf("%s: verdict %v, want %v", row.why, verdict, row.verdict)
		}
		if got := e.Score(p, p.AsOf).SpendLifetime; got != row.want {
			t.Errorf("%s: spend %d, want %d", row.why, got, row.want)
		}
		if verdict == score.RefusedCurrency && (len(transitions) > 0 || p.AsOf != 0) {
			t.Errorf("%s: a refused event has left traces: %+v, told %d", row.why, p, len(transitions))
		}
	}
}

// A control group of one in ten by the hash of the id: about a tenth of any kind of ids, the same customers at every share
// that is larger, and nothing else.
func TestControlGroup(t *testing.T) {
	of := func(share float64) *score.Engine {
		return newEngine(t, event.Calendar{}, func(m *score.Model) { m.Control = share })
	}
	nobody, tenth, half := of(0), of(.1), of(.5)
	grouped := func(e *score.Engine, id string) bool {
		_, transitions, _ := e.Apply(e.New(id), order("a", 18_300*day, 1000))
		return transitions[0].Common().ControlGroup
	}
	for _, form := range []string{"%d", "customer-%08d", "%x@example.org"} {
		const n = 4000
		in := 0
		for i := range n {
			if grouped(tenth, fmt.Sprintf(form, i)) {
				in++
			}
		}
		if spread := 4 * math.Sqrt(n*.1*.9); math.Abs(float64(in)-n*.1) > spread {
			t.Errorf("ids like %s: %d of %d are in the control group, want %d within %.0f", form, in, n, n/10, spread)
		}
	}
	for i := range 500 {
		id := fmt.Sprint("c", i)
		if grouped(tenth, id) && !grouped(half, id) {
			t.Errorf("%s is in the group of a tenth, and not in that of a half", id)
		}
		if grouped(nobody, id) {
			t.Errorf("%s is in a control group of nobody", id)
		}
	}
}

func TestHistoricValue(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Value.Margin = .4 })
	known := order("a", 18_300*day, 10_000)
	known.Margin = event.Minor(2500)
	loss := order("b", 18_310*day, 5000)
	loss.Margin = event.Minor(-1000)
	p := apply(t, e, e.New("c"), known)
	p = apply(t, e, p, loss)
	p = apply(t, e, p, order("c", 18_320*day, 2000))
	if got := e.Score(p, p.AsOf).Historic; got != 2500-1000+800 {
		t.Errorf("historic value %d, want 2500 − 1000 of known margins and 40 %% of 2000", got)
	}
	refund := order("", 18_330*day, 9000)
	refund.ID, refund.Kind = "r", event.Refund
	p = apply(t, e, p, refund)
	if got := e.Score(p, p.AsOf).Historic; got != 2300-3600 {
		t.Errorf("historic value %d after a refund of 9000, want 2300 − 3600: it is shown, not floored", got)
	}
}

// The worth of who costs money is nothing; without a known margin the usual one counts.
func TestOwnMargin(t *testing.T) {
	worth := func(margin event.OptionalMinor) int64 {
		e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Value.Margin = .5 })
		x := order("a", 18_300*day, 10_000)
		x.Margin = margin
		p := apply(t, e, e.New("c"), x)
		return e.Score(p, p.AsOf).Current
	}
	usual := worth(event.OptionalMinor{})
	for _, row := range []struct {
		why    string
		margin int64
		want   float64
	}{
		{"half the usual", 2500, .5},
		{"all of it", 10_000, 2},
		{"more than all: at most all", 20_000, 2},
		{"none", 0, 0},
		{"a loss", -3000, 0},
	} {
		if got := worth(event.Minor(row.margin)); math.Abs(float64(got)-row.want*float64(usual)) > 1 {
			t.Errorf("%s: current value %d, want %g times %d", row.why, got, row.want, usual)
		}
	}
}

func TestScoreOfNobody(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	s := e.Score(e.New("c"), 18_300*day)
	if s.Bought || s.Tier != tier.None || s.Level != churn.None || s.Segment != "" {
		t.Errorf("score of a customer without purchases: got %+v, want no label", s)
	}
	row := s.Row()
	if len(row) != len(score.Columns()) {
		t.Fatalf("%d columns, want %d", len(row), len(score.Columns()))
	}
	for i, column := range score.Columns() {
		want := map[string]string{
			"customer_id": "c", "as_of": "2020-02-08T00:00:00Z", "orders": "0", "purchase_days": "0", "orders_365d": "0",
			"spend_365d": "0.00", "spend_lifetime": "0.00", "clv_historic": "0.00", "clv": "0.00", "churn_level": "NONE",
			"model_version": e.Version(), "churn_level_reason": "NEVER_BOUGHT", "currency": "USD", "coverage": "0", "refunded_365d": "0.00",
			"open_complaints": "0", "referrals": "0", "active_months": "0", "purchase_days_365d": "0", "csat_answers": "0", "complaints_365d": "0",
			"interactions_90d": "0", "interaction_weight_90d": "0", "interaction_weight_30d": "0", "interaction_channels_90d": "0", "refunds_365d": "0",
			"chargebacks_365d": "0", "failed_payments_365d": "0", "overdue_payments_365d": "0", "payments_365d": "0",
			"risk": "0.0228156", "risk_grade": "A", "refund_rate": "0.01", "failed_payment_rate": "0.01", "overdue_rate": "0.01", "chargeback_rate": "0.01",
			"stage": "PROSPECT", "interaction_effect": "0.25", "participation": "0.25", "outreach_sent": "0", "offers_redeemed": "0", "complaint_rate": "0",
		}[column]
		if row[i] != want {
			t.Errorf("%s: got %q, want %q", column, row[i], want)
		}
	}
}

func TestView(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p := e.Schedule(apply(t, e, e.New("c"), order("a", 18_300*day, 6000)))
	s := e.Score(p, p.AsOf)
	fields, detail := s.Fields(), s.Detail()
	if len(fields) != 12 {
		t.Fatalf("%d fields, want 12", len(fields))
	}
	row := s.Row()
	for _, f := range fields {
		if i := slices.Index(score.Columns(), f.Name); i < 0 || row[i] != f.Value || len(f.Value) > 64 {
			t.Errorf("field %s: got %q, want the column of that name, at most 64 bytes", f.Name, f.Value)
		}
	}
	var members map[string]any
	if err := json.Unmarshal(detail, &members); err != nil {
		t.Fatalf("detail %s: %v", detail, err)
	}
	for name, want := range map[string]any{
		"coverage": .95, "sequence": 1., "currency": "USD", "next_review": p.Due.String(), "active_months": 1., "referrals": 0.,
		"orders": 1., "first_purchase": row[slices.Index(score.Columns(), "first_purchase")], "clv_historic": 60.,
	} {
		if members[name] != want {
			t.Errorf("detail's %s is %v, want %v", name, members[name], want)
		}
	}
	for _, name := range []string{"nps", "csat", "clv_potential", "customer_id", "tier"} {
		if got, ok := members[name]; ok {
			t.Errorf("detail's %s is %v, want it left out: it does not apply, or is said elsewhere", name, got)
		}
	}
}

func TestPublish(t *testing.T) {
	const week = 7 * 24 * time.Hour
	alert := func(state score.EpisodeState, at event.Instant) *score.ChurnAlert {
		return &score.ChurnAlert{Stamp: score.Stamp{AsOf: at * day}, State: state}
	}
	for _, row := range []struct {
		why         string
		age         time.Duration
		transitions []score.Transition
		want        []bool
	}{
		{"all of it is young", week, []score.Transition{alert(score.Raised, 95), alert(score.Escalated, 99)}, []bool{true, true}},
		{"an old episode is muted to its end", week, []score.Transition{alert(score.Raised, 10), alert(score.Resolved, 99)}, []bool{false, false}},
		{"but a young escalation is told, and so is what follows", week, []score.Transition{
			alert(score.Raised, 10), alert(score.Escalated, 20), alert(score.Escalated, 99), alert(score.Eased, 99), alert(score.Resolved, 100),
		}, []bool{false, false, true, true, true}},
		{"the next episode starts afresh", week, []score.Transition{alert(score.Raised, 10), alert(score.Resolved, 20), alert(score.Raised, 99)}, []bool{false, false, true}},
		{"a published episode is told to its end, however late", week, []score.Transition{alert(score.Raised, 95), alert(score.Resolved, 20)}, []bool{true, true}},
		{"a tier goes by its own age", week, []score.Transition{
			&score.TierChanged{Stamp: score.Stamp{AsOf: 92 * day}}, &score.TierChanged{Stamp: score.Stamp{AsOf: 93 * day}},
		}, []bool{false, true}},
		{"0 never mutes", 0, []score.Transition{alert(score.Raised, 1), alert(score.Resolved, 2)}, []bool{true, true}},
	} {
		var p score.Profile
		var got []bool
		for _, x := range row.transitions { // one commit each, the memory in the profile's encoding
			got = append(got, p.Publish([]score.Transition{x}, 100*day, row.age)...)
			p, _ = score.Decode(encode(p))
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: got %v, want %v", row.why, got, row.want)
		}
		var q score.Profile
		if got := q.Publish(row.transitions, 100*day, row.age); !slices.Equal(got, row.want) {
			t.Errorf("%s, in one commit: got %v, want %v", row.why, got, row.want)
		}
	}
}

// A model comes into force at an instant: until then the old one goes on, also for a customer who is looked at later only.
func TestAnotherModelComesIntoForce(t *testing.T) {
	old := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Churn.SecondOrder = 0 })
	start := 18_300 * day
	p := apply(t, old, old.New("c"), order("a", start, 6000)) // GENERAL, falls after a year
	fall, _ := old.NextCrossing(p, p.AsOf)

	m, err := model.Parse(modeltest.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	m.Version, m.Hash, m.Churn.SecondOrder = "strict", "feedfacefeedface", 0
	m.Tiers = tier.Ladder{General: 500, Potential: 1000, High: 9000, Margin: 100, MinStay: 0}
	m.Scorecard = value.Scorecard{Lines: []value.Line{
		{Indicator: value.Frequency, Weight: .5, Scale: value.Scale{Method: value.Ratio, High: 10}},
		{Indicator: value.Recency, Weight: .5, Scale: value.Scale{Method: value.Remaining, High: 1000}},
	}}
	engine, err := score.NewEngine(m, event.Calendar{}, avro.Identify, old)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		why       string
		effective event.Instant
		want      []string
	}{
		{"at once", 0, []string{start.String() + " POTENTIAL MODEL"}},
		{"a day later", start + day, []string{(start + day).String() + " POTENTIAL MODEL"}},
		{"after the old one has moved her", fall + day, []string{fall.String() + " LOW TIME", (fall + day).String() + " POTENTIAL MODEL"}},
		{"after she is looked at: then it counts from there", start + 900*day, []string{fall.String() + " LOW TIME", (fall + 10*day).String() + " POTENTIAL MODEL"}},
	} {
		q, transitions := engine.Effective(row.effective).Review(p, fall+10*day)
		var got []string
		for _, x := range transitions {
			c := x.(*score.TierChanged)
			got = append(got, fmt.Sprintf("%s %s %s", c.AsOf, c.Tier, c.Cause))
			if c.Cause == score.ByModel {
				checkExchange(t, row.why, c)
			}
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: got %v, want %v", row.why, got, row.want)
		}
		if q.Model != engine.Hash() {
			t.Errorf("%s: the profile is of model %s, want %s", row.why, q.Model, engine.Hash())
		}
		if _, again := engine.Review(q, q.AsOf); len(again) > 0 {
			t.Errorf("%s: reviewed again it tells %v, want nothing", row.why, ids(again))
		}
	}
}

// checkExchange holds a change of model to naming every indicator by its own name, those that are gone as well.
func checkExchange(t *testing.T, why string, c *score.TierChanged) {
	t.Helper()
	sum := score.Points(0)
	seen := map[string]bool{}
	for _, part := range c.Contributions {
		sum += part.Points
		if part.Cause == score.ByModel {
			seen[part.Indicator] = true
			gone := part.Indicator != string(value.Frequency) && part.Indicator != string(value.Recency)
			if gone != math.IsNaN(part.RawAfter) || gone && part.Points > 0 {
				t.Errorf("%s: contribution %+v, want a raw value after it only where the new scorecard asks for one", why, part)
			}
		}
	}
	if sum != c.After-c.Before {
		t.Errorf("%s: the contributions add up to %d, want %d − %d", why, sum, c.After, c.Before)
	}
	for _, name := range []value.Indicator{value.Frequency, value.Recency, value.Spend, value.Predicted} {
		if within := c.AsOf < 18_665*day; within && !seen[string(name)] { // a year on, nothing but recency is left
			t.Errorf("%s: no contribution of %s to the change of model, got %v", why, name, seen)
		}
	}
}

// What was not there is not zero: on entry no raw value is known before, on exit none after.
func TestContributionsOfEntryAndExit(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p, entry, _ := e.Apply(e.New("c"), order("a", 18_300*day, 6000))
	cancel := order("a", 18_301*day, 0)
	cancel.ID, cancel.Kind = "x", event.Cancel
	_, exit, _ := e.Apply(p, cancel)
	for _, c := range entry[0].(*score.TierChanged).Contributions {
		if !math.IsNaN(c.RawBefore) || math.IsNaN(c.RawAfter) || c.NormalisedBefore != 0 {
			t.Errorf("on entry: %+v, want no value before and one after", c)
		}
	}
	last := exit[len(exit)-1].(*score.TierChanged)
	if last.Direction != score.Exit || last.After != 0 || last.LineCrossed != 0 {
		t.Errorf("after the cancellation: %+v, want an EXIT at 0", last)
	}
	for _, c := range last.Contributions {
		if c.Cause == score.ByEvent && (math.IsNaN(c.RawBefore) || !math.IsNaN(c.RawAfter)) {
			t.Errorf("on exit: %+v, want a value before and none after", c)
		}
	}
	topic, line := avro.TransitionJSON(last)
	if !strings.Contains(string(line), `"raw_after":null`) {
		t.Errorf("%s %s: want raw_after null", topic, line)
	}
}
