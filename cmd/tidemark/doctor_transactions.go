package main

import (
	"context"
	"fmt"
	"time"

	"tidemark/internal/kafka"
)

// askTransactions looks for open transactions in the input topics. What lies behind one cannot be read, so nothing there is scored, and the
// silence of the partition's customers is not judged.
func askTransactions(ctx context.Context, cluster *kafka.Cluster, tell func(finding)) {
	const name = "transactions"
	open, err := cluster.OpenTransactions(ctx)
	if err != nil {
		tell(finding{Name: name, Detail: err.Error(), Remedy: "see the topics above"})
		return
	}
	if len(open) == 0 {
		tell(finding{Name: name, OK: true, Detail: "none is open in the input topics"})
	}
	for _, t := range open {
		tell(openTransaction(t, time.Now(), cluster.AbortCommand(t.Partition, t.Offset)))
	}
}

// openTransaction is the finding about an open transaction. One that is older than brokers allow hangs.
func openTransaction(t kafka.OpenTransaction, now time.Time, abort string) finding {
	age := now.Sub(t.Since.Time()).Round(time.Second)
	f := finding{
		Name: "transactions", OK: age < kafka.LongestTransaction,
		Detail: fmt.Sprintf("one is open in %s, from offset %d on, for %s: %d offsets are not scored, and silence is not judged there", t.Partition, t.Offset, age, t.Held),
		Remedy: "its producer ends it, or a broker after transaction.timeout.ms; if the producer is gone for good: " + abort,
	}
	if !f.OK {
		f.Remedy = "it hangs: brokers end transactions after 15 minutes at most (transaction.max.timeout.ms), unless told otherwise; if the producer is gone: " + abort
	}
	return f
}
