package avro

import (
	"fmt"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// EncodeErasure returns the message which says that a customer was erased at an instant. Its id is the hash of the record with an empty
// event_id: the same erasure gives the same id. An instant that is no time is an error.
func (c *Codec) EncodeErasure(customer string, at event.Instant) (shard.Output, error) {
	if !isInstant(at) {
		return shard.Output{}, fmt.Errorf("encode erasure: erased_at is %s", at)
	}
	body := wire{b: make([]byte, 0, 256)}
	body.erasure("", customer, at)
	id := digest(body.b)
	w := wire{b: c.frame(schemas.Erasures, 5+33+len(body.b))}
	w.erasure(id, customer, at)
	return c.cloudEvent(schemas.Erasures, customer, id, "com.tidemark.customer.erased.v1", at, w.b), nil
}

func (w *wire) erasure(id, customer string, at event.Instant) {
	w.text(id)
	w.text(customer)
	w.int(int64(at))
}

func erased(s *score.Stamp) bool { return s.Cause == score.ByErasure }

// bare returns what may still be said of a customer who was erased: which transition it is, and of whom. The codec does not rely on the
// engine for this: a message that says more cannot be taken back. Any other transition is returned as it is.
func bare(t score.Transition) score.Transition {
	from := t.Common()
	if !erased(from) {
		return t
	}
	stamp := score.Stamp{
		ID: from.ID, Customer: from.Customer, AsOf: from.AsOf, Cause: from.Cause,
		ModelVersion: from.ModelVersion, ScorecardHash: from.ScorecardHash, PopulationVersion: from.PopulationVersion, Sequence: from.Sequence,
	}
	switch t := t.(type) {
	case *score.TierChanged:
		return &score.TierChanged{Stamp: stamp, Direction: t.Direction}
	case *score.ChurnAlert:
		unknown := math.NaN()
		return &score.ChurnAlert{
			Stamp: stamp, EpisodeID: t.EpisodeID, State: t.State, Resolve: t.Resolve, Kind: t.Kind, RiskBefore: unknown, RiskNormal: unknown,
		}
	case *score.WonBack:
		return &score.WonBack{Stamp: stamp, EpisodeID: t.EpisodeID}
	case *score.TierWillChange:
		return &score.TierWillChange{Stamp: stamp, NoticeID: t.NoticeID, State: t.State, Withdrawal: t.Withdrawal}
	case *score.SegmentChanged:
		return &score.SegmentChanged{Stamp: stamp, Change: t.Change, Segment: t.Segment, EnteredID: t.EnteredID}
	}
	panic("avro: no such transition") // the set is closed
}
