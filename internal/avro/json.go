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
	id, episode := ids(t)
	topic, record := told(t, id, episode)
	return topic, appendJSON(nil, value{formats()[topic].record, record})
}

func appendJSON(b []byte, v value) []byte {
	v = v.open()
	if v.native == nil {
		return append(b, "null"...)
	}
	switch v.kind {
	case "record":
		record := v.native.(map[string]any)
		b = append(b, '{')
		for i, f := range v.fields {
			b = strconv.AppendQuote(comma(b, i), f.name)
			b = appendJSON(append(b, ':'), value{f.of, record[f.name]})
		}
		return append(b, '}')
	case "array":
		b = append(b, '[')
		for i, native := range v.native.([]any) {
			b = appendJSON(comma(b, i), value{v.of, native})
		}
		return append(b, ']')
	}
	switch v.logical {
	case "timestamp-millis":
		return strconv.AppendQuote(b, event.Instant(v.native.(int64)).String())
	case "date":
		return strconv.AppendQuote(b, event.Day(v.native.(int32)).String())
	}
	plain, err := json.Marshal(v.native)
	if err != nil {
		panic("avro: " + err.Error()) // strings, finite numbers and booleans only
	}
	return append(b, plain...)
}
