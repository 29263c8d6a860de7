package pipeline

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Totals are sums of the metrics of all lanes of a process, counted since its start.
type Totals struct {
	// Applied, Duplicates, Late and Redelivered count records by what became of them.
	Applied, Duplicates, Late, Redelivered int64
	// DeadLetters counts dead letters by reason, Errors failed tries by operation.
	DeadLetters, Errors map[string]int64
	// Published, Muted and KeptBack count transitions: KeptBack those that are alerts of the control group. Reviews counts the reviews in silence, Commits the rounds of commits.
	Published, Muted, KeptBack, Reviews, Commits int64
	// LinkMessages counts the messages of merged ids to each other.
	LinkMessages int64
	// Lag is the number of records that wait now.
	Lag int64
}

// Totals returns the present totals. They are those of the metrics: there is no second count.
func (m *Metrics) Totals() Totals {
	results, published := sums(m.events, "result"), sums(m.transitions, "published")
	t := Totals{
		Applied: results["applied"], Duplicates: results["duplicate"], Late: results["late"], Redelivered: results["redelivered"],
		DeadLetters: sums(m.deadLetters, "reason"), Errors: sums(m.errors, "operation"),
		Published: published["true"], Muted: published["false"], KeptBack: published["control"], Reviews: sums(m.reviews, "")[""], Commits: sums(m.commitSeconds, "")[""],
	}
	for _, n := range sums(m.linkMessages, "kind") {
		t.LinkMessages += n
	}
	for _, n := range sums(m.lag, "partition") {
		t.Lag += n
	}
	return t
}

// Since returns what was counted after other, and the lag of t.
func (t Totals) Since(other Totals) Totals {
	less := func(a, b map[string]int64) map[string]int64 {
		c := map[string]int64{}
		for name, n := range a {
			if n -= b[name]; n != 0 {
				c[name] = n
			}
		}
		return c
	}
	return Totals{
		Applied: t.Applied - other.Applied, Duplicates: t.Duplicates - other.Duplicates, Late: t.Late - other.Late,
		Redelivered: t.Redelivered - other.Redelivered, DeadLetters: less(t.DeadLetters, other.DeadLetters), Errors: less(t.Errors, other.Errors),
		Published: t.Published - other.Published, Muted: t.Muted - other.Muted, KeptBack: t.KeptBack - other.KeptBack, Reviews: t.Reviews - other.Reviews, Commits: t.Commits - other.Commits,
		LinkMessages: t.LinkMessages - other.LinkMessages,
		Lag:          t.Lag,
	}
}

// sums adds up the series of a metric by one label. Of a histogram it takes the count.
func sums(metric prometheus.Collector, label string) map[string]int64 {
	series := make(chan prometheus.Metric)
	go func() {
		defer close(series)
		metric.Collect(series)
	}()
	found := map[string]int64{}
	for s := range series {
		var value dto.Metric
		if s.Write(&value) != nil {
			continue // a metric of ours writes itself
		}
		name := ""
		for _, pair := range value.GetLabel() {
			if pair.GetName() == label {
				name = strings.Clone(pair.GetValue())
			}
		}
		n := value.GetCounter().GetValue() + value.GetGauge().GetValue()
		found[name] += int64(n) + int64(value.GetHistogram().GetSampleCount())
	}
	return found
}
