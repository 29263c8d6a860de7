package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"tidemark/internal/kafka"
	"tidemark/schemas"
)

// printBeyond says where the id of a customer may still be read after an erasure, and until when.
func printBeyond(ctx context.Context, w io.Writer, cluster *kafka.Cluster, prefix string, now time.Time) error {
	fmt.Fprintln(w, "\nwhat an erasure does not reach")
	all, err := cluster.Retentions(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		fmt.Fprintf(w, "  %-28s %s\n", r.Topic, beyond(r, now))
	}
	for _, other := range [...][2]string{
		{"other keys of Redis", "names that do not begin with " + prefix + ": belong to other programs, which must erase by " + schemas.Erasures},
		{"files of Redis", "snapshots and the append-only file hold the profile until they are written anew: BGSAVE, BGREWRITEAOF"},
		{"backups of Redis", "hold the profile; once one is restored, the service erases again, if the log still holds the ERASED"},
		{"backups of Kafka, mirrors", "hold the records as the topics do"},
		{"subscribers", "whoever copies Tidemark's messages must erase by " + schemas.Erasures},
		{"producers", "whoever sends this id makes a new customer of it"},
	} {
		fmt.Fprintf(w, "  %-28s %s\n", other[0], other[1])
	}
	return nil
}

// beyond says until when a topic may hold what was written to it until now.
func beyond(r kafka.Retention, now time.Time) string {
	until, ends := r.Until(now)
	switch {
	case !r.Known:
		return "the brokers do not show how long it keeps records: look with kafka-configs --describe"
	case r.Topic == schemas.Scores && r.Compacted:
		return "the last score goes when the broker compacts the topic, if the service runs with --publish-scores; else it stays"
	case ends:
		return "keeps records until about " + until.UTC().Format(time.DateOnly)
	case r.Compacted:
		return "is compacted, which removes no events: set cleanup.policy=delete"
	}
	return "keeps records for ever: the id stays readable until an operator deletes the records"
}
