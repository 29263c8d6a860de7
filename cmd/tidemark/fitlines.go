package main

import (
	"fmt"
	"io"
	"time"

	"tidemark/internal/model"
)

// ahead sets the horizon of the churn stack, in days. 0 leaves the horizon of the base.
func (d *fitData) ahead(days int) {
	if days > 0 {
		d.horizon, d.horizonDays = time.Duration(days)*24*time.Hour, days
	}
}

// suit takes the horizon that suits the customers of a log, where no flag names one. Without a churn stack the horizon stays, for the stack of
// the base was fitted to it.
func (d *fitData) suit(c *fitCommand) {
	now := int(d.horizon / (24 * time.Hour))
	days := d.comebacks.Horizon(now)
	if days == now {
		return
	}
	d.horizonWhy = fmt.Sprintf("hardly one gap of ten between purchases ended within %d days, nine of ten within %d", now, days)
	switch {
	case c.HorizonDays > 0:
		d.horizonWhy += fmt.Sprintf(": who left within %d days can hardly be told; --horizon-days %d would", now, days)
	case !c.ChurnStack:
		d.horizonWhy += fmt.Sprintf(": who left within %d days can hardly be told; with --churn-stack the horizon becomes %d days", now, days)
	default:
		d.ahead(days)
		d.horizonWhy += fmt.Sprintf(": the horizon becomes %d days, for --horizon-days names no other", days)
	}
}

// lapse returns the fitted silence after which a customer is lost.
func (d *fitData) lapse() model.Span {
	const day = 24 * time.Hour
	before, horizon := int(d.lines.Lapse/day), int((d.horizon+day-1)/day)
	days, usual := d.comebacks.Lapse(horizon, before), d.comebacks.Usual()
	switch {
	case usual == 0:
		return model.Span{}
	case days == before:
		return model.Span{Days: days, Because: fmt.Sprintf("nine of ten gaps between purchases ended within %d days: the base's %d days are long enough", usual, before)}
	case usual >= d.comebacks.Second():
		return model.Span{Days: days, Because: fmt.Sprintf("nine of ten gaps between purchases ended within %d days, and a horizon of %d days follows", usual, horizon)}
	}
	return model.Span{Days: days, Because: fmt.Sprintf("half of the second purchases came after more than %d days, and a horizon of %d days follows", d.comebacks.Second()-1, horizon)}
}

// secondOrder returns the fitted window for a second order. It is too short if many customers are yet to come back, as in a young shop. A
// base that asks nobody keeps asking nobody.
func (d *fitData) secondOrder() model.Span {
	days := d.comebacks.Second()
	if days == 0 || d.lines.SecondOrder == 0 {
		return model.Span{}
	}
	return model.Span{Days: days, Because: fmt.Sprintf("half of those who bought again did so within %d days of the first purchase", days)}
}

// printLines prints the fitted lines, each with its reason.
func (d *fitData) printLines(w io.Writer) {
	if d.horizonWhy != "" {
		fmt.Fprintf(w, "horizon    %s\n", d.horizonWhy)
	}
	if lapse := d.lapse(); lapse != (model.Span{}) {
		fmt.Fprintf(w, "lapse      %d days: %s\n", lapse.Days, lapse.Because)
	}
	if second := d.secondOrder(); second != (model.Span{}) {
		fmt.Fprintf(w, "comeback   %s\n", second.Because)
	}
}
