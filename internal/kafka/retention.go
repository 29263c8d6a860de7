package kafka

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Retention says for how long a topic keeps a record.
type Retention struct {
	Topic string
	// Known is false if the brokers do not show the settings.
	Known bool
	// Compacted says that a later record of the same key replaces a record. Aged says that records are deleted by age.
	Compacted, Aged bool
	// Keep is retention.ms, and Segment is segment.ms: a record is deleted with its whole segment. Forever says that no age ends a record.
	Keep, Segment time.Duration
	Forever       bool
}

// Until is the time until which a record that is written at a time may be read; false where no time ends it. A broker deletes whole segments,
// and a segment takes records for as long as Segment.
func (r Retention) Until(written time.Time) (time.Time, bool) {
	if !r.Known || !r.Aged || r.Forever {
		return time.Time{}, false
	}
	return written.Add(r.Keep + r.Segment), true
}

// Retentions returns the retention of the topics of the design that exist, in the order of CheckTopics.
func (c *Cluster) Retentions(ctx context.Context) ([]Retention, error) {
	found, settings, err := c.asTheyAre(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the retention of the topics: %w", err)
	}
	var all []Retention
	for _, t := range topics() {
		if len(found[t.name]) > 0 {
			all = append(all, retentionOf(t.name, settings[t.name]))
		}
	}
	return all, nil
}

func retentionOf(topic string, settings map[string]string) Retention {
	r := Retention{Topic: topic}
	policy, known := settings["cleanup.policy"]
	if !known {
		return r
	}
	r.Compacted, r.Aged = strings.Contains(policy, "compact"), strings.Contains(policy, "delete")
	keep, err := strconv.ParseInt(settings["retention.ms"], 10, 64)
	r.Known = err == nil || !r.Aged
	r.Keep, r.Forever = milliseconds(keep)
	if segment, err := strconv.ParseInt(settings["segment.ms"], 10, 64); err == nil {
		r.Segment, _ = milliseconds(segment)
	}
	return r
}

// milliseconds returns a setting as a duration. Negative says for ever; so does what a duration cannot hold, 292 years.
func milliseconds(n int64) (d time.Duration, forever bool) {
	const most = int64(1<<63-1) / int64(time.Millisecond)
	if n < 0 || n > most {
		return 0, true
	}
	return time.Duration(n) * time.Millisecond, false
}
