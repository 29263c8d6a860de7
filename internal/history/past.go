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
	last, lastOrphan := s.newest-sealAfter, s.newest-sealOrphanAfter
	if !s.ripe(last, lastOrphan) {
		return
	}
	p := s.past.clone()
	for l := s.ledger(event.Never, nil); l.next() && l.day <= last; {
		p.add(&l.entry)
	}
	var refunds []refund
	for j := range s.refunds {
		r := s.refunds[j]
		i := -1
		if r.order != 0 {
			i = s.target(&r, event.Never)
		}
		switch {
		case i >= 0 && s.orders[i].day > last: // its order is open
		case i >= 0:
			r.amount, _ = s.moved(j, event.Never)
			r.order = 0
			if r.day <= last || r.amount == 0 {
				continue
			}
		case r.order != 0 && r.day <= lastOrphan:
			p.spend -= r.amount
			continue
		case r.order == 0 && r.day <= last:
			continue
		}
		refunds = append(refunds, r)
	}
	s.past, s.refunds, s.orders = p, refunds, since(s.orders, last+1)
}

// ripe reports whether there is anything to seal.
func (s *Summary) ripe(last, lastOrphan event.Day) bool {
	if len(s.orders) > 0 && s.orders[0].day <= last {
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
