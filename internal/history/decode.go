package history

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"

	"tidemark/internal/event"
)

// Bounds of what Decode takes, well above what Append writes.
const (
	maxFacts    = 8192
	maxDistance = 1 << 20 // days
	maxDay      = 1 << 24
	maxText     = 1024 // bytes
)

// Decode reads what Append wrote, or an earlier version of it. It shares no memory with b. It fails on anything else, or returns
// a Summary whose methods do not fail; it allocates no more than some twenty times the length of b.
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
	for i := range d.s.orders {
		d.check(int(d.s.orders[i].category) <= len(d.s.categories), "unknown category")
	}
}

// part reads a part that is there.
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
	list(d, 2, maxChannels+1, &d.s.channels, func(c *channel) { c.name, c.touches = d.text(), int64(d.uint32()) },
		func(a, b *channel) int { return cmp.Compare(a.name, b.name) })
}

func (d *decoder) orders() {
	list(d, 6, maxFacts, &d.s.orders, func(v *order) {
		flags := d.stamp(&v.stamp)
		v.cancel, v.overruled = flags&orderCancel != 0, flags&orderOverruled != 0
		v.known = flags >> orderKnownShift
		if v.event >= aggregates {
			v.order = d.hash()
		}
		if v.cancel {
			d.check(v.known == 0 && flags&orderChannel == 0, "a cancellation with an amount")
			return
		}
		v.amount = d.int()
		v.lines, v.category = d.lines()
		v.channel = d.channel(flags&orderChannel != 0)
		for k, part := range v.parts() {
			if v.known>>k&1 != 0 {
				*part = d.int()
			}
		}
	}, compareOrders)
}

// lines reads how many items an order named, and the reference to its category.
func (d *decoder) lines() (lines uint32, category uint8) {
	if d.format < linesSince {
		return 0, 0
	}
	if d.format < categoriesSince {
		return d.uint32(), 0
	}
	v := d.uint()
	d.check(v>>1 <= math.MaxInt32, "number out of range")
	if v&1 != 0 {
		category = d.small()
		d.check(category > 0, "unknown category")
	}
	return uint32(v >> 1), category
}

func (d *decoder) refunds() {
	list(d, 6, maxFacts, &d.s.refunds, func(r *refund) {
		flags := d.stamp(&r.stamp)
		r.chargeback = flags&refundChargeback != 0
		if flags&refundOrder != 0 {
			r.order = d.hash()
		}
		r.amount = d.int()
	}, func(a, b *refund) int { return a.compare(&b.stamp) })
}

func (d *decoder) payments() {
	list(d, 6, maxFacts, &d.s.payments, func(p *payment) {
		d.stamp(&p.stamp)
		p.kind = symbol[event.PurchaseKind](d, event.PurchaseKinds)
		p.amount = d.int()
	}, func(a, b *payment) int { return a.compare(&b.stamp) })
}

func (d *decoder) feedbacks() {
	list(d, 6, maxFacts, &d.s.feedbacks, func(b *feedback) {
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
	}, func(a, b *feedback) int { return a.compare(&b.stamp) })
}

func (d *decoder) touches() {
	list(d, 5, maxFacts, &d.s.touches, func(t *touch) {
		flags := d.stamp(&t.stamp)
		t.kind = symbol[event.InteractionKind](d, event.InteractionKinds)
		t.weight = d.int32()
		t.channel = d.channel(flags&touchChannel != 0)
		if flags&touchCost != 0 {
			t.cost = d.int()
		}
	}, func(a, b *touch) int { return a.compare(&b.stamp) })
}

func (d *decoder) days() {
	list(d, 5, maxFacts, &d.s.days, func(t *touchDay) {
		t.day = d.date()
		t.kind = symbol[event.InteractionKind](d, event.InteractionKinds)
		t.n = d.uint32()
		t.weight = d.int()
		t.channels = d.uint32()
		d.check(t.channels < 1<<len(d.s.channels), "unknown channel")
	}, func(a, b *touchDay) int { return compareTouchDays(*a, *b) })
}

func (d *decoder) consents() {
	list(d, 11, maxConsents, &d.s.consents, func(c *consent) {
		c.channel, c.at, c.event = d.text(), event.Instant(d.int()), d.hash()
		granted := d.small()
		d.check(granted <= 1, "consent is neither yes nor no")
		c.granted = granted == 1
	}, func(a, b *consent) int { return cmp.Compare(a.channel, b.channel) })
}

func (d *decoder) attributes() {
	list(d, 11, len(attributeKeys), &d.s.attributes, func(a *attribute) {
		a.key, a.at, a.event, a.value = d.small(), event.Instant(d.int()), d.hash(), d.text()
		d.check(int(a.key) < len(attributeKeys), "unknown attribute")
	}, func(a, b *attribute) int { return cmp.Compare(a.key, b.key) })
}

func (d *decoder) categories() {
	list(d, 1, maxCategories+1, &d.s.categories, func(name *string) { *name = d.text() }, func(a, b *string) int { return cmp.Compare(*a, *b) })
}

// list reads a list of entries of at least size bytes each, in ascending order.
func list[T any](d *decoder, size, most int, into *[]T, read func(*T), compare func(a, b *T) int) {
	n := d.uint()
	if n == 0 || n > uint64(most) || n > uint64((len(d.b)-d.i)/size) {
		d.fail("bad length of a list")
		return
	}
	entries := make([]T, n)
	d.day = noDay
	for i := range entries {
		read(&entries[i])
		if d.err != "" {
			return
		}
		if i > 0 && compare(&entries[i-1], &entries[i]) >= 0 {
			d.fail("a list is out of order")
			return
		}
	}
	*into = entries
}

// date reads a day of a sorted list; d.day is noDay before the first.
func (d *decoder) date() event.Day {
	distance := d.uint()
	d.check(distance <= maxDistance, "day out of range")
	switch {
	case d.err != "":
		return 0
	case d.day == noDay:
		d.day = d.s.newest - event.Day(distance)
	default:
		d.day += event.Day(distance)
	}
	d.check(d.day <= d.s.newest, "a day after the newest")
	return d.day
}

func (d *decoder) stamp(f *stamp) (flags uint8) {
	flags = d.small()
	f.day = d.date()
	millis := d.int()
	d.check(millis >= -4*dayMillis && millis <= 4*dayMillis, "time of day out of range")
	if millis&1 == 0 {
		millis *= 1000
	}
	millis >>= 1
	d.check(millis >= -2*dayMillis && millis <= 2*dayMillis, "time of day out of range")
	f.at = event.Instant(int64(f.day)*dayMillis + millis)
	if flags&factAggregate == 0 {
		f.event, f.n = d.hash(), 1
		return flags
	}
	f.event, f.n = uint64(d.small()), d.uint32()
	d.check(f.event < aggregates, "bad aggregate")
	return flags
}

func (d *decoder) uint() uint64 {
	if d.i < len(d.b) && d.b[d.i] < 0x80 { // most are small
		d.i++
		return uint64(d.b[d.i-1])
	}
	v, n := binary.Uvarint(d.b[d.i:])
	if n <= 0 {
		d.fail("cut short")
		return 0
	}
	d.i += n
	return v
}

// int reads a zigzag varint, as binary.AppendVarint writes it.
func (d *decoder) int() int64 {
	v := d.uint()
	return int64(v>>1) ^ -int64(v&1)
}

func (d *decoder) int32() int32 {
	v := d.int()
	d.check(v >= math.MinInt32 && v <= math.MaxInt32, "number out of range")
	return int32(v)
}

func (d *decoder) uint32() uint32 {
	v := d.uint()
	d.check(v <= math.MaxInt32, "number out of range")
	return uint32(v)
}

func (d *decoder) small() uint8 {
	if d.i == len(d.b) {
		d.fail("cut short")
		return 0
	}
	d.i++
	return d.b[d.i-1]
}

func (d *decoder) hash() uint64 {
	if len(d.b)-d.i < 8 {
		d.fail("cut short")
		return 0
	}
	v := binary.LittleEndian.Uint64(d.b[d.i:])
	d.i += 8
	d.check(v >= aggregates, "bad hash")
	return v
}

func (d *decoder) text() string {
	n := d.uint()
	if n > maxText || n > uint64(len(d.b)-d.i) {
		d.fail("text cut short")
		return ""
	}
	d.i += int(n)
	return string(d.b[d.i-int(n) : d.i])
}

// channel reads the reference to a channel, where there is one.
func (d *decoder) channel(given bool) uint8 {
	if !given {
		return 0
	}
	ref := d.small()
	d.check(ref > 0 && int(ref) <= len(d.s.channels), "unknown channel")
	return ref
}

// symbol reads a member of a closed set that counts so many members.
func symbol[K ~uint8](d *decoder, count int) K {
	v := d.small()
	d.check(int(v) < count, "unknown symbol")
	return K(v)
}
