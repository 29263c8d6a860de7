package main

import (
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/shard"
)

// An open transaction is a note, with the way on. One that is older than brokers allow must be mended.
func TestDoctorNamesOpenTransactions(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		age  time.Duration
		ok   bool
		want string
	}{{time.Minute, true, "its producer ends it"}, {time.Hour, false, "it hangs"}} {
		open := kafka.OpenTransaction{
			Partition: shard.Partition{Topic: event.Purchases, Index: 3}, Offset: 20, Held: 60, Since: event.InstantOf(now.Add(-row.age)),
		}
		f := openTransaction(open, now, "kafka-transactions.sh abort")
		if f.OK != row.ok || !strings.Contains(f.Remedy, row.want) || !strings.HasSuffix(f.Remedy, "kafka-transactions.sh abort") {
			t.Errorf("open for %s: %+v, want OK %t and the remedy %q", row.age, f, row.ok, row.want)
		}
		for _, want := range []string{"customer.purchases.v1/3", "offset 20", "60 offsets", row.age.String()} {
			if !strings.Contains(f.Detail, want) {
				t.Errorf("open for %s: %q, want %q in it", row.age, f.Detail, want)
			}
		}
	}
}
