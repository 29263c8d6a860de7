package avro

import (
	"math"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
	"tidemark/schemas"
)

// topicOf returns the topic of a transition.
func topicOf(t score.Transition) string {
	switch t.(type) {
	case *score.TierChanged:
		return schemas.TierChanges
	case *score.ChurnAlert:
		return schemas.ChurnAlerts
	case *score.WonBack:
		return schemas.WinBacks
	case *score.TierWillChange:
		return schemas.TierNotices
	case *score.SegmentChanged:
		return schemas.SegmentChanges
	}
	panic("avro: no topic for this transition") // the set is closed
}

// kind returns the ce_type of a transition.
func kind(t score.Transition) string {
	switch t := t.(type) {
	case *score.TierChanged:
		return "com.tidemark.tier.changed.v1"
	case *score.ChurnAlert:
		return steps[t.State]
	case *score.WonBack:
		return "com.tidemark.customer.won.back.v1"
	case *score.TierWillChange:
		return noticeSteps[t.State]
	case *score.SegmentChanged:
		return segmentSteps[t.Change]
	}
	panic("avro: no type for this transition") // the set is closed
}

// steps are the ce_types of churn alerts.
var steps = [...]string{
	score.UnknownState: "com.tidemark.churn.alert.v1",
	score.Raised:       "com.tidemark.churn.alert.raised.v1",
	score.Escalated:    "com.tidemark.churn.alert.escalated.v1",
	score.Eased:        "com.tidemark.churn.alert.eased.v1",
	score.Resolved:     "com.tidemark.churn.alert.resolved.v1",
	score.Retracted:    "com.tidemark.churn.alert.retracted.v1",
	score.Updated:      "com.tidemark.churn.alert.updated.v1",
}

// noticeSteps are the ce_types of pre-notices.
var noticeSteps = [...]string{
	score.UnknownNotice: "com.tidemark.tier.notice.v1",
	score.Given:         "com.tidemark.tier.notice.given.v1",
	score.Moved:         "com.tidemark.tier.notice.moved.v1",
	score.Withdrawn:     "com.tidemark.tier.notice.withdrawn.v1",
}

// segmentSteps are the ce_types of changes of segments.
var segmentSteps = [...]string{
	score.UnknownChange: "com.tidemark.segment.v1",
	score.Entered:       "com.tidemark.segment.entered.v1",
	score.Left:          "com.tidemark.segment.left.v1",
}

// The symbols of the levels of a playbook, in the schema's order.
var (
	resourceLevels  = [...]string{"UNKNOWN", "PRIORITY", "MODERATE", "REDUCED"}
	marketingLevels = [...]string{"UNKNOWN", "PREMIUM", "MASS", "PRECISION"}
	serviceLevels   = [...]string{"UNKNOWN", "CUSTOM", "STANDARD", "BASIC"}
)

// owners are the symbols of ActionOwner, in the schema's order.
var owners = [...]string{"UNKNOWN", "SALES", "SERVICE", "MARKETING"}

// ids returns the ids that a transition carries: its own, and that of its episode if it has one.
func ids(t score.Transition) (id, episode string) {
	switch t := t.(type) {
	case *score.ChurnAlert:
		episode = t.EpisodeID
	case *score.WonBack:
		episode = t.EpisodeID
	case *score.TierWillChange:
		episode = t.NoticeID
	case *score.TierChanged, *score.SegmentChanged:
	}
	return t.Common().ID, episode
}

// transition appends the record of a transition, under an id and the id of an episode.
func (w *wire) transition(t score.Transition, id, episode string) {
	w.text(id)
	switch t := bare(t).(type) {
	case *score.TierChanged:
		w.tierChanged(t)
	case *score.ChurnAlert:
		w.text(episode)
		w.churnAlert(t)
	case *score.WonBack:
		w.text(episode)
		w.wonBack(t)
	case *score.TierWillChange:
		w.text(episode)
		w.tierWillChange(t)
	case *score.SegmentChanged:
		w.segmentChanged(t)
	}
}

// oldest is the oldest version of the schema that holds all that t says.
func oldest(t score.Transition) int {
	newer := t.Common().Cause > score.ByCorrection
	switch t := t.(type) {
	case *score.ChurnAlert:
		if t.Kind > score.SecondOrderWindow || t.Resolve > score.ByFalseAlarm || len(t.Reasons) > 0 || t.Measured != (score.Measured{}) {
			return 3
		}
		newer = newer || t.Resolve > score.ByRelief || t.State == score.Updated || t.Action.Code != "" && t.Action.DueHours != 0
	case *score.TierChanged:
		if book := &t.Playbook; t.NoticeID != "" || book.Resources != "" || book.Marketing != "" || book.Service != "" ||
			(t.SinceTaken != nil || t.OrderChannels != nil) && !erased(&t.Stamp) {
			return 3
		}
		merged := func(c score.Contribution) bool { return c.Cause > score.ByCorrection }
		newer = newer || t.KeepBy.Any || t.KeepBy.Amount != t.KeepBy.Advised() || slices.ContainsFunc(t.Contributions, merged)
	case *score.WonBack:
		newer = newer || t.ContactableChannels != nil
	case *score.TierWillChange, *score.SegmentChanged:
		return 1
	}
	if newer {
		return 2
	}
	return 1
}

func (w *wire) stamp(s *score.Stamp) {
	w.text(s.Customer)
	w.int(int64(s.AsOf))
	w.int(int64(s.Cause))
	w.maybeText(s.CauseEventID)
	w.text(s.ModelVersion)
	w.text(s.ScorecardHash)
	w.text(s.PopulationVersion)
	w.bool(s.ControlGroup)
}

func (w *wire) tierChanged(t *score.TierChanged) {
	w.stamp(&t.Stamp)
	w.maybeTier(t.Previous)
	w.maybeTier(t.Tier)
	w.int(int64(t.Direction))
	w.int(int64(t.DaysInPrevious))
	w.int(int64(t.Before))
	w.int(int64(t.After))
	w.maybeInt(int64(t.LineCrossed), t.LineCrossed != 0)
	w.double(t.Coverage)
	w.maybeText(t.Corrects)
	w.list(len(t.Contributions), func(i int) { w.contribution(&t.Contributions[i]) })
	w.maybeInt(t.CurrentValue, !erased(&t.Stamp))
	w.int(t.Spend365)
	w.text(string(t.Currency))
	w.level(t.ChurnLevel, &t.Stamp)
	if w.some(t.KeepBy != (score.KeepBy{})) {
		w.keepBy(&t.KeepBy)
	}
	w.maybeText(t.PreferredChannel)
	w.maybeTexts(t.ContactableChannels)
	w.maybeText(t.TopCategory)
	w.playbook(&t.Playbook, w.since(3))
	if w.since(3) {
		w.maybeText(t.NoticeID)
	}
	if w.since(3) {
		w.sinceTaken(t.SinceTaken)
		w.maybeTexts(t.OrderChannels)
	}
}

func (w *wire) sinceTaken(s *score.SinceTaken) {
	if w.some(s != nil) {
		w.int(int64(s.At))
		w.int(int64(s.Points))
		w.list(len(s.Contributions), func(i int) { w.contribution(&s.Contributions[i]) })
	}
}

// playbook appends a playbook, or null; levels says that its record has the levels.
func (w *wire) playbook(p *score.Playbook, levels bool) {
	if !w.some(p.ID != "") {
		return
	}
	w.text(p.ID)
	w.list(len(p.Actions), func(i int) {
		a := &p.Actions[i]
		w.action(a)
		w.int(int64(a.DueHours))
	})
	if levels {
		w.maybeSymbol(resourceLevels[:], p.Resources)
		w.maybeSymbol(marketingLevels[:], p.Marketing)
		w.maybeSymbol(serviceLevels[:], p.Service)
	}
}

// maybeSymbol appends a symbol of an enum; null where it is empty.
func (w *wire) maybeSymbol(symbols []string, s string) {
	w.maybeInt(int64(max(0, slices.Index(symbols, s))), s != "")
}

// level appends a churn level: UNKNOWN of a customer who was erased.
func (w *wire) level(l score.Level, s *score.Stamp) {
	if erased(s) {
		w.int(0)
		return
	}
	w.int(int64(l) + 1)
}

func (w *wire) keepBy(k *score.KeepBy) {
	advised := k.Advised()
	w.int(int64(k.Day))
	w.int(advised)
	if w.since(2) {
		w.bool(k.Any)
		w.maybeInt(k.Amount, k.Amount != advised)
	}
}

func (w *wire) contribution(c *score.Contribution) {
	nowhere := math.NaN()
	before, rawAfter, after := c.NormalisedBefore, c.RawAfter, c.NormalisedAfter
	if !isFinite(c.RawBefore) {
		before = nowhere
	}
	if !isFinite(c.RawAfter) || c.Missing {
		rawAfter, after = nowhere, nowhere
	}
	w.text(c.Indicator)
	w.int(int64(c.Cause))
	w.maybeDouble(c.RawBefore)
	w.maybeDouble(rawAfter)
	w.maybeDouble(before)
	w.maybeDouble(after)
	w.double(c.Weight)
	w.int(int64(c.Points))
	w.bool(c.Capped)
	w.bool(c.Missing)
}

func (w *wire) churnAlert(a *score.ChurnAlert) {
	w.stamp(&a.Stamp)
	w.int(int64(a.State))
	w.maybeInt(int64(a.Resolve), a.Resolve != score.UnknownReason)
	w.int(int64(a.Kind))
	w.level(a.LevelBefore, &a.Stamp)
	w.level(a.Level, &a.Stamp)
	w.maybeDouble(a.RiskBefore)
	w.double(a.Risk)
	w.maybeDouble(a.RiskNormal)
	w.int(int64(a.HorizonDays))
	w.maybeInstant(a.LastPurchaseAt)
	silent, gap := a.DaysSilent, a.UsualGapDays
	if a.LastPurchaseAt == 0 {
		silent = math.NaN()
	}
	if gap == 0 {
		gap = math.NaN()
	}
	w.maybeDouble(silent)
	w.maybeDouble(gap)
	if p50, p90 := a.ExpectedNextP50, a.ExpectedNextP90; w.some(isInstant(p50) || isInstant(p90)) {
		w.maybeInstant(p50)
		w.maybeInstant(p90)
	}
	w.maybeTier(a.Tier)
	w.maybeInt(a.ValueAtStake, !erased(&a.Stamp))
	w.text(string(a.Currency))
	w.list(len(a.Factors), func(i int) {
		f := &a.Factors[i]
		w.text(f.Name)
		w.int(int64(f.LogOdds))
		w.maybeDouble(f.Raw)
	})
	w.maybeInt(int64(a.LikelyCause), a.LikelyCause != 0)
	if w.some(a.LikelyCause != 0) {
		w.list(len(a.Evidence), func(i int) { w.evidence(&a.Evidence[i]) })
	}
	w.maybeInt(int64(a.OpenComplaints), !erased(&a.Stamp))
	if w.some(a.Action.Code != "") {
		w.action(&a.Action)
		if w.since(2) {
			w.maybeInt(int64(a.Action.DueHours), a.Action.DueHours != 0)
		}
	}
	w.maybeMinor(a.Action.Cost)
	w.maybeMinor(a.MaxOffer)
	w.maybeInstant(a.ActBy)
	w.maybeTexts(a.Contactable)
	w.maybeText(a.Owner)
	w.maybeText(a.Corrects)
	if w.since(3) {
		w.reasons(a)
	}
}

// reasons appends why an alert of kind FEEDBACK or VALUE_DROP was raised.
func (w *wire) reasons(a *score.ChurnAlert) {
	list := func(all []score.Reason) {
		if w.some(len(all) > 0) {
			w.list(len(all), func(i int) {
				r := &all[i]
				w.text(r.Name)
				w.maybeInt(int64(r.Cause), r.Cause != score.UnknownCause)
				w.maybeDouble(r.Before)
				w.maybeDouble(r.After)
				w.int(r.Weight)
				w.maybeText(r.EventID)
				w.maybeInstant(r.At)
			})
		}
	}
	list(a.Reasons)
	list(a.ValueReasons)
	if m := &a.Measured; w.some(m.Since != 0) {
		w.int(int64(m.Since))
		w.int(int64(m.ScoreBefore))
		w.int(int64(m.ScoreAfter))
		w.int(m.ValueBefore)
		w.int(m.ValueAfter)
	}
}

func (w *wire) wonBack(t *score.WonBack) {
	w.stamp(&t.Stamp)
	w.int(int64(t.LapsedDays))
	w.maybeText(t.ActionID)
	w.int(t.OrderValue)
	w.text(string(t.Currency))
	w.maybeMinor(t.Margin)
	if w.since(2) {
		w.maybeTexts(t.ContactableChannels)
	}
}

func (w *wire) tierWillChange(t *score.TierWillChange) {
	w.stamp(&t.Stamp)
	stands := t.ToCome != tier.None
	w.int(int64(t.State))
	w.maybeInt(int64(t.Withdrawal), t.Withdrawal != score.UnknownReason)
	w.maybeTier(t.Tier)
	w.maybeTier(t.ToCome)
	w.maybeInstant(t.FallsAt)
	w.maybeInstant(t.FellAt)
	w.maybeInt(int64(t.Now), t.Tier != tier.None)
	w.maybeInt(int64(t.Then), stands)
	w.list(len(t.Contributions), func(i int) { w.contribution(&t.Contributions[i]) })
	if w.some(t.KeepBy != (score.KeepBy{})) {
		k := &t.KeepBy
		w.int(int64(k.Day))
		w.int(k.Amount)
		w.int(k.Usual)
		w.int(k.Advised())
		w.bool(k.Any)
	}
	w.maybeInt(t.CurrentValue, t.Tier != tier.None)
	w.text(string(t.Currency))
	w.maybeText(t.PreferredChannel)
	w.maybeTexts(t.ContactableChannels)
	w.maybeText(t.Owner)
	w.playbook(&t.Playbook, true)
	w.maybeText(t.Corrects)
}

func (w *wire) segmentChanged(t *score.SegmentChanged) {
	w.stamp(&t.Stamp)
	w.int(int64(t.Change))
	w.text(t.Segment)
	w.maybeText(t.Rule)
	w.maybeText(t.EnteredID)
	w.maybeInstant(t.EnteredAt)
	w.list(len(t.Crossings), func(i int) {
		c := &t.Crossings[i]
		w.text(c.Comparison)
		w.maybeDouble(c.Before)
		w.maybeDouble(c.After)
		w.maybeText(c.WordBefore)
		w.maybeText(c.WordAfter)
		w.bool(c.Held)
		w.bool(c.Holds)
	})
	w.list(len(t.Contributions), func(i int) { w.contribution(&t.Contributions[i]) })
	w.maybeTier(t.Tier)
	w.level(t.ChurnLevel, &t.Stamp)
	w.maybeInt(t.CurrentValue, t.Tier != tier.None)
	w.text(string(t.Currency))
	w.maybeText(t.PreferredChannel)
	w.maybeTexts(t.ContactableChannels)
	w.maybeText(t.Owner)
	w.maybeText(t.Corrects)
}

func (w *wire) evidence(v *score.Evidence) {
	w.text(v.ID)
	w.maybeInt(int64(v.About), v.About != event.UnknownSubject)
	w.maybeDouble(v.Score)
	w.int(int64(v.At))
}

func (w *wire) action(a *score.Action) {
	w.text(a.Code)
	w.text(a.Text)
	w.int(int64(max(0, slices.Index(owners[:], a.Owner))))
}
