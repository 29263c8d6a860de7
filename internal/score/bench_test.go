package score_test

import (
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
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

// BenchmarkApplyPurchaseOnTrial is BenchmarkApplyPurchase while the model before may still come back.
func BenchmarkApplyPurchaseOnTrial(b *testing.B) {
	old := shipped(b)
	p, _ := weekly(b, old)
	e := replacing(b, modelOf(b, tried, nil), old, p.AsOf)
	p, _ = e.Review(p, p.AsOf)
	p = e.Schedule(p)
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

// An open episode is explained with the instant by which to act: a walk through the silence to the next escalation or lapse.
func BenchmarkExplainEpisode(b *testing.B) {
	e := shipped(b)
	p := silentUntil(b, e, func(p *score.Profile) bool { return p.Episode.Level > churn.None })
	b.ReportAllocs()
	for b.Loop() {
		e.Explain(p, p.AsOf)
	}
}

// A change of tier names what keeps the new tier: a walk through the silence to the next fall, and a search for the amount.
func BenchmarkReviewTierFall(b *testing.B) {
	e := shipped(b)
	p, _ := weekly(b, e)
	tier := p.Standing.Tier
	fallen := silentUntil(b, e, func(p *score.Profile) bool { return p.Standing.Tier < tier })
	before := fallen.AsOf - 1
	p, _ = e.Review(p, before)
	p.Due = before + 1
	b.ReportAllocs()
	for b.Loop() {
		e.Review(p, p.Due)
	}
}

// silentUntil is the weekly buyer at the first review in silence that leaves her as wanted.
func silentUntil(b *testing.B, e *score.Engine, wanted func(*score.Profile) bool) score.Profile {
	p, _ := weekly(b, e)
	for !wanted(&p) {
		if p.Due == event.Never {
			b.Fatal("silence brings no such state")
		}
		p, _ = e.Review(p, p.Due)
		p = e.Schedule(p)
	}
	return p
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

// The benchmarks of notices: the same customer under a model that gives notice 14 days ahead.

func BenchmarkApplyAndSchedule(b *testing.B)         { benchApplyAndSchedule(b, 0) }
func BenchmarkApplyAndScheduleNoticing(b *testing.B) { benchApplyAndSchedule(b, 14) }

func benchApplyAndSchedule(b *testing.B, days int) {
	m := modelOf(b, kept, func(m *score.Model) { m.Reactions.NoticeDays = days })
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		b.Fatal(err)
	}
	p, _ := weekly(b, e)
	next := purchase(30)
	b.ReportAllocs()
	for b.Loop() {
		p, _, _ := e.Apply(p, next)
		e.Schedule(p)
	}
}
