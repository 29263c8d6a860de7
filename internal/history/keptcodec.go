package history

import (
	"cmp"
	"encoding/binary"
	"fmt"

	"tidemark/internal/event"
)

// What is kept is written apart from the history, so that a program that does not know it still reads the history, and adds to it. It begins with the
// totals that it was in step with: the sealed orders, and the costs. Then follow its flags; the last day that may lack costs; the costs; the
// service of the first year; the hashes of the categories, 4 bytes each. A cost is its day, as the distance from the day before, one bit for a cost that is
// the same as the one before, and else the cost: a byte or two a day.
const (
	keptLacks = 1 << iota
	keptCosts
	keptSealed
	keptService
	keptCategories
	keptEnd // all combinations of the bits lie below
)

// AppendKept appends what the totals of s do not tell; nothing where there is nothing to tell.
func (s *Summary) AppendKept(b []byte) []byte {
	if s.past == nil || s.past.kept == nil {
		return b
	}
	k, e := s.past.kept, encoder{b: b}
	e.int(s.past.orders)
	e.int(s.past.outreach)
	e.uint(bit(k.lacks, keptLacks) | bit(len(k.costs) > 0, keptCosts) | bit(k.sealed, keptSealed) | bit(k.first.orders > 0, keptService) |
		bit(len(k.categories) > 0, keptCategories))
	if k.lacks {
		e.int(int64(k.lacksUntil))
	}
	if e.list(len(k.costs)) {
		e.int(int64(k.costs[0].day))
		e.day = k.costs[0].day
	}
	before := int64(0)
	for _, c := range k.costs {
		e.uint(uint64(c.day-e.day)<<1 | bit(c.cost == before, 1))
		if c.cost != before {
			e.int(c.cost)
		}
		e.day, before = c.day, c.cost
	}
	if k.first.orders > 0 {
		e.int(k.first.cost)
		e.uint(uint64(k.first.orders))
	}
	if e.list(len(k.categories)) {
		for _, category := range k.categories {
			e.b = binary.LittleEndian.AppendUint32(e.b, category)
		}
	}
	return e.b
}

// ReadKept reads what AppendKept wrote of the same history. Where a program that does not know it has added to the totals since, it tells nothing any
// more: s is then as of a former format.
func (s *Summary) ReadKept(b []byte) error {
	d := decoder{b: b, s: *s}
	orders, outreach := d.int(), d.int()
	k := d.kept()
	d.check(d.i == len(b), "trailing bytes")
	if d.err != "" {
		return fmt.Errorf("decode what a history keeps, byte %d of %d: %w", d.i, len(b), d.err)
	}
	if s.past == nil || s.past.orders != orders || s.past.outreach != outreach {
		return nil
	}
	p := *s.past
	p.kept, s.past = k, &p
	return nil
}

func (d *decoder) kept() *kept {
	k := new(kept)
	flags := d.uint()
	d.check(flags < keptEnd, "unknown flags")
	if k.lacks = flags&keptLacks != 0; k.lacks {
		k.lacksUntil = event.Day(d.int32())
	}
	if flags&keptCosts != 0 {
		d.costs(k)
	}
	if k.sealed = flags&keptSealed != 0; flags&keptService != 0 {
		k.first = service{cost: d.int(), orders: int64(d.uint32())}
		d.check(k.first.orders > 0, "service of no order")
	}
	if flags&keptCategories != 0 {
		list(d, &k.categories, listOf[uint32]{
			size: 4, most: maxCategories + 1, read: func(c *uint32) { *c = d.word() }, compare: func(a, b *uint32) int { return cmp.Compare(*a, *b) },
		})
	}
	d.check(k.sealed || len(k.categories) == 0 && k.first.orders == 0, "of sealed days that nobody knows")
	return k
}

// costs reads the days that cost something.
func (d *decoder) costs(k *kept) {
	var day event.Day
	cost := int64(0)
	first := true
	list(d, &k.costs, listOf[costDay]{
		size: 1, most: window + margin,
		compare: func(a, b *costDay) int { return cmp.Compare(a.day, b.day) },
		read: func(c *costDay) {
			if first {
				day, first = event.Day(d.int32()), false
			}
			v, before := d.uint(), cost
			d.check(v>>1 <= maxDistance, "day out of range")
			if day += event.Day(v >> 1); v&1 == 0 {
				cost = d.int()
			}
			d.check(day >= -maxDay && day <= maxDay && cost > 0 && (v&1 != 0 || cost != before), "a cost of nothing")
			c.day, c.cost = day, cost
		},
	})
}
