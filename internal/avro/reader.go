package avro

import (
	"errors"
	"fmt"

	"github.com/linkedin/goavro/v2"

	"tidemark/internal/event"
)

// reader reads the messages of one schema.
type reader struct {
	// topic is the topic of the events that the schema describes.
	topic event.Topic
	// read returns the event of a record, not validated, or an *event.Invalid. The event shares no memory with the record.
	read func([]byte) (event.Event, error)
}

// readable are the topics whose messages are events: the inputs, and what Tidemark sends to itself.
func readable() []event.Topic { return event.Inputs() }

// newReader compiles a writer's schema. The name of its record, without the namespace, decides the type of the events.
func newReader(text string) (reader, error) {
	writer, err := parseSchema(text)
	if err != nil {
		return reader{}, err
	}
	if _, err := goavro.NewCodec(writer.text()); err != nil { // which knows what we do not ask for
		return reader{}, err
	}
	for _, topic := range readable() {
		if f := formats()[string(topic)]; f.Record == writer.record() {
			read, err := compile(topic, writer, f.record)
			return reader{topic, read}, err
		}
	}
	return reader{}, fmt.Errorf("a schema of %s %s, which is no event", writer.kind, writer.name)
}

func compile(topic event.Topic, writer, ours *schema) (func([]byte) (event.Event, error), error) {
	switch topic {
	case event.Purchases:
		p, err := planPurchase(writer, ours)
		return func(b []byte) (event.Event, error) {
			e := new(event.Purchase)
			return e, p.decode(e, b)
		}, err
	case event.Interactions:
		p, err := bind(writer, ours, interactionSetters)
		return func(b []byte) (event.Event, error) {
			e := new(event.Interaction)
			return e, p.decode(e, b)
		}, err
	case event.Feedbacks:
		p, err := bind(writer, ours, feedbackSetters)
		return func(b []byte) (event.Event, error) {
			e := new(event.Feedback)
			err := p.decode(e, b)
			fixScale(e)
			return e, err
		}, err
	case event.Links:
		p, err := planLink(writer, ours)
		return func(b []byte) (event.Event, error) {
			e := new(event.Link)
			return e, p.decode(e, b)
		}, err
	}
	return nil, errors.New("no type for topic " + string(topic))
}

// decode reads a message that is one record. It returns the worst fault of the message.
func (p plan[T]) decode(to *T, b []byte) error {
	r := newScanner(b)
	switch err := p.read(to, &r); {
	case err != nil:
		return event.Invalidf(event.Malformed, "%s: %s", p.writer.name, err)
	case r.at < len(b):
		return event.Invalidf(event.TrailingBytes, "%d bytes after the record", len(b)-r.at)
	case r.late != nil:
		return event.Invalidf(event.Malformed, "%s: %s", p.writer.name, r.late)
	case r.refused != nil:
		return event.Invalidf(event.BadField, "%s", r.refused)
	}
	return nil
}
