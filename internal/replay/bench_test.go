package replay_test

import (
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
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatalf("parse the default model: %v", err)
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
