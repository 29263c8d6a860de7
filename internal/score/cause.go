package score

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// LikelyCause is what seems to be behind a churn alert: a subject of complaints, under its number in event.Subject, or Inactivity.
// Zero means that the cause is not known.
type LikelyCause uint8

// Inactivity is the cause where the evidence for every other cause weighs too little.
const Inactivity = LikelyCause(event.Subjects)

func (c LikelyCause) String() string {
	if c == Inactivity {
		return "INACTIVITY"
	}
	return event.Subject(c).String()
}

// Evidence is one feedback that speaks for a likely cause.
type Evidence struct {
	// ID is the id of the feedback.
	ID    string
	About event.Subject
	// Score is the place of the answer on its own scale, in [0, 1]; NaN for a complaint.
	Score float64
	At    event.Instant
}

// maxEvidence bounds the pieces of evidence that an alert names.
const maxEvidence = 5

// Causes weigh the evidence for a cause. The zero value looks for no cause.
type Causes struct {
	// Window is the number of trailing days whose feedback counts, 1 to 365. Support contacts count for 90 days.
	Window int
	// HalfLife is the number of days after which a piece of evidence counts half.
	HalfLife float64
	// The weights of evidence of today, 0 to 1000: an open complaint; a resolved complaint; the unhappiest answer (another answer
	// in proportion to how far it lies below a content one); a contact with the support, which speaks for SERVICE.
	OpenComplaint, ResolvedComplaint, UnhappyAnswer, SupportContact float64
	// Least is the least weight of a cause: below it the cause is Inactivity.
	Least float64
}

// Check returns nil where c is valid, else an error that names everything that is wrong.
func (c Causes) Check() error {
	if c == (Causes{}) {
		return nil
	}
	const most = 1000
	var errs []error
	if c.Window < 1 || c.Window > 365 || !(c.HalfLife > 0 && c.HalfLife <= 36500) {
		errs = append(errs, errors.New("the window must be of 1 to 365 days, the half-life positive"))
	}
	for _, w := range []float64{c.OpenComplaint, c.ResolvedComplaint, c.UnhappyAnswer, c.SupportContact, c.Least} {
		if !(w >= 0 && w <= most) {
			errs = append(errs, errors.New("weights must be in [0, 1000]"))
			break
		}
	}
	if c.OpenComplaint < c.ResolvedComplaint || !(c.Least > 0) {
		errs = append(errs, errors.New("an open complaint must weigh no less than a resolved one, and the least weight be positive"))
	}
	return errors.Join(errs...)
}

// weight is the weight of evidence of an age, in millionths. The weights are integers because their sum does not depend on the
// order.
func (c Causes) weight(today float64, age event.Day) int64 {
	return int64(math.RoundToEven(1e6 * today * math.Exp2(-float64(age)/c.HalfLife)))
}

// grievance is the weight that g would have today.
func (c Causes) grievance(g *history.Grievance) float64 {
	switch {
	case g.Kind != event.Complaint:
		return c.UnhappyAnswer * g.Unhappy
	case g.Open:
		return c.OpenComplaint
	}
	return c.ResolvedComplaint
}

// likelyCause names the cause whose evidence weighs most in a history at an instant; among equals the first in order. It also
// returns the heaviest pieces of evidence whose ids are known; among equals the younger first. Feedback without a subject counts
// for OTHER.
func (e *Engine) likelyCause(h history.Summary, at event.Instant) (LikelyCause, []Evidence) {
	c := e.model.Causes
	if c == (Causes{}) {
		return 0, nil
	}
	type piece struct {
		Evidence
		weight int64
	}
	var sums [Inactivity]int64
	var pieces [Inactivity][]piece
	today := e.calendar.Day(at)
	for g := range h.Grievances(at, c.Window, e.calendar) {
		about, weight := g.About, c.weight(c.grievance(&g), today-g.Day)
		if about == event.UnknownSubject {
			about = event.AboutOther
		}
		sums[about] += weight
		if g.ID != "" && weight > 0 {
			pieces[about] = append(pieces[about], piece{Evidence{g.ID, g.About, g.Share, g.At}, weight})
		}
	}
	for day, n := range h.Touches(event.SupportContact, at, e.calendar) {
		sums[event.AboutService] += int64(n) * c.weight(c.SupportContact, today-day)
	}
	loudest := 0
	for about, sum := range sums {
		if sum > sums[loudest] {
			loudest = about
		}
	}
	if sums[loudest] < c.weight(c.Least, 0) {
		return Inactivity, nil
	}
	heaviest := pieces[loudest]
	slices.SortFunc(heaviest, func(a, b piece) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(b.At, a.At), cmp.Compare(a.ID, b.ID))
	})
	var evidence []Evidence
	for _, p := range heaviest[:min(len(heaviest), maxEvidence)] {
		evidence = append(evidence, p.Evidence)
	}
	return LikelyCause(loudest), evidence
}
