package backtest

import (
	"context"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/learn"
	"tidemark/internal/score"
	"tidemark/internal/season"
)

// inSeason returns the engine that counts time in the season that is known at a cutoff, as the options say, and why it does, where a season
// was fitted.
func inSeason(ctx context.Context, e *score.Engine, l *whole, at event.Instant, o Options) (*score.Engine, string, error) {
	if !o.Season {
		return e, "", nil
	}
	o.tell("fitting the season", 0)
	found, err := fit.Season(ctx, learn.Lives(l.events, o.Calendar, at), o.Calendar.Day(at-1), o.UnitDays, fit.Options{})
	switch {
	case err != nil:
		return nil, "", err
	case !found.Told(): // too little is known to say yes or no
		return e, found.Why, nil
	case found.Index == nil:
		return e.InSeason(nil), found.Why, nil
	}
	clock, err := season.NewClock(found.Index)
	return e.InSeason(clock), found.Why, err
}
