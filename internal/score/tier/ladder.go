package tier

import (
	"errors"
	"fmt"
	"time"

	"tidemark/internal/event"
)

// Points are hundredths of a point of the composite score, 0..10000.
type Points = int32

// Ladder holds the lines between the tiers. A rise is immediate. A fall needs a score that lies below the line by Margin,
// after a stay of at least MinStay in the tier: so a score that wavers about a line is not reported at every turn.
type Ladder struct {
	// General, Potential and High are the least scores of these tiers. They ascend.
	General, Potential, High Points
	Margin                   Points
	MinStay                  time.Duration
}

// Check returns nil where l is valid, else the first thing that is wrong.
func (l Ladder) Check() error {
	if l.General <= 0 || l.Potential <= l.General || l.High <= l.Potential || l.High > 10000 {
		return fmt.Errorf("tier lines must ascend within (0, 100]: %d, %d, %d hundredths", l.General, l.Potential, l.High)
	}
	if l.Margin < 0 || l.Margin >= min(l.General, l.Potential-l.General, l.High-l.Potential) {
		return fmt.Errorf("tier margin %d must be at least 0 and less than the height of every tier", l.Margin)
	}
	if l.MinStay < 0 {
		return errors.New("the minimum stay in a tier must not be negative")
	}
	return nil
}

// Of returns the tier of a score, for a customer who has had no tier.
func (l Ladder) Of(score Points) Tier {
	switch {
	case score >= l.High:
		return High
	case score >= l.Potential:
		return Potential
	case score >= l.General:
		return General
	default:
		return Low
	}
}

// Next returns the tier, at an instant, of a customer who has been in tier t since an instant and has a score now. Next is
// idempotent: from its own answer it returns the same answer.
func (l Ladder) Next(t Tier, since event.Instant, score Points, at event.Instant) Tier {
	fresh := l.Of(score)
	if t == None || fresh >= t {
		return fresh
	}
	if at < since.Add(l.MinStay) || score >= l.Line(t)-l.Margin {
		return t
	}
	return fresh
}

// Line is the least score of tier t; zero for None and Low.
func (l Ladder) Line(t Tier) Points {
	switch t {
	case None, Low:
		return 0
	case General:
		return l.General
	case Potential:
		return l.Potential
	case High:
		return l.High
	}
	panic(fmt.Sprintf("tier: no line for %d", t))
}

// Crossed is the score that a move between two tiers had to pass: on the way up the line of the new tier, on the way down the
// line of the old tier less the margin. It is zero for an ENTRY into the lowest tier and for an EXIT.
func (l Ladder) Crossed(from, to Tier) Points {
	if to > from {
		return l.Line(to)
	}
	if from == None || to == None {
		return 0
	}
	return l.Line(from) - l.Margin
}
