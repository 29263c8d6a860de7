package main

import (
	"math"

	"tidemark/internal/event"
	facts "tidemark/internal/history" // tests of this package declare history
)

// historyFor writes down a history whose money is in a base currency.
func historyFor(h facts.Held, base event.Currency) heldHistory {
	out := heldHistory{
		Orders: []heldOrder{}, Refunds: []heldMoney{}, Payments: []heldMoney{}, Feedback: []heldFeedback{}, Interactions: []heldInteraction{},
		InteractionDays: []heldDay{}, Channels: []heldChannel{}, Consents: []heldConsent{}, Attributes: []heldAttribute{},
		Categories: h.Categories, BeyondCaps: h.BeyondCaps, Sealed: totalsFor(h.Sealed, base),
	}
	out.Referrals = referralsFor(h.Referrals)
	if h.Seen {
		out.NewestDay = h.Newest.String()
	}
	for i := range h.Orders {
		out.Orders = append(out.Orders, orderFor(&h.Orders[i], base))
	}
	for i := range h.Refunds {
		r := &h.Refunds[i]
		kind := event.Refund
		if r.Chargeback {
			kind = event.Chargeback
		}
		out.Refunds = append(out.Refunds, heldMoney{
			kind.String(), ref(r.Order), ref(r.Event), several(r.Count), r.Day.String(), when(r.At), amount(r.Amount, base), given(r.Said, r.SaidCurrency),
		})
	}
	for i := range h.Payments {
		p := &h.Payments[i]
		out.Payments = append(out.Payments, heldMoney{
			Kind: p.Kind.String(), Event: ref(p.Event), Count: several(p.Count), Day: p.Day.String(), At: when(p.At), Amount: amount(p.Amount, base),
		})
	}
	for i := range h.Feedbacks {
		out.Feedback = append(out.Feedback, feedbackFor(&h.Feedbacks[i]))
	}
	for i := range h.Interactions {
		x := &h.Interactions[i]
		held := heldInteraction{x.Kind.String(), ref(x.Event), x.Day.String(), when(x.At), x.Channel, x.Weight, ""}
		if x.Cost != 0 {
			held.Cost = amount(x.Cost, base)
		}
		out.Interactions = append(out.Interactions, held)
	}
	for _, d := range h.InteractionDays {
		out.InteractionDays = append(out.InteractionDays, heldDay{d.Day.String(), d.Kind.String(), d.Count, d.Weight, d.Channels})
	}
	for _, c := range h.Channels {
		out.Channels = append(out.Channels, heldChannel(c))
	}
	for _, c := range h.Consents {
		channel := c.Channel
		if channel == "" {
			channel = "all channels"
		}
		out.Consents = append(out.Consents, heldConsent{channel, c.Granted, when(c.At), ref(c.Event)})
	}
	for _, a := range h.Attributes {
		out.Attributes = append(out.Attributes, heldAttribute{a.Key, a.Value, when(a.At), ref(a.Event)})
	}
	return out
}

func orderFor(o *facts.HeldOrder, base event.Currency) heldOrder {
	held := heldOrder{
		Order: ref(o.Ref), Event: ref(o.Event), Kind: event.Order.String(), Count: several(o.Count), Day: o.Day.String(), At: when(o.At),
		Recorded: when(o.Recorded), Amount: amount(o.Amount, base), Said: given(o.Said, o.SaidCurrency),
		Margin: given(o.Margin, base), Discount: given(o.Discount, base), ServiceCost: given(o.ServiceCost, base),
		AcquisitionCost: given(o.AcquisitionCost, base), Channel: o.Channel, Category: o.Category, Lines: o.Lines,
	}
	if o.Cancel {
		held.Kind = event.Cancel.String()
	}
	if o.Overruled {
		held.Stands = "another version of the order counts instead"
	}
	if o.Occurred != o.At {
		held.Occurred = when(o.Occurred)
	}
	if o.Revised != o.At {
		held.Revised = when(o.Revised)
	}
	for _, at := range o.Earlier {
		held.Earlier = append(held.Earlier, when(at))
	}
	return held
}

func feedbackFor(f *facts.HeldFeedback) heldFeedback {
	held := heldFeedback{Kind: f.Kind.String(), ID: f.ID, Event: ref(f.Event), Order: ref(f.Order), Day: f.Day.String(), At: when(f.At)}
	if f.Scored {
		held.Score, held.Scale = &f.Score, "0 to 1, the place on the scale of the answer"
		if f.Kind == event.NPS {
			held.Scale = "0 to 10"
		}
	}
	if f.About != event.UnknownSubject {
		held.About = f.About.String()
	}
	return held
}

func totalsFor(t facts.HeldTotals, base event.Currency) *heldTotals {
	if !t.Any {
		return nil
	}
	held := &heldTotals{
		Orders: t.Orders, PurchaseDays: t.PurchaseDays, First: when(t.First), Last: when(t.Last), LastAmount: amount(t.LastAmount, base),
		Lines: t.Lines, LastLines: t.LastLines, Spend: amount(t.Spend, base), Margin: amount(t.Margin, base), MarginSpend: amount(t.MarginSpend, base),
		Discount: amount(t.Discount, base), ServiceCost: amount(t.ServiceCost, base), AcquisitionCost: amount(t.AcquisitionCost, base),
		FirstDayNet: amount(t.FirstDayNet, base), RepeatDays: t.RepeatPurchaseDays, Repeat: amount(t.Repeat, base), OutreachCost: amount(t.OutreachCost, base),
	}
	if t.PurchaseDays > 0 {
		held.FirstDay, held.LastDay = t.FirstDay.String(), t.LastDay.String()
	}
	held.UsualGapDays = math.Round(t.UsualGapDays*10) / 10
	if t.SecondKnown {
		held.SecondDay = t.SecondDay.String()
	}
	for _, c := range t.OutreachDays {
		held.OutreachDays = append(held.OutreachDays, heldCost{c.Day.String(), amount(c.Cost, base)})
	}
	if t.OutreachLacks {
		held.OutreachLacks = t.OutreachLacksUntil.String()
	}
	held.Categories = t.Categories
	if held.FirstYear = t.ServiceOrders; t.ServiceOrders > 0 {
		held.FirstYearCost = amount(t.Service, base)
	}
	for kind, n := range t.Interactions {
		if held.Interactions == nil {
			held.Interactions = map[string]int{}
		}
		held.Interactions[kind.String()] = n
	}
	return held
}

// referralsFor returns nil where the customer has referred nobody by name.
func referralsFor(h facts.HeldReferrals) *heldReferrals {
	out := heldReferrals{Beyond: h.Beyond, BeyondBuyer: h.BeyondBought, OldNamed: h.Named}
	for i, pair := range h.Pairs {
		if h.Bought[i] {
			out.Bought = append(out.Bought, ref(pair))
		} else {
			out.Named = append(out.Named, ref(pair))
		}
	}
	if len(h.Pairs) == 0 && h.Named == 0 {
		return nil
	}
	return &out
}
