package score_test

import (
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// reaction checks an alert of a drop of value, or of an unhappy customer.
func (l *ledger) reaction(x *score.ChurnAlert, cause event.Event, is score.Score) {
	l.t.Helper()
	if l.reactions == nil {
		l.reactions = map[score.AlertKind]*score.ChurnAlert{}
	}
	last := l.reactions[x.Kind]
	over := x.State == score.Resolved || x.State == score.Retracted
	switch {
	case (last == nil) != (x.State == score.Raised):
		l.t.Errorf("%s: %s %s after %v", x.ID, x.Kind, x.State, last)
	case last == nil && x.EpisodeID != x.ID, last != nil && x.EpisodeID != last.EpisodeID:
		l.t.Errorf("%s: episode %s, want that of the RAISED", x.ID, x.EpisodeID)
	case x.State != score.Raised && x.State != score.Updated && !over:
		l.t.Errorf("%s: %s %s", x.ID, x.Kind, x.State)
	case over != (x.Resolve != score.UnknownReason), over != (x.ActBy == event.Never), x.Action.Code == "", !over && x.ActBy <= x.AsOf:
		l.t.Errorf("%s: %s %s for %s, act by %s, %+v", x.ID, x.Kind, x.State, x.Resolve, x.ActBy, x.Action)
	}
	if wantCause, corrects := l.wantCause(cause, transitionOf(last)); x.Cause != wantCause || x.Corrects != corrects {
		l.t.Errorf("%s: cause %s of %q, want %s of %q", x.ID, x.Cause, x.Corrects, wantCause, corrects)
	}
	var sum int64
	for _, r := range x.Reasons {
		sum += r.Weight
	}
	m := x.Measured
	if x.Kind == score.ValueDrop && (sum != int64(m.ScoreAfter-m.ScoreBefore) || m.Since != 0 && m.ScoreAfter != is.Points || !over && m.Since.Add(30*24*3600e9) > x.AsOf) {
		l.t.Errorf("%s: reasons of %d, %+v, the score is %d", x.ID, sum, m, is.Points)
	}
	if x.Kind == score.FeedbackAlert && (sum != 1000) != over {
		l.t.Errorf("%s: %s with reasons of %d", x.ID, x.State, sum)
	}
	if !over && (x.Risk != is.Risk || math.Abs(x.Risk) > 1 || x.Tier != l.profile.Standing.Tier) {
		l.t.Errorf("%s: risk %v, tier %s, want %v, %s", x.ID, x.Risk, x.Tier, is.Risk, l.profile.Standing.Tier)
	}
	if l.reactions[x.Kind] = x; over {
		l.reactions[x.Kind] = nil
	}
}

// transitionOf is nil for no alert.
func transitionOf(a *score.ChurnAlert) score.Transition {
	if a == nil {
		return nil
	}
	return a
}
