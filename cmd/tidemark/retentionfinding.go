package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/schemas"
)

// longRetention is the longest time of which doctor does not say that a topic keeps records for long.
const longRetention = 400 * 24 * time.Hour

// askRetention says which topics keep what was written of an erased customer.
func askRetention(ctx context.Context, cluster *kafka.Cluster, tell func(finding)) {
	all, err := cluster.Retentions(ctx)
	if err != nil {
		tell(finding{Name: "erasure", OK: true, Detail: err.Error(), Remedy: remedy(err, "see the topics above")})
		return
	}
	for _, f := range retentionFindings(all) {
		tell(f)
	}
}

// retentionFindings returns a note for the inputs, the outputs and the dead letters that keep records for ever or for long. They are notes:
// a rebuild needs the inputs, and the erasure in Redis holds whatever the topics keep.
func retentionFindings(all []kafka.Retention) []finding {
	var inputs, outputs, letters []kafka.Retention
	for _, r := range all {
		switch {
		case keeps(r) == "":
		case r.Topic == schemas.DeadLetters:
			letters = append(letters, r)
		case slices.Contains(event.Inputs(), event.Topic(r.Topic)): // a rebuild reads the links too
			inputs = append(inputs, r)
		default:
			outputs = append(outputs, r)
		}
	}
	const set = "kafka-configs --alter --entity-type topics --entity-name TOPIC --add-config retention.ms="
	var found []finding
	note := func(name string, topics []kafka.Retention, consequence, remedy string) {
		if len(topics) > 0 {
			found = append(found, finding{Name: "erasure: " + name, OK: true, Detail: keeping(topics) + ": " + consequence, Remedy: remedy})
		}
	}
	note("inputs", inputs, "what was sent about an erased customer stays readable in the log, though it is never scored again",
		"send pseudonyms as ids, and erase what tells whose they are; or bound the time: "+set+"MS, after which a rebuild scores only what is left")
	note("outputs", outputs, "what was said of an erased customer stays readable", set+"2592000000")
	note("dead letters", letters, "refused events of an erased customer stay readable",
		"once the letters are dealt with, delete them: kafka-delete-records --offset-json-file FILE")
	return found
}

// keeping says for how long each topic keeps records. Topics that keep for equally long share a verb.
func keeping(topics []kafka.Retention) string {
	var order []string
	names := map[string][]string{}
	for _, r := range topics {
		kept := keeps(r)
		if names[kept] == nil {
			order = append(order, kept)
		}
		names[kept] = append(names[kept], r.Topic)
	}
	var parts []string
	for _, kept := range order {
		verb := " keep records "
		if len(names[kept]) == 1 {
			verb = " keeps records "
		}
		parts = append(parts, strings.Join(names[kept], ", ")+verb+kept)
	}
	return strings.Join(parts, "; ")
}

// keeps says for how long a topic keeps records, where the time is for ever or long.
func keeps(r kafka.Retention) string {
	switch {
	case !r.Known || r.Compacted && !r.Aged:
		return "" // a later record of the key replaces a record
	case r.Forever:
		return "for ever"
	case r.Keep > longRetention:
		return fmt.Sprintf("for %d days", r.Keep/(24*time.Hour))
	}
	return ""
}
