package avro

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"sync"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// MaxLinkBytes is the longest message of links, in bytes. It holds a part with event.MaxLinkContent, the longest path and the most marks. It
// does not depend on Options.MaxBytes, which bounds what others send.
const MaxLinkBytes = 3 << 19 // 1.5 MiB

// EncodeLink returns the message that one id sends to another. Its id is the hash of the record with an empty event_id, by the oldest version of
// the schema that can say it: a message that is repeated has the same id. Without a registry the message itself is of that version, so that a
// process of an older Tidemark reads the parts and erasures of a newer one. A message that a reader would refuse is an error with an *event.Invalid; its reason is event.TooLarge if the
// message exceeds MaxLinkBytes or a bound of package event. The record time of l makes no difference.
func (c *Codec) EncodeLink(l *event.Link) (shard.Output, error) {
	valid := *l
	valid.RecordedAt = max(l.RecordedAt, l.OccurredAt)
	if err := event.Validate(&valid); err != nil {
		return shard.Output{}, fmt.Errorf("encode a message of links: %w", err)
	}
	schema := c.ids[schemas.Links]
	older := l.Referral == nil // version 1 has all fields
	body := wire{b: make([]byte, 0, 512+linkContent(l))}
	if body.link("", l); !older {
		body.linkReferral(l)
	}
	id := digest(body.b)
	if older && schema == formats()[schemas.Links].ID {
		schema = firstLink()
	}
	w := wire{b: binary.BigEndian.AppendUint32(make([]byte, 1, 5+33+len(body.b)+1), schema)}
	w.text(id)
	w.b = append(w.b, body.b[1:]...) // event_id comes first, and was a byte long: empty
	if older && schema != firstLink() {
		w.linkReferral(l)
	}
	if len(w.b) > MaxLinkBytes {
		return shard.Output{}, fmt.Errorf("encode a message of links: %w", event.Invalidf(event.TooLarge, "%d bytes, at most %d", len(w.b), MaxLinkBytes))
	}
	kind := "com.tidemark.customer.link.part.v1"
	switch {
	case l.Erasure != nil:
		kind = "com.tidemark.customer.link.erasure.v1"
	case l.Referral != nil:
		kind = "com.tidemark.customer.link.referral.v1"
	}
	return c.cloudEvent(schemas.Links, l.Customer, id, kind, l.OccurredAt, w.b), nil
}

func linkContent(l *event.Link) int {
	if l.Part == nil {
		return 0
	}
	return len(l.Part.Content)
}

// firstLink is the fixed id of the first version of the schema of links, which has no referral.
var firstLink = sync.OnceValue(func() uint32 {
	all := schemas.Versions()
	return all[slices.IndexFunc(all, func(s schemas.Schema) bool { return s.Topic == schemas.Links })].ID
})

// link appends the record of a message of links, by the first version of its schema.
func (w *wire) link(id string, l *event.Link) {
	w.text(id)
	w.text(l.Customer)
	w.text(l.ID)
	w.int(int64(l.OccurredAt))
	if w.some(l.Part != nil) {
		w.linkPart(l.Part)
	}
	if w.some(l.Erasure != nil) {
		w.text(l.Erasure.From)
		w.int(int64(l.Erasure.At))
		w.maybeInt(int64(l.Erasure.Since), l.Erasure.Linked)
	}
}

// linkReferral appends what the second version of the schema has beyond the first.
func (w *wire) linkReferral(l *event.Link) {
	if w.some(l.Referral != nil) {
		w.text(l.Referral.Buyer)
	}
}

func (w *wire) linkPart(p *event.LinkPart) {
	w.text(p.Sender)
	w.text(p.Origin)
	w.int(int64(p.WordAt))
	w.text(p.WordID)
	w.bool(p.First)
	w.list(len(p.Path), func(i int) { w.text(p.Path[i]) })
	partitions := slices.Sorted(maps.Keys(p.Marks)) // equal messages are equal bytes
	w.list(len(partitions), func(i int) {
		w.text(partitions[i])
		w.int(p.Marks[partitions[i]])
	})
	w.int(int64(len(p.Content)))
	w.b = append(w.b, p.Content...)
}
