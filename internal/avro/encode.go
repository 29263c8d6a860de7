package avro

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// Identify returns the id of a transition: the hex of the first 16 bytes of SHA-256 over its Avro record, unframed, with event_id
// and episode_id empty. The record is written by the oldest version of its schema that has all fields and symbols that t uses: so a new
// version changes no id of what could be said before. The ids that t carries and its sequence make no difference. A number that is not
// finite is a bug, and panics.
func Identify(t score.Transition) string {
	w := wire{b: make([]byte, 0, recordBytes), version: oldest(t)}
	if w.transition(t, "", ""); w.err != nil {
		panic("avro: " + w.err.Error())
	}
	return digest(w.b)
}

// recordBytes is the size of a buffer that holds most transitions.
const recordBytes = 1024

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

var errNoID = errors.New("a transition without an id cannot be told")

// Encode returns the message of a transition: its record under the ids that t carries, as a CloudEvent in binary mode. The
// producer sets the record time. A transition without an id is an error, as is a number that is not finite.
func (c *Codec) Encode(t score.Transition) (shard.Output, error) {
	id, episode := ids(t)
	if id == "" {
		return shard.Output{}, errNoID
	}
	topic := topicOf(t)
	w := wire{b: c.frame(topic, recordBytes)}
	if w.transition(t, id, episode); w.err != nil {
		return shard.Output{}, fmt.Errorf("encode transition %s: %w", id, w.err)
	}
	s := t.Common()
	out := c.cloudEvent(topic, s.Customer, id, kind(t), s.AsOf, w.b)
	out.Headers = append(out.Headers, stream.Header{Key: "sequence", Value: strconv.AppendInt(nil, s.Sequence, 10)})
	return out, nil
}

// EncodeEvent returns the message of an input event. Its record time is the time of occurrence. Equal events give equal bytes.
func (c *Codec) EncodeEvent(e event.Event) shard.Output {
	h, topic := e.Common(), string(e.Topic())
	w := wire{b: c.frame(topic, 512)}
	switch e := e.(type) {
	case *event.Purchase:
		w.purchase(e)
	case *event.Interaction:
		w.interaction(e)
	case *event.Feedback:
		w.feedback(e)
	case *event.Link:
		panic("avro: a message of links has EncodeLink")
	}
	return shard.Output{ID: h.ID, Topic: topic, Key: []byte(h.Customer), Value: w.b, Time: h.OccurredAt}
}

// cloudEvent returns a message with the headers of CloudEvents 1.0 (Kafka binding, binary mode). The list of headers has room for
// one more.
func (c *Codec) cloudEvent(topic, customer, id, kind string, at event.Instant, value []byte) shard.Output {
	headers := append(make([]stream.Header, 0, 7),
		stream.Header{Key: "ce_specversion", Value: c.specVersion},
		stream.Header{Key: "ce_id", Value: []byte(id)},
		stream.Header{Key: "ce_source", Value: c.source},
		stream.Header{Key: "ce_type", Value: []byte(kind)},
		stream.Header{Key: "ce_time", Value: at.Append(nil)},
		stream.Header{Key: "content-type", Value: c.contentType},
	)
	return shard.Output{ID: id, Topic: topic, Key: []byte(customer), Value: value, Headers: headers}
}

// frame begins a message in Confluent framing: a zero byte, and the schema id of the topic in four bytes, big-endian.
func (c *Codec) frame(topic string, size int) []byte {
	return binary.BigEndian.AppendUint32(make([]byte, 1, size), c.ids[topic])
}
