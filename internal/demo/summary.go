package demo

import (
	"fmt"
	"io"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
	"tidemark/internal/terminal"
)

// summary prints the counts of the demo, and compares the alerts with the truth: the simulation knows who has left.
func (d *demo) summary(w io.Writer) {
	s := d.board.standing()
	fmt.Fprintf(w, "\nevents       %s sent by %s, %s of them for the second time, %s broken\n",
		terminal.Grouped(d.sent), d.now().Time().Format("2 January 2006 15:04"), terminal.Grouped(d.repeated), terminal.Grouped(d.broken))
	fmt.Fprintf(w, "dead letters %s\n", terminal.Counts(d.count("tidemark_dead_letters_total", "reason")))
	fmt.Fprintf(w, "transitions  %s\n", terminal.Counts(s.kinds))
	fmt.Fprintf(w, "silence      %s reviews came due by themselves, with no event to cause them\n", terminal.Grouped(int64(d.count("tidemark_reviews_fired_total", "")[""])))
	fmt.Fprintf(w, "tiers now    high %d, potential %d, general %d, low %d\n", s.tiers[tier.High], s.tiers[tier.Potential], s.tiers[tier.General], s.tiers[tier.Low])
	fmt.Fprintf(w, "churn now    critical %d, at risk %d, watch %d\n", s.levels[churn.Critical], s.levels[churn.AtRisk], s.levels[churn.Watch])

	var buyers, left, alerted, rightly int
	for _, truth := range d.shop.Customers() {
		_, level, known := d.board.of(truth.ID)
		if !known {
			continue
		}
		buyers++
		gone := truth.LeftAt < d.now()
		if gone {
			left++
		}
		if level != churn.None {
			alerted++
		}
		if gone && level != churn.None {
			rightly++
		}
	}
	fmt.Fprintf(w, "the truth    of %s buyers %s have left for good; of the %d under alert %d have\n", terminal.Grouped(int64(buyers)), terminal.Grouped(int64(left)), alerted, rightly)
}

// count sums a counter of the lanes by one of its labels. With an empty label it returns one sum, under the empty name.
func (d *demo) count(name, label string) map[string]int {
	registry := prometheus.NewRegistry()
	registry.MustRegister(d.metrics)
	families, err := registry.Gather()
	if err != nil {
		return nil
	}
	sums := map[string]int{}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			sums[labelOf(m, label)] += int(m.GetCounter().GetValue())
		}
	}
	return sums
}

func labelOf(m *dto.Metric, name string) string {
	for _, pair := range m.GetLabel() {
		if pair.GetName() == name {
			return pair.GetValue()
		}
	}
	return ""
}
