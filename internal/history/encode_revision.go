package history

// The bits of what a version says besides. They follow the content of an order, as a byte, where there are any.
const (
	moreRecorded = 1 << iota
	moreOccurred
	moreRevised
	moreSpan
	moreOrders
	moreTies
	moreSaid
	moreEnd
)

// moreOf says what a version says besides. What no later event can ask for is left out: record times and ties a year after the revision,
// the span the day after next.
func (e *encoder) moreOf(v *order) (more uint64) {
	if v.event < aggregates {
		return 0
	}
	revised := v.revised()
	meets := revised.day > e.newest-window // another version may still be as great
	more = bit(meets && v.recorded != revised.at, moreRecorded) | bit(v.said.currency != 0, moreSaid)
	if r := v.more; r != nil {
		more |= bit(r.occurred != v.moment(), moreOccurred) | bit(r.revised != r.occurred, moreRevised) |
			bit(r.span != (span{revised.at, r.occurred.day}) && revised.day >= e.newest-margin, moreSpan) |
			bit(r.orders != nil, moreOrders) | bit(meets && len(r.ties) > 0, moreTies)
	}
	return more
}

func (e *encoder) revision(v *order, more uint64) {
	e.small(uint8(more))
	occurred, revised := v.occurred(), v.revised()
	if more&moreOccurred != 0 {
		e.moment(occurred, v.moment())
	}
	if more&moreRevised != 0 {
		e.moment(revised, occurred)
	}
	if more&moreRecorded != 0 {
		e.int(int64(v.recorded - revised.at))
	}
	if more&moreSpan != 0 {
		e.int(int64(revised.at - v.more.since))
		e.int(int64(occurred.day - v.more.reach))
	}
	if more&moreOrders != 0 {
		e.uint(uint64(len(v.more.orders)))
		before := revised
		for _, m := range v.more.orders {
			e.moment(m, before)
			before = m
		}
	}
	if more&moreTies != 0 {
		e.uint(uint64(len(v.more.ties)))
		for i := range v.more.ties {
			e.tie(&v.more.ties[i], revised)
		}
	}
	if more&moreSaid != 0 {
		e.said(v.said)
	}
}

func (e *encoder) tie(t *order, revised moment) {
	e.hash(t.event)
	e.moment(t.moment(), revised)
	e.int(int64(t.recorded - revised.at))
	if t.cancel {
		return
	}
	e.small(uint8(bit(t.channel > 0, orderChannel) | uint64(t.known)<<orderKnownShift))
	e.content(t, t.said.currency != 0)
	if t.said.currency != 0 {
		e.said(t.said)
	}
}

// moment appends a moment by its distance from another.
func (e *encoder) moment(m, from moment) {
	e.int(int64(m.day - from.day))
	e.int(timeOfDay(m))
}
