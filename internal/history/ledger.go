package history

import "tidemark/internal/event"

// ledger walks over the days on which money moved, the oldest first. After each next it holds the entry of one day.
type ledger struct {
	claims

	bi, oi, ri int // the block of the first order not yet seen, its place in the block, the first refund not yet seen
	// ahead is the first instant at which an order that the walk has seen comes into force; event.Never for none.
	ahead event.Instant
	// byChannel counts by channel the orders of the days that the walk has seen.
	byChannel channelOrders

	entry
}

// entry is what moved on one day.
type entry struct {
	day    event.Day
	orders int // zero on a day of refunds alone
	// amount is what the orders cost, reduced what refunds took off the orders and off the day.
	amount, reduced                int64
	margin, marginSpend            int64
	discount, service, acquisition int64
	first, last                    event.Instant
	lastAmount                     int64
	lines, lastLines               int64 // items named, by all orders and by the last
	// serviced counts the orders that give a cost of service; categories has a bit for each main category, by its reference.
	serviced   int64
	categories uint64
}

// channelOrders counts orders by channel, from a day on.
type channelOrders struct {
	from  event.Day
	count [maxChannels + 2]int32 // by reference; 0 is no channel
}

// open starts a walk over what had happened by an instant. Orders are counted by channel from a day on.
func (l *ledger) open(s *Summary, at event.Instant, channelsFrom event.Day) {
	l.start(s, at)
	l.ahead, l.byChannel.from = event.Never, channelsFrom
}

// next moves on to the next day. It returns false at the end.
func (l *ledger) next() bool {
	refunds := l.refunds
	next := l.order()
	if next == nil && l.ri == len(refunds) {
		return false
	}
	day := event.Day(1<<31 - 1)
	if next != nil {
		day = next.day
	}
	if l.ri < len(refunds) {
		day = min(day, refunds[l.ri].day)
	}
	l.entry = entry{day: day}
	for ; next != nil && next.day == day; next = l.order() {
		l.oi++
		l.add(next)
	}
	for ; l.ri < len(refunds) && refunds[l.ri].day == day; l.ri++ {
		switch r := &refunds[l.ri]; {
		case r.at > l.at:
		case r.order == 0:
			l.reduced += r.amount
		default:
			l.reduced += l.shareOf(r).amount
		}
	}
	return true
}

// order is the first order not yet seen; nil at the end.
func (l *ledger) order() *order {
	for ; l.bi < l.versions.blocks(); l.bi, l.oi = l.bi+1, 0 {
		if block := l.versions.block(l.bi); l.oi < len(block) {
			return &block[l.oi]
		}
	}
	return nil
}

// add counts in an order of the day.
func (l *ledger) add(v *order) {
	if from := v.from(); from > l.at {
		l.ahead = min(l.ahead, from)
		return
	}
	x := l.settle(v)
	if !x.lives {
		return
	}
	if l.orders == 0 {
		l.first = v.at
	}
	l.orders += int(v.n)
	l.last, l.lastAmount, l.lastLines = v.at, v.amount, int64(v.lines)
	l.lines += int64(v.lines)
	l.amount += v.amount
	l.reduced += x.early
	l.categories |= 1 << v.category
	if v.known != 0 {
		if v.known&knownMargin != 0 {
			l.margin += v.margin
			l.marginSpend += v.amount
		}
		l.discount += v.discount
		l.service += v.service
		l.serviced += int64(bit(v.known&knownService != 0, 1))
		l.acquisition += v.acquisition
	}
	if l.day >= l.byChannel.from {
		l.byChannel.count[v.channel] += int32(v.n)
	}
}
