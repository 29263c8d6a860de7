package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// The headers of a dead letter that name the input topic of its record and the reason.
const (
	LetterTopic  = "__connect.errors.topic"
	LetterReason = "tidemark.error.code"
)

// deadLetter is a record that is not accepted, as its message in the dead letters, and the reason.
type deadLetter struct {
	output shard.Output
	topic  event.Topic
	reason event.Reason
	// detail makes the reason more exact, for the breaker: the currency without a rate.
	detail string
	// short is not nil if the letter does not hold all of the record.
	short *Notice
}

// letter keeps key, value, headers and timestamp of a record as they are, unless they are too large: see fit. It adds the headers that
// Kafka Connect writes to its dead letter queues, and a reason code. The id is the place of the record in the log, so that a repetition shows.
func letter(r stream.Record, err error) deadLetter {
	reason := event.ReasonOf(err)
	var short *Notice
	if !fits(r) {
		short = &Notice{Kind: Shortened, Partition: shard.Partition{Topic: r.Topic, Index: r.Partition}, Offset: r.Offset, Err: err}
		r = fit(r)
	}
	place := strconv.Itoa(r.Partition)
	offset := strconv.FormatInt(r.Offset, 10)
	headers := slices.Clone(r.Headers)
	for _, h := range [...][2]string{
		{LetterTopic, string(r.Topic)},
		{"__connect.errors.partition", place},
		{"__connect.errors.offset", offset},
		{"__connect.errors.connector.name", "tidemark"},
		{"__connect.errors.task.id", place},
		{"__connect.errors.stage", stageOf(reason)},
		{"__connect.errors.class.name", "tidemark"},
		{"__connect.errors.exception.class.name", string(reason)},
		{"__connect.errors.exception.message", firstBytes(err.Error(), 4<<10)},
		{LetterReason, string(reason)},
	} {
		headers = append(headers, stream.Header{Key: h[0], Value: []byte(h[1])})
	}
	return deadLetter{
		topic: r.Topic, reason: reason, short: short,
		output: shard.Output{
			ID:    fmt.Sprintf("%s/%s/%s", r.Topic, place, offset),
			Topic: schemas.DeadLetters, Key: r.Key, Value: r.Value, Headers: headers, Time: r.Time,
		},
	}
}

// firstBytes is the beginning of a text, at most n bytes.
func firstBytes(text string, n int) string { return strings.ToValidUTF8(text[:min(len(text), n)], "") }

// stageOf is Kafka Connect's name of the stage that failed: the conversion of the value, or the processing after it.
func stageOf(r event.Reason) string {
	if r == event.TooLate || r == event.TooOld || r == event.UnknownCurrency {
		return "TASK_PUT"
	}
	return "VALUE_CONVERTER"
}

// publishBad sends bad records to the dead letters. It returns when they are acknowledged.
func (s *session) publishBad(ctx context.Context, bad []*item) error {
	letters := make([]deadLetter, len(bad))
	for i, x := range bad {
		letters[i] = letter(x.record, x.err)
		s.metrics.events.WithLabelValues(string(x.record.Topic), "invalid").Inc()
	}
	return s.publishLetters(ctx, letters, map[string]struct{}{})
}

// publishLetters sends the letters that are not in sent yet, and adds their ids to sent.
func (s *session) publishLetters(ctx context.Context, letters []deadLetter, sent map[string]struct{}) error {
	var outputs []shard.Output
	for _, d := range letters {
		if _, ok := sent[d.output.ID]; ok {
			continue
		}
		sent[d.output.ID] = struct{}{}
		outputs = append(outputs, d.output)
		if d.short != nil {
			s.cfg.Report(*d.short)
		}
		s.metrics.deadLetters.WithLabelValues(string(d.topic), string(d.reason)).Inc()
		if s.refused == nil {
			s.refused = map[string]int{}
		}
		s.refused[strings.TrimSpace(string(d.reason)+" "+d.detail)]++
	}
	return s.outlet.send(ctx, outputs)
}
