package score

import (
	"errors"
	"fmt"
)

// Reactions are the lines of the reactions besides tier changes, churn alerts and win-backs. The zero value has none of them.
type Reactions struct {
	// NoticeDays is how many calendar days before the fall of a tier by silence alone a notice is given, 0 to 365; 0 gives none.
	NoticeDays int
	// TrailMonths is the number of ends of months that a profile keeps a sample of, 0 to MaxTrail; 0 keeps none.
	TrailMonths int
	Drop        Drop
	Feedback    Feedback
}

// maxNoticeDays bounds Reactions.NoticeDays: who is told of a fall more than a year ahead can do nothing about it yet.
const maxNoticeDays = 365

// check returns nil where r is valid, else an error that names everything that is wrong.
func (r *Reactions) check() error {
	var errs []error
	if r.NoticeDays < 0 || r.NoticeDays > maxNoticeDays {
		errs = append(errs, fmt.Errorf("notice_days: %d days are not in 0..%d", r.NoticeDays, maxNoticeDays))
	}
	if r.TrailMonths < 0 || r.TrailMonths > MaxTrail {
		errs = append(errs, fmt.Errorf("trail_months: %d are not in 0..%d", r.TrailMonths, MaxTrail))
	}
	if r.Drop.on() && r.TrailMonths < leastTrail {
		errs = append(errs, fmt.Errorf("value_drop: needs trail_months of %d or more, for it compares with the ends of months", leastTrail))
	}
	return errors.Join(append(errs, r.Drop.check(), r.Feedback.check())...)
}
