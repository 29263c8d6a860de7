package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// scrape returns the value of every series of the metrics, by its name and labels as Prometheus writes them. A histogram gives its
// buckets, and its number and sum of observations.
func scrape(t *testing.T, m *Metrics) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(m)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", label.GetName(), label.GetValue()))
			}
			series := func(suffix string, more ...string) string {
				return family.GetName() + suffix + "{" + strings.Join(append(slices.Clip(labels), more...), ", ") + "}"
			}
			switch {
			case metric.GetCounter() != nil:
				all[series("")] = metric.GetCounter().GetValue()
			case metric.GetGauge() != nil:
				all[series("")] = metric.GetGauge().GetValue()
			case metric.GetHistogram() != nil:
				h := metric.GetHistogram()
				for _, bucket := range h.GetBucket() {
					all[series("_bucket", fmt.Sprintf("le=%q", fmt.Sprint(bucket.GetUpperBound())))] = float64(bucket.GetCumulativeCount())
				}
				all[series("_bucket", `le="+Inf"`)] = float64(h.GetSampleCount())
				all[series("_count")], all[series("_sum")] = float64(h.GetSampleCount()), h.GetSampleSum()
			}
		}
	}
	return all
}
