package avro

import (
	"slices"
	"sync"

	"github.com/linkedin/goavro/v2"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// The records of all that is sent, as native maps: what it says told once more by hand, for the tests that hold the wire to it.
// What goavro takes for a value of a union: nil for null, else one entry named after the branch.

// codecs are goavro's, of our schemas, by topic.
var codecs = sync.OnceValue(func() map[string]*goavro.Codec {
	list := map[string]*goavro.Codec{}
	for topic, f := range formats() {
		codec, err := goavro.NewCodec(f.record.text())
		if err != nil {
			panic(err)
		}
		list[topic] = codec
	}
	return list
})

// branch opens goavro's value of a union; it is nil for null.
func branch(s *schema, native any) (*schema, any) {
	if s.kind != "union" {
		return s, native
	}
	choice, _ := native.(map[string]any)
	for _, of := range s.branches {
		if inside, ok := choice[of.name]; ok {
			return of, inside
		}
	}
	return s, nil
}

// space is the namespace of our types.
const space = "tidemark.v1."

// some is a value that may be null: null unless known.
func some(branch string, native any, known bool) any {
	if !known {
		return nil
	}
	return map[string]any{branch: native}
}

// text is null where it is empty.
func text(s string) any { return some("string", s, s != "") }

func minor(m event.OptionalMinor) any { return some("long", m.Minor, m.Known) }

// instant is null for no time, and for never.
func instant(i event.Instant) any { return some("long", int64(i), i != 0 && i != event.Never) }

// finite is null where x is not a finite number.
func finite(x float64) any {
	native := rounded(x)
	return some("double", native, native != nil)
}

// rounded is x to the sixth decimal, so that the last bits of a computation are no part of an id; nil where x is not finite,
// which no schema takes for a number.
func rounded(x float64) any {
	if !isFinite(x) {
		return nil
	}
	return sixth(x)
}

// names is null where the list is not known, which is not the same as empty.
func names(list []string) any {
	natives := make([]any, len(list))
	for i, name := range list {
		natives[i] = name
	}
	return some("array", natives, list != nil)
}

// owner is a symbol of ActionOwner.
func owner(s string) string {
	switch s {
	case "SALES", "SERVICE", "MARKETING":
		return s
	}
	return "UNKNOWN"
}

func tierOf(t score.Tier) any { return some(space+"Tier", t.String(), t != tier.None) }

// told is a transition as its Avro record, under the ids that it carries.
func told(t score.Transition) map[string]any {
	switch t := t.(type) {
	case *score.TierChanged:
		return hide(tierRecord(t), t, "direction")
	case *score.ChurnAlert:
		return hide(alertRecord(t), t, "episode_id", "state", "resolve_reason", "kind")
	case *score.WonBack:
		return hide(winBackRecord(t), t, "episode_id")
	case *score.TierWillChange:
		return hide(noticeRecord(t), t, "notice_id", "state", "withdraw_reason")
	case *score.SegmentChanged:
		return hide(segmentRecord(t), t, "change", "segment", "entered_event_id")
	}
	panic("avro: no record for this transition") // the set is closed
}

// hide blanks in the record of a customer who was erased all fields but those kept. Numbers become 0, and labels UNKNOWN.
func hide(record map[string]any, t score.Transition, kept ...string) map[string]any {
	if t.Common().Cause != score.ByErasure {
		return record
	}
	kept = append(kept, "event_id", "customer_id", "as_of", "cause", "model_version", "scorecard_hash", "population_version")
	for _, f := range formats()[topicOf(t)].record.fields {
		switch {
		case slices.Contains(kept, f.name):
		case f.of.optional():
			record[f.name] = nil
		case f.of.kind == "string":
			record[f.name] = ""
		case f.of.kind == "array":
			record[f.name] = []any{}
		case f.of.kind == "enum":
			record[f.name] = "UNKNOWN"
		case f.of.kind == "boolean":
			record[f.name] = false
		default:
			record[f.name] = 0
		}
	}
	return record
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
	since := map[string]any{}
	if s := t.SinceTaken; s != nil {
		parts := make([]any, len(s.Contributions))
		for i, c := range s.Contributions {
			parts[i] = contributionRecord(c)
		}
		since = map[string]any{"taken_at": int64(s.At), "score_then": s.Points, "contributions": parts}
	}
	advised := max(t.KeepBy.Amount, t.KeepBy.Usual)
	keepBy := map[string]any{
		"date": int32(t.KeepBy.Day), "amount_minor": advised, "any_order": t.KeepBy.Any,
		"least_minor": some("long", t.KeepBy.Amount, t.KeepBy.Amount != advised),
	}
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
		"notice_id":            text(t.NoticeID),
		"since_taken":          some(space+"SinceTaken", since, t.SinceTaken != nil),
		"order_channels":       names(t.OrderChannels),
	}, &t.Stamp)
}

func noticeRecord(t *score.TierWillChange) map[string]any {
	contributions := make([]any, len(t.Contributions))
	for i, c := range t.Contributions {
		contributions[i] = contributionRecord(c)
	}
	keepBy := map[string]any{
		"date": int32(t.KeepBy.Day), "least_minor": t.KeepBy.Amount, "usual_minor": t.KeepBy.Usual, "amount_minor": max(t.KeepBy.Amount, t.KeepBy.Usual), "any_order": t.KeepBy.Any,
	}
	return stamped(map[string]any{
		"notice_id":            t.NoticeID,
		"state":                t.State.String(),
		"withdraw_reason":      some(space+"WithdrawReason", t.Withdrawal.String(), t.Withdrawal != score.UnknownReason),
		"tier":                 tierOf(t.Tier),
		"tier_to_come":         tierOf(t.ToCome),
		"falls_at":             instant(t.FallsAt),
		"fell_at":              instant(t.FellAt),
		"score_now":            some("int", t.Now, t.Tier != tier.None),
		"score_then":           some("int", t.Then, t.ToCome != tier.None),
		"contributions":        contributions,
		"keep_by":              some(space+"NoticeKeepBy", keepBy, t.KeepBy != (score.KeepBy{})),
		"clv_current":          some("long", t.CurrentValue, t.Tier != tier.None),
		"currency":             string(t.Currency),
		"preferred_channel":    text(t.PreferredChannel),
		"contactable_channels": names(t.ContactableChannels),
		"owner":                text(t.Owner),
		"playbook":             some(space+"Playbook", playbookRecord(t.Playbook), t.Playbook.ID != ""),
		"corrects_event_id":    text(t.Corrects),
	}, &t.Stamp)
}

func segmentRecord(t *score.SegmentChanged) map[string]any {
	contributions, comparisons := make([]any, len(t.Contributions)), make([]any, len(t.Crossings))
	for i, c := range t.Contributions {
		contributions[i] = contributionRecord(c)
	}
	for i, c := range t.Crossings {
		comparisons[i] = map[string]any{
			"comparison": c.Comparison, "before": finite(c.Before), "after": finite(c.After), "word_before": text(c.WordBefore), "word_after": text(c.WordAfter),
			"held": c.Held, "holds": c.Holds,
		}
	}
	return stamped(map[string]any{
		"change":               t.Change.String(),
		"segment":              t.Segment,
		"rule":                 text(t.Rule),
		"entered_event_id":     text(t.EnteredID),
		"entered_at":           instant(t.EnteredAt),
		"comparisons":          comparisons,
		"contributions":        contributions,
		"tier":                 tierOf(t.Tier),
		"churn_level":          t.ChurnLevel.String(),
		"clv_current":          some("long", t.CurrentValue, t.Tier != tier.None),
		"currency":             string(t.Currency),
		"preferred_channel":    text(t.PreferredChannel),
		"contactable_channels": names(t.ContactableChannels),
		"owner":                text(t.Owner),
		"corrects_event_id":    text(t.Corrects),
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
	return map[string]any{
		"id": p.ID, "actions": actions, "resources": some(space+"ResourceLevel", p.Resources, p.Resources != ""),
		"marketing": some(space+"MarketingLevel", p.Marketing, p.Marketing != ""), "service": some(space+"ServiceLevel", p.Service, p.Service != ""),
	}
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
	reasons := func(all []score.Reason) any {
		list := make([]any, len(all))
		for i, r := range all {
			list[i] = map[string]any{
				"reason": r.Name, "cause": some(space+"Cause", r.Cause.String(), r.Cause != score.UnknownCause), "before": finite(r.Before), "after": finite(r.After),
				"weight": r.Weight, "event_id": text(r.EventID), "at": instant(r.At),
			}
		}
		return some("array", list, len(list) > 0)
	}
	m := a.Measured
	measured := map[string]any{
		"since": int64(m.Since), "score_before": m.ScoreBefore, "score_after": m.ScoreAfter, "value_before_minor": m.ValueBefore, "value_after_minor": m.ValueAfter,
	}
	p50, p90 := instant(a.ExpectedNextP50), instant(a.ExpectedNextP90)
	silent, usualGap := finite(a.DaysSilent), finite(a.UsualGapDays)
	if a.LastPurchaseAt == 0 {
		silent = nil
	}
	if a.UsualGapDays == 0 {
		usualGap = nil // two purchase days are at least a day apart
	}
	action := map[string]any{"code": a.Action.Code, "text": a.Action.Text, "owner": owner(a.Action.Owner), "due_hours": some("int", a.Action.DueHours, a.Action.DueHours != 0)}
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
		"reasons":              reasons(a.Reasons),
		"value_reasons":        reasons(a.ValueReasons),
		"measured":             some(space+"Measured", measured, m.Since != 0),
	}, &a.Stamp)
}

func winBackRecord(t *score.WonBack) map[string]any {
	return stamped(map[string]any{
		"episode_id":           t.EpisodeID,
		"lapsed_days":          t.LapsedDays,
		"action_id":            text(t.ActionID),
		"order_value_minor":    t.OrderValue,
		"currency":             string(t.Currency),
		"margin_since_minor":   some("long", t.Margin.Minor, t.Margin.Known),
		"contactable_channels": names(t.ContactableChannels),
	}, &t.Stamp)
}

func purchaseRecord(p *event.Purchase) map[string]any {
	items := make([]any, len(p.Items))
	for i, item := range p.Items {
		items[i] = map[string]any{
			"sku": item.SKU, "category": item.Category, "quantity": item.Quantity, "amount_minor": item.AmountMinor,
		}
	}
	return map[string]any{
		"event_id":               p.ID,
		"customer_id":            p.Customer,
		"order_id":               text(p.OrderID),
		"occurred_at":            int64(p.OccurredAt),
		"kind":                   p.Kind.String(),
		"amount_minor":           p.Amount.Minor,
		"currency":               string(p.Amount.Currency),
		"margin_minor":           minor(p.Margin),
		"discount_minor":         minor(p.Discount),
		"service_cost_minor":     minor(p.ServiceCost),
		"acquisition_cost_minor": minor(p.AcquisitionCost),
		"items":                  some("array", items, len(items) > 0),
		"channel":                text(p.Channel),
		"session_id":             text(p.Session),
		"referrer_id":            text(p.Referrer),
		"due_at":                 instant(p.DueAt),
		"revised_at":             instant(p.RevisedAt),
	}
}

func interactionRecord(i *event.Interaction) map[string]any {
	attributes := make(map[string]any, len(i.Attributes))
	for key, attribute := range i.Attributes {
		attributes[key] = attribute
	}
	return map[string]any{
		"event_id":          i.ID,
		"customer_id":       i.Customer,
		"occurred_at":       int64(i.OccurredAt),
		"kind":              i.Kind.String(),
		"other_customer_id": text(i.OtherCustomer),
		"name":              text(i.Name),
		"channel":           text(i.Channel),
		"session_id":        text(i.Session),
		"weight":            some("int", i.Weight, i.Weight != 0),
		"cost_minor":        minor(i.Cost),
		"alert_id":          text(i.Alert),
		"disposition":       some(space+"Disposition", i.Disposition.String(), i.Disposition != event.UnknownDisposition),
		"attributes":        some("map", attributes, len(attributes) > 0),
	}
}

func feedbackRecord(f *event.Feedback) map[string]any {
	return map[string]any{
		"event_id":    f.ID,
		"customer_id": f.Customer,
		"occurred_at": int64(f.OccurredAt),
		"kind":        f.Kind.String(),
		"score":       some("double", f.Score, f.Scored),
		"scale_min":   some("double", f.Min, f.Scored),
		"scale_max":   some("double", f.Max, f.Scored),
		"topic":       some(space+"Subject", f.About.String(), f.About != event.UnknownSubject),
		"order_id":    text(f.OrderID),
	}
}
