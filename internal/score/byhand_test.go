package score_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
	"tidemark/internal/shop"
)

// hand explains a customer by hand: from the raw events, by the formulas of METHODS and by nothing of the engine. Money is in dollars.
type hand struct {
	orders                   map[string]*handOrder
	parts                    []handRefund
	spend                    float64
	count                    int
	first, last              event.Day
	days, repeatDays         int
	repeatSpend              float64
	margin, marginSpend      float64
	referrals, months        int
	nps                      float64
	answered                 bool
	recency, risk, predicted float64
	score, coverage          float64
	points                   map[string]float64
	answeredAt               event.Instant
}

type handOrder struct {
	day                      event.Day
	amount, margin, refunded float64
	gone                     bool
}

// handRefund is a refund; order is empty where it names none.
type handRefund struct {
	order  string
	day    event.Day
	amount float64
}

// dayOf is the number of days since 1970, UTC.
func dayOf(at event.Instant) event.Day { return event.Day(math.Floor(float64(at) / float64(day))) }

func explainByHand(events []event.Event, at event.Instant) *hand {
	h := &hand{orders: map[string]*handOrder{}, points: map[string]float64{}}
	for _, x := range events {
		switch x := x.(type) {
		case *event.Purchase:
			h.buy(x)
		case *event.Feedback:
			if x.Kind == event.NPS && x.OccurredAt >= h.answeredAt {
				h.nps, h.answered, h.answeredAt = x.Score, true, x.OccurredAt
			}
		case *event.Interaction:
			if x.Kind == event.ReferralMade {
				h.referrals++
			}
		case *event.Link: // nobody here has two ids
		}
	}
	perDay := map[event.Day]float64{}
	for _, o := range h.orders {
		if o.gone || o.refunded >= o.amount {
			continue
		}
		h.count++
		h.spend += o.amount - o.refunded
		h.margin, h.marginSpend = h.margin+o.margin, h.marginSpend+o.amount // before refunds of a part
		perDay[o.day] += o.amount
	}
	if h.count == 0 {
		return h
	}
	for _, part := range h.parts { // money goes down on the day of the refund
		if o := h.orders[part.order]; o == nil || !o.gone && o.refunded < o.amount {
			if _, bought := perDay[part.day]; bought {
				perDay[part.day] -= part.amount
			}
		}
	}
	h.first, h.last = math.MaxInt32, 0
	months := map[int]bool{}
	for d := range perDay {
		h.first, h.last = min(h.first, d), max(h.last, d)
		months[monthNumber(d)] = true
	}
	for d, net := range perDay {
		if d > h.first && net > 0 {
			h.repeatDays, h.repeatSpend = h.repeatDays+1, h.repeatSpend+net
		}
	}
	h.days = len(perDay)
	newest := monthNumber(h.last)
	if newest >= monthNumber(dayOf(at))-1 {
		for months[newest-h.months] {
			h.months++
		}
	}
	h.models(at)
	h.value()
	return h
}

func (h *hand) buy(x *event.Purchase) {
	o := h.orders[x.OrderID]
	switch {
	case x.Kind == event.Order && o == nil:
		h.orders[x.OrderID] = &handOrder{day: dayOf(x.OccurredAt), amount: float64(x.Amount.Minor) / 100, margin: float64(x.Margin.Minor) / 100}
	case x.Kind == event.Order: // restated
		o.amount, o.margin = float64(x.Amount.Minor)/100, float64(x.Margin.Minor)/100
	case x.Kind == event.Cancel && o != nil:
		o.gone = true
	case x.Kind == event.Refund && o != nil:
		o.refunded += float64(x.Amount.Minor) / 100
		h.parts = append(h.parts, handRefund{x.OrderID, dayOf(x.OccurredAt), float64(x.Amount.Minor) / 100})
	case x.Kind == event.Refund:
		h.spend -= float64(x.Amount.Minor) / 100 // of no order
		h.parts = append(h.parts, handRefund{"", dayOf(x.OccurredAt), float64(x.Amount.Minor) / 100})
	}
}

func monthNumber(d event.Day) int {
	t := time.Unix(int64(d)*86400, 0).UTC()
	return 12*t.Year() + int(t.Month())
}

// models are the closed forms of the default model: MBG/NBD and Gamma-Gamma of CDNOW, in weeks and dollars.
func (h *hand) models(at event.Instant) {
	const r, alpha, a, b = 0.524843, 6.183078, 0.891360, 1.614004
	const p, q, v = 6.25, 3.74, 15.44
	age := float64(at)/float64(day) - float64(h.first)
	h.recency = float64(at)/float64(day) - float64(h.last)
	x, last, now := float64(h.days-1), float64(h.last-h.first)/7, age/7
	alive := 1 / (1 + a/(b+x)*math.Pow((alpha+now)/(alpha+last), r+x))
	buys := 1 - math.Pow((alpha+now)/(alpha+now+90./7), r+x)
	h.risk = 1 - alive*buys
	// The expected purchases of who is still there are the mean of (1 - e^(-rate p t)) / p over the rate, Gamma(r+x, alpha+T), and over the
	// probability p of leaving, Beta(a, b+x+1). The mean over the rate is closed; that over p is added up in small steps of u = p^a.
	norm, _ := math.Lgamma(a + b + x + 1)
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b + x + 1)
	expected := func(t float64) float64 {
		const steps = 2000
		sum := 0.
		for i := range steps {
			u := (float64(i) + .5) / steps
			leaves := math.Pow(u, 1/a)
			sum += (1 - math.Pow((alpha+now)/(alpha+now+leaves*t), r+x)) / leaves * math.Pow(1-leaves, b+x) / a
		}
		return math.Exp(norm-la-lb) * sum / steps
	}
	monthly, discounted, until := math.Pow(1.10, 1./12)-1, 0., 0.
	for k := 1; k <= 12; k++ {
		next := expected(float64(k) * 365 / 12 / 7)
		discounted += (next - until) / math.Pow(1+monthly, float64(k))
		until = next
	}
	perDay := p * (v + h.repeatSpend) / (p*float64(h.repeatDays) + q - 1)
	h.predicted = alive * discounted * perDay * min(max(0, h.margin/h.marginSpend), 1)
}

// value is the scorecard of the default model, line by line.
func (h *hand) value() {
	log := func(x, low, high float64) float64 {
		return min(1, max(0, (math.Log1p(max(x, 0))-math.Log1p(low))/(math.Log1p(high)-math.Log1p(low))))
	}
	h.points["spend_365d"] = 30 * log(h.spend, 12, 300)
	h.points["aov"] = 15 * log(h.spend/float64(h.count), 11, 81)
	h.points["orders_365d"] = 15 * log(float64(h.count), 1, 7)
	h.points["recency_days"] = 10 * max(0, 1-h.recency/365)
	h.points["predicted_value"] = 15 * log(h.predicted, 5, 130)
	h.points["referrals"] = 5 * log(float64(h.referrals), 0, 5)
	h.points["active_months"] = 5 * min(1, float64(h.months)/12)
	h.coverage = .95
	if h.answered {
		h.coverage, h.points["nps"] = 1, 5*h.nps/10
	}
	for name := range h.points { // the weights of what is known are rescaled to 100
		h.points[name] /= h.coverage
		h.score += h.points[name]
	}
}

// tierOf is the tier of a score that no margin and no minimum stay holds.
func (h *hand) tierOf() score.Tier {
	switch {
	case h.score >= 90:
		return tier.High
	case h.score >= 60:
		return tier.Potential
	case h.score >= 30:
		return tier.General
	}
	return tier.Low
}

// Three customers of a small shop, and everybody else there, explained by hand: what the engine says of them is what their events say.
func TestCustomersOfTheShopExplainedByHand(t *testing.T) {
	c := shop.Default(event.InstantOf(time.Date(2026, time.November, 29, 16, 0, 0, 0, time.UTC)))
	c.Customers, c.Early, c.Foreign, c.Faults = 60, 0, nil, shop.Faults{}
	c.Behaviour.Chargebacks = 0
	s, err := shop.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Stack = churn.Plain() })
	lives, profiles := map[string][]event.Event{}, map[string]score.Profile{}
	for m := range s.Messages() {
		id := m.Event.Common().Customer
		p, ok := profiles[id]
		if !ok {
			p = e.New(id)
		}
		p, _, _ = e.Apply(p, m.Event)
		profiles[id], lives[id] = p, append(lives[id], m.Event)
	}
	three := map[string]string{} // the kinds of customers who must be among them
	for id, life := range lives {
		p, _ := e.Review(profiles[id], c.To)
		now, why := e.Score(p, c.To), e.Explain(p, c.To)
		if now.Test {
			continue
		}
		h := explainByHand(life, c.To)
		near := func(what string, got, want, within float64) {
			t.Helper()
			if math.Abs(got-want) > within {
				t.Errorf("%s: %s is %v, by hand %v", id, what, got, want)
			}
		}
		near("orders", float64(now.Orders365), float64(h.count), 0)
		if h.count == 0 {
			near("tier", float64(now.Tier), float64(tier.None), 0)
			continue
		}
		near("spend", float64(now.Spend365)/100, h.spend, 1e-6)
		near("purchase days", float64(now.PurchaseDays), float64(h.days), 0)
		near("recency", now.RecencyDays, h.recency, 1e-9)
		near("risk", now.Risk, h.risk, 2e-6)
		near("predicted value", float64(now.Current)/100, h.predicted, .02+.001*h.predicted)
		near("score", float64(now.Points)/100, h.score, .03)
		sum := 0.
		for _, part := range why.Indicators {
			near("points of "+part.Indicator, float64(part.Points)/100, h.points[part.Indicator], .03)
			sum += float64(part.Points) / 100
		}
		near("sum of the points", sum, float64(now.Points)/100, 1e-9)
		held := p.Standing.Tier == h.tierOf()+1 && (c.To.Sub(p.Standing.Since) < 30*24*time.Hour || h.score >= float64(map[score.Tier]float64{tier.General: 28, tier.Potential: 58, tier.High: 88}[p.Standing.Tier])-.01)
		if now.Tier != h.tierOf() && !held {
			t.Errorf("%s: the tier is %s at %d points, by hand %s at %.2f", id, now.Tier, now.Points, h.tierOf(), h.score)
		}
		refunded := slices.ContainsFunc(life, func(x event.Event) bool { p, ok := x.(*event.Purchase); return ok && p.Kind == event.Refund })
		switch {
		case now.Tier == h.tierOf() && h.days > 4 && h.answered && refunded:
			three["often, with an answer and a refund"] = id
		case now.Tier == h.tierOf() && h.days == 1:
			three["once"] = id
		case now.Tier == h.tierOf() && h.days > 2 && h.recency > 90:
			three["silent"] = id
		}
	}
	t.Logf("of %d customers: %v", len(lives), three)
	if len(three) < 3 {
		t.Errorf("only %v: want one of each kind", three)
	}
}
