package score_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// ledger follows one customer step by step and holds every transition to what it says of itself.
type ledger struct {
	t           testing.TB
	engine      *score.Engine
	calendar    event.Calendar
	profile     score.Profile
	transitions []score.Transition
	tier        score.Tier
	tierSaid    *score.TierChanged
	alert       *score.ChurnAlert // the last step of the open episode
	raised      *score.ChurnAlert
	window      *score.ChurnAlert     // the RAISED of the open second order window
	windowSaid  *score.ChurnAlert     // the last UPDATED of that window
	updated     *score.ChurnAlert     // the customer's last UPDATED
	windows     int                   // how many were closed in due course: one at most
	notice      *score.TierWillChange // the last step of the notice that stands
	lapsed      *score.ChurnAlert     // the RESOLVED of the last episode, where that lapsed and nobody came back
	// reactions are the last alerts of the open episodes of drops of value and of unhappy customers, by kind.
	reactions map[score.AlertKind]*score.ChurnAlert
	// segments are the ENTERED of the segments that the customer is in, by name.
	segments map[string]*score.SegmentChanged
	// replaced is the engine that has just given way to another, if one has.
	replaced *score.Engine
}

func newLedger(t testing.TB, e *score.Engine) *ledger {
	return &ledger{t: t, engine: e, profile: e.New("c")}
}

// advance runs the reviews due by an instant, one at a time.
func (l *ledger) advance(at event.Instant) {
	l.t.Helper()
	l.profile = l.engine.Schedule(l.profile)
	for l.profile.Due <= at {
		before := l.profile
		next, transitions := l.engine.Review(before, before.Due)
		l.profile = l.engine.Schedule(next)
		l.witness(before, transitions, nil)
	}
	next, transitions := l.engine.Review(l.profile, at)
	if len(transitions) > 0 {
		l.t.Fatalf("Review at %s, before the next one at %s, tells %v", at, l.profile.Due, ids(transitions))
	}
	l.profile = next
}

// apply applies an event, after the reviews due by then.
func (l *ledger) apply(x event.Event) score.Verdict {
	l.t.Helper()
	if at := x.At(); at > l.profile.AsOf {
		l.advance(at)
	}
	before := l.profile
	next, transitions, verdict := l.engine.Apply(before, x)
	l.profile = next
	l.witness(before, transitions, x)
	return verdict
}

// adopt goes over to another engine, which replaces the one so far, at an instant.
func (l *ledger) adopt(e *score.Engine, at event.Instant) {
	l.t.Helper()
	l.advance(at)
	before := l.profile
	l.replaced, l.engine = l.engine, e
	next, transitions := e.Review(before, at)
	l.profile = e.Schedule(next)
	l.witness(before, transitions, nil)
	l.replaced = nil
}

// witness checks the transitions of one step: from the profile before to l.profile, by an event or by time.
func (l *ledger) witness(before score.Profile, transitions []score.Transition, cause event.Event) {
	l.t.Helper()
	for _, x := range transitions {
		s := x.Common()
		if want := int64(len(l.transitions) + 1); s.Sequence != want {
			l.t.Errorf("%s: sequence %d, want %d", s.ID, s.Sequence, want)
		}
		if s.AsOf != l.profile.AsOf && cause != nil || s.Customer != "c" || len(s.ID) != 32 {
			l.t.Errorf("transition %+v as of %s: want customer c, an id, and the step's instant", s, l.profile.AsOf)
		}
		l.transitions = append(l.transitions, x)
		base := score.Profile{History: before.History}
		was := l.engine.Score(base, before.LastChange)
		if l.replaced != nil {
			was = l.replaced.Score(base, before.LastChange)
		}
		is := l.engine.Score(score.Profile{History: l.profile.History}, s.AsOf)
		switch x := x.(type) {
		case *score.TierChanged:
			l.tierChanged(x, cause, was, is)
		case *score.ChurnAlert:
			if x.Kind == score.SecondOrderWindow {
				l.secondOrder(x, cause, is)
				break
			}
			if x.Kind == score.ValueDrop || x.Kind == score.FeedbackAlert {
				l.reaction(x, cause, is)
				break
			}
			l.churnAlert(x, cause, was, is)
		case *score.WonBack:
			l.wonBack(x, is)
		case *score.TierWillChange:
			l.tierWillChange(x, cause, is)
		case *score.SegmentChanged:
			l.segmentChanged(x, cause, was, is)
		}
	}
	if names := slices.Sorted(maps.Keys(l.segments)); !slices.Equal(names, l.profile.InSegments()) {
		l.t.Fatalf("the profile is in %v, the segments that were told are %v", l.profile.InSegments(), names)
	}
	l.noticeStands()
	if l.profile.Standing.Tier != l.tier {
		l.t.Fatalf("the profile is in tier %s, the last that was told is %s", l.profile.Standing.Tier, l.tier)
	}
	level := churn.None
	if l.alert != nil {
		level = l.alert.Level
	}
	if l.profile.Second.Open != (l.window != nil) {
		l.t.Fatalf("the profile's second order window is open: %v, the one last told of: %v", l.profile.Second.Open, l.window != nil)
	}
	if drop, unhappy := l.reactions[score.ValueDrop] != nil, l.reactions[score.FeedbackAlert] != nil; l.profile.Drop.Open() != drop || l.profile.Unhappy.Open() != unhappy {
		l.t.Fatalf("the profile has a drop: %v, is unhappy: %v; told of: %v, %v", l.profile.Drop.Open(), l.profile.Unhappy.Open(), drop, unhappy)
	}
	if l.profile.Episode.Level != level {
		l.t.Fatalf("the profile is at level %s, the last that was told is %s", l.profile.Episode.Level, level)
	}
}

// wantCause returns the cause of a change of a label, and the id that the change corrects. last is the transition that set the label
// before, nil if there was none.
func (l *ledger) wantCause(cause event.Event, last score.Transition) (score.Cause, string) {
	switch {
	case l.replaced != nil:
		return score.ByModel, ""
	case cause == nil:
		return score.ByTime, ""
	case last != nil && cause.At() < last.Common().AsOf:
		return score.ByCorrection, last.Common().ID
	}
	return score.ByEvent, ""
}

func (l *ledger) tierChanged(x *score.TierChanged, cause event.Event, was, is score.Score) {
	l.t.Helper()
	var last score.Transition
	if l.tierSaid != nil {
		last = l.tierSaid
	}
	want, corrects := l.wantCause(cause, last)
	if x.Cause != want || x.Corrects != corrects {
		l.t.Errorf("%s: cause %s corrects %q, want %s corrects %q", x.ID, x.Cause, x.Corrects, want, corrects)
	}
	if x.Previous != l.tier || x.Tier == x.Previous {
		l.t.Errorf("%s: from %s to %s, the last tier was %s", x.ID, x.Previous, x.Tier, l.tier)
	}
	direction := score.Up
	switch {
	case x.Previous == tier.None:
		direction = score.Entry
	case x.Tier == tier.None:
		direction = score.Exit
	case x.Tier < x.Previous:
		direction = score.Down
	}
	if x.Direction != direction {
		l.t.Errorf("%s: direction %s from %s to %s, want %s", x.ID, x.Direction, x.Previous, x.Tier, direction)
	}
	if x.Before != was.Points || x.After != is.Points || x.Coverage != math.RoundToEven(is.Coverage*1e6)/1e6 || x.CurrentValue != is.Current {
		l.t.Errorf("%s: score %d to %d, coverage %v, value %d; evaluated by itself %d to %d, %v, %d",
			x.ID, x.Before, x.After, x.Coverage, x.CurrentValue, was.Points, is.Points, is.Coverage, is.Current)
	}
	sum := score.Points(0)
	for _, c := range x.Contributions {
		sum += c.Points
	}
	if sum != x.After-x.Before {
		l.t.Errorf("%s: the contributions add up to %d, want %d − %d; %+v", x.ID, sum, x.After, x.Before, x.Contributions)
	}
	told := ""
	if l.notice != nil && x.Direction == score.Down {
		told, l.notice = l.notice.NoticeID, nil
	}
	if x.NoticeID != told {
		l.t.Errorf("%s: %s at %s names the notice %q, want %q", x.ID, x.Direction, x.AsOf, x.NoticeID, told)
	}
	l.tier, l.tierSaid = x.Tier, x
}

func (l *ledger) tierWillChange(x *score.TierWillChange, cause event.Event, is score.Score) {
	l.t.Helper()
	var last score.Transition
	state, id := score.Given, x.ID
	if l.notice != nil {
		last, state, id = l.notice, score.Moved, l.notice.NoticeID
		if x.State == score.Withdrawn {
			state = score.Withdrawn
		}
	}
	want, corrects := l.wantCause(cause, last)
	if x.State != state || x.NoticeID != id || x.Cause != want || x.Corrects != corrects {
		l.t.Errorf("%s: %s of notice %s by %s corrects %q, want %s of %s by %s, %q", x.ID, x.State, x.NoticeID, x.Cause, x.Corrects, state, id, want, corrects)
	}
	if x.Tier != l.tier || x.Now != is.Points {
		l.t.Errorf("%s: tier %s, score %d; the tier last told is %s, evaluated by itself %d", x.ID, x.Tier, x.Now, l.tier, is.Points)
	}
	if (x.State == score.Withdrawn) != (x.Withdrawal != score.UnknownReason) {
		l.t.Errorf("%s: %s with reason %s", x.ID, x.State, x.Withdrawal)
	}
	if l.notice = x; x.State == score.Withdrawn {
		l.notice = nil
		return
	}
	then := l.engine.Score(score.Profile{History: l.profile.History}, x.FallsAt)
	if x.ToCome >= x.Tier || x.FallsAt <= x.AsOf || x.Then != then.Points {
		l.t.Errorf("%s: from %s to %s at %s, %d points; evaluated by itself %d", x.ID, x.Tier, x.ToCome, x.FallsAt, x.Then, then.Points)
	}
	sum := score.Points(0)
	for _, c := range x.Contributions {
		if sum += c.Points; c.Cause != score.ByTime {
			l.t.Errorf("%s: a contribution by %s, want silence alone", x.ID, c.Cause)
		}
	}
	if sum != x.Then-x.Now {
		l.t.Errorf("%s: the contributions add up to %d, want %d − %d; %+v", x.ID, sum, x.Then, x.Now, x.Contributions)
	}
}

// segmentChanged checks that a customer enters what they are not in, and leaves what they are in, and that what moved the score adds up.
func (l *ledger) segmentChanged(x *score.SegmentChanged, cause event.Event, was, is score.Score) {
	l.t.Helper()
	entered := l.segments[x.Segment]
	switch {
	case x.Change == score.Entered && (entered != nil || x.EnteredID != "" || x.Corrects != ""):
		l.t.Errorf("%s enters %s, and is in it: %+v", x.ID, x.Segment, x)
	case x.Change == score.Left && (entered == nil || x.EnteredID != entered.ID || x.EnteredAt != entered.AsOf):
		l.t.Errorf("%s leaves %s by %+v, having entered by %+v", x.ID, x.Segment, x, entered)
	}
	if x.Change == score.Left {
		if why, corrects := l.wantCause(cause, entered); x.Cause != why || x.Corrects != corrects {
			l.t.Errorf("%s: cause %s, corrects %q; want %s, %q", x.ID, x.Cause, x.Corrects, why, corrects)
		}
		delete(l.segments, x.Segment)
	} else {
		if l.segments == nil {
			l.segments = map[string]*score.SegmentChanged{}
		}
		l.segments[x.Segment] = x
	}
	sum := score.Points(0)
	for _, c := range x.Contributions {
		sum += c.Points
	}
	if len(x.Contributions) > 0 && sum != is.Points-was.Points {
		l.t.Errorf("%s: the contributions add up to %d, the score went from %d to %d", x.ID, sum, was.Points, is.Points)
	}
	for _, c := range x.Crossings {
		if x.Rule == "" || !strings.Contains(x.Rule, c.Comparison) {
			l.t.Errorf("%s: %q is no part of the rule %q", x.ID, c.Comparison, x.Rule)
		}
	}
}

// noticeStands holds the profile to the notice that was told last.
func (l *ledger) noticeStands() {
	l.t.Helper()
	if l.profile.Notice.Stands() != (l.notice != nil) || l.notice != nil && (l.profile.Notice.ID != l.notice.NoticeID || l.profile.Notice.FallsAt != l.notice.FallsAt) {
		l.t.Errorf("the profile's notice is %+v, the one last told of %+v", l.profile.Notice, l.notice)
	}
}

func (l *ledger) churnAlert(x *score.ChurnAlert, cause event.Event, was, is score.Score) {
	l.t.Helper()
	var last score.Transition
	level := churn.None
	if l.alert != nil {
		last, level = l.alert, l.alert.Level
	}
	want, corrects := l.wantCause(cause, last)
	if x.Cause != want || x.Corrects != corrects {
		l.t.Errorf("%s: cause %s corrects %q, want %s corrects %q", x.ID, x.Cause, x.Corrects, want, corrects)
	}
	if x.LevelBefore != level || (x.Level == level) != (x.State == score.Updated && level != churn.None) {
		l.t.Errorf("%s: from level %s to %s, the last was %s", x.ID, x.LevelBefore, x.Level, level)
	}
	state := score.Escalated
	switch {
	case level == churn.None:
		state, l.raised = score.Raised, x
	case x.Level == churn.None && x.Cause == score.ByCorrection && cause.At() < l.raised.AsOf:
		state = score.Retracted
	case x.Level == churn.None:
		state = score.Resolved
	case x.Level < level:
		state = score.Eased
	case x.Level == level:
		state = score.Updated
		l.oneUpdateADay(x)
	}
	if x.State != state || x.EpisodeID != l.raised.ID {
		l.t.Errorf("%s: %s of episode %s, want %s of %s", x.ID, x.State, x.EpisodeID, state, l.raised.ID)
	}
	if ends := x.Level == churn.None; ends != (x.Resolve != score.UnknownReason) {
		l.t.Errorf("%s: %s with reason %s", x.ID, x.State, x.Resolve)
	}
	if x.Risk != is.Risk || x.RiskBefore != was.Risk {
		l.t.Errorf("%s: risk %v to %v, evaluated by itself %v to %v", x.ID, x.RiskBefore, x.Risk, was.Risk, is.Risk)
	}
	l.factorsAddUp(x, is)
	if over := x.Level == churn.None; x.ActBy <= x.AsOf || over && x.ActBy != event.Never || over && x.MaxOffer.Known {
		l.t.Errorf("%s: %s of %s is to be acted upon by %s, with an offer of %+v", x.ID, x.State, x.AsOf, x.ActBy, x.MaxOffer)
	}
	if l.alert = x; x.Level == churn.None {
		l.alert = nil
		if x.Resolve == score.ByLapse {
			l.lapsed = x
		}
	}
}

// oneUpdateADay holds an UPDATED to the one before: they lie on two calendar days.
func (l *ledger) oneUpdateADay(x *score.ChurnAlert) {
	l.t.Helper()
	if was := l.updated; was != nil && l.calendar.Day(was.AsOf) >= l.calendar.Day(x.AsOf) {
		l.t.Errorf("%s: UPDATED at %s, after one at %s: want at most one a day", x.ID, x.AsOf, was.AsOf)
	}
	l.updated = x
}

func (l *ledger) factorsAddUp(x *score.ChurnAlert, is score.Score) {
	l.t.Helper()
	if !is.Bought {
		return
	}
	sum := int32(0)
	for _, f := range x.Factors {
		sum += f.LogOdds
	}
	if odds := churn.LogOdds(x.Risk); sum != odds {
		l.t.Errorf("%s: the factors add up to %d, the log-odds of %v are %d", x.ID, sum, x.Risk, odds)
	}
}

func (l *ledger) secondOrder(x *score.ChurnAlert, cause event.Event, is score.Score) {
	l.t.Helper()
	if l.windows > 0 {
		l.t.Errorf("%s: %s, after the customer's only window has been closed", x.ID, x.State)
	}
	l.factorsAddUp(x, is)
	if l.window == nil {
		if x.State != score.Raised || x.EpisodeID != x.ID || x.Resolve != score.UnknownReason || is.PurchaseDays != 1 {
			l.t.Errorf("%s: %s of episode %s with reason %s after %d purchase days, want RAISED of its own after 1",
				x.ID, x.State, x.EpisodeID, x.Resolve, is.PurchaseDays)
		}
		l.window = x
		return
	}
	last := l.window
	if l.windowSaid != nil {
		last = l.windowSaid
	}
	want, corrects := l.wantCause(cause, last)
	if x.Corrects != corrects {
		l.t.Errorf("%s: corrects %q, want %q", x.ID, x.Corrects, corrects)
	}
	if x.State == score.Updated {
		if x.EpisodeID != l.window.ID || x.Cause != want || x.Resolve != score.UnknownReason || x.ActBy != l.window.ActBy {
			l.t.Errorf("%s: UPDATED of episode %s by %s with reason %s, act by %s; want %s by %s without one, by %s",
				x.ID, x.EpisodeID, x.Cause, x.Resolve, x.ActBy, l.window.ID, want, l.window.ActBy)
		}
		l.oneUpdateADay(x)
		l.windowSaid = x
		return
	}
	l.windowSaid = nil
	state := score.Resolved
	if want == score.ByCorrection && cause.At() < l.window.AsOf {
		state = score.Retracted
	} else {
		l.windows++
	}
	if x.State != state || x.EpisodeID != l.window.ID || x.Cause != want || x.Resolve == score.UnknownReason {
		l.t.Errorf("%s: %s of episode %s by %s with reason %s, want %s of %s by %s", x.ID, x.State, x.EpisodeID, x.Cause, x.Resolve, state, l.window.ID, want)
	}
	l.window = nil
}

func (l *ledger) wonBack(x *score.WonBack, is score.Score) {
	l.t.Helper()
	if l.lapsed == nil {
		l.t.Fatalf("%s: won back, and nobody had lapsed", x.ID)
	}
	if x.EpisodeID != l.lapsed.EpisodeID || is.LastPurchase < l.lapsed.AsOf || x.LapsedDays < 365 {
		l.t.Errorf("%s: won back by a purchase of %s after %d days, from episode %s; want one after %s, from %s",
			x.ID, is.LastPurchase, x.LapsedDays, x.EpisodeID, l.lapsed.AsOf, l.lapsed.EpisodeID)
	}
	if may := l.profile.History.ContactableChannels(); !slices.Equal(x.ContactableChannels, may) {
		l.t.Errorf("%s: won back, to be met on %q, want %q", x.ID, x.ContactableChannels, may)
	}
	l.lapsed = nil
}
