package score_test

import (
	"testing"

	"tidemark/internal/event"
)

// The benchmarks of a typical customer with all reactions on; compare with those of the same name without Reacting.

func BenchmarkApplyPurchaseReacting(b *testing.B) {
	e := newEngine(b, event.Calendar{}, reacting)
	p, _ := weekly(b, e)
	next := purchase(30)
	b.ReportAllocs()
	for b.Loop() {
		e.Apply(p, next)
	}
}

func BenchmarkApplyPurchasePlain(b *testing.B) {
	e := newEngine(b, event.Calendar{}, nil)
	p, _ := weekly(b, e)
	next := purchase(30)
	b.ReportAllocs()
	for b.Loop() {
		e.Apply(p, next)
	}
}

// A purchase and the search for the next crossing: what a customer costs a batch.
func BenchmarkStepReacting(b *testing.B) {
	e := newEngine(b, event.Calendar{}, reacting)
	p, _ := weekly(b, e)
	next := purchase(30)
	b.ReportAllocs()
	for b.Loop() {
		q, _, _ := e.Apply(p, next)
		e.Schedule(q)
	}
}

func BenchmarkStepPlain(b *testing.B) {
	e := newEngine(b, event.Calendar{}, nil)
	p, _ := weekly(b, e)
	next := purchase(30)
	b.ReportAllocs()
	for b.Loop() {
		q, _, _ := e.Apply(p, next)
		e.Schedule(q)
	}
}
