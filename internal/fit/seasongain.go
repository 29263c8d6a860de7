package fit

import (
	"context"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/season"
)

// gain is how much better the index of the years before the last tells when the purchases of the last year come, in log-likelihood a
// purchase. Only the shares of the entries count, not how many purchases came: so a model that is off by a trend is not held against the
// season.
func gain(ctx context.Context, lives []Life, until event.Day, unitDays float64, o Options) (float64, error) {
	cut := until - daysOfYear
	past := census(lives, cut)
	index, err := past.index(ctx, lives, unitDays, o)
	if index == nil || err != nil {
		return 0, err
	}
	clock, err := season.NewClock(index)
	if err != nil {
		return 0, err
	}
	last := census(lives, until)
	shares := func(clock *season.Clock) ([]float64, error) {
		m, err := modelOf(ctx, lives, cut, clock, unitDays, o)
		if m == nil || err != nil {
			return nil, err
		}
		return byEntry(len(index), last, last.expected(m, unitDays, clock), cut), nil
	}
	with, err := shares(clock)
	if with == nil || err != nil {
		return 0, err
	}
	without, err := shares(nil)
	if without == nil || err != nil {
		return 0, err
	}
	var all, better float64
	for i, n := range byEntry(len(index), last, last.bought, cut) {
		all += n
		if n > 0 && with[i] > 0 && without[i] > 0 {
			better += float64(n * math.Log(with[i]/without[i]*total(without)/total(with)))
		}
	}
	if all == 0 {
		return 0, nil
	}
	return better / all, nil
}

// byEntry adds up numbers by day over the entries of the year, for the days after another.
func byEntry(entries int, c *counts, by []float64, after event.Day) []float64 {
	sums := make([]float64, entries)
	for i, n := range by {
		if day := c.first + event.Day(i); day > after {
			sums[season.Entry(entries, day)] += n
		}
	}
	return sums
}

func total(numbers []float64) float64 {
	var sum float64
	for _, n := range numbers {
		sum += n
	}
	return sum
}
