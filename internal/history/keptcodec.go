package history

import (
	"cmp"
	"slices"

	"tidemark/internal/event"
)

// What is kept is written as its flags, and above them a bit for each category of the history that a sealed order names too. Then follow: the
// distance from H of the last day that may lack costs; the costs; the service of the first year; the categories that no other order names. A
// cost is its day, one bit for a cost that is the same as the one before, and else the cost: a byte or two a day.
const (
	keptLacks = 1 << iota
	keptCosts
	keptSealed
	keptService
	keptCategories
	keptEnd // the bits of the categories begin here
)

// kept appends what p keeps. categories are those that the encoding has named.
func (e *encoder) kept(p *past, categories []string) {
	if p == nil || p.kept == nil {
		return
	}
	k := p.kept
	flags := bit(k.lacks, keptLacks) | bit(len(k.costs) > 0, keptCosts) | bit(k.sealed, keptSealed) | bit(k.first.orders > 0, keptService)
	var others []string
	for _, name := range k.categories {
		if i, found := slices.BinarySearch(categories, name); found {
			flags |= keptEnd << i
		} else {
			others = append(others, name)
		}
	}
	e.uint(flags | bit(len(others) > 0, keptCategories))
	if k.lacks {
		e.uint(uint64(e.newest - k.lacksUntil))
	}
	e.list(len(k.costs))
	before := int64(0)
	for i, c := range k.costs {
		distance := c.day - e.day
		if i == 0 {
			distance = e.newest - c.day
		}
		e.uint(uint64(distance)<<1 | bit(c.cost == before, 1))
		if c.cost != before {
			e.int(c.cost)
		}
		e.day, before = c.day, c.cost
	}
	if k.first.orders > 0 {
		e.int(k.first.cost)
		e.uint(uint64(k.first.orders))
	}
	if e.list(len(others)) {
		for _, name := range others {
			e.text(name)
		}
	}
}

func (d *decoder) kept() {
	d.check(d.s.past != nil, "what totals keep, but no totals")
	if d.err != "" {
		return
	}
	p, k := d.s.past, new(kept)
	p.kept = k
	flags := d.uint()
	known := flags / keptEnd
	d.check(known>>len(d.s.categories) == 0, "unknown category")
	if k.lacks = flags&keptLacks != 0; k.lacks {
		ago := d.uint()
		d.check(ago <= maxDistance, "day out of range")
		k.lacksUntil = d.s.newest - event.Day(ago)
	}
	if flags&keptCosts != 0 {
		d.costs(k)
	}
	if k.sealed = flags&keptSealed != 0; flags&keptService != 0 {
		k.first = service{cost: d.int(), orders: int64(d.uint32())}
		d.check(k.first.orders > 0, "service of no order")
	}
	if flags&keptCategories != 0 {
		list(d, &k.categories, listOf[string]{size: 1, most: maxCategories + 1, read: func(name *string) { *name = d.text() }, compare: func(a, b *string) int { return cmp.Compare(*a, *b) }})
	}
	if k.sealed {
		d.check(p.days > 0, "sealed days that are none")
	} else {
		d.check(known == 0 && len(k.categories) == 0 && k.first.orders == 0, "of sealed days that nobody knows")
	}
	for i, name := range d.s.categories {
		if d.err == "" && known>>i&1 != 0 {
			at, found := slices.BinarySearch(k.categories, name)
			d.check(!found, "a category twice")
			k.categories = slices.Insert(k.categories, at, name)
		}
	}
	d.check(len(k.categories) <= maxCategories+1, "too many categories")
}

// costs reads the days that cost something.
func (d *decoder) costs(k *kept) {
	before := int64(0)
	first := true
	list(d, &k.costs, listOf[costDay]{
		size: 1, most: window + margin,
		compare: func(a, b *costDay) int { return int(a.day - b.day) },
		read: func(c *costDay) {
			v := d.uint()
			distance := event.Day(v >> 1)
			d.check(v>>1 <= maxDistance, "day out of range")
			if c.day = d.day + distance; first {
				c.day, first = d.s.newest-distance, false
			}
			d.check(c.day <= d.s.newest, "a day after the newest")
			if c.cost = before; v&1 == 0 {
				c.cost = d.int()
			}
			d.check(c.cost > 0 && (v&1 != 0 || c.cost != before), "a cost of nothing")
			d.day, before = c.day, c.cost
		},
	})
}
