package pipeline

import (
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// A message of links says by headers of which edition of the state it is, by which time zone its history counts days, and in which currency the
// history counts amounts. A lane ignores two kinds:
//
//   - Messages of a later edition than its own. A rebuild sends the histories of its new shards while the edition in force serves. The rebuild
//     reads the log in another order, so such a history may be short of events, and have greater marks all the same. Whoever survives would
//     miss orders of the other id until the rebuild is over, and customers would be told.
//   - Histories of another time zone or base currency. Two such histories cannot be read together. A rebuild for another time zone sends all
//     histories again, and so do lanes that begin with an empty store.
//
// Messages of earlier editions count: a rebuild reads what was sent before it. A message without these headers counts as well.
const (
	editionHeader = "edition"
	zoneHeader    = "zone"
	baseHeader    = "base_currency"
)

// linkHeaders are the headers of what a shard of a layout sends.
func linkHeaders(l shard.Layout) []stream.Header {
	return []stream.Header{
		{Key: editionHeader, Value: strconv.AppendInt(nil, int64(l.Edition), 10)},
		{Key: zoneHeader, Value: []byte(l.Zone)},
		{Key: baseHeader, Value: []byte(l.Base)},
	}
}

// ofOthers reports whether x is a message of links that is not meant for shards of a layout.
func (x *item) ofOthers(l shard.Layout) bool {
	m, ok := x.event.(*event.Link)
	if !ok {
		return false
	}
	history := m.Part != nil && len(m.Part.Content) > 0
	for _, h := range x.record.Headers {
		switch h.Key {
		case editionHeader:
			if edition, err := strconv.Atoi(string(h.Value)); err == nil && edition > l.Edition {
				return true
			}
		case zoneHeader:
			if history && string(h.Value) != l.Zone {
				return true
			}
		case baseHeader:
			if history && string(h.Value) != string(l.Base) {
				return true
			}
		}
	}
	return false
}
