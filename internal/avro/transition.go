package avro

import (
	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/schemas"
)

// topicOf is the topic that t goes to.
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

// told is a transition as its Avro record, under the ids that it carries.
func told(t score.Transition) map[string]any {
	switch t := t.(type) {
	case *score.TierChanged:
		return tierRecord(t)
	case *score.ChurnAlert:
		return alertRecord(t)
	case *score.WonBack:
		return winBackRecord(t)
	}
	panic("avro: no record for this transition") // the set is closed
}

// ids are those that t carries.
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

// kind is the ce_type of t.
func kind(t score.Transition) string {
	switch t := t.(type) {
	case *score.TierChanged:
		return "com.tidemark.tier.changed.v1"
	case *score.ChurnAlert:
		switch t.State {
		case score.Raised:
			return "com.tidemark.churn.alert.raised.v1"
		case score.Escalated:
			return "com.tidemark.churn.alert.escalated.v1"
		case score.Eased:
			return "com.tidemark.churn.alert.eased.v1"
		case score.Resolved:
			return "com.tidemark.churn.alert.resolved.v1"
		case score.Retracted:
			return "com.tidemark.churn.alert.retracted.v1"
		case score.UnknownState:
		}
		return "com.tidemark.churn.alert.v1"
	case *score.WonBack:
		return "com.tidemark.customer.won.back.v1"
	}
	panic("avro: no type for this transition") // the set is closed
}

// stamped adds what every transition carries.
func stamped(record map[string]any, s *score.Stamp) map[string]any {
	record["event_id"] = s.ID
	record["customer_id"] = s.Customer
	record["as_of"] = int64(s.AsOf)
	record["cause"] = s.Cause.String()
	record["cause_event_id"] = text(s.CauseEventID)
	record["model_version"] = s.ModelVersion
	record["scorecard_hash"] = s.ScorecardHash
	record["population_version"] = s.PopulationVersion
	record["control_group"] = s.ControlGroup
	return record
}

func tierRecord(t *score.TierChanged) map[string]any {
	contributions := make([]any, len(t.Contributions))
	for i, c := range t.Contributions {
		contributions[i] = contributionRecord(c)
	}
	keepBy := map[string]any{"date": int32(t.KeepBy.Day), "amount_minor": t.KeepBy.Amount}
	return stamped(map[string]any{
		"previous_tier":        tierOf(t.Previous),
		"tier":                 tierOf(t.Tier),
		"direction":            t.Direction.String(),
		"days_in_previous":     t.DaysInPrevious,
		"score_before":         t.Before,
		"score_after":          t.After,
		"line_crossed":         some("int", t.LineCrossed, t.LineCrossed != 0),
		"coverage":             rounded(t.Coverage),
		"corrects_event_id":    text(t.Corrects),
		"contributions":        contributions,
		"clv_current":          some("long", t.CurrentValue, true),
		"spend_365d_minor":     t.Spend365,
		"currency":             string(t.Currency),
		"churn_level":          t.ChurnLevel.String(),
		"keep_by":              some(space+"KeepBy", keepBy, t.KeepBy != (score.KeepBy{})),
		"preferred_channel":    text(t.PreferredChannel),
		"contactable_channels": names(t.ContactableChannels),
		"top_category":         text(t.TopCategory),
		"playbook":             some(space+"Playbook", playbookRecord(t.Playbook), t.Playbook.ID != ""),
	}, &t.Stamp)
}

// contributionRecord writes values that are not known (missing, or not a number) as null, never as zero.
func contributionRecord(c score.Contribution) map[string]any {
	rawBefore, rawAfter := finite(c.RawBefore), finite(c.RawAfter)
	before, after := finite(c.NormalisedBefore), finite(c.NormalisedAfter)
	if rawBefore == nil {
		before = nil
	}
	if rawAfter == nil || c.Missing {
		rawAfter, after = nil, nil
	}
	return map[string]any{
		"indicator":         c.Indicator,
		"cause":             c.Cause.String(),
		"raw_before":        rawBefore,
		"raw_after":         rawAfter,
		"normalised_before": before,
		"normalised_after":  after,
		"weight":            rounded(c.Weight),
		"points":            c.Points,
		"capped":            c.Capped,
		"missing":           c.Missing,
	}
}

func playbookRecord(p score.Playbook) map[string]any {
	actions := make([]any, len(p.Actions))
	for i, a := range p.Actions {
		actions[i] = map[string]any{"code": a.Code, "text": a.Text, "owner": owner(a.Owner), "due_hours": a.DueHours}
	}
	return map[string]any{"id": p.ID, "actions": actions}
}

func alertRecord(a *score.ChurnAlert) map[string]any {
	factors := make([]any, len(a.Factors))
	for i, f := range a.Factors {
		factors[i] = map[string]any{"factor": f.Name, "log_odds": f.LogOdds, "raw": finite(f.Raw)}
	}
	evidence := make([]any, len(a.Evidence))
	for i, v := range a.Evidence {
		evidence[i] = map[string]any{
			"event_id": v.ID, "topic": some(space+"Subject", v.About.String(), v.About != event.UnknownSubject),
			"score": finite(v.Score), "at": int64(v.At),
		}
	}
	p50, p90 := instant(a.ExpectedNextP50), instant(a.ExpectedNextP90)
	silent, usualGap := finite(a.DaysSilent), finite(a.UsualGapDays)
	if a.LastPurchaseAt == 0 {
		silent = nil
	}
	if a.UsualGapDays == 0 {
		usualGap = nil // two purchase days are at least a day apart
	}
	action := map[string]any{"code": a.Action.Code, "text": a.Action.Text, "owner": owner(a.Action.Owner)}
	return stamped(map[string]any{
		"episode_id":           a.EpisodeID,
		"state":                a.State.String(),
		"resolve_reason":       some(space+"ResolveReason", a.Resolve.String(), a.Resolve != score.UnknownReason),
		"kind":                 a.Kind.String(),
		"level_before":         a.LevelBefore.String(),
		"level":                a.Level.String(),
		"risk_before":          finite(a.RiskBefore),
		"risk":                 rounded(a.Risk),
		"risk_normal":          finite(a.RiskNormal),
		"horizon_days":         a.HorizonDays,
		"last_purchase_at":     instant(a.LastPurchaseAt),
		"days_silent":          silent,
		"usual_gap_days":       usualGap,
		"expected_next":        some(space+"ExpectedNext", map[string]any{"p50": p50, "p90": p90}, p50 != nil || p90 != nil),
		"tier":                 tierOf(a.Tier),
		"value_at_stake_minor": some("long", a.ValueAtStake, true),
		"currency":             string(a.Currency),
		"factors":              factors,
		"likely_cause":         some(space+"LikelyCause", a.LikelyCause.String(), a.LikelyCause != 0),
		"cause_evidence":       some("array", evidence, a.LikelyCause != 0),
		"open_complaints":      some("int", a.OpenComplaints, true),
		"action":               some(space+"Action", action, a.Action.Code != ""),
		"action_cost_minor":    some("long", a.Action.Cost.Minor, a.Action.Cost.Known),
		"max_offer_minor":      some("long", a.MaxOffer.Minor, a.MaxOffer.Known),
		"act_by":               instant(a.ActBy),
		"contactable_channels": names(a.Contactable),
		"owner":                text(a.Owner),
		"corrects_event_id":    text(a.Corrects),
	}, &a.Stamp)
}

func winBackRecord(t *score.WonBack) map[string]any {
	return stamped(map[string]any{
		"episode_id":         t.EpisodeID,
		"lapsed_days":        t.LapsedDays,
		"action_id":          text(t.ActionID),
		"order_value_minor":  t.OrderValue,
		"currency":           string(t.Currency),
		"margin_since_minor": some("long", t.Margin.Minor, t.Margin.Known),
	}, &t.Stamp)
}
