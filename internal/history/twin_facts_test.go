package history_test

import (
	"cmp"
	"math"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// facts derives the Facts of an instant, without their ends.
func (w *twin) facts(at event.Instant) history.Facts {
	var f history.Facts
	today := w.calendar.Day(at)
	in := func(d event.Day, days event.Day) bool { return today-d < days }
	w.orders(&f, w.books(at), today)
	for _, r := range w.refunds(at) {
		switch {
		case !in(w.day(r), 365):
		case r.purchase().Kind == event.Chargeback:
			f.Chargebacks++
		default:
			f.Refunds365++
			f.RefundAmount365 += r.a.Amount
			if f.Orders > 0 && r.at() <= f.LastPurchase {
				f.AtLast.RefundAmount365 += r.a.Amount
			}
		}
	}
	for _, p := range w.past(at, func(o observed) bool {
		return o.purchase() != nil && is(o.purchase().Kind, event.PaymentFailed, event.PaymentOverdue, event.Paid)
	}, w.sameEvent, func(o, p observed) int {
		return cmp.Or(cmp.Compare(o.at(), p.at()), cmp.Compare(o.purchase().Kind, p.purchase().Kind), cmp.Compare(o.a.Amount, p.a.Amount))
	}) {
		if in(w.day(p), 365) {
			*map[event.PurchaseKind]*int{event.PaymentFailed: &f.FailedPayments, event.PaymentOverdue: &f.Overdue, event.Paid: &f.Paid}[p.purchase().Kind]++
		}
	}
	w.opinions(&f, at, in)
	w.touches(&f, at, in)
	w.referrals(&f)
	f.TestAccount = w.testAccount()
	return f
}

// testAccount reports whether the last word marks a test account, whatever the instant.
func (w *twin) testAccount() bool {
	var words []observed
	said := func(o observed) string { return o.touch().Attributes[history.TestAccountKey] }
	for _, o := range w.seen {
		if o.touch() != nil && o.touch().Kind == event.Attributes {
			if _, given := o.touch().Attributes[history.TestAccountKey]; given {
				words = append(words, o)
			}
		}
	}
	if len(words) == 0 {
		return false
	}
	last := slices.MaxFunc(words, func(o, p observed) int {
		return cmp.Or(cmp.Compare(o.at(), p.at()), cmp.Compare(history.Hash(o.id()), history.Hash(p.id())), cmp.Compare(said(o), said(p)))
	})
	return is(said(last), "true", "YES", " 1")
}

func (w *twin) orders(f *history.Facts, books []booked, today event.Day) {
	net, counted := make(map[event.Day]int64), make(map[event.Day]int)
	byChannel := make(map[string]int)
	for _, b := range books {
		f.Spend += b.amount
		if today-b.day < 365 {
			f.Spend365 += b.amount
		}
		if !b.orphan {
			net[b.day] += b.amount
		}
		if b.order.x == nil {
			continue
		}
		counted[b.day]++
		f.Orders++
		o, at := b.order, b.order.placed
		if f.Orders == 1 || at < f.FirstPurchase {
			f.FirstPurchase, f.FirstDay = at, b.day
		}
		if f.Orders == 1 || at >= f.LastPurchase {
			f.LastPurchase, f.LastDay, f.LastOrderAmount = at, b.day, o.a.Amount
			f.LastLines = len(o.purchase().Items)
		}
		f.Lines += len(o.purchase().Items)
		if today-b.day < 365 {
			f.Orders365++
			if o.purchase().Channel != "" {
				byChannel[o.purchase().Channel]++
			}
		}
		if o.a.Margin.Known {
			f.Margin += o.a.Margin.Minor
			f.MarginSpend += o.a.Amount
		}
		f.Discount += o.a.Discount.Minor
		f.ServiceCost += o.a.ServiceCost.Minor
		f.AcquisitionCost += o.a.AcquisitionCost.Minor
	}
	f.PurchaseDays, f.GapsKnown = len(counted), len(counted) > 0
	var life []event.Day
	for d := range counted {
		life = append(life, d)
	}
	slices.Sort(life)
	for i := 1; i < len(life); i++ {
		f.LogGaps += int64(math.Round(1e6 * math.Log(float64(life[i]-life[i-1]))))
	}
	var window []int
	months := make(map[int]bool)
	for d := range counted {
		months[d.Month()] = true
		if today-d < 365 {
			window = append(window, int(d))
		}
		switch {
		case d == f.FirstDay:
			f.FirstDayNet = net[d]
		case net[d] > 0:
			f.RepeatDays++
			f.RepeatSpend += net[d]
		}
	}
	slices.Sort(window)
	f.Days365 = len(window)
	var gaps []int
	for i := 1; i < len(window); i++ {
		gaps = append(gaps, window[i]-window[i-1])
	}
	slices.Sort(gaps)
	if n := len(gaps); n > 0 {
		f.MedianGapDays = float64(gaps[n/2]+gaps[(n-1)/2]) / 2
		f.MeanGapDays = float64(window[n]-window[0]) / float64(n)
	}
	for month := today.Month(); f.ActiveMonths < 12; month-- {
		if months[month] {
			f.ActiveMonths++
		} else if month < today.Month() {
			break
		}
	}
	for name, n := range byChannel {
		best := byChannel[f.PreferredChannel]
		if n > best || n == best && name < f.PreferredChannel {
			f.PreferredChannel = name
		}
	}
}

// score is an answer as it is kept.
func score(o observed) int32 {
	switch o.opinion().Kind {
	case event.NPS:
		return int32(math.Round(o.opinion().Score * 100))
	case event.CSAT, event.Review:
		return int32(math.Round(o.opinion().Share() * 1e6))
	case event.Complaint, event.ComplaintResolved, event.UnknownFeedback:
	}
	return 0
}

// orderOf is the order that an opinion is of.
func orderOf(o observed) uint64 {
	if o.opinion().OrderID == "" {
		return 0
	}
	return history.Hash(o.opinion().OrderID)
}

// opinionsBy returns those of an instant.
func (w *twin) opinionsBy(at event.Instant) []observed {
	return w.past(at, func(o observed) bool { return o.opinion() != nil }, w.sameEvent, func(o, p observed) int {
		return cmp.Or(cmp.Compare(o.at(), p.at()), cmp.Compare(o.opinion().Kind, p.opinion().Kind), cmp.Compare(score(o), score(p)),
			cmp.Compare(o.opinion().About, p.opinion().About), cmp.Compare(orderOf(o), orderOf(p)))
	})
}

func (w *twin) opinions(f *history.Facts, at event.Instant, in func(d, days event.Day) bool) {
	all := w.opinionsBy(at)
	for _, o := range all {
		if !in(w.day(o), 365) {
			continue
		}
		switch o.opinion().Kind {
		case event.NPS:
			f.NPSAt = o.at()
		case event.CSAT, event.Review:
			f.CSATLatest = float64(score(o)) / 1e6
		case event.Complaint:
			f.LastComplaint = o.at()
		case event.ComplaintResolved, event.UnknownFeedback:
		}
	}
	w.experience(&f.Experience, all, in)
	if f.Orders > 0 {
		w.experience(&f.AtLast, slices.DeleteFunc(all, func(o observed) bool { return o.at() > f.LastPurchase }), in)
	}
}

func (w *twin) experience(x *history.Experience, all []observed, in func(d, days event.Day) bool) {
	var sum int64
	for _, o := range all {
		if !in(w.day(o), 365) {
			continue
		}
		switch o.opinion().Kind {
		case event.NPS:
			x.NPSScore, x.NPSKnown = float64(score(o))/100, true
		case event.CSAT, event.Review:
			sum += int64(score(o))
			x.CSATCount++
		case event.Complaint:
			x.Complaints++
			if !slices.ContainsFunc(all, func(r observed) bool {
				return r.opinion().Kind == event.ComplaintResolved && r.at() >= o.at() && (orderOf(r) == 0 || orderOf(r) == orderOf(o))
			}) {
				x.OpenComplaints++
			}
		case event.ComplaintResolved, event.UnknownFeedback:
		}
	}
	if x.CSATCount > 0 {
		x.CSATMean = float64(sum) / 1e6 / float64(x.CSATCount)
	}
}

func compareTouches(o, p observed) int {
	return cmp.Or(cmp.Compare(o.at(), p.at()), cmp.Compare(o.touch().Kind, p.touch().Kind), cmp.Compare(o.touch().Depth(), p.touch().Depth()),
		cmp.Compare(o.touch().Cost.Minor, p.touch().Cost.Minor), compareNamed(o, p), cmp.Compare(o.touch().Channel, p.touch().Channel))
}

// compareNamed puts the copy of a REFERRAL_MADE that names somebody above one that does not.
func compareNamed(o, p observed) int {
	switch {
	case o.a.Referral.Named == p.a.Referral.Named:
		return 0
	case o.a.Referral.Named:
		return 1
	}
	return -1
}

// referrals counts the buyers who are named, whatever the instant. Two hashes that differ in the lowest bit alone are one buyer.
func (w *twin) referrals(f *history.Facts) {
	bought := map[uint64]bool{}
	for _, o := range w.seen {
		if buyer := o.a.Referral.Buyer / 2; buyer != 0 {
			bought[buyer] = bought[buyer] || o.x.Topic() == event.Links
		}
	}
	f.Referrals += len(bought)
	for _, has := range bought {
		if has {
			f.ReferredBuyers++
		}
	}
}

func (w *twin) touches(f *history.Facts, at event.Instant, in func(d, days event.Day) bool) {
	channels := make(map[string]bool)
	for _, o := range w.past(at, func(o observed) bool { return o.touch() != nil }, w.sameEvent, compareTouches) {
		t := o.touch()
		f.OutreachCost += t.Cost.Minor
		if t.Kind == event.ReferralMade && !o.a.Referral.Named {
			f.Referrals++
		}
		if !in(w.day(o), 90) {
			continue
		}
		f.Interactions90[t.Kind] += int64(t.Depth())
		f.Touches90[t.Kind]++
		if in(w.day(o), 30) {
			f.Interactions30 += int64(t.Depth())
		}
		if t.Channel != "" {
			channels[t.Channel] = true
		}
	}
	f.Channels90 = len(channels)
}
