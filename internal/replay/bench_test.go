package replay_test

import (
	"runtime"
	"runtime/metrics"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/realdata"
	"tidemark/internal/replay"
	"tidemark/internal/score"
)

func defaultEngine(t testing.TB) *score.Engine {
	t.Helper()
	return engineOf(t, model.Default())
}

// engineOf is the engine of a model file.
func engineOf(t testing.TB, source []byte) *score.Engine {
	t.Helper()
	m, err := model.Parse(source)
	if err != nil {
		t.Fatalf("parse the model: %v", err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatalf("NewEngine: %v", err)
	}
	return e
}

// One run is 69,659 orders of 23,570 customers over 18 months, with every review and every transition.
func BenchmarkReplayCDNOW(b *testing.B) {
	log, err := dataset.Read(dataset.CDNOW, []string{realdata.File(b, "cdnow/CDNOW_master.txt")}, nil)
	if err != nil {
		b.Fatalf("read CDNOW: %v", err)
	}
	e := defaultEngine(b)
	b.ReportAllocs()
	transitions := 0
	for b.Loop() {
		result := replay.Run(e, log.Events, 0)
		transitions = len(result.Transitions())
	}
	b.ReportMetric(float64(transitions), "transitions")
	b.ReportMetric(float64(len(log.Events))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// One run is a log of 20,000 simulated customers. The log takes some 360 bytes an order. The heap is the most memory of objects while
// customers come by, less that of the log: a few megabytes that are in use for any number of customers, and garbage. With GOGC=100 the
// garbage grows to the size of the log before it is collected.
func BenchmarkStream(b *testing.B) {
	const customers = 20_000
	events, e := simulated(b, customers), defaultEngine(b)
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	inUse := func() uint64 {
		metrics.Read(heap)
		return heap[0].Value.Uint64()
	}
	runtime.GC()
	before, most := inUse(), uint64(0)
	for b.Loop() {
		n := 0
		_, err := replay.Stream(b.Context(), e, events, replay.Options{}, func(c *replay.Customer) score.Score { return e.Score(c.Profile, c.Profile.AsOf) },
			func(score.Score) error {
				if n++; n%1000 == 0 {
					most = max(most, inUse())
				}
				return nil
			})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*customers), "µs/customer")
	b.ReportMetric(float64(most-min(most, before))/customers, "heap-B/customer")
	b.ReportMetric(float64(before)/customers, "log-B/customer")
}
