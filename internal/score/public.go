package score

import (
	"encoding/json"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/score/rfm"
)

// Score is what the public sees of a customer at an instant: the columns of the scores file.
type Score struct {
	Customer                    string
	AsOf                        event.Instant
	Orders, PurchaseDays        int
	FirstPurchase, LastPurchase event.Instant
	RecencyDays                 float64
	Orders365                   int
	Spend365, SpendLifetime     int64
	RFM                         rfm.Digits
	Segment                     string
	Alive, NoPurchase           float64
	// ExpectedOrders are purchase days expected within the horizon.
	ExpectedOrders float64
	// Historic, Current and Total value are in minor units of the base currency.
	Historic, Current, Total int64
	Risk                     float64
	Level                    Level
	Points                   Points
	Tier                     Tier
	Coverage                 float64
	Model                    string
	Sequence                 int64
	NextReview               event.Instant
	// NPS is the latest answer, 0..10; CSAT the mean of Answers answers, each as a share of its scale; OpenComplaints those not
	// resolved: all of 365 days. Referrals count over life, ActiveMonths are consecutive.
	NPS                                              float64
	NPSKnown                                         bool
	CSAT                                             float64
	Answers, OpenComplaints, Referrals, ActiveMonths int
	// Bought reports whether there is a purchase that stands: without one the models have nothing to say.
	Bought bool
	base   event.Currency
}

// Score evaluates p at an instant, p.AsOf or later, with the labels that p has.
func (e *Engine) Score(p Profile, at event.Instant) Score {
	at = max(at, p.AsOf)
	v := e.evaluate(&p.History, at)
	s := Score{
		Customer: p.Customer, AsOf: at, Level: p.Episode.Level, Tier: p.Standing.Tier, Model: e.model.Version,
		Sequence: p.Sequence, NextReview: p.Due, base: e.model.Base, Bought: v.buyer(),
		SpendLifetime: v.facts.Spend, Spend365: v.facts.Spend365, Historic: e.historic(&v),
		NPS: v.facts.NPSScore, NPSKnown: v.facts.NPSKnown, CSAT: v.facts.CSATMean, Answers: v.facts.CSATCount,
		OpenComplaints: v.facts.OpenComplaints, Referrals: v.facts.Referrals, ActiveMonths: v.facts.ActiveMonths,
	}
	s.Total = s.Historic
	if !s.Bought {
		return s
	}
	silent := v.pattern.Age - v.pattern.Last
	s.Orders, s.PurchaseDays, s.Orders365 = v.facts.Orders, v.facts.PurchaseDays, v.facts.Orders365
	s.FirstPurchase, s.LastPurchase, s.RecencyDays = v.facts.FirstPurchase, v.facts.LastPurchase, silent
	s.RFM = e.model.RFM.Score(silent, s.Orders365, s.Spend365)
	s.Segment = s.RFM.Segment()
	s.Alive, s.NoPurchase, s.Risk = micro(e.model.Value.Alive(v.pattern)), v.signs.Risk, v.signs.Risk
	s.ExpectedOrders = e.model.Value.Expected(v.pattern)
	s.Current = e.minor(v.current)
	s.Total += s.Current
	s.Points, s.Coverage = v.points, v.coverage
	return s
}

// historic is the margin earned so far, in minor units: the margins that events gave, and the usual margin on the rest.
func (e *Engine) historic(v *evaluation) int64 {
	return v.facts.Margin + convert(v.facts.Spend-v.facts.MarginSpend, e.model.Value.Margin)
}

// Columns are the columns of the scores file, in order.
func Columns() []string {
	return []string{
		"customer_id", "as_of", "orders", "purchase_days", "first_purchase", "last_purchase", "recency_days", "orders_365d",
		"spend_365d", "spend_lifetime", "r", "f", "m", "segment", "p_alive", "p_no_purchase", "expected_orders", "clv_historic",
		"clv_current", "clv_potential", "clv", "churn_risk", "churn_level", "value_score", "tier", "model_version",
	}
}

// Row returns s as the columns of the scores file: money in major units with its currency's decimals, instants in RFC 3339
// UTC, other numbers to six significant digits. What does not apply is empty, not zero.
func (s *Score) Row() []string {
	row := []string{
		s.Customer, s.AsOf.String(), strconv.Itoa(s.Orders), strconv.Itoa(s.PurchaseDays), "", "", "", strconv.Itoa(s.Orders365),
		s.money(s.Spend365), s.money(s.SpendLifetime), "", "", "", s.Segment, "", "", "", s.money(s.Historic),
		"", "", s.money(s.Total), "", s.Level.String(), "", "", s.Model,
	}
	if !s.Bought {
		return row
	}
	set := map[string]string{
		"first_purchase": s.FirstPurchase.String(), "last_purchase": s.LastPurchase.String(), "recency_days": number(s.RecencyDays),
		"r": digit(s.RFM.R), "f": digit(s.RFM.F), "m": digit(s.RFM.M),
		"p_alive": number(s.Alive), "p_no_purchase": number(s.NoPurchase), "expected_orders": number(s.ExpectedOrders),
		"clv_current": s.money(s.Current), "clv": s.money(s.Total), "churn_risk": number(s.Risk),
		"value_score": number(float64(s.Points) / 100), "tier": s.Tier.String(),
	}
	for i, column := range Columns() {
		if text, ok := set[column]; ok {
			row[i] = text
		}
	}
	return row
}

// visible are the fields of tm:score, in order.
var visible = [...]string{
	"as_of", "tier", "value_score", "churn_level", "churn_risk", "clv", "p_alive", "segment", "orders_365d", "spend_365d",
	"last_purchase", "model_version",
}

// NamedValue is one field of the public score.
type NamedValue struct{ Name, Value string }

// View returns the 12 fields of tm:score, formatted as in the scores file, and the JSON of tm:detail: every column, and what
// else there is to say.
func (e *Engine) View(p Profile, at event.Instant) (fields []NamedValue, detail []byte) {
	s := e.Score(p, at)
	row := s.Row()
	byName := make(map[string]string, len(row)+9)
	for i, column := range Columns() {
		byName[column] = row[i]
	}
	fields = make([]NamedValue, len(visible))
	for i, name := range visible {
		fields[i] = NamedValue{name, byName[name]}
	}
	byName["coverage"] = number(s.Coverage)
	byName["sequence"] = strconv.FormatInt(s.Sequence, 10)
	byName["next_review"] = s.NextReview.String()
	byName["currency"] = string(s.base)
	byName["open_complaints"] = strconv.Itoa(s.OpenComplaints)
	byName["referrals"] = strconv.Itoa(s.Referrals)
	byName["active_months"] = strconv.Itoa(s.ActiveMonths)
	if s.NPSKnown {
		byName["nps"] = number(s.NPS)
	}
	if s.Answers > 0 {
		byName["csat"] = number(s.CSAT)
	}
	detail, err := json.Marshal(byName)
	if err != nil {
		panic("score: a map of strings does not marshal: " + err.Error())
	}
	return fields, detail
}

func (s *Score) money(minor int64) string {
	digits, _ := s.base.Digits()
	return strconv.FormatFloat(s.base.Major(minor), 'f', digits, 64)
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

func digit(d uint8) string { return strconv.Itoa(int(d)) }
