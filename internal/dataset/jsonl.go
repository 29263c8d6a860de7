package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"tidemark/internal/event"
)

// jsonl reads one event a line:
//
//	{"topic": "customer.purchases.v1", "recorded_at": "2026-03-01T12:00:00Z", "event": {"event_id": …}}
//
// The fields of an event have the snake_case names of its schema; enums have the symbols of the schema. Unknown fields are
// ignored. Optional fields may be null or absent. If recorded_at is absent, it is occurred_at. Times are RFC 3339 with an
// offset, cut to the millisecond. A bare date is 00:00 UTC, in whatever zone days are counted later. An NPS without a scale has
// the scale 0–10. The scale of a feedback without a score is ignored.
//
// A line ends the reading if it is not JSON of this shape, if its topic is unknown, or if a field has the wrong type. A field
// that is missing or out of range rejects only the event, as on the way through Kafka.
type jsonl struct{ *collector }

func (j *jsonl) finish() error { return nil }

func (j *jsonl) read(s Source) error {
	in := newLines(s)
	for {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		j.lines++
		e, err := parseEvent(line)
		var invalid *event.Invalid
		switch {
		case errors.As(err, &invalid):
			j.reject(invalid.Reason, in.at, 1, invalid.Error())
		case err != nil:
			return malformed(in.at, "%w", err)
		default:
			j.accept(e, in.at, 1)
		}
	}
}

// parseEvent returns the event of a line. An error of type *event.Invalid says that the line is an event that breaks a rule.
func parseEvent(line []byte) (event.Event, error) {
	if !utf8.Valid(line) {
		return nil, errors.New("not UTF-8")
	}
	var outer envelope[json.RawMessage]
	if err := unmarshal(line, &outer); err != nil {
		return nil, err
	}
	if raw := bytes.TrimSpace(outer.Event); len(raw) == 0 || raw[0] != '{' {
		return nil, fmt.Errorf(`"event" is not an object, in {"topic": "%s", "event": {…}}`, event.Purchases)
	}
	body, err := newBody(event.Topic(outer.Topic))
	if err != nil {
		return nil, err
	}
	if err := unmarshal(outer.Event, body); err != nil {
		return nil, err
	}
	e, err := body.event()
	if err != nil {
		return nil, err
	}
	head := e.Common()
	head.RecordedAt = head.OccurredAt
	if outer.RecordedAt != nil {
		head.RecordedAt = event.Instant(*outer.RecordedAt)
	}
	return e, nil
}

// newBody returns an empty body for the topic's events.
func newBody(topic event.Topic) (body, error) {
	switch topic {
	case event.Purchases:
		return &purchase{}, nil
	case event.Interactions:
		return &interaction{}, nil
	case event.Feedbacks:
		return &feedback{}, nil
	}
	names := make([]string, 0, 3)
	for _, t := range event.Topics() {
		names = append(names, string(t))
	}
	return nil, fmt.Errorf(`"topic" %q is none of %s`, topic, strings.Join(names, ", "))
}

// unmarshal is json.Unmarshal with errors that people can read.
func unmarshal(b []byte, into any) error {
	err := json.Unmarshal(b, into)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not one JSON object a line: %w", syntax)
	}
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return err
	}
	if wrong.Field == "" {
		return fmt.Errorf("not an object but a JSON %s", wrong.Value)
	}
	return fmt.Errorf("%q cannot be a %s", strings.TrimPrefix(wrong.Field, "head."), wrong.Value)
}
