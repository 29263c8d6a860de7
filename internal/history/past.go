package history

import (
	"cmp"

	"tidemark/internal/event"
)

// past holds the totals of the sealed days. It is never modified once a Summary holds it.
type past struct {
	orders, days      int64
	firstDay, lastDay event.Day
	// untilSecond is the number of days from firstDay to the second purchase day. It is 0 where all sealed purchase days are one day (two
	// ids may have sealed the same day), and forgotten where a former format has not kept the second day.
	untilSecond int64
	// gaps is the sum of round(1e6 ln gap) over the gaps between the sealed purchase days, or forgotten. See LogGaps.
	gaps                           int64
	first, last                    event.Instant
	lastAmount                     int64
	lines, lastLines               int64
	spend                          int64
	margin, marginSpend            int64
	discount, service, acquisition int64
	firstNet                       int64
	repeatDays, repeatSpend        int64
	outreach                       int64 // older than 7 days
	touches                        [event.InteractionKinds]uint32
	kept                           *kept
}

func (p *past) clone() *past {
	if p == nil {
		return new(past)
	}
	c := *p
	return &c
}

// seal adds the days that are 730 days old to the past, and the orphans that are 1095 days old. See the package comment.
func (s *Summary) seal() {
	last, lastOrphan := s.lastRipe(), s.newest-sealOrphanAfter
	if !s.ripe(last, lastOrphan) {
		return
	}
	p := s.past.clone()
	var l ledger
	l.claimed = s.unclaimed()
	for l.open(s, event.Never, noDay); l.next(); {
		if l.day <= last {
			if l.orders > 0 {
				p.addGap(l.day)
				s.keepDay(p, &l.entry)
			}
			p.add(&l.entry)
		}
	}
	var refunds []refund
	for j := range s.refunds {
		r := s.refunds[j]
		if r.order != 0 {
			x := l.shareOf(&r)
			switch {
			case x.by != 0 && x.day > last: // its order is open
			case x.by != 0:
				if r.order, r.amount, r.said = 0, x.amount, (said{}); r.amount == 0 {
					continue // it lies further back than any window
				}
			case r.day <= lastOrphan:
				p.spend -= r.amount
				continue
			}
		}
		if r.order == 0 && r.day <= last {
			continue
		}
		refunds = append(refunds, r)
	}
	s.past, s.refunds, s.orders = p, refunds, s.orders.since(last+1)
	s.link()
}

// lastRipe is the last day of which all is known: 730 days old, and before the day of any order with a version that is younger.
func (s *Summary) lastRipe() event.Day {
	last := s.newest - sealAfter
	for w := range s.orders.all {
		if w.day > last {
			break
		}
		if w.occurred().day > s.newest-sealAfter {
			return w.day - 1
		}
	}
	return last
}

// ripe reports whether there is anything to seal.
func (s *Summary) ripe(last, lastOrphan event.Day) bool {
	if block := s.orders.block(0); len(block) > 0 && block[0].day <= last {
		return true
	}
	for j := range s.refunds {
		r := &s.refunds[j]
		if r.day > last {
			return false
		}
		if r.order == 0 || r.day <= lastOrphan {
			return true
		}
	}
	return false
}

// add counts in a day that is complete. A history of one id adds its days in order; Together may add a day that is older than a sealed one.
func (p *past) add(e *entry) {
	net := e.amount - e.reduced
	p.spend += net
	if e.orders == 0 {
		return
	}
	p.addSecond(e.day)
	if p.days > 0 && e.day > p.lastDay { // all but the first day of one id
		p.addRepeat(net)
		p.lastDay, p.last, p.lastAmount, p.lastLines = e.day, e.last, e.lastAmount, e.lastLines
	} else {
		p.addFirst(e.day, e.first, net)
		p.addLast(e.day, e.last, e.lastAmount, e.lastLines)
	}
	p.orders += int64(e.orders)
	p.days++
	p.lines += e.lines
	p.margin += e.margin
	p.marginSpend += e.marginSpend
	p.discount += e.discount
	p.service += e.service
	p.acquisition += e.acquisition
}

// addFirst takes a purchase day whose first order came at an instant. The earliest day is the first, and each other day is a repetition.
// If two parts say the same day, the day of the greater net is the first: the sum does not depend on the order of the parts.
func (p *past) addFirst(day event.Day, at event.Instant, net int64) {
	if p.days == 0 {
		p.firstDay, p.first, p.firstNet = day, at, net
		return
	}
	switch {
	case day < p.firstDay:
		p.firstDay, p.first = day, at
		net, p.firstNet = p.firstNet, net
	case day == p.firstDay:
		p.first = min(p.first, at)
		net, p.firstNet = min(p.firstNet, net), max(p.firstNet, net)
	}
	p.addRepeat(net)
}

// addRepeat takes the net of a purchase day that is not the first.
func (p *past) addRepeat(net int64) {
	if net > 0 {
		p.repeatDays++
		p.repeatSpend += net
	}
}

// addLast takes a purchase day whose last order came at an instant. The latest order is the last; of equals, the greater.
func (p *past) addLast(day event.Day, at event.Instant, amount, lines int64) {
	if p.days > 0 && day <= p.lastDay && (day < p.lastDay || cmp.Or(cmp.Compare(at, p.last), cmp.Compare(amount, p.lastAmount),
		cmp.Compare(lines, p.lastLines)) < 0) {
		return
	}
	p.lastDay, p.last, p.lastAmount, p.lastLines = day, at, amount, lines
}
