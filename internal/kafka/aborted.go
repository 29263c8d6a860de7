package kafka

import (
	"cmp"
	"slices"
)

// aborted knows, for the batches of one answer in their order, which of them belong to an aborted transaction. A producer has one
// transaction at a time in a partition:
//
//	first offset of an entry of the broker's list ──> what the producer writes in a transaction is void ──> its abort marker
//
// A marker that compaction has removed is not missed: compaction removes it only after the records of its transaction.
type aborted struct {
	pending []abortedTransaction // not yet begun, by their first offsets
	void    map[int64]bool       // producers that are within an aborted transaction
}

func newAborted(list []abortedTransaction) *aborted {
	slices.SortFunc(list, func(a, b abortedTransaction) int { return cmp.Compare(a.first, b.first) })
	return &aborted{pending: list, void: map[int64]bool{}}
}

// holds reports whether a batch of records is void.
func (a *aborted) holds(b *batch) bool {
	a.begin(b.last)
	return b.isTransactional() && a.void[b.producer]
}

// ends lets a marker end the aborted transaction of its producer. Other batches end nothing.
func (a *aborted) ends(b *batch) {
	a.begin(b.last)
	if b.isControl() && a.void[b.producer] && b.endsAborted() {
		delete(a.void, b.producer)
	}
}

// begin lets the transactions begin whose first offset is at most last, the last offset of the batch at hand.
func (a *aborted) begin(last int64) {
	for len(a.pending) > 0 && a.pending[0].first <= last {
		a.void[a.pending[0].producer] = true
		a.pending = a.pending[1:]
	}
}
