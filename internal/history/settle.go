package history

import (
	"sort"

	"tidemark/internal/event"
)

// claims says which orders the refunds belong to at an instant, and what the refunds take off these orders. Orders are asked about in
// the order of Summary.orders, each once: an order claims the refunds that no earlier one has claimed.
type claims struct {
	versions orderList
	refunds  []refund
	links    []uint16
	at       event.Instant
	// claimed is nil where no refund names an order.
	claimed *claimed
}

// claimed is what has become of the refunds that name an order. It is large, and most customers have no such refund.
type claimed struct {
	// named has a bit for each order that a refund may name: most orders are not named, and need no search.
	named [named / 64]uint64
	// orders counts the orders that have been asked about and may be named.
	orders uint32
	// shares are what becomes of the refunds, by their place in Summary.links.
	shares [maxRefunds]share
}

const named = 2048

// share is what a refund takes off its order.
type share struct {
	// by is the number of the order that claims the refund, in claimed.orders; zero for none. day is the day of that order.
	by  uint32
	day event.Day
	// amount is what the refund moves on its own day. What it moves on the day of its order is in settled.early.
	amount int64
}

// unclaimed returns the memory of claims before the first order. The compiler inlines unclaimed, so that the memory lies on the stack of
// a caller who keeps it there.
func (s *Summary) unclaimed() *claimed {
	if len(s.links) == 0 {
		return nil
	}
	return new(claimed)
}

// settled is what an order comes to at an instant.
type settled struct {
	// lives says that the order counts: it is neither cancelled nor given back in whole.
	lives bool
	// back is all that was given back for the order. early is the part that counts on the day of the order, because it was given back
	// before.
	back, early int64
}

// start makes c ready for the first order. c.claimed is s.unclaimed().
func (c *claims) start(s *Summary, at event.Instant) {
	c.versions, c.refunds, c.links, c.at = s.orders, s.refunds, s.links, at
	for _, j := range s.links {
		bit := s.refunds[j].order % named
		c.claimed.named[bit/64] |= 1 << (bit % 64)
	}
}

// settle says what becomes of a version of an order, and claims its refunds.
func (c *claims) settle(w *order) settled {
	if w.from() > c.at || !stands(&c.versions, w, c.at) {
		return settled{}
	}
	if len(c.links) == 0 || !c.claimed.mayName(w.order) {
		return settled{lives: !w.cancel}
	}
	first, end := c.claim(w)
	if w.cancel {
		return settled{}
	}
	return c.divide(w, first, end)
}

// mayName reports whether a refund may name an order. False is certain.
func (c *claimed) mayName(order uint64) bool {
	bit := order % named
	return c.named[bit/64]>>(bit%64)&1 == 1
}

// claim gives the refunds that belong to w, which stands, to w. They lie between two places of Summary.links.
func (c *claims) claim(w *order) (first, end int) {
	links, refunds := c.links, c.refunds
	c.claimed.orders++
	first = sort.Search(len(links), func(k int) bool { return refunds[links[k]].order >= w.order })
	for end = first; end < len(links) && refunds[links[end]].order == w.order; end++ {
		r, x := &refunds[links[end]], &c.claimed.shares[end]
		if r.at <= c.at && x.by == 0 && apart(r.day, w.occurred().day) < window {
			x.by, x.day = c.claimed.orders, w.day
		}
	}
	return first, end
}

// divide divides w, which has just claimed its refunds, among them.
func (c *claims) divide(w *order, first, end int) settled {
	written, by, shares := w.occurred().at, c.claimed.orders, &c.claimed.shares
	var before, after int64 // what the refunds from before the version and from after it come to
	whole := false
	for k := first; k < end; k++ {
		if r := &c.refunds[c.links[k]]; shares[k].by != by {
			continue
		} else if r.at < written {
			before += r.of(w)
		} else {
			after += r.of(w)
			whole = true
		}
	}
	again := before >= w.whole() // all was given back, and then the order was placed again
	if again {
		before = 0
	}
	if whole && before+after >= w.whole() {
		return settled{}
	}
	x, given := settled{lives: true}, int64(0)
	for k := first; k < end; k++ {
		r, share := &c.refunds[c.links[k]], &shares[k]
		if share.by != by || again && r.at < written {
			continue
		}
		given = min(given+r.of(w), w.whole())
		amount := w.worth(given) - x.back // so that the parts of the whole add up to it
		x.back += amount
		if r.day < w.day {
			x.early += amount
		} else {
			share.amount = amount
		}
	}
	return x
}

// shareOf is the share of a refund that names an order.
func (c *claims) shareOf(r *refund) *share {
	return &c.claimed.shares[sort.Search(len(c.links), func(k int) bool {
		q := &c.refunds[c.links[k]]
		return q.order > r.order || q.order == r.order && q.before(r) >= 0
	})]
}

// orphan returns the refund at a place of Summary.links, if no order has claimed it once all orders are settled.
func (c *claims) orphan(k int) (*refund, bool) {
	r := &c.refunds[c.links[k]]
	return r, r.at <= c.at && c.claimed.shares[k].by == 0
}
