package dataset

import (
	"fmt"
	"strings"
	"testing"
)

// One run reads 10,000 orders of a shop's export.
func BenchmarkOrders(b *testing.B) {
	var table strings.Builder
	table.WriteString(shopifyHeader + "\n")
	for i := range 10_000 {
		fmt.Fprintf(&table, "#%d,c%d@x.com,paid,EUR,\"%d.%02d\",2026-0%d-%02d 10:00:00 +0100,\"Cup, big\",,0.00\n", i, i%2000, i%900, i%100, 1+i%9, 1+i%28)
	}
	b.ReportAllocs()
	for b.Loop() {
		log, err := readOrders(Options{}, Source{Name: "o.csv", Reader: strings.NewReader(table.String())})
		if err != nil || len(log.Events) != 10_000 {
			b.Fatalf("got %d events, %v, want 10000", len(log.Events), err)
		}
	}
	b.ReportMetric(float64(10_000*b.N)/b.Elapsed().Seconds(), "orders/s")
}
