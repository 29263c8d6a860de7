package pipeline

import (
	"context"
	"strconv"
	"time"

	"tidemark/internal/event"
)

const (
	// countEvery is the least time between two looks at the population.
	countEvery = 5 * time.Second
	// countShare bounds the looks to one part in so many of a lane's time. The census grows with every model and half-year of settled
	// forecasts.
	countShare = 50
	// countLeast is the most time between two looks, however long a look takes.
	countLeast = 5 * time.Minute
)

// population is the public view of all customers together. The lane of index 0 keeps it for all lanes. It is a view only: where it
// cannot be written, the next look writes it.
type population struct {
	*base
	views Views
	next  time.Time // of the next look
	// drifted is the model and half-year whose drift was reported last.
	drifted string
	// newest is the instant of the newest purchase that the lane has seen; 0 for none.
	newest event.Instant
}

// count sums up the census of all shards for the dashboards, and judges the models by it.
func (p *population) count(ctx context.Context, m *moment, why occasion) error {
	if p.cfg.Index != 0 || why == regular && time.Now().Before(p.next) {
		return nil
	}
	began := time.Now()
	err := p.project(ctx, m)
	p.next = began.Add(min(max(countEvery, countShare*time.Since(began)), countLeast))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if p.attempt("population", err); err != nil {
		p.next = began.Add(countEvery)
	}
	return nil
}

func (p *population) project(ctx context.Context, m *moment) error {
	all := make([]int, p.cfg.Layout.Shards)
	for n := range all {
		all[n] = n
	}
	census, err := p.views.Census(ctx, all)
	if err != nil {
		return err
	}
	sum := map[string]int64{"customers": 0}
	for _, counters := range census {
		for name, n := range counters {
			sum[name] += n
		}
	}
	p.judge(sum, m.engine.Hash())
	fields := map[string]string{}
	for name, n := range sum {
		fields[name] = strconv.FormatInt(n, 10)
	}
	if m.watermark != unknown {
		fields["as_of"] = m.watermark.String()
	}
	return p.views.ProjectPopulation(ctx, fields)
}
