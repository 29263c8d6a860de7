package avro

import (
	"math"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score"
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

// owners are the symbols of ActionOwner, in the schema's order.
var owners = [...]string{"UNKNOWN", "SALES", "SERVICE", "MARKETING"}

// ids returns the ids that a transition carries: its own, and that of its episode if it has one.
func ids(t score.Transition) (id, episode string) {
	switch t := t.(type) {
	case *score.ChurnAlert:
		episode = t.EpisodeID
	case *score.WonBack:
		episode = t.EpisodeID
	case *score.TierChanged:
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
		merged := func(c score.Contribution) bool { return c.Cause > score.ByCorrection }
		newer = newer || t.KeepBy.Any || t.KeepBy.Amount != t.KeepBy.Advised() || slices.ContainsFunc(t.Contributions, merged)
	case *score.WonBack:
		newer = newer || t.ContactableChannels != nil
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
	if w.some(t.Playbook.ID != "") {
		w.text(t.Playbook.ID)
		w.list(len(t.Playbook.Actions), func(i int) {
			a := &t.Playbook.Actions[i]
			w.action(a)
			w.int(int64(a.DueHours))
		})
	}
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
