package pipeline

import (
	"errors"
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/watch"
)

// quality are the gauges that say how good the churn forecasts of each model have been.
type quality struct {
	settled, gone, forecast, brier, slope, slopeError, auc, lift, drift *prometheus.GaugeVec
}

func newQuality() quality {
	gauges := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "tidemark_model_" + name, Help: help}, labels)
	}
	of := func(name, help string) *prometheus.GaugeVec { return gauges(name, help, "model", "group") }
	return quality{
		settled:    of("settled", "Frozen churn forecasts that the other figures are of, by the first 8 digits of the model's hash; group fair is who the model is judged by."),
		gone:       of("gone_ratio", "Share of them without a purchase within the horizon."),
		forecast:   of("forecast_ratio", "Their mean risk."),
		brier:      of("brier", "Their Brier score: the mean squared error of the risk."),
		slope:      of("calibration_slope", "Slope of the log-odds of what came on those of the risk; 1 is right."),
		slopeError: of("calibration_slope_error", "Standard error of the calibration slope."),
		auc:        of("auc", "Probability that of two customers the one who left had the higher risk."),
		lift:       of("lift_top_decile", "Share that left among the tenth with the highest risks, over the share among all."),
		drift:      gauges("drift", "1 where the forecasts of the model in force are out of bounds beyond chance: tidemark fit is due.", "model"),
	}
}

func (q *quality) gauges() []*prometheus.GaugeVec {
	return []*prometheus.GaugeVec{q.settled, q.gone, q.forecast, q.brier, q.slope, q.slopeError, q.auc, q.lift, q.drift}
}

func (q *quality) reset() {
	for _, g := range q.gauges() {
		g.Reset()
	}
}

// show sets the gauges of a model. A group without settled forecasts has no gauges, and a figure that so few forecasts do not determine
// has none. Only the model in force has a drift gauge: a model that has been replaced must not alarm for ever. Without a verdict there is
// no drift gauge either.
func (q *quality) show(r *watch.Report, inForce bool) {
	set := func(group string, f *watch.Figures) {
		for gauge, v := range map[*prometheus.GaugeVec]float64{
			q.settled: float64(f.Settled), q.gone: f.Gone, q.forecast: f.Forecast, q.brier: f.Brier, q.slope: f.Slope.Value,
			q.slopeError: f.Slope.StandardError, q.auc: f.AUC.Value, q.lift: f.Lift,
		} {
			if f.Settled == 0 || math.IsNaN(v) {
				gauge.DeleteLabelValues(r.Model, group)
				continue
			}
			gauge.WithLabelValues(r.Model, group).Set(v)
		}
	}
	for g := range r.Groups {
		set(score.Group(g).String(), &r.Groups[g])
	}
	set("fair", &r.Fair)
	switch {
	case !inForce, r.Fair.Settled == 0:
		q.drift.DeleteLabelValues(r.Model)
	case len(r.Drift) > 0:
		q.drift.WithLabelValues(r.Model).Set(1)
	default:
		q.drift.WithLabelValues(r.Model).Set(0)
	}
}

// judge shows by the counters of forecasts how good each model has been. It reports once per half-year that the model in force no longer
// holds. A log that has ended gives no verdict: see watch.Seen.
func (p *population) judge(counters map[string]int64, model string) {
	now := p.now()
	if p.cfg.Clock == EventClock {
		now = p.cfg.AsOf
	}
	reports := p.cfg.Drift.ReportsOf(counters, watch.Seen{Newest: p.newest, Now: now})
	for i := range reports {
		r := &reports[i]
		inForce := r.Model == score.ShortHash(model)
		p.metrics.quality.show(r, inForce)
		if len(r.Drift) == 0 || !inForce {
			continue
		}
		if current := r.Model + " " + r.Since; p.drifted != current {
			p.drifted = current
			p.cfg.Report(Notice{Kind: Drift, Operation: "tidemark fit is due", Err: errors.New(r.String())})
		}
	}
}

// notice keeps the instant of the newest purchase of a committed part: of its events and, since reviews have none, of the histories of its
// customers. After a restart it grows with what the lane commits: until then the log seems to end earlier, and a verdict waits.
func (p *population) notice(part *part) {
	if p.cfg.Index != 0 {
		return
	}
	for _, x := range part.items {
		if bought, ok := x.event.(*event.Purchase); ok && bought.Kind == event.Order {
			p.newest = max(p.newest, bought.OccurredAt)
		}
	}
	for _, k := range part.profiles {
		if day, ok := k.profile.History.LastOrdered(); ok {
			p.newest = max(p.newest, event.Calendar{}.Start(day))
		}
	}
}
