package avro

import (
	"fmt"
	"maps"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// MaxLinkBytes is the longest message of links, in bytes. It holds a part with event.MaxLinkContent, the longest path and the most marks. It
// does not depend on Options.MaxBytes, which bounds what others send.
const MaxLinkBytes = 3 << 19 // 1.5 MiB

// EncodeLink returns the message that one id sends to another. Its id is the hash of the record with an empty event_id: a message that is
// repeated has the same id. A message that a reader would refuse is an error with an *event.Invalid; its reason is event.TooLarge if the
// message exceeds MaxLinkBytes or a bound of package event. The record time of l makes no difference.
func (c *Codec) EncodeLink(l *event.Link) (shard.Output, error) {
	valid := *l
	valid.RecordedAt = max(l.RecordedAt, l.OccurredAt)
	if err := event.Validate(&valid); err != nil {
		return shard.Output{}, fmt.Errorf("encode a message of links: %w", err)
	}
	body := wire{b: make([]byte, 0, 512+linkContent(l))}
	body.link("", l)
	id := digest(body.b)
	w := wire{b: c.frame(schemas.Links, 5+33+len(body.b))}
	w.text(id)
	w.b = append(w.b, body.b[1:]...) // event_id comes first, and was a byte long: empty
	if len(w.b) > MaxLinkBytes {
		return shard.Output{}, fmt.Errorf("encode a message of links: %w", event.Invalidf(event.TooLarge, "%d bytes, at most %d", len(w.b), MaxLinkBytes))
	}
	kind := "com.tidemark.customer.link.part.v1"
	if l.Erasure != nil {
		kind = "com.tidemark.customer.link.erasure.v1"
	}
	return c.cloudEvent(schemas.Links, l.Customer, id, kind, l.OccurredAt, w.b), nil
}

func linkContent(l *event.Link) int {
	if l.Part == nil {
		return 0
	}
	return len(l.Part.Content)
}

// link appends the record of a message of links.
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
