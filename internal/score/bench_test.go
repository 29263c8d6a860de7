package score_test

import (
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// The benchmarks are of a typical customer: 30 weekly purchases, next one due.

func BenchmarkApplyPurchase(b *testing.B) {
	e := shipped(b)
	p, _ := weekly(b, e)
	next := purchase(30)
	b.ReportAllocs()
	for b.Loop() {
		e.Apply(p, next)
	}
}

func BenchmarkApplyView(b *testing.B) {
	e := shipped(b)
	p, _ := weekly(b, e)
	at := p.AsOf + hour
	view := &event.Interaction{Head: event.Head{ID: "v", Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.PageView}
	b.ReportAllocs()
	for b.Loop() {
		e.Apply(p, view)
	}
}

func BenchmarkApplyRepeated(b *testing.B) {
	e := shipped(b)
	p, last := weekly(b, e)
	b.ReportAllocs()
	for b.Loop() {
		e.Apply(p, last)
	}
}

// The first purchase tells of an ENTRY, and so pays for its explanation and its id.
func BenchmarkApplyEntry(b *testing.B) {
	e := shipped(b)
	p, first := e.New("c"), purchase(0)
	b.ReportAllocs()
	for b.Loop() {
		e.Apply(p, first)
	}
}

func BenchmarkReview(b *testing.B) {
	e := shipped(b)
	p, _ := weekly(b, e)
	p.Due = p.AsOf + day // as if something were crossed then: one look
	b.ReportAllocs()
	for b.Loop() {
		e.Review(p, p.Due)
	}
}

func BenchmarkSchedule(b *testing.B) {
	e := shipped(b)
	p, _ := weekly(b, e)
	p.Due = score.Unscheduled
	b.ReportAllocs()
	for b.Loop() {
		e.Schedule(p)
	}
}

func BenchmarkNextCrossing(b *testing.B) {
	e := shipped(b)
	p, _ := weekly(b, e)
	b.ReportAllocs()
	for b.Loop() {
		e.NextCrossing(p, p.AsOf)
	}
}

func BenchmarkAppend(b *testing.B) {
	e := shipped(b)
	p, _ := weekly(b, e)
	buffer := p.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		buffer = p.Append(buffer[:0])
	}
	b.ReportMetric(float64(len(buffer)), "bytes/profile")
}

func BenchmarkDecode(b *testing.B) {
	e := shipped(b)
	p, _ := weekly(b, e)
	encoded := encode(p)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := score.Decode(encoded); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(encoded)), "bytes/profile")
}

func BenchmarkView(b *testing.B) {
	e := shipped(b)
	p, _ := weekly(b, e)
	b.ReportAllocs()
	for b.Loop() {
		s := e.Score(p, p.AsOf)
		s.Fields()
		s.Detail()
	}
}
