package score

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/tier"
	"tidemark/internal/score/value"
)

// Feedback says which words of a customer are told of: an episode of kind FEEDBACK, which a content answer, the resolution of the complaint or
// time ends. The zero value tells of none.
type Feedback struct {
	// WindowDays is how long a word is worth an alert, 1 to 90 days. 0 tells of none.
	WindowDays int
	// Falling is the share by which the latest NPS or CSAT lies below the mean of the earlier ones of 365 less WindowDays days, in (0, 1); 0 leaves
	// that out.
	Falling float64
	// Turned tells of a promoter who is a detractor now.
	Turned bool
	// Tier is the least tier of a valuable customer, AtStake the least value at stake, in minor units: one of the two is enough. Zero leaves it
	// out; without both nobody is valuable. The detractor's answer and the complaint of a valuable customer are told.
	Tier    Tier
	AtStake int64
	// OpenDays is for how many days a complaint may stay open; 0 leaves that out.
	OpenDays int
	// Action is the answer.
	Action Action
}

func (x *Feedback) on() bool { return x.WindowDays > 0 }

func (x *Feedback) check() error {
	var errs []error
	if x.WindowDays < 0 || x.WindowDays > 90 {
		errs = append(errs, fmt.Errorf("feedback: a window of %d days is not in 0..90", x.WindowDays))
	}
	if !(x.Falling >= 0 && x.Falling < 1) {
		errs = append(errs, fmt.Errorf("feedback: falling by a share of %v is not in [0, 1)", x.Falling))
	}
	if x.OpenDays < 0 || x.OpenDays > 180 {
		errs = append(errs, fmt.Errorf("feedback: complaints open for %d days are not in 0..180", x.OpenDays))
	}
	if x.AtStake < 0 {
		errs = append(errs, errors.New("feedback: the value at stake must not be negative"))
	}
	return errors.Join(errs...)
}

// grief is a set of what an unhappy customer has said.
type grief uint8

// The signs. Profiles store the bits: only append.
const (
	fallingNPS grief = 1 << iota
	fallingCSAT
	turnedDetractor
	unhappyAnswer
	newComplaint
	openTooLong

	griefEnd // all combinations of the bits lie below
	// ofValue are the signs of valuable customers only.
	ofValue = unhappyAnswer | newComplaint
)

// griefs are the names of the signs, in the order of their bits. Records hold them.
var griefs = [...]string{"nps_falls", "csat_falls", "promoter_turned_detractor", "detractor", "complaint", "complaint_open_too_long"}

// names are the names of the signs in g.
func (g grief) names() (names []string) {
	for i, name := range griefs {
		if g>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}

// UnhappyEpisode is the memory of an episode of kind FEEDBACK. The zero value, but for Muted, says that none is open.
type UnhappyEpisode struct {
	RaisedAt event.Instant
	// ID is the id of the episode's RAISED, LastID that of its last alert, which came at LastAt.
	ID, LastID string
	LastAt     event.Instant
	// Told is what the alerts have told of, Newest the instant of the newest word among it.
	Told   grief
	Newest event.Instant
	// Muted says that the current or last episode was not published; see Publish.
	Muted bool
}

func (u *UnhappyEpisode) open() bool { return u.Told != 0 }

// Open reports whether an episode is open.
func (u *UnhappyEpisode) Open() bool { return u.open() }

// What names what the episode has told of.
func (u *UnhappyEpisode) What() []string { return u.Told.names() }

// wrong is one sign, and the word that it is read from.
type wrong struct {
	sign  grief
	voice history.Voice
	// before is the mean or the answer that the word is compared with; NaN where it is compared with none.
	before float64
	// until is the instant from which the sign is too old.
	until event.Instant
	// weight is how much the sign weighs among the reasons of an alert, in (0, 1].
	weight float64
}

// hearsAnswer reports whether an event is a word that may be told of.
func (e *Engine) hearsAnswer(x event.Event) bool {
	_, ok := x.(*event.Feedback)
	return ok && e.model.Reactions.Feedback.on()
}

// wrongs returns what a customer has said that is wrong at an instant. What counts of valuable customers only is among it for everybody.
func (e *Engine) wrongs(voices []history.Voice, at event.Instant) []wrong {
	x := &e.model.Reactions.Feedback
	today := e.calendar.Day(at)
	window := event.Day(x.WindowDays)
	var all []wrong
	add := func(sign grief, v *history.Voice, before, weight float64, from event.Day) {
		if today-from < window {
			all = append(all, wrong{sign, *v, before, e.calendar.Start(from + window), weight})
		}
	}
	var latest [2]*history.Voice // NPS, CSAT
	for i := range voices {
		v := &voices[i]
		if v.At > at {
			continue
		}
		if v.Kind == event.Complaint {
			if v.ResolvedAt <= at {
				continue
			}
			add(newComplaint, v, math.NaN(), 1, v.Day)
			if late := v.Day + event.Day(x.OpenDays); x.OpenDays > 0 && today >= late {
				add(openTooLong, v, math.NaN(), 1, late)
			}
			continue
		}
		n := scaleOf(v)
		if was := latest[n]; was == nil || v.At >= was.At {
			latest[n] = v
		}
	}
	for n, last := range latest {
		if last == nil {
			continue
		}
		var sum float64
		var count int
		var previous *history.Voice
		for i := range voices {
			v := &voices[i]
			if v == last || v.Kind == event.Complaint || v.At > at || scaleOf(v) != n || last.Day-v.Day >= event.Day(365-x.WindowDays) {
				continue
			}
			sum, count = sum+v.Share, count+1
			if previous == nil || v.At >= previous.At {
				previous = v
			}
		}
		if count > 0 && x.Falling > 0 {
			if mean := sum / float64(count); micro(last.Share) <= micro(mean*(1-x.Falling)) && mean > 0 {
				add([...]grief{fallingNPS, fallingCSAT}[n], last, mean, (mean-last.Share)/mean, last.Day)
			}
		}
		if x.Turned && n == 0 && previous != nil && previous.Promoter && last.Unhappy {
			add(turnedDetractor, last, previous.Share, 1, last.Day)
		}
		if n == 0 && last.Unhappy {
			add(unhappyAnswer, last, math.NaN(), 1, last.Day)
		}
	}
	slices.SortStableFunc(all, func(a, b wrong) int {
		return cmp.Or(cmp.Compare(b.voice.At, a.voice.At), cmp.Compare(a.sign, b.sign), cmp.Compare(a.voice.ID, b.voice.ID))
	})
	return all
}

// scaleOf is 0 for an NPS, 1 for a CSAT or a REVIEW.
func scaleOf(v *history.Voice) int {
	if v.Kind == event.NPS {
		return 0
	}
	return 1
}

// heeded returns those wrongs that count: those of valuable customers where the customer is valuable, or an alert of the episode has told of
// the sign already.
func heeded(all []wrong, told grief, valuable bool) []wrong {
	return slices.DeleteFunc(all, func(w wrong) bool { return w.sign&ofValue != 0 && told&w.sign == 0 && !valuable })
}

// turns reports whether what is told changes if the customer is unhappy about all of that.
func (u *UnhappyEpisode) turns(all []wrong) bool {
	if (len(all) == 0) == u.open() {
		return true
	}
	var signs grief
	for i := range all {
		signs |= all[i].sign
	}
	return len(all) > 0 && (signs&^u.Told != 0 || all[0].voice.At > u.Newest)
}

// unhappyDue is the first instant after from at which silence makes an alert of kind FEEDBACK due; event.Never where there is none. Whether a
// customer is valuable is only asked when something happens.
func (e *Engine) unhappyDue(p *Profile, from event.Instant) event.Instant {
	x := &e.model.Reactions.Feedback
	if !x.on() || p.Test || p.Shop {
		return event.Never
	}
	voices := p.Whole().Voices()
	if len(voices) == 0 {
		return event.Never
	}
	var steps []event.Instant
	step := func(at event.Instant) {
		if at > from && at != event.Never {
			steps = append(steps, at)
		}
	}
	for i := range voices {
		v := &voices[i]
		step(v.At)
		step(v.ResolvedAt)
		step(e.calendar.Start(v.Day + event.Day(x.WindowDays)))
		if x.OpenDays > 0 && v.Kind == event.Complaint {
			step(e.calendar.Start(v.Day + event.Day(x.OpenDays)))
			step(e.calendar.Start(v.Day + event.Day(x.OpenDays+x.WindowDays)))
		}
	}
	slices.Sort(steps)
	for _, at := range slices.Compact(steps) {
		if p.Unhappy.turns(heeded(e.wrongs(voices, at), p.Unhappy.Told, false)) {
			return at
		}
	}
	return event.Never
}

// unhappyAbout returns what p, as evaluated, is unhappy about.
func (e *Engine) unhappyAbout(p *Profile, v *evaluation, t Tier, o *occasion) []wrong {
	x := &e.model.Reactions.Feedback
	if !x.on() || !v.buyer() || v.signs.Shop {
		return nil
	}
	voices := p.Whole().Voices()
	if len(voices) == 0 {
		return nil
	}
	valuable := o.event != nil && (x.Tier != tier.None && t >= x.Tier || x.AtStake > 0 && e.atStake(v) >= x.AtStake)
	return heeded(e.wrongs(voices, v.at), p.Unhappy.Told, valuable)
}

// unhappyAlert tells of an unhappy customer.
func (e *Engine) unhappyAlert(c *change) *ChurnAlert {
	u := &c.before.Unhappy
	cause, corrects := c.cause(u.LastAt, u.LastID)
	t := e.alertBy(c, cause, corrects)
	t.Kind, t.EpisodeID, t.Action, t.ActBy = FeedbackAlert, u.ID, e.model.Reactions.Feedback.Action, event.Never
	switch {
	case len(c.unhappy) == 0:
		t.Action = e.model.Actions[0]
		e.contented(t, c, u)
		return t
	case u.open():
		t.State = Updated
	default:
		t.State = Raised
		t.Corrects = c.resumed(FeedbackAlert)
	}
	t.LikelyCause, t.Evidence = e.likelyCause(*c.p.Whole(), c.v.at)
	t.MaxOffer = e.maxOffer(t.ValueAtStake, t.Action.Cost)
	t.ActBy = e.answerBy(c.unhappy, c.v.at)
	weights := make([]float64, len(c.unhappy))
	var sum float64
	for i := range c.unhappy {
		sum += c.unhappy[i].weight
	}
	for i := range c.unhappy {
		weights[i] = c.unhappy[i].weight / sum * 1000
	}
	for i, weight := range value.Apportion(weights, 1000) {
		w := &c.unhappy[i]
		t.Reasons = append(t.Reasons, Reason{
			Name: w.sign.names()[0], Before: micro(w.before), After: micro(w.voice.Share), Weight: int64(weight), EventID: w.voice.ID, At: w.voice.At,
		})
	}
	return t
}

// answerBy is the instant by which an answer is due: before a complaint has been open for too long, else while the newest word is young.
func (e *Engine) answerBy(all []wrong, at event.Instant) event.Instant {
	open := event.Never
	x := &e.model.Reactions.Feedback
	for i := range all {
		if w := &all[i]; w.sign == newComplaint && x.OpenDays > 0 {
			if late := e.calendar.Start(w.voice.Day + event.Day(x.OpenDays)); late > at {
				open = min(open, late)
			}
		}
	}
	if open != event.Never {
		return open
	}
	last := event.Instant(0)
	for i := range all {
		last = max(last, all[i].until)
	}
	return last
}

// contented makes t the last alert of an episode.
func (e *Engine) contented(t *ChurnAlert, c *change, u *UnhappyEpisode) {
	t.State, t.Resolve = Resolved, ByRelief
	switch {
	case c.v.signs.Test, c.v.signs.Shop:
		t.Resolve = ByCorrected
	case t.Cause == ByModel:
		t.Resolve = ByNewModel
		if c.back.began(FeedbackAlert) {
			t.State = Retracted
		}
	case t.Cause == ByMerge:
		t.Resolve = ByMerged
	case t.Cause == ByCorrection && c.occasion.at < u.RaisedAt:
		t.State, t.Resolve = Retracted, ByCorrected
	case !c.v.buyer():
		t.Resolve = ByCorrected
	case t.Cause == ByTime:
		if t.Resolve = ByExpiry; c.satisfied(u) {
			t.Resolve = ByContent
		}
	default:
		t.Resolve = ByContent
	}
}

// satisfied reports whether a word that was stamped ahead has ended the episode.
func (c *change) satisfied(u *UnhappyEpisode) bool {
	for _, v := range c.p.Whole().Voices() {
		if v.At == c.v.at || v.ResolvedAt == c.v.at {
			return u.open()
		}
	}
	return false
}

// next returns the episode after an alert.
func (u UnhappyEpisode) next(t *ChurnAlert, all []wrong) UnhappyEpisode {
	told, newest := u.Told, u.Newest
	for i := range all {
		told, newest = told|all[i].sign, max(newest, all[i].voice.At)
	}
	switch t.State {
	case Raised:
		return UnhappyEpisode{RaisedAt: t.AsOf, ID: t.ID, LastID: t.ID, LastAt: t.AsOf, Told: told, Newest: newest, Muted: u.Muted}
	case Updated:
		u.LastID, u.LastAt, u.Told, u.Newest = t.ID, t.AsOf, told, newest
		return u
	case Resolved, Retracted, Escalated, Eased, UnknownState:
	}
	return UnhappyEpisode{Muted: u.Muted}
}
