package history

import "tidemark/internal/event"

// revision reads what a version says besides.
func (d *decoder) revision(v *order) {
	more := uint64(d.small())
	d.check(more != 0 && more < moreEnd, "unknown revision")
	r := &revision{occurred: v.moment()}
	if more&moreOccurred != 0 {
		r.occurred = d.moment(r.occurred)
	}
	r.revised = r.occurred
	if more&moreRevised != 0 {
		r.revised = d.moment(r.revised)
	}
	v.recorded, r.span = r.revised.at, span{r.revised.at, r.occurred.day}
	if more&moreRecorded != 0 {
		v.recorded += event.Instant(d.int())
	}
	if more&moreSpan != 0 {
		since := d.int()
		d.check(since >= 0 && since <= 2*dayMillis, "time of day out of range")
		r.since -= event.Instant(since)
		reach := d.int()
		d.check(reach >= 0 && reach <= maxDistance, "day out of range")
		r.reach -= event.Day(reach)
	}
	if more&moreOrders != 0 {
		r.orders = d.moments(r.revised)
	}
	if more&moreTies != 0 {
		r.ties = d.ties(v, r.revised)
	}
	if more&moreSaid != 0 {
		v.said = d.said()
		d.check(!v.cancel, "a cancellation with an amount")
	}
	if !r.plain(v.moment()) {
		v.more = r
	}
}

func (d *decoder) moments(from moment) []moment {
	n := d.uint()
	d.check(n > 0 && n <= maxOrderDays, "bad length of a list")
	if d.err != "" {
		return nil
	}
	moments := make([]moment, n)
	for i := range moments {
		moments[i] = d.moment(from)
		d.check(i == 0 || moments[i].day > from.day, "a list is out of order")
		from = moments[i]
	}
	return moments
}

func (d *decoder) ties(v *order, revised moment) []order {
	n := d.uint()
	d.check(n > 0 && n <= maxTies, "bad length of a list")
	if d.err != "" {
		return nil
	}
	ties := make([]order, n)
	for i := range ties {
		t := &ties[i]
		t.event, t.n, t.order, t.cancel = d.hash(), 1, v.order, v.cancel
		m := d.moment(revised)
		t.at, t.day = m.at, m.day
		t.recorded = revised.at + event.Instant(d.int())
		if t.cancel {
			continue
		}
		flags := d.small()
		d.check(flags&^(orderChannel|0xf<<orderKnownShift) == 0, "unknown flags")
		t.known = flags >> orderKnownShift
		if d.content(t, flags&orderChannel != 0) {
			t.said = d.said()
		}
	}
	return ties
}

// moment reads a moment by its distance from another.
func (d *decoder) moment(from moment) moment {
	distance := d.int()
	d.check(distance >= -maxDistance && distance <= maxDistance, "day out of range")
	day := from.day + event.Day(distance)
	d.check(day >= -2*maxDay && day <= 2*maxDay, "day out of range")
	return moment{event.Instant(int64(day)*dayMillis + d.timeOfDay()), day}
}
