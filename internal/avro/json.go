package avro

import (
	"encoding/json"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// TransitionJSON returns the topic of a transition and its record as one line of JSON: the fields of the Avro record, in
// its order and from the same values, with enum symbols and RFC 3339 times. The sequence, a header on Kafka, is not in it.
func TransitionJSON(t score.Transition) (topic string, line []byte) {
	topic = topicOf(t)
	return topic, appendJSON(nil, formats()[topic].record, told(t))
}

func appendJSON(b []byte, s *schema, native any) []byte {
	s, native = branch(s, native)
	if native == nil {
		return append(b, "null"...)
	}
	switch s.kind {
	case "record":
		record := native.(map[string]any)
		b = append(b, '{')
		for i, f := range s.fields {
			b = strconv.AppendQuote(comma(b, i), f.name)
			b = appendJSON(append(b, ':'), f.of, record[f.name])
		}
		return append(b, '}')
	case "array":
		b = append(b, '[')
		for i, item := range native.([]any) {
			b = appendJSON(comma(b, i), s.of, item)
		}
		return append(b, ']')
	}
	switch s.logical {
	case "timestamp-millis":
		return strconv.AppendQuote(b, event.Instant(native.(int64)).String())
	case "date":
		return strconv.AppendQuote(b, event.Day(native.(int32)).String())
	}
	plain, err := json.Marshal(native)
	if err != nil {
		panic("avro: " + err.Error()) // strings, finite numbers and booleans only
	}
	return append(b, plain...)
}

// branch opens goavro's value of a union; it is nil for null.
func branch(s *schema, native any) (*schema, any) {
	if s.kind != "union" {
		return s, native
	}
	choice, _ := native.(map[string]any)
	for _, of := range s.branches {
		if inside, ok := choice[of.name]; ok {
			return of, inside
		}
	}
	return s, nil
}
