package pipeline

import (
	"context"
	"strconv"
	"time"
)

const (
	// countEvery is the time between two looks at the population as a whole, at least.
	countEvery = 5 * time.Second
	// countShare bounds the looks to one part in so many of a lane's time: the census grows with every model and half-year that
	// forecasts have been settled for.
	countShare = 50
	// countLeast is how often there is a look whatever it takes.
	countLeast = 5 * time.Minute
)

// countPopulation sums up the census of all shards for the dashboards, and judges the models by it. The lane of index 0 does it
// for all. It is a view only: where it does not succeed the next one does.
func (l *Lane) countPopulation(ctx context.Context, why occasion) error {
	if l.cfg.Index != 0 || why == regular && time.Now().Before(l.countNext) {
		return nil
	}
	began := time.Now()
	err := l.projectPopulation(ctx)
	l.countNext = began.Add(min(max(countEvery, countShare*time.Since(began)), countLeast))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		l.countNext = began.Add(countEvery)
		l.trouble("population", err)
	}
	return nil
}

func (l *Lane) projectPopulation(ctx context.Context) error {
	all := make([]int, l.cfg.Layout.Shards)
	for n := range all {
		all[n] = n
	}
	census, err := l.cfg.Store.Census(ctx, all)
	if err != nil {
		return err
	}
	sum := map[string]int64{"customers": 0}
	for _, counters := range census {
		for name, n := range counters {
			sum[name] += n
		}
	}
	l.judge(sum)
	fields := map[string]string{}
	for name, n := range sum {
		fields[name] = strconv.FormatInt(n, 10)
	}
	if l.until != unknown {
		fields["as_of"] = l.until.String()
	}
	return l.cfg.Store.ProjectPopulation(ctx, fields)
}
