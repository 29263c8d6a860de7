package history

import (
	"encoding/binary"

	"tidemark/internal/event"
)

// The encoding: a format byte; the parts that are present, as bits; H; then the parts in the order of their bits. Integers
// are varints, hashes are 8 bytes, little endian. A list is its length, then its entries. Days are distances: the first day
// counts back from H, each further day on from the day before.
const (
	format = 4
	// linesSince is the format since which orders say how many items they named.
	linesSince = 2
	// categoriesSince is the format since which orders say the category of most of their amount, idsSince the format since
	// which grievances say the id of their event.
	categoriesSince = 3
	idsSince        = 3
	// revisionsSince is the format since which orders say when they were recorded and revised, and what other versions said.
	revisionsSince = 4
)

// The parts. Their bits are stored: only append.
const (
	partSpilled = 1 << iota
	partPast
	partChannels
	partOrders
	partRefunds
	partPayments
	partFeedbacks
	partTouches
	partDays
	partConsents
	partAttributes
	partCategories
	partSecond
	partGaps
	partReferrals
	partsEnd
)

// The bits of an entry. Each sort of fact has three bits of its own. Orders also have the bits of order.known, above.
const (
	orderCancel = 1 << iota
	orderOverruled
	orderChannel
	factAggregate // the event is no hash, and n follows

	orderKnownShift = 4
	orderMore       = orderChannel // of a cancellation, which has no channel

	refundChargeback = 1
	refundOrder      = 2
	refundSaid       = 4

	feedbackOrder = 1
	feedbackID    = 2

	touchChannel = 1
	touchCost    = 2
	touchNamed   = 4
)

const dayMillis = 24 * 60 * 60 * 1000

// Append appends the encoding of s to b, without what AppendKept appends. Equal sets of accepted events give equal bytes.
func (s Summary) Append(b []byte) []byte {
	b = append(b, format)
	if !s.seen {
		return b
	}
	e := encoder{b: b, newest: s.newest}
	categories := e.rankCategories(&s)
	e.uint(s.parts() | bit(len(categories) > 0, partCategories))
	e.int(int64(s.newest))
	if s.spilled != 0 {
		e.int(s.spilled)
	}
	if s.past != nil {
		e.past(s.past)
	}
	e.channels(&s)
	e.orders(&s)
	e.refunds(&s)
	e.payments(&s)
	e.feedbacks(&s)
	e.touches(&s)
	e.days(&s)
	e.consents(&s)
	e.attributes(&s)
	if e.list(len(categories)) {
		for _, name := range categories {
			e.text(name)
		}
	}
	if s.past.tellsSecond() {
		e.uint(uint64(s.past.untilSecond))
	}
	if s.past.tellsGaps() {
		e.uint(uint64(s.past.gaps))
	}
	e.referrals(s.referrals)
	return e.b
}

func (s *Summary) parts() uint64 {
	return bit(s.spilled != 0, partSpilled) | bit(s.past != nil, partPast) | bit(len(s.channels) > 0, partChannels) |
		bit(s.orders.len() > 0, partOrders) | bit(len(s.refunds) > 0, partRefunds) | bit(len(s.payments) > 0, partPayments) |
		bit(len(s.feedbacks) > 0, partFeedbacks) | bit(len(s.touches) > 0, partTouches) | bit(len(s.days) > 0, partDays) |
		bit(len(s.consents) > 0, partConsents) | bit(len(s.attributes) > 0, partAttributes) |
		bit(s.past.tellsSecond(), partSecond) | bit(s.past.tellsGaps(), partGaps) | bit(s.referrals != nil, partReferrals)
}

type encoder struct {
	b      []byte
	newest event.Day
	// rank is the reference of each channel in alphabetical order, by its reference in s.
	rank [maxChannels + 2]uint8
	// category is the reference of each category that orders name, in alphabetical order, by its reference in s.
	category [maxCategories + 2]uint8
	day      event.Day // of the entry before
}

func (e *encoder) uint(v uint64) { e.b = binary.AppendUvarint(e.b, v) }
func (e *encoder) int(v int64)   { e.b = binary.AppendVarint(e.b, v) }
func (e *encoder) hash(v uint64) { e.b = binary.LittleEndian.AppendUint64(e.b, v) }
func (e *encoder) text(s string) { e.uint(uint64(len(s))); e.b = append(e.b, s...) }
func (e *encoder) small(v uint8) { e.b = append(e.b, v) }
func (e *encoder) list(n int) bool {
	if n > 0 {
		e.uint(uint64(n))
	}
	e.day = e.newest
	return n > 0
}

// date appends a day of a sorted list. The first day counts back from H, a further day on from the day before.
func (e *encoder) date(day event.Day, first bool) {
	if first {
		e.uint(uint64(e.newest - day))
	} else {
		e.uint(uint64(day - e.day))
	}
	e.day = day
}

// stamp appends a fact's flags, day, time of day, event and count.
func (e *encoder) stamp(f *stamp, flags uint64, first bool) {
	aggregate := f.event < aggregates
	e.small(uint8(flags | bit(aggregate, factAggregate)))
	e.date(f.day, first)
	e.int(timeOfDay(f.moment()))
	if !aggregate {
		e.hash(f.event)
		return
	}
	e.small(uint8(f.event))
	e.uint(uint64(f.n))
}

// timeOfDay is the distance from 00:00 UTC of a moment's day: whole seconds times two, or milliseconds times two plus one.
func timeOfDay(m moment) int64 {
	millis := int64(m.at) - int64(m.day)*dayMillis
	if millis%1000 == 0 {
		return millis / 1000 * 2
	}
	return millis*2 + 1
}

func (e *encoder) past(p *past) {
	for _, v := range p.numbers() {
		e.int(*v)
	}
	e.int(int64(p.firstDay))
	e.int(int64(p.lastDay))
	e.int(int64(p.first))
	e.int(int64(p.last))
	kinds := uint64(0)
	for kind, n := range p.touches {
		kinds |= bit(n > 0, 1<<kind)
	}
	e.uint(kinds)
	for _, n := range p.touches {
		if n > 0 {
			e.uint(uint64(n))
		}
	}
}

// numbers are the plain counts and sums, in the order of the encoding. Formats before linesSince lack the last two.
func (p *past) numbers() [15]*int64 {
	return [...]*int64{
		&p.orders, &p.days, &p.lastAmount, &p.spend, &p.margin, &p.marginSpend, &p.discount, &p.service, &p.acquisition,
		&p.firstNet, &p.repeatDays, &p.repeatSpend, &p.outreach,
		&p.lines, &p.lastLines,
	}
}

func (e *encoder) channels(s *Summary) {
	n := len(s.channels)
	if !e.list(n) {
		return
	}
	var sorted [maxChannels + 1]uint8
	for i := range n {
		place := i
		for ; place > 0 && s.channels[sorted[place-1]].name > s.channels[i].name; place-- {
			sorted[place] = sorted[place-1]
		}
		sorted[place] = uint8(i)
	}
	for place, i := range sorted[:n] {
		e.rank[i+1] = uint8(place + 1)
		e.text(s.channels[i].name)
		e.uint(uint64(s.channels[i].touches))
	}
}

func (e *encoder) orders(s *Summary) {
	e.list(s.orders.len())
	first := true
	for v := range s.orders.all {
		more := e.moreOf(v)
		flags := bit(v.cancel, orderCancel) | bit(v.overruled, orderOverruled) | bit(v.channel > 0 || v.cancel && more != 0, orderChannel)
		e.stamp(&v.stamp, flags|uint64(v.known)<<orderKnownShift, first)
		first = false
		if v.event >= aggregates {
			e.hash(v.order)
		}
		if !v.cancel {
			e.content(v, more != 0)
		}
		if more != 0 {
			e.revision(v, more)
		}
	}
}

// content appends what an ORDER says.
func (e *encoder) content(v *order, more bool) {
	e.int(v.amount)
	e.uint(uint64(v.lines)<<2 | bit(more, 2) | bit(v.category > 0, 1))
	if v.category > 0 {
		e.small(e.category[v.category])
	}
	if v.channel > 0 {
		e.small(e.rank[v.channel])
	}
	for k, part := range v.parts() {
		if v.known&(1<<k) != 0 {
			e.int(*part)
		}
	}
}

// parts are the optional amounts of an order, in the order of the bits of known.
func (v *order) parts() [4]*int64 {
	return [...]*int64{&v.margin, &v.discount, &v.service, &v.acquisition}
}

func (e *encoder) refunds(s *Summary) {
	e.list(len(s.refunds))
	for i := range s.refunds {
		r := &s.refunds[i]
		e.stamp(&r.stamp, bit(r.chargeback, refundChargeback)|bit(r.order != 0, refundOrder)|bit(r.said.currency != 0, refundSaid), i == 0)
		if r.order != 0 {
			e.hash(r.order)
		}
		e.int(r.amount)
		if r.said.currency != 0 {
			e.said(r.said)
		}
	}
}

func (e *encoder) payments(s *Summary) {
	e.list(len(s.payments))
	for i := range s.payments {
		p := &s.payments[i]
		e.stamp(&p.stamp, 0, i == 0)
		e.small(uint8(p.kind))
		e.int(p.amount)
	}
}

func (e *encoder) feedbacks(s *Summary) {
	e.list(len(s.feedbacks))
	for i := range s.feedbacks {
		b := &s.feedbacks[i]
		e.stamp(&b.stamp, bit(b.order != 0, feedbackOrder)|bit(b.id != "", feedbackID), i == 0)
		e.small(uint8(b.kind))
		e.small(uint8(b.about))
		e.int(int64(b.score))
		if b.order != 0 {
			e.hash(b.order)
		}
		if b.id != "" {
			e.text(b.id)
		}
	}
}

func (e *encoder) touches(s *Summary) {
	e.list(len(s.touches))
	for i := range s.touches {
		t := &s.touches[i]
		e.stamp(&t.stamp, bit(t.channel > 0, touchChannel)|bit(t.cost != 0, touchCost)|bit(t.named, touchNamed), i == 0)
		e.small(uint8(t.kind))
		e.int(int64(t.weight))
		if t.channel > 0 {
			e.small(e.rank[t.channel])
		}
		if t.cost != 0 {
			e.int(t.cost)
		}
	}
}

func (e *encoder) days(s *Summary) {
	e.list(len(s.days))
	for i := range s.days {
		d := &s.days[i]
		e.date(d.day, i == 0)
		e.small(uint8(d.kind))
		e.uint(uint64(d.n))
		e.int(d.weight)
		channels := uint64(0)
		for c := range s.channels {
			channels |= bit(d.channels>>c&1 != 0, 1<<(e.rank[c+1]-1))
		}
		e.uint(channels)
	}
}

func (e *encoder) consents(s *Summary) {
	e.list(len(s.consents))
	for i := range s.consents {
		c := &s.consents[i]
		e.text(c.channel)
		e.int(int64(c.at))
		e.hash(c.event)
		e.small(uint8(bit(c.granted, 1)))
	}
}

func (e *encoder) attributes(s *Summary) {
	e.list(len(s.attributes))
	for i := range s.attributes {
		a := &s.attributes[i]
		e.small(a.key)
		e.int(int64(a.at))
		e.hash(a.event)
		e.text(a.value)
	}
}

func (e *encoder) said(x said) {
	e.b = binary.LittleEndian.AppendUint32(e.b, x.currency)
	e.int(x.minor)
}
