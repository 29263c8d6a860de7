package history

import (
	"cmp"
	"fmt"
	"math"

	"tidemark/internal/event"
)

// Bounds of what Decode accepts, well above what Append writes.
const (
	maxFacts    = 8192
	maxDistance = 1 << 20 // days
	maxDay      = 1 << 24
	maxText     = 1024 // bytes
	maxGaps     = 1 << 48
)

// Decode reads what Append wrote; see ReadKept, in the present format or an earlier one. On any other bytes it returns an error, or a
// Summary whose methods do not fail. The Summary shares no memory with b. Decode allocates at most some twenty times the
// length of b.
func Decode(b []byte) (Summary, error) {
	d := decoder{b: b}
	d.summary()
	d.check(d.i == len(b), "trailing bytes")
	if d.err != "" {
		return Summary{}, fmt.Errorf("decode history, byte %d of %d: %w", d.i, len(b), d.err)
	}
	return d.s, nil
}

type decoder struct {
	b      []byte
	i      int // of the next byte
	format uint8
	s      Summary
	err    corrupt // the first; empty as long as all is well
	day    event.Day
}

func (d *decoder) fail(what corrupt) {
	if d.err == "" {
		d.err = what
	}
}

// corrupt is the error of bytes that Append did not write.
type corrupt string

func (e corrupt) Error() string { return string(e) }

// check fails unless ok.
func (d *decoder) check(ok bool, what corrupt) {
	if !ok {
		d.fail(what)
	}
}

func (d *decoder) summary() {
	d.format = d.small()
	d.check(d.format >= 1 && d.format <= format, "unknown format")
	if d.err != "" || d.i == len(d.b) {
		return
	}
	parts := d.uint()
	d.check(parts < partsEnd, "unknown parts")
	newest := d.int()
	d.check(newest >= -maxDay && newest <= maxDay, "newest day out of range")
	d.s.newest, d.s.seen = event.Day(newest), true
	d.part(parts&partSpilled, d.spilled)
	d.part(parts&partPast, d.past)
	d.part(parts&partChannels, d.channels)
	d.part(parts&partOrders, d.orders)
	d.part(parts&partRefunds, d.refunds)
	d.part(parts&partPayments, d.payments)
	d.part(parts&partFeedbacks, d.feedbacks)
	d.part(parts&partTouches, d.touches)
	d.part(parts&partDays, d.days)
	d.part(parts&partConsents, d.consents)
	d.part(parts&partAttributes, d.attributes)
	d.part(parts&partCategories, d.categories)
	d.second(parts&partSecond != 0)
	d.gaps(parts&partGaps != 0)
	d.part(parts&partReferrals, d.referrals)
	for v := range d.s.orders.all {
		d.check(int(v.category) <= len(d.s.categories), "unknown category")
		for k := 0; v.more != nil && k < len(v.more.ties); k++ {
			d.check(int(v.more.ties[k].category) <= len(d.s.categories), "unknown category")
		}
	}
	d.s.link()
	d.check(len(d.s.links) <= maxRefunds, "too many refunds")
}

// part reads a part that is present.
func (d *decoder) part(there uint64, read func()) {
	if there != 0 && d.err == "" {
		read()
	}
}

func (d *decoder) spilled() { d.s.spilled = d.int() }

func (d *decoder) past() {
	p := new(past)
	numbers := p.numbers()
	stored := numbers[:]
	if d.format < linesSince {
		stored = stored[:len(stored)-2]
	}
	for _, v := range stored {
		*v = d.int()
	}
	p.firstDay, p.lastDay = event.Day(d.int32()), event.Day(d.int32())
	p.first, p.last = event.Instant(d.int()), event.Instant(d.int())
	kinds := d.uint()
	d.check(kinds < 1<<event.InteractionKinds, "unknown kind of interaction")
	for kind := range p.touches {
		if kinds>>kind&1 != 0 {
			p.touches[kind] = d.uint32()
		}
	}
	d.s.past = p
}

func (d *decoder) channels() {
	list(d, &d.s.channels, listOf[channel]{
		size: 2, most: maxChannels + 1,
		read:    func(c *channel) { c.name, c.touches = d.text(), int64(d.uint32()) },
		compare: func(a, b *channel) int { return cmp.Compare(a.name, b.name) },
	})
}

func (d *decoder) orders() {
	var orders []order
	list(d, &orders, listOf[order]{
		size: 6, most: maxFacts,
		compare: compareOrders,
		read: func(v *order) {
			flags := d.stamp(&v.stamp)
			v.cancel, v.overruled = flags&orderCancel != 0, flags&orderOverruled != 0
			v.known, v.recorded = flags>>orderKnownShift, v.at
			if v.event >= aggregates {
				v.order = d.hash()
			}
			more := flags&orderMore != 0
			if v.cancel {
				d.check(v.known == 0 && (!more || d.format >= revisionsSince), "a cancellation with an amount")
			} else {
				more = d.content(v, flags&orderChannel != 0)
			}
			if more {
				d.check(v.event >= aggregates, "a version of several orders")
				d.revision(v)
			}
		},
	})
	d.s.orders = orderListOf(orders)
}

// content reads what an ORDER says. v.known is known already. more says that a revision follows.
func (d *decoder) content(v *order, channel bool) (more bool) {
	v.amount = d.int()
	v.lines, v.category, more = d.lines()
	v.channel = d.channel(channel)
	for k, part := range v.parts() {
		if v.known>>k&1 != 0 {
			*part = d.int()
		}
	}
	return more
}

// lines reads how many items an order named, the reference to its category, and whether a revision follows.
func (d *decoder) lines() (lines uint32, category uint8, more bool) {
	if d.format < linesSince {
		return 0, 0, false
	}
	if d.format < categoriesSince {
		return d.uint32(), 0, false
	}
	v := d.uint()
	if v&1 != 0 {
		category = d.small()
		d.check(category > 0, "unknown category")
	}
	v >>= 1
	if d.format >= revisionsSince {
		more = v&1 != 0
		v >>= 1
	}
	d.check(v <= math.MaxInt32, "number out of range")
	return uint32(v), category, more
}

func (d *decoder) refunds() {
	list(d, &d.s.refunds, listOf[refund]{
		size: 6, most: maxFacts,
		compare: func(a, b *refund) int { return a.compare(&b.stamp) },
		read: func(r *refund) {
			flags := d.stamp(&r.stamp)
			r.chargeback = flags&refundChargeback != 0
			if flags&refundOrder != 0 {
				r.order = d.hash()
			}
			r.amount = d.int()
			if flags&refundSaid != 0 && d.format >= revisionsSince {
				r.said = d.said()
			}
		},
	})
}

func (d *decoder) payments() {
	list(d, &d.s.payments, listOf[payment]{
		size: 6, most: maxFacts,
		compare: func(a, b *payment) int { return a.compare(&b.stamp) },
		read: func(p *payment) {
			d.stamp(&p.stamp)
			p.kind = symbol[event.PurchaseKind](d, event.PurchaseKinds)
			p.amount = d.int()
		},
	})
}

func (d *decoder) feedbacks() {
	list(d, &d.s.feedbacks, listOf[feedback]{
		size: 6, most: maxFacts,
		compare: func(a, b *feedback) int { return a.compare(&b.stamp) },
		read: func(b *feedback) {
			flags := d.stamp(&b.stamp)
			b.kind = symbol[event.FeedbackKind](d, event.FeedbackKinds)
			b.about = symbol[event.Subject](d, event.Subjects)
			b.score = d.int32()
			if flags&feedbackOrder != 0 {
				b.order = d.hash()
			}
			if d.format >= idsSince && flags&feedbackID != 0 {
				b.id = d.text()
				d.check(len(b.id) <= event.MaxID && hash(b.id) == b.event, "the id of another event")
			}
		},
	})
}

func (d *decoder) touches() {
	list(d, &d.s.touches, listOf[touch]{
		size: 5, most: maxFacts,
		compare: func(a, b *touch) int { return a.compare(&b.stamp) },
		read: func(t *touch) {
			flags := d.stamp(&t.stamp)
			t.kind = symbol[event.InteractionKind](d, event.InteractionKinds)
			t.weight = d.int32()
			t.channel = d.channel(flags&touchChannel != 0)
			if flags&touchCost != 0 {
				t.cost = d.int()
			}
			t.named = flags&touchNamed != 0
		},
	})
}

func (d *decoder) days() {
	list(d, &d.s.days, listOf[touchDay]{
		size: 5, most: maxFacts,
		compare: func(a, b *touchDay) int { return compareTouchDays(*a, *b) },
		read: func(t *touchDay) {
			t.day = d.date()
			t.kind = symbol[event.InteractionKind](d, event.InteractionKinds)
			t.n = d.uint32()
			t.weight = d.int()
			t.channels = d.uint32()
			d.check(t.channels < 1<<len(d.s.channels), "unknown channel")
		},
	})
}

func (d *decoder) consents() {
	list(d, &d.s.consents, listOf[consent]{
		size: 11, most: maxConsents,
		compare: func(a, b *consent) int { return cmp.Compare(a.channel, b.channel) },
		read: func(c *consent) {
			c.channel, c.at, c.event = d.text(), event.Instant(d.int()), d.hash()
			granted := d.small()
			d.check(granted <= 1, "consent is neither yes nor no")
			c.granted = granted == 1
		},
	})
}

func (d *decoder) attributes() {
	list(d, &d.s.attributes, listOf[attribute]{
		size: 11, most: len(attributeKeys),
		compare: func(a, b *attribute) int { return cmp.Compare(a.key, b.key) },
		read: func(a *attribute) {
			a.key, a.at, a.event, a.value = d.small(), event.Instant(d.int()), d.hash(), d.text()
			d.check(int(a.key) < len(attributeKeys), "unknown attribute")
		},
	})
}

// second reads the second purchase day. It is a part of its own, so that a history with one sealed purchase day, or two, has the bytes that it
// had before there was the part.
func (d *decoder) second(told bool) {
	p := d.s.past
	if p == nil || d.err != "" {
		d.check(!told, "a second purchase day, but no sealed one")
		return
	}
	switch {
	case told:
		p.untilSecond = int64(d.uint32())
		d.check(p.tellsSecond(), "a second purchase day that needs no part")
	case p.days == 2:
		p.untilSecond = int64(p.lastDay) - int64(p.firstDay)
	case p.days > 2:
		p.untilSecond = forgotten
	}
}

func (d *decoder) gaps(told bool) {
	p := d.s.past
	if p == nil || d.err != "" {
		d.check(!told, "logarithms of gaps, but no sealed day")
		return
	}
	switch {
	case told:
		sum := d.uint()
		d.check(sum <= maxGaps, "logarithms of gaps out of range")
		p.gaps = int64(sum)
		d.check(p.tellsGaps(), "logarithms of gaps that need no part")
	case p.days == 2 && p.firstDay < p.lastDay:
		p.gaps = logGap(p.firstDay, p.lastDay)
	case p.days >= 2:
		p.gaps = forgotten
	}
}

func (d *decoder) categories() {
	list(d, &d.s.categories, listOf[string]{
		size: 1, most: maxCategories + 1,
		read:    func(name *string) { *name = d.text() },
		compare: func(a, b *string) int { return cmp.Compare(*a, *b) },
	})
}
