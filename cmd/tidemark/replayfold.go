package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/spreadsheet"
	"tidemark/internal/terminal"
	"tidemark/internal/watch"
)

// fold goes through a log customer by customer. It writes the scores on the way, and keeps sums: so it needs little memory beside that of
// the events. The transitions of all customers together are sorted by time, on disk if they are many.
type fold struct {
	engine *score.Engine
	asOf   event.Instant
	maxAge time.Duration
	// scores and transitions say which files are wanted.
	scores, transitions bool

	// population counts at the ends of days; nil where nobody asks.
	population *replay.Population

	timeline replay.Timeline
	// counters are those of all settled forecasts, under the names that the census of a live run uses.
	counters map[string]int64
	summary  summary
}

// folded is what the files and the sums need of one customer.
type folded struct {
	customer replay.Customer
	score    score.Score
	// held and heldValue are the terms of the churn stack, and of the value stack, that hold the customer at an edge.
	held, heldValue []string
	cells           []string // of the scores file
	lines           []replay.Line
	// published is how many of the transitions are published.
	published int
}

// run folds the events and writes the scores to the file of a name; see writeTo.
func (f *fold) run(ctx context.Context, s streams, scores string, events []event.Event) error {
	f.summary = newSummary(f.engine)
	var totals replay.Totals
	var failed error
	err := writeTo(scores, s, func(w io.Writer) error {
		out := spreadsheet.NewWriter(w)
		if f.scores {
			if err := out.Write(score.Columns()); err != nil {
				return err
			}
		}
		shown := terminal.NewProgress(s.err, "scoring")
		defer shown.End()
		o := replay.Options{AsOf: f.asOf, Progress: func(done, all int) { shown.Show(int64(done), int64(all), "customers") }}
		if f.population != nil {
			o.Follow = f.population.Follower()
		}
		totals, failed = replay.Stream(ctx, f.engine, events, o, f.of, func(c *folded) error { return f.take(out, c) })
		return out.Flush()
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	f.summary.total(f.engine, &totals)
	f.summary.maxAge = f.maxAge
	return nil
}

// of evaluates one customer. It is called for several at once.
func (f *fold) of(c *replay.Customer) *folded {
	out := &folded{customer: *c}
	if c.Scored() {
		out.score = f.engine.Score(c.Profile, f.asOf)
		for _, term := range f.engine.Held(&c.Profile, f.asOf) {
			out.held = append(out.held, term.String())
		}
		for _, term := range f.engine.HeldValue(&c.Profile, f.asOf) {
			out.heldValue = append(out.heldValue, term.String())
		}
	}
	if f.scores && c.Scored() {
		out.cells = out.score.Row()
	}
	profile := c.Profile
	for i, public := range profile.Publish(c.Transitions, f.asOf, f.maxAge) {
		if public {
			out.published++
		}
		if f.transitions {
			out.lines = append(out.lines, transitionLine(c.Transitions[i], public))
		}
	}
	return out
}

// take writes and counts what was found of one customer.
func (f *fold) take(scores *spreadsheet.Writer, c *folded) error {
	if c.cells != nil {
		if err := scores.Write(c.cells); err != nil {
			return fmt.Errorf("write scores: %w", err)
		}
	}
	for _, l := range c.lines {
		if err := f.timeline.Add(l); err != nil {
			return fmt.Errorf("write transitions: %w", err)
		}
	}
	watch.Count(f.counters, c.customer.Outcomes)
	f.summary.add(c)
	return nil
}

// transitionLine returns a line {"topic": …, "event": …, "sequence": …, "published": …}. An alert of the control group that the model keeps
// back also has "kept_back_as": "CONTROL_GROUP".
func transitionLine(t score.Transition, public bool) replay.Line {
	topic, line := avro.TransitionJSON(t)
	stamp, why := t.Common(), ""
	if stamp.Unannounced && !public {
		why = `,"kept_back_as":"CONTROL_GROUP"`
	}
	text := fmt.Appendf(nil, `{"topic":%q,"event":%s,"sequence":%d,"published":%t%s}`+"\n", topic, line, stamp.Sequence, public, why)
	return replay.Line{At: stamp.AsOf, Customer: stamp.Customer, Sequence: stamp.Sequence, Text: text}
}

// writeTransitions writes the lines of all transitions in order of time.
func (f *fold) writeTransitions(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	if err := f.timeline.Write(ctx, out); err != nil {
		return err
	}
	return out.Flush()
}
