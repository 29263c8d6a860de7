package history

import (
	"math"

	"tidemark/internal/event"
)

// Facts returns the numbers that follow from what had happened by an instant. They are exact from 00:00 of the day before
// Newest on. At an earlier instant they also count what was sealed or folded since that instant. Facts does not allocate.
func (s *Summary) Facts(at event.Instant, c event.Calendar) Facts {
	f, h := s.derive(at, c)
	f.Until, f.UntilTouches = h.next(c), startOf(h.touchLeaves, c)
	if h.ahead == event.Never {
		return f // what leaves a window always shows in a count
	}
	// A fact that comes into force may change nothing: the cancellation of an order that nobody knows.
	for f.Until != event.Never {
		g, h := s.derive(f.Until, c)
		g.Until, g.UntilTouches = f.Until, f.UntilTouches
		if g != f {
			break
		}
		f.Until = h.next(c)
	}
	return f
}

// horizon collects the instants at which time alone may change the Facts.
type horizon struct {
	at    event.Instant
	today event.Day
	// leaves is the first day on which something leaves its window, touchLeaves the same for interactions; ahead is the first
	// instant at which a fact comes into force.
	leaves, touchLeaves event.Day
	ahead               event.Instant
}

const noDay event.Day = math.MaxInt32

func (h *horizon) next(c event.Calendar) event.Instant { return min(h.ahead, startOf(h.leaves, c)) }

// startOf is the first instant of a day; event.Never of noDay.
func startOf(d event.Day, c event.Calendar) event.Instant {
	if d == noDay {
		return event.Never
	}
	return c.Start(d)
}

// has reports whether a fact counts: it had happened, and its day lies in the window.
func (h *horizon) has(f *stamp, days event.Day) bool {
	if f.at > h.at {
		h.ahead = min(h.ahead, f.at)
		return false
	}
	return h.today-f.day < days
}

func (s *Summary) derive(at event.Instant, c event.Calendar) (Facts, horizon) {
	var f Facts
	h := horizon{at: at, today: c.Day(at), leaves: noDay, touchLeaves: noDay, ahead: event.Never}
	s.deriveOrders(&f, &h)
	s.deriveTrouble(&f, &h)
	s.deriveFeedback(&f, &h)
	s.deriveTouches(&f, &h, c)
	s.deriveReferrals(&f)
	f.TestAccount = s.TestAccount()
	return f, h
}

func (s *Summary) deriveOrders(f *Facts, h *horizon) {
	var life past
	var logs logGaps
	if s.past != nil {
		life, logs = *s.past, s.past.logGaps()
	}
	var g gaps
	var m months
	var l ledger
	l.claimed = s.unclaimed()
	for l.open(s, h.at, h.today-window+1); l.next(); {
		life.add(&l.entry)
		inWindow := h.today-l.day < window
		if inWindow {
			f.Spend365 += l.amount - l.reduced
		}
		if l.orders == 0 {
			continue
		}
		m.add(l.day, h.today)
		logs.add(l.day)
		if inWindow {
			f.Orders365 += l.orders
			g.add(l.day)
			h.leaves = min(h.leaves, l.day+window)
		}
	}
	for k := range l.links {
		r, orphan := l.orphan(k)
		if !orphan {
			continue
		}
		life.spend -= r.amount
		if h.today-r.day < window {
			f.Spend365 -= r.amount
		}
	}
	h.ahead = min(h.ahead, l.ahead)
	f.lifetime(&life)
	f.Days365 = g.days
	f.MedianGapDays, f.MeanGapDays = g.median(), g.mean()
	f.LogGaps, f.GapsKnown = max(0, logs.sum), logs.any && logs.sum != forgotten
	f.PreferredChannel = s.preferred(&l.byChannel)
	length, breaks := m.active(h.today)
	f.ActiveMonths, h.leaves = length, min(h.leaves, breaks)
}

func (f *Facts) lifetime(p *past) {
	f.Orders, f.PurchaseDays = int(p.orders), int(p.days)
	f.FirstDay, f.LastDay, f.FirstPurchase, f.LastPurchase = p.firstDay, p.lastDay, p.first, p.last
	f.LastOrderAmount, f.Spend = p.lastAmount, p.spend
	f.Lines, f.LastLines = int(p.lines), int(p.lastLines)
	f.Margin, f.MarginSpend = p.margin, p.marginSpend
	f.Discount, f.ServiceCost, f.AcquisitionCost, f.OutreachCost = p.discount, p.service, p.acquisition, p.outreach
	f.FirstDayNet, f.RepeatDays, f.RepeatSpend = p.firstNet, int(p.repeatDays), p.repeatSpend
	f.Referrals = int(p.touches[event.ReferralMade])
}

func (s *Summary) preferred(orders *channelOrders) string {
	best := 0
	for i := 1; i <= len(s.channels); i++ {
		n, most := orders.count[i], orders.count[best]
		if n > 0 && (best == 0 || n > most || n == most && s.channels[i-1].name < s.channels[best-1].name) {
			best = i
		}
	}
	return s.channelName(uint8(best))
}

// deriveTrouble counts refunds and payments.
func (s *Summary) deriveTrouble(f *Facts, h *horizon) {
	for j := range s.refunds {
		r := &s.refunds[j]
		if !h.has(&r.stamp, window) {
			continue
		}
		h.leaves = min(h.leaves, r.day+window)
		if r.chargeback {
			f.Chargebacks += int(r.n)
			continue
		}
		f.Refunds365 += int(r.n)
		f.RefundAmount365 += r.amount
		if f.before(&r.stamp) {
			f.AtLast.RefundAmount365 += r.amount
		}
	}
	for j := range s.payments {
		p := &s.payments[j]
		if !h.has(&p.stamp, window) {
			continue
		}
		h.leaves = min(h.leaves, p.day+window)
		switch p.kind {
		case event.PaymentFailed:
			f.FailedPayments += int(p.n)
		case event.PaymentOverdue:
			f.Overdue += int(p.n)
		case event.Paid:
			f.Paid += int(p.n)
		case event.UnknownPurchase, event.Order, event.Refund, event.Cancel, event.Chargeback:
		}
	}
}

// before reports whether a fact was known by the last purchase.
func (f *Facts) before(s *stamp) bool { return f.PurchaseDays > 0 && s.at <= f.LastPurchase }

func (s *Summary) deriveFeedback(f *Facts, h *horizon) {
	now, then := opinions{nps: noDay}, opinions{nps: noDay}
	for j := range s.feedbacks {
		b := &s.feedbacks[j]
		if !h.has(&b.stamp, window) {
			continue
		}
		switch b.kind {
		case event.NPS:
			f.NPSAt = b.at
		case event.CSAT, event.Review:
			f.CSATLatest = b.share()
		case event.Complaint:
			f.LastComplaint = b.at
		case event.ComplaintResolved, event.UnknownFeedback:
			continue // leaves no later than what it closed
		}
		now.add(s, b, &f.Experience, h.at)
		if f.before(&b.stamp) {
			then.add(s, b, &f.AtLast, f.LastPurchase)
		}
		if b.kind != event.NPS { // of these only the latest shows when it leaves
			h.leaves = min(h.leaves, b.day+window)
		}
	}
	h.leaves = min(h.leaves, now.nps, then.nps)
	now.mean(&f.Experience)
	then.mean(&f.AtLast)
}

// opinions are what an Experience is gathered with.
type opinions struct {
	satisfied int64 // the sum of the answers, in their own unit
	nps       event.Day
}

// add takes down a feedback in an experience as of an instant.
func (o *opinions) add(s *Summary, b *feedback, x *Experience, at event.Instant) {
	switch b.kind {
	case event.NPS:
		x.NPSScore, x.NPSKnown, o.nps = float64(b.score)/scoreNPS, true, b.day+window
	case event.CSAT, event.Review:
		x.CSATCount++
		o.satisfied += int64(b.score)
	case event.Complaint:
		x.Complaints++
		if !s.closed(b, at) {
			x.OpenComplaints++
		}
	case event.ComplaintResolved, event.UnknownFeedback:
	}
}

func (o *opinions) mean(x *Experience) {
	if x.CSATCount > 0 {
		x.CSATMean = float64(o.satisfied) / scoreCSAT / float64(x.CSATCount)
	}
}
