package backtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tidemark/internal/backtest"
)

// A backtest tells that it makes intervals or leaves out an ingredient, and ends with its context there too.
func TestABacktestEndsWhileItMakesIntervals(t *testing.T) {
	events, o := simulated(t, 800)
	o.Ingredients = true
	for _, doing := range []string{"fitting without ", "intervals: "} {
		ctx, stop := context.WithCancel(t.Context())
		reached, after := false, 0
		o.Progress = func(p backtest.Progress) {
			if reached {
				after++
			}
			if strings.HasPrefix(p.Doing, doing) && !reached {
				reached = true
				stop()
			}
		}
		_, err := backtest.Run(ctx, engine(t), events, o)
		stop()
		if !reached || !errors.Is(err, context.Canceled) || after > 0 {
			t.Errorf("ended while %s (%v): got %v, and %d more reports of progress, want the error of the context", doing, reached, err, after)
		}
	}
}
