package avro

import (
	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// Decode returns the validated event of a record. A bad record gives an *event.Invalid. If the registry does not answer, the error is
// stream.ErrSchemaUnavailable, and the record may be good. The event shares no memory with the record. The markers that end transactions never
// come here: a fetch leaves them out.
func (c *Codec) Decode(r stream.Record) (e event.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			e, err = nil, event.Invalidf(event.Crash, "%v", p)
		}
	}()
	if err := tooLong(r); err != nil {
		return nil, err
	}
	if most := c.most(r.Topic); len(r.Value) > most {
		return nil, event.Invalidf(event.TooLarge, "%d bytes, at most %d", len(r.Value), most)
	}
	if len(r.Value) == 0 {
		return nil, event.Invalidf(event.Empty, "no value")
	}
	id, body, err := unframe(r)
	if err != nil {
		return nil, err
	}
	schema, err := c.reader(id)
	if err != nil {
		return nil, err
	}
	if schema.topic != r.Topic {
		return nil, event.Invalidf(event.UnknownSchema, "schema %s is one of %s", id, schema.topic)
	}
	e, err = schema.read(body)
	if err != nil {
		return nil, err
	}
	h := e.Common()
	h.RecordedAt = r.Time
	if r.Topic == event.Links {
		// occurred_at was held to the record time of the event that caused the message. The clock of a home may be behind the clock of that
		// event's producer: the message must not be refused for that.
		h.RecordedAt = max(r.Time, h.OccurredAt)
	}
	if err := event.Validate(e); err != nil {
		return nil, err
	}
	if string(r.Key) != h.Customer { // the key decides the partition, and so the shard
		return nil, event.Invalidf(event.BadKey, "the key of %d bytes is not the customer_id", len(r.Key))
	}
	return e, nil
}

// most is the longest value of a topic that is decoded, in bytes.
func (c *Codec) most(topic event.Topic) int {
	if topic == event.Links {
		return MaxLinkBytes
	}
	return c.max
}

// tooLong returns why a record is not held whole, or nil.
func tooLong(r stream.Record) error {
	switch {
	case r.Cut == nil:
		return nil
	case r.Cut.Unread:
		return event.Invalidf(event.TooLarge, "its batch is too large once it is decompressed: it was not read")
	}
	return event.Invalidf(event.TooLarge, "a key of %d bytes, a value of %d bytes, %d headers", r.Cut.Key, r.Cut.Value, r.Cut.Headers)
}

// reader returns the reader of a schema. Our own schemas are found by fixed id, all others in the registry.
func (c *Codec) reader(id schemaID) (reader, error) {
	if r, ok := c.fixed[id.number]; ok && !id.global {
		return r, nil
	}
	if c.registry == nil {
		return reader{}, event.Invalidf(event.UnknownSchema, "schema %s is none of ours, and there is no registry", id)
	}
	return c.registry.reader(id)
}
