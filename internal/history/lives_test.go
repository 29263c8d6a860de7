package history_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

const (
	hour = event.Instant(time.Hour / time.Millisecond)
	base = event.Day(15_000)
)

// calendars are those that lives are lived in.
func calendars(t testing.TB) []event.Calendar {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatalf("load zone: %v", err)
	}
	auckland, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatalf("load zone: %v", err)
	}
	return []event.Calendar{{}, event.NewCalendar(berlin), event.NewCalendar(auckland)}
}

// drawAny draws a life of one sort or the other.
func drawAny(t *rapid.T, c event.Calendar) []observed {
	if rapid.Bool().Draw(t, "chain") {
		return drawChain(t, c)
	}
	return drawLife(t, c)
}

// drawLife draws the distinct events of one customer. Days, hours, order ids and amounts are few, so that they meet.
func drawLife(t *rapid.T, c event.Calendar) []observed {
	span := rapid.SampledFrom([]int{2, 40, 400, 800, 1600, 3000}).Draw(t, "span")
	n := rapid.IntRange(1, 24).Draw(t, "events")
	// Distances at which something happens, so that lives keep hitting them.
	edges := []int{0, 1, 6, 7, 89, 90, 364, 365, 366, 729, 730, 731, 1094, 1095, 1096, 1460}
	var life []observed
	for i := range n {
		if len(life) > 0 && rapid.IntRange(0, 7).Draw(t, "another version") == 0 {
			other := rapid.SampledFrom(life).Draw(t, "of")
			if p := other.purchase(); p != nil && is(p.Kind, event.Order, event.Cancel) {
				life = append(life, drawVersion(t, p, fmt.Sprint("e", i)))
				continue
			}
		}
		day := rapid.IntRange(0, span).Draw(t, "day")
		if rapid.Bool().Draw(t, "on an edge") {
			day = rapid.SampledFrom(edges).Draw(t, "edge")
			if len(life) > 0 && rapid.Bool().Draw(t, "of another") {
				other := life[rapid.IntRange(0, len(life)-1).Draw(t, "other")]
				day = int(c.Day(other.at())-base) + rapid.SampledFrom([]int{-1, 1}).Draw(t, "side")*day
			}
		}
		at := c.Start(base+event.Day(day)) + rapid.SampledFrom([]event.Instant{0, 1, hour, 13*hour + 1}).Draw(t, "hour")
		head := event.Head{ID: fmt.Sprint("e", i), Customer: "c", OccurredAt: at, RecordedAt: at}
		life = append(life, drawEvent(t, head))
		if last := life[len(life)-1]; rapid.IntRange(0, 9).Draw(t, "again") == 0 {
			life = append(life, changed(t, last))
		}
	}
	return life
}

// drawVersion draws another version of an order: with the occurred_at of the other or one close to it, with or without revised_at, recorded
// before the other or after.
func drawVersion(t *rapid.T, of *event.Purchase, id string) observed {
	p := *of
	p.ID = id
	p.OccurredAt += rapid.SampledFrom([]event.Instant{0, 0, 0, 1, hour, -hour, 24 * hour, -24 * hour, 300 * 24 * hour, 364 * 24 * hour}).Draw(t, "occurred later")
	p.RevisedAt = 0
	if rapid.Bool().Draw(t, "revised") {
		p.RevisedAt = of.StatedAt() + rapid.SampledFrom([]event.Instant{-hour, 0, 1, hour, 2 * hour, 24 * hour, 72 * hour, 300 * 24 * hour}).Draw(t, "revised later")
		if p.RevisedAt > p.OccurredAt+363*24*hour { // later is too late, whatever else arrives
			p.RevisedAt = p.OccurredAt
		}
	}
	p.RecordedAt = p.StatedAt() + rapid.SampledFrom([]event.Instant{0, 0, 1, 2, 3, hour}).Draw(t, "recorded later")
	if rapid.IntRange(0, 3).Draw(t, "turn") == 0 {
		p.Kind = event.Order + event.Cancel - p.Kind
		p.Items = nil
	}
	a := drawAmounts(t, []int64{30, 60, 100})
	if p.Kind == event.Cancel {
		a = history.Amounts{} // nobody reads it
	}
	return observed{x: &p, a: a}
}

// drawAmounts draws an amount in the base currency, or in one of two others at a rate of the day.
func drawAmounts(t *rapid.T, amounts []int64) history.Amounts {
	minor := rapid.SampledFrom(amounts).Draw(t, "amount")
	currency := rapid.SampledFrom([]event.Currency{"", "", "EUR", "EUR", "JPY"}).Draw(t, "currency")
	if currency == "" {
		return history.Amounts{Amount: minor}
	}
	rate := rapid.SampledFrom([]float64{0.004, 0.7, 1, 1.11, 1.3}).Draw(t, "rate")
	return history.Amounts{Amount: int64(math.RoundToEven(float64(minor) * rate)), Said: event.Money{Minor: minor, Currency: currency}}
}

// drawChain draws what happened to one order over the years, at the distances from which links and seals are a day away,
// and touches that do nothing but move H.
func drawChain(t *rapid.T, c event.Calendar) []observed {
	var life []observed
	day := 0
	instant := func(day int) event.Instant {
		return c.Start(base+event.Day(day)) + rapid.SampledFrom([]event.Instant{0, 0, 0, hour}).Draw(t, "hour")
	}
	for i := range rapid.IntRange(2, 6).Draw(t, "versions") {
		day += rapid.SampledFrom([]int{0, 1, 100, 263, 362, 363, 364, 364, 365}).Draw(t, "gap")
		at := instant(day)
		p := &event.Purchase{Head: event.Head{ID: fmt.Sprint("e", i), Customer: "c", OccurredAt: at, RecordedAt: at}, OrderID: "o1"}
		p.Kind = rapid.SampledFrom([]event.PurchaseKind{event.Order, event.Order, event.Refund, event.Refund, event.Cancel}).Draw(t, "kind")
		if p.Kind == event.Order && rapid.IntRange(0, 5).Draw(t, "another") == 0 {
			p.OrderID = "o2"
		}
		life = append(life, observed{x: p, a: drawAmounts(t, []int64{30, 60, 100})})
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "touches") {
		other := life[rapid.IntRange(0, len(life)-1).Draw(t, "other")]
		day := int(c.Day(other.at())-base) + rapid.SampledFrom([]int{
			363, 364, 365, 727, 728, 729, 730, 1090, 1091, 1092, 1093, 1094, 1095,
		}).Draw(t, "later")
		at := instant(day)
		life = append(life, observed{x: &event.Interaction{
			Head: event.Head{ID: fmt.Sprint("t", i), Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Login,
		}})
	}
	return life
}

func drawEvent(t *rapid.T, head event.Head) observed {
	channel := rapid.SampledFrom([]string{"", "web", "app", "shop"}).Draw(t, "channel")
	switch rapid.IntRange(0, 9).Draw(t, "topic") {
	case 0, 1:
		kind := event.InteractionKind(rapid.IntRange(1, event.InteractionKinds-1).Draw(t, "interaction"))
		i := &event.Interaction{Head: head, Kind: kind, Channel: channel, Weight: rapid.Int32Range(0, 3).Draw(t, "weight")}
		if kind == event.OutreachSent && rapid.Bool().Draw(t, "cost?") {
			i.Cost = event.Minor(rapid.Int64Range(0, 5).Draw(t, "cost"))
		}
		a := history.Amounts{}
		if kind == event.ReferralMade && rapid.Bool().Draw(t, "named") {
			a.Referral = drawReferral(t)
		}
		if kind == event.ConsentChanged {
			i.Name = rapid.SampledFrom([]string{"granted", "withdrawn"}).Draw(t, "consent")
		}
		if kind == event.Attributes {
			i.Attributes = map[string]string{"region": rapid.SampledFrom([]string{"north", "south"}).Draw(t, "region"), "hobby": "chess"}
			if said := rapid.SampledFrom([]string{"true", "YES", " 1", "false", "perhaps", "unsaid"}).Draw(t, "test account"); said != "unsaid" {
				i.Attributes[history.TestAccountKey] = said
			}
		}
		return observed{i, a}
	case 2:
		if rapid.IntRange(0, 2).Draw(t, "a buyer") == 0 {
			a := history.Amounts{Referral: drawReferral(t)}
			a.Referral.Buyer = max(a.Referral.Buyer, 100) // nobody buys from itself
			return observed{&event.Link{Head: head, Referral: &event.LinkReferral{Buyer: fmt.Sprint(a.Referral.Buyer)}}, a}
		}
		fallthrough
	case 3:
		f := &event.Feedback{Head: head, Kind: event.FeedbackKind(rapid.IntRange(1, event.FeedbackKinds-1).Draw(t, "feedback"))}
		f.About = event.Subject(rapid.IntRange(0, event.Subjects-1).Draw(t, "about"))
		switch f.Kind {
		case event.NPS:
			f.Scored, f.Max, f.Score = true, 10, float64(rapid.IntRange(0, 10).Draw(t, "nps"))
		case event.CSAT, event.Review:
			f.Scored, f.Min, f.Max, f.Score = true, 1, 5, float64(rapid.IntRange(1, 5).Draw(t, "stars"))
		case event.Complaint, event.ComplaintResolved, event.UnknownFeedback:
			f.OrderID = rapid.SampledFrom([]string{"", "o1", "o2"}).Draw(t, "order")
		}
		return observed{x: f}
	}
	p := &event.Purchase{Head: head, Channel: channel}
	p.Kind = rapid.SampledFrom([]event.PurchaseKind{
		event.Order, event.Order, event.Order, event.Order, event.Refund, event.Refund, event.Refund, event.Chargeback,
		event.Cancel, event.PaymentFailed, event.PaymentOverdue, event.Paid,
	}).Draw(t, "purchase")
	p.OrderID = rapid.SampledFrom([]string{"o1", "o2", "o3", "o4"}).Draw(t, "order")
	if p.Kind == event.Refund && rapid.IntRange(0, 3).Draw(t, "unlinked") == 0 {
		p.OrderID = ""
	}
	a := drawAmounts(t, []int64{0, 10, 30, 60, 100})
	if p.Kind == event.Order {
		p.Items = make([]event.Item, rapid.IntRange(0, 3).Draw(t, "items"))
		for i := range p.Items {
			p.Items[i].Category = rapid.SampledFrom([]string{"", "tea", "coffee", "cups"}).Draw(t, "category")
			p.Items[i].AmountMinor = rapid.Int64Range(-1, 2).Draw(t, "item's amount")
			p.Items[i].Quantity = rapid.Int64Range(1, 2).Draw(t, "pieces")
		}
		for _, part := range []*event.OptionalMinor{&a.Margin, &a.Discount, &a.ServiceCost, &a.AcquisitionCost} {
			if rapid.IntRange(0, 4).Draw(t, "given") == 0 {
				*part = event.Minor(rapid.Int64Range(-3, 9).Draw(t, "part"))
			}
		}
	}
	return observed{x: p, a: a}
}

// drawReferral draws one of a few buyers, or the customer itself.
func drawReferral(t *rapid.T) history.Referral {
	buyer := rapid.SampledFrom([]uint64{0, 100, 101, 200, 300}).Draw(t, "buyer")
	if buyer == 0 {
		return history.Referral{Named: true}
	}
	return history.ReferralOf(buyer)
}

// changed is the same event with another content, as a careless producer sends it.
func changed(t *rapid.T, o observed) observed {
	switch x := o.x.(type) {
	case *event.Purchase:
		p := *x
		p.OccurredAt, p.RecordedAt = p.OccurredAt+1, p.RecordedAt+1
		if is(p.Kind, event.Order, event.Cancel) {
			p.OccurredAt, p.RecordedAt, p.Channel = x.OccurredAt, x.RecordedAt, "fax"
			p.Items = slices.Clone(p.Items)
			for i := range p.Items {
				p.Items[i].Category = "pots"
			}
		}
		return observed{x: &p, a: history.Amounts{Amount: rapid.SampledFrom([]int64{10, 60}).Draw(t, "other amount")}}
	case *event.Interaction:
		i := *x
		i.Weight, i.Channel = 2, "app"
		return observed{x: &i}
	case *event.Feedback:
		f := *x
		f.About = event.AboutPrice
		return observed{x: &f}
	case *event.Link: // says one thing
	}
	return o
}

// arrive draws an order of arrival, with repetitions, in which no event is too late and no repetition of an interaction
// comes when its id is forgotten.
func arrive(t *rapid.T, life []observed, c event.Calendar) []observed {
	type arrival struct {
		observed
		key, tie int
	}
	copies := make(map[string]int) // contents by id: they count as repetitions
	for _, o := range life {
		copies[o.id()]++
	}
	var arrivals []arrival
	for _, o := range life {
		times := 1
		if rapid.IntRange(0, 3).Draw(t, "repeat") == 0 {
			times = rapid.IntRange(2, 3).Draw(t, "times")
		}
		late := 364
		if o.x.Topic() == event.Links {
			late = 2000 // never too late
		}
		if o.touch() != nil {
			late = 89
			if times*copies[o.id()] > 1 {
				late = 6
			}
		}
		for k := range times {
			if p := o.purchase(); p != nil && k > 0 && rapid.Bool().Draw(t, "redelivered") { // by another producer, at another time
				again := *p
				again.RecordedAt += rapid.SampledFrom([]event.Instant{1, 2, 3, 4, hour}).Draw(t, "recorded again")
				o.x = &again
			}
			delay := rapid.SampledFrom([]int{0, late, rapid.IntRange(0, late).Draw(t, "delay")}).Draw(t, "lateness")
			// A version does not arrive before it is written, and by its occurred_at it is not late.
			arrivals = append(arrivals, arrival{o, max(int(c.Day(o.at()))+delay, int(c.Day(o.x.StatedAt()))), rapid.IntRange(0, 99).Draw(t, "tie")})
		}
	}
	slices.SortStableFunc(arrivals, func(a, b arrival) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.tie, b.tie)) })
	seen := make([]observed, len(arrivals))
	for i := range arrivals {
		seen[i] = arrivals[i].observed
	}
	return seen
}

func describe(o observed, c event.Calendar) string {
	switch x := o.x.(type) {
	case *event.Purchase:
		revised := x.StatedAt()
		return fmt.Sprintf("day %d +%d %s %s %s %d %q revised day %d +%d recorded +%d said %d%s", c.Day(x.OccurredAt)-base, x.OccurredAt-c.Start(c.Day(x.OccurredAt)), x.ID, x.Kind, x.OrderID, o.a.Amount, x.Channel,
			c.Day(revised)-base, revised-c.Start(c.Day(revised)), x.RecordedAt-revised, o.a.Said.Minor, o.a.Said.Currency)
	case *event.Interaction:
		return fmt.Sprintf("day %d +%d %s %s %q", c.Day(x.OccurredAt)-base, x.OccurredAt-c.Start(c.Day(x.OccurredAt)), x.ID, x.Kind, x.Channel)
	case *event.Feedback:
		return fmt.Sprintf("day %d +%d %s %s %s %g", c.Day(x.OccurredAt)-base, x.OccurredAt-c.Start(c.Day(x.OccurredAt)), x.ID, x.Kind, x.OrderID, x.Score)
	case *event.Link:
		return fmt.Sprintf("day %d +%d %s %s", c.Day(x.OccurredAt)-base, x.OccurredAt-c.Start(c.Day(x.OccurredAt)), x.ID, x.Referral.Buyer)
	}
	return ""
}
