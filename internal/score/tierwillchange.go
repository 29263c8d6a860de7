package score

import (
	"tidemark/internal/event"
	"tidemark/internal/score/tier"
	"tidemark/internal/score/value"
)

// TierWillChange is one step of a pre-notice: silence alone will lower the customer's tier. Points are hundredths of a point, values are in
// minor units of Currency.
type TierWillChange struct {
	Stamp
	// NoticeID is the id of the notice's GIVEN. The GIVEN bears its own id here.
	NoticeID string
	State    NoticeState
	// Withdrawal is why a notice is withdrawn; UnknownReason where it stands.
	Withdrawal ResolveReason
	// Tier is the tier now; tier.None for who has none any more. ToCome is the tier that the customer falls to; tier.None where the notice is
	// withdrawn.
	Tier, ToCome Tier
	// FallsAt is the instant at which silence alone lowers the tier; zero where the notice is withdrawn. FellAt is the instant that was told
	// before; zero on GIVEN.
	FallsAt, FellAt event.Instant
	// Now is the score now, Then the score at FallsAt if nothing happens; zero where the notice is withdrawn.
	Now, Then Points
	// Contributions are what silence does to the score until FallsAt. Their points add up to Then − Now exactly.
	Contributions []Contribution
	// KeepBy says what keeps the tier.
	KeepBy   KeepBy
	Currency event.Currency
	// CurrentValue is the predicted value of the horizon.
	CurrentValue        int64
	PreferredChannel    string
	ContactableChannels []string
	Owner               string
	// Playbook is the advice for the tier that is to be kept.
	Playbook Playbook
	// Corrects is the id of the record of the notice that a late event proves wrong.
	Corrects string
}

func (*TierWillChange) sealed() {}

// NoticeState is what happened to a notice.
type NoticeState uint8

// The states, in the order of the Avro symbols. MOVED says that an event has moved the fall to another day, or that it leads to another tier,
// and is near all the same. A notice that comes true has no state: the TierChanged names it.
const (
	UnknownNotice NoticeState = iota
	Given
	Moved
	Withdrawn
)

var noticeStates = [...]string{"UNKNOWN", "GIVEN", "MOVED", "WITHDRAWN"}

func (s NoticeState) String() string { return noticeStates[s] }

// next returns the memory after a step.
func (n *Notice) next(t *TierWillChange) *Notice {
	told := Notice{At: t.AsOf, FallsAt: t.FallsAt, To: t.ToCome, Muted: n.muted()}
	switch t.State {
	case Given:
		told.ID = t.ID
	case Moved:
		told.ID, told.LastID = n.ID, t.ID
	case Withdrawn, UnknownNotice:
		return n.over()
	}
	return &told
}

// over returns the memory after a notice has ended.
func (n *Notice) over() *Notice { return (*Notice)(nil).asMuted(n.muted()) }

// notices returns the steps of notices that a change leads to, in order: what ends or moves the notice that stands, and a new one. fulfilled
// says that a TierChanged of the change has named the notice that stood.
func (e *Engine) notices(c *change, fulfilled bool) []*TierWillChange {
	n, stays := c.before.Notice, c.tier == c.before.Standing.Tier
	switch {
	case !n.Stands() || fulfilled:
		if !c.ahead.near() {
			return nil
		}
		return []*TierWillChange{e.willChange(c, Given)}
	case !n.turns(c.ahead, stays, e.calendar):
		return nil
	case stays && c.ahead.near():
		return []*TierWillChange{e.willChange(c, Moved)}
	case c.ahead.near(): // the tier has risen, and is to fall again soon
		return []*TierWillChange{e.withdrawn(c), e.willChange(c, Given)}
	}
	return []*TierWillChange{e.withdrawn(c)}
}

// notice returns a step with the fields that all steps have.
func (e *Engine) notice(c *change, state NoticeState) *TierWillChange {
	n := c.before.Notice
	t := &TierWillChange{
		State: state, Tier: c.tier, Now: c.v.points, CurrentValue: e.minor(c.v.current), Currency: e.model.Base,
		PreferredChannel: preferredChannel(c.p, c.v), ContactableChannels: e.contactable(c.p.Whole()), Owner: c.p.Whole().Attribute("owner"),
	}
	var cause Cause
	if state == Given {
		cause, _ = c.cause(0, "")
	} else {
		cause, t.Corrects = c.cause(n.At, n.last())
		t.NoticeID, t.FellAt = n.ID, n.FallsAt
	}
	t.Stamp = e.stamp(c, cause)
	t.Unannounced = t.ControlGroup && !e.model.AnnounceControl
	return t
}

// willChange tells of the fall that lies ahead.
func (e *Engine) willChange(c *change, state NoticeState) *TierWillChange {
	t := e.notice(c, state)
	kept := *c.p
	kept.Standing.Tier, kept.Standing.Since = c.tier, c.tierSince
	then := e.evaluate(&kept, c.ahead.at)
	t.FallsAt, t.ToCome, t.Then = c.ahead.at, c.ahead.to, then.points
	var silence tally
	silence.change(ByTime, &e.model.Scorecard, &c.v.reading, &then.reading)
	for i, points := range value.Apportion(silence.parts, t.Then-t.Now) {
		silence.all[i].Points = points
	}
	t.Contributions = silence.all
	t.KeepBy = e.keepUntil(&kept, c.ahead.at, kept.Standing)
	t.Playbook = e.playbook(c.tier, c.v)
	return t
}

// withdrawn tells that the fall which was told of does not come.
func (e *Engine) withdrawn(c *change) *TierWillChange {
	t := e.notice(c, Withdrawn)
	t.Withdrawal = e.withdrawal(c, t.Cause)
	return t
}

// withdrawal is why a notice is withdrawn. What an event changes is looked for as of the end of the tolerance, for an order may be stamped
// ahead.
func (e *Engine) withdrawal(c *change, cause Cause) ResolveReason {
	switch {
	case c.v.signs.Test:
		return ByCorrected
	case cause == ByModel:
		return ByNewModel
	case cause == ByMerge:
		return ByMerged
	case cause == ByCorrection:
		return ByCorrected
	}
	soon := c.v.at.Add(event.Tolerance)
	was, is := c.before.Whole().Facts(soon, e.calendar), c.p.Whole().Facts(soon, e.calendar)
	switch {
	case is.Orders > was.Orders:
		return ByPurchase
	case is.Orders < was.Orders || is.Spend != was.Spend || c.tier == tier.None:
		return ByCorrected
	}
	return ByRelief // a happy answer, or a referral
}
