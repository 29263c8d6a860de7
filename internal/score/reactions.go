package score

import (
	"errors"
	"fmt"
)

// Reactions are the lines of the reactions besides tier changes, churn alerts and win-backs. The zero value has none of them.
type Reactions struct {
	// TrailMonths is the number of ends of months that a profile keeps a sample of, 0 to MaxTrail; 0 keeps none.
	TrailMonths int
	Drop        Drop
	Feedback    Feedback
}

// check returns nil where r is valid, else an error that names everything that is wrong.
func (r *Reactions) check() error {
	var errs []error
	if r.TrailMonths < 0 || r.TrailMonths > MaxTrail {
		errs = append(errs, fmt.Errorf("trail_months: %d are not in 0..%d", r.TrailMonths, MaxTrail))
	}
	if r.Drop.on() && r.TrailMonths < leastTrail {
		errs = append(errs, fmt.Errorf("value_drop: needs trail_months of %d or more, for it compares with the ends of months", leastTrail))
	}
	return errors.Join(append(errs, r.Drop.check(), r.Feedback.check())...)
}
