package pipeline

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/watch"
)

const (
	// countEvery is the least time between two looks at the population.
	countEvery = 5 * time.Second
	// countShare bounds the looks to one part in so many of a lane's time. The census grows with every model and half-year of settled
	// forecasts.
	countShare = 50
	// countLeast is the most time between two looks, however long a look takes.
	countLeast = 5 * time.Minute
	// countAtLast bounds the looks of a lane that leaves.
	countAtLast = 10
)

// population is the public view of all customers together. The lane of index 0 keeps it for all lanes while it runs. It is a view only:
// where it cannot be written, the next look writes it.
//
// A lane that drains writes it too, after its last commit: the lane of index 0 may have left before, here or in another process.
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
	if why == last {
		return p.countUntilTrue(ctx, m)
	}
	if p.cfg.Index != 0 || time.Now().Before(p.next) {
		return nil
	}
	began := time.Now()
	_, err := p.project(ctx, m)
	p.next = began.Add(min(max(countEvery, countShare*time.Since(began)), countLeast))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if p.attempt("population", err); err != nil {
		p.next = began.Add(countEvery)
	}
	return nil
}

// countUntilTrue writes the view of a lane that leaves, and reads the census again: if another lane has committed in between, that lane may
// also have written its view in between, and this one has just replaced it by an older one. Then it writes again. So of lanes that leave
// together the last writer leaves a true view. Where the view cannot be written, the lane leaves all the same after a few tries.
func (p *population) countUntilTrue(ctx context.Context, m *moment) error {
	for attempt := range countAtLast {
		shown, err := p.project(ctx, m)
		var now map[string]int64
		if err == nil {
			now, err = p.sum(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil && maps.Equal(shown, now):
			return nil
		case err == nil:
			continue
		}
		p.trouble("population", err)
		if err := p.pauseBetweenTries(ctx, min(attempt, 2)); err != nil {
			return err
		}
	}
	return nil
}

// sum adds up the census of all shards.
func (p *population) sum(ctx context.Context) (map[string]int64, error) {
	census, err := p.views.Census(ctx, p.cfg.Layout.Numbers())
	if err != nil {
		return nil, err
	}
	sum := map[string]int64{"customers": 0}
	for _, name := range apart {
		sum[name] = 0
	}
	for _, counters := range census {
		for name, n := range counters {
			sum[name] += n
		}
	}
	return sum, nil
}

// project writes the view, and returns the sums that it was made of.
func (p *population) project(ctx context.Context, m *moment) (map[string]int64, error) {
	sum, err := p.sum(ctx)
	if err != nil {
		return nil, err
	}
	if p.cfg.Index == 0 {
		p.judge(sum, m.engine.Hash())
		p.metrics.shops.WithLabelValues().Set(float64(sum[Shops]))
		p.metrics.testAccounts.WithLabelValues().Set(float64(sum[TestAccounts]))
		p.metrics.merged.WithLabelValues().Set(float64(sum[Merged]))
		p.metrics.uncontactable.WithLabelValues().Set(float64(sum[Uncontactable]))
	}
	fields := map[string]string{}
	for name, n := range sum {
		if !strings.HasPrefix(name, watch.Prefix) && !strings.HasPrefix(name, homePrefix) { // the forecasts are shown by judge, homes are for lanes
			fields[name] = strconv.FormatInt(n, 10)
		}
	}
	if m.watermark != unknown {
		fields["as_of"] = m.watermark.String()
	}
	return sum, p.views.ProjectPopulation(ctx, fields)
}
