package history

import (
	"slices"

	"tidemark/internal/event"
)

// orderList holds orders, sorted by compareOrders, in blocks: an event copies the block that it changes, and not thousands of orders. Only
// the last block lies in the list itself, so that most customers have no other. No method modifies memory that a list shares.
//
//	older   [ 64..128 orders ] [ 64..128 orders ]
//	last                                           [ up to 128 orders, the newest ]
type orderList struct {
	older [][]order
	last  []order
}

// mostInBlock is the most orders of a block. A block that would grow beyond is divided in two.
const mostInBlock = 128

// orderListOf makes a list of sorted orders, and keeps them.
func orderListOf(orders []order) orderList {
	var l orderList
	for len(orders) > mostInBlock {
		l.older = append(l.older, slices.Clip(orders[:mostInBlock/2]))
		orders = orders[mostInBlock/2:]
	}
	l.last = orders
	return l
}

func (l *orderList) len() int {
	n := len(l.last)
	for _, block := range l.older {
		n += len(block)
	}
	return n
}

// blocks is the number of blocks; the last may be empty.
func (l *orderList) blocks() int { return len(l.older) + 1 }

func (l *orderList) block(b int) []order {
	if b < len(l.older) {
		return l.older[b]
	}
	return l.last
}

// all yields the orders, the oldest first. They must not be modified.
func (l *orderList) all(yield func(*order) bool) {
	for b := range l.blocks() {
		block := l.block(b)
		for i := range block {
			if !yield(&block[i]) {
				return
			}
		}
	}
}

// put returns l with another block at a place, divided if it is too long, or gone if it is empty.
func (l *orderList) put(b int, block []order) orderList {
	var parts [][]order
	switch half := len(block) / 2; {
	case len(block) > mostInBlock:
		parts = [][]order{slices.Clone(block[:half]), slices.Clone(block[half:])} // neither keeps the memory of the other
	case b == len(l.older) && len(block) > 0:
		return orderList{l.older, block}
	case len(block) > 0:
		parts = [][]order{block}
	}
	blocks := slices.Concat(l.older[:b], parts)
	if b < len(l.older) {
		return orderList{append(blocks, l.older[b+1:]...), l.last}
	}
	if len(blocks) == 0 {
		return orderList{}
	}
	return orderList{blocks[:len(blocks)-1], blocks[len(blocks)-1]}
}

// with returns l with one more order.
func (l *orderList) with(v *order) orderList {
	b := 0
	for b < len(l.older) && compareOrders(&l.older[b][len(l.older[b])-1], v) < 0 {
		b++
	}
	block := l.block(b)
	i := 0
	for j := len(block); i < j; { // a binary search by hand: v must not escape
		if h := (i + j) / 2; compareOrders(&block[h], v) < 0 {
			i = h + 1
		} else {
			j = h
		}
	}
	return l.put(b, insert(block, i, *v))
}

// without returns l without the orders that a function names, of the blocks from first to last.
func (l *orderList) without(first, last int, named func(*order) bool) orderList {
	rest := *l
	for b := last; b >= first; b-- {
		block := l.block(b)
		for i := len(block) - 1; i >= 0; i-- {
			if named(&block[i]) {
				block = remove(block, i) // a few at most
			}
		}
		if len(block) < len(l.block(b)) {
			rest = rest.put(b, block)
		}
	}
	return rest
}

// since returns l without the orders before a day.
func (l *orderList) since(first event.Day) orderList {
	b := 0
	for b < len(l.older) && l.older[b][len(l.older[b])-1].day < first {
		b++
	}
	rest := orderList{l.older[b:], l.last}
	block := rest.block(0)
	if len(block) == 0 || block[0].day >= first {
		return rest
	}
	return rest.put(0, since(block, first))
}
