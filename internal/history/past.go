package history

import "tidemark/internal/event"

// past holds the totals of the sealed days. It is never modified once a Summary holds it.
type past struct {
	orders, days                   int64
	firstDay, lastDay              event.Day
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

// add counts in a day that is complete.
func (p *past) add(e *entry) {
	net := e.amount - e.reduced
	p.spend += net
	if e.orders == 0 {
		return
	}
	switch {
	case p.days == 0:
		p.firstDay, p.first, p.firstNet = e.day, e.first, net
	case net > 0:
		p.repeatDays++
		p.repeatSpend += net
	}
	p.orders += int64(e.orders)
	p.days++
	p.lastDay, p.last, p.lastAmount = e.day, e.last, e.lastAmount
	p.lines += e.lines
	p.lastLines = e.lastLines
	p.margin += e.margin
	p.marginSpend += e.marginSpend
	p.discount += e.discount
	p.service += e.service
	p.acquisition += e.acquisition
}
