package avro

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// TransitionJSON returns the topic of a transition, and its Avro record as one line of JSON: fields in the order of the schema
// (but for those of whereSaid that are null), enums as symbols, times in RFC 3339. The sequence is missing, since on Kafka it is a header. A number that is not finite is a
// bug, and panics.
func TransitionJSON(t score.Transition) (topic string, line []byte) {
	topic = topicOf(t)
	id, episode := ids(t)
	w := wire{b: make([]byte, 0, recordBytes)}
	w.transition(t, id, episode)
	r := newScanner(w.b)
	line, err := r.json(make([]byte, 0, 2*recordBytes), formats()[topic].record)
	if err = errors.Join(w.err, err); err != nil {
		panic("avro: " + err.Error())
	}
	return topic, line
}

// whereSaid are the fields that a line has only where they say something: newer versions have added them, and a line that says nothing new
// stays as it was.
var whereSaid = [...]string{"reasons", "value_reasons", "measured", "since_taken", "order_channels"}

// json reads a value of s and appends it as JSON. It knows the types of our own schemas only.
func (r *scanner) json(b []byte, s *schema) ([]byte, error) {
	s, err := r.open(s)
	if err != nil {
		return nil, err
	}
	switch s.kind {
	case "record":
		return r.object(b, s)
	case "array":
		return r.array(b, s)
	}
	v, err := r.value(s)
	if err != nil {
		return nil, err
	}
	return v.json(b)
}

func (r *scanner) object(b []byte, s *schema) (_ []byte, err error) {
	b = append(b, '{')
	written := 0
	for _, f := range s.fields {
		before := len(b)
		b = append(quoted(comma(b, written), f.name), ':')
		value := len(b)
		if b, err = r.json(b, f.of); err != nil {
			return nil, err
		}
		if slices.Contains(whereSaid[:], f.name) && string(b[value:]) == "null" {
			b = b[:before]
			continue
		}
		written++
	}
	return append(b, '}'), nil
}

func (r *scanner) array(b []byte, s *schema) ([]byte, error) {
	b = append(b, '[')
	for i := 0; ; {
		n, err := r.block()
		if err != nil || n == 0 {
			return append(b, ']'), err
		}
		for range n {
			if b, err = r.json(comma(b, i), s.of); err != nil {
				return nil, err
			}
			i++
		}
	}
}

// json appends a value that contains no other values.
func (v value) json(b []byte) ([]byte, error) {
	switch v.logical {
	case "timestamp-millis":
		return append(event.Instant(v.n).Append(append(b, '"')), '"'), nil
	case "date":
		return quoted(b, event.Day(v.n).String()), nil
	}
	switch v.kind {
	case "null":
		return append(b, "null"...), nil
	case "boolean":
		return strconv.AppendBool(b, v.n == 1), nil
	case "enum":
		return quoted(b, v.symbols[v.n]), nil
	case "int", "long":
		return strconv.AppendInt(b, v.n, 10), nil
	case "string":
		return marshalled(b, string(v.bytes))
	case "double":
		return marshalled(b, v.x)
	}
	return nil, fmt.Errorf("no JSON for a %s", v.kind)
}

// quoted appends a text that needs no escapes: a name of ours, or a time.
func quoted(b []byte, name string) []byte { return append(append(append(b, '"'), name...), '"') }

func marshalled(b []byte, plain any) ([]byte, error) {
	text, err := json.Marshal(plain)
	return append(b, text...), err
}
