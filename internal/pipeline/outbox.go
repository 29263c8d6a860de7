package pipeline

import "tidemark/internal/shard"

// outbox counts the entries of one shard's outbox, a list in the store. A commit appends entries at the tail and takes removable
// entries off the head. Between the two, an entry passes through five segments from right to left; each move shifts one border:
//
//	head                                                                        tail
//	┌───────────┬────────────┬─────────────┬───────────┬─────────────┐
//	│ removable │ projecting │ unprojected │ published │ unpublished │ <── a commit appends
//	└───────────┴────────────┴─────────────┴───────────┴─────────────┘
//	  │         ^    │     ^    │       ^      │   ^        │
//	  │         └────┘     └────┘       └──────┘   └────────┘
//	  │        endTurn    beginTurn     release      send
//	  └──> the next commit removes
//
// An entry stays in the store until the views of its customer are sure to follow: if the lane dies, its successor finds the entry
// and projects the customer. Entries of an event are sure at once, because the offset of the event is committed only after the
// projection. Leftovers have no event any more: they wait for a turn of projection, and so does every entry behind them.
//
// Who moves: state.committed (commit), the session (send, release), the display (beginTurn, endTurn).
//
// Only the owner of a shard publishes and removes entries. A lane that applies an event of another lane's shard appends entries, and
// leaves them to the owner: the owner finds them when its next commit conflicts, or at its next checkpoint.
type outbox struct {
	segments
	// ids are those of all entries, from head to tail.
	ids []string
}

// segments are the numbers of entries in each segment.
type segments struct{ removable, projecting, unprojected, published, unpublished int }

// leftovers is an outbox as another owner, or an earlier session, has left it. All entries have been published.
func leftovers(ids []string) outbox { return outbox{segments{unprojected: len(ids)}, ids} }

// sent are the ids of the entries that have been published.
func (o *outbox) sent() []string { return o.ids[:len(o.ids)-o.unpublished] }

// commit notes that a commit has appended entries with these ids, and removed entries from the head.
func (o *outbox) commit(appended []shard.Output, removed int) {
	o.ids = o.ids[removed:]
	for i := range appended {
		o.ids = append(o.ids, appended[i].ID)
	}
	o.unpublished += len(appended)
	o.removable -= removed
}

// send notes that all unpublished entries have been published.
func (o *outbox) send() {
	o.published += o.unpublished
	o.unpublished = 0
}

// release notes that the work that published entries is over: they are removable, unless leftovers stand before them.
func (o *outbox) release() {
	if o.projecting+o.unprojected > 0 {
		o.unprojected += o.published
	} else {
		o.removable += o.published
	}
	o.published = 0
}

// beginTurn notes that a turn of projection begins, which covers the customers of all unprojected entries.
func (o *outbox) beginTurn() {
	o.projecting += o.unprojected
	o.unprojected = 0
}

// endTurn notes that the turn of projection has ended.
func (o *outbox) endTurn() {
	o.removable += o.projecting
	o.projecting = 0
}
