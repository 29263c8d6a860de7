//go:build !service

package main

import (
	"fmt"
	"io"
	"time"

	"tidemark/internal/learn"
)

// week is the step of horizons that no flag names.
const week = 7 * 24 * time.Hour

// look sets the horizon where no flag names one: that of the model's churn risk in whole weeks, rounded up. In whole weeks each weekday counts as
// often as another, whatever the weekday of a cutoff: so the figures of cutoffs can be compared. At most it is the longest horizon.
func (c *backtestCommand) look(model time.Duration, to io.Writer) {
	if c.HorizonDays != 0 {
		return
	}
	const day = 24 * time.Hour
	whole := (model + week - 1).Truncate(week)
	c.HorizonDays = min(int(whole/day), learn.LongestHorizon)
	fmt.Fprintf(to, "%d days ahead: the %g days of the model's churn risk, in whole weeks, so that each weekday counts as often; --horizon-days names another horizon\n",
		c.HorizonDays, model.Hours()/24)
}
