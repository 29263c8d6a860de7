package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"tidemark/internal/event"
)

// jsonl reads one event a line:
//
//	{"topic": "customer.purchases.v1", "recorded_at": "2026-03-01T12:00:00Z", "event": {"event_id": …}}
//
// The fields of an event have the snake_case names of its schema; enums have the symbols of the schema. Unknown fields are
// ignored. Optional fields may be null or absent. If recorded_at is absent, it is occurred_at, or revised_at where that is later.
// Times are RFC 3339 with an offset, cut to the millisecond. A bare date is the start of its day in Options.Zone. An NPS without a scale has the scale 0–10. The
// scale of a feedback without a score is ignored.
//
// A line that is not JSON of this shape is left out, and counted as MALFORMED; so is a line with an unknown topic, or with a field of
// the wrong type. A field that is missing or out of range rejects its event likewise, as on the way through Kafka. An item of an order
// that cannot be read is left out alone, and counted as BAD_ITEM. Only files without a single line of this shape end the reading with an
// error: they are of another format.
type jsonl struct{ *collector }

func (*jsonl) finish() error { return nil }

func (j *jsonl) read(s Source) error {
	in, days := newLines(s), event.NewCalendar(j.Zone)
	for {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if _, bad := errors.AsType[*badLine](err); err != nil && !bad {
			return err
		}
		j.lines++
		var read readEvent
		if err == nil {
			read, err = parseEvent(line, days)
		}
		var invalid *event.Invalid
		switch {
		case errors.As(err, &invalid):
			j.reject(invalid.Reason, in.at, 1, invalid.Error())
			continue
		case err != nil:
			j.leaveOut(in.at, err)
			continue
		}
		for _, item := range read.badItems {
			j.reject(BadItem, in.at, 1, item.Error())
		}
		j.accept(read.event, in.at, 1)
	}
}

// readEvent is an event as a line gives it. badItems say why items of it were left out.
type readEvent struct {
	event    event.Event
	badItems []error
}

// parseEvent returns the event of a line. Dates are days of a calendar. An error of type *event.Invalid says that the line is an event
// that breaks a rule.
func parseEvent(line []byte, days event.Calendar) (readEvent, error) {
	if !utf8.Valid(line) {
		return readEvent{}, errors.New("not UTF-8")
	}
	var outer envelope[json.RawMessage]
	if err := unmarshal(line, &outer); err != nil {
		return readEvent{}, err
	}
	if raw := bytes.TrimSpace(outer.Event); len(raw) == 0 || raw[0] != '{' {
		return readEvent{}, fmt.Errorf(`"event" is not an object, in {"topic": "%s", "event": {…}}`, event.Purchases)
	}
	body, err := newBody(event.Topic(outer.Topic))
	if err != nil {
		return readEvent{}, err
	}
	if err := unmarshal(outer.Event, body); err != nil {
		return readEvent{}, err
	}
	e, err := body.event(days)
	if err != nil {
		return readEvent{}, err
	}
	head := e.Common()
	head.RecordedAt = e.StatedAt()
	if outer.RecordedAt != nil {
		head.RecordedAt = outer.RecordedAt.in(days)
	}
	read := readEvent{event: e}
	if p, ok := body.(*purchase); ok {
		read.badItems = p.Items.bad
	}
	return read, nil
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
	case event.Links:
		return nil, fmt.Errorf(`"topic" %q holds Tidemark's own messages, which follow from the events: leave these lines out`, topic)
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
	field, hint := strings.TrimPrefix(wrong.Field, "head."), ""
	if amount, ok := strings.CutPrefix(wrong.Value, "number "); ok && strings.HasSuffix(field, "_minor") {
		hint = ": an amount is a whole number of minor units, such as cents; " + minorUnits(amount)
	}
	return fmt.Errorf("%q cannot be a %s%s", field, wrong.Value, hint)
}

// minorUnits says what an amount in major units is in cents.
func minorUnits(amount string) string {
	major, err := strconv.ParseFloat(amount, 64)
	if err != nil || math.Abs(major) > event.MaxMinor/100 {
		return "it must be smaller"
	}
	return fmt.Sprintf("give %.0f for %s", math.Round(major*100), amount)
}
