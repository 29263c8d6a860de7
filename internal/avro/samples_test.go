package avro

import (
	"math"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
	"tidemark/internal/stream"
)

// noon is when the samples happen, recorded a second later.
const (
	noon     event.Instant = 1_767_268_800_000 // 2026-01-01T12:00:00Z
	recorded               = noon + 1000
)

func samplePurchase() *event.Purchase {
	return &event.Purchase{
		Head: event.Head{ID: "e-1", Customer: "c-1", OccurredAt: noon, RecordedAt: recorded},
		Kind: event.Order, OrderID: "o-1", Amount: event.Money{Minor: 4250, Currency: "EUR"},
		Margin: event.Minor(-100), Discount: event.Minor(0),
		Items:   []event.Item{{SKU: "s-1", Category: "tea", Quantity: 2, AmountMinor: 4000}, {Quantity: 1, AmountMinor: 250}},
		Channel: "web", Session: "x-1", Referrer: "c-2", DueAt: noon + 14*24*60*60*1000, RevisedAt: noon + 500,
	}
}

func sampleInteraction() *event.Interaction {
	return &event.Interaction{
		Head: event.Head{ID: "e-2", Customer: "c-1", OccurredAt: noon, RecordedAt: recorded},
		Kind: event.OutreachSent, Name: "spring", Channel: "email", Session: "x-2", Weight: 3, Cost: event.Minor(120),
		Alert: "a-1", Disposition: event.Contacted, Attributes: map[string]string{"industry": "tea", "region": "Zürich"},
	}
}

func sampleFeedback() *event.Feedback {
	return &event.Feedback{
		Head: event.Head{ID: "e-3", Customer: "c-1", OccurredAt: noon, RecordedAt: recorded},
		Kind: event.CSAT, Score: 4, Min: 1, Max: 5, Scored: true, About: event.AboutDelivery, OrderID: "o-1",
	}
}

func sampleTier() *score.TierChanged {
	t := &score.TierChanged{
		Stamp: score.Stamp{
			Customer: "c-1", AsOf: noon, Cause: score.ByEvent, CauseEventID: "e-1", ModelVersion: "2026-01",
			ScorecardHash: "abcd", PopulationVersion: "fixed", Sequence: 7,
		},
		Previous: tier.General, Tier: tier.Potential, Direction: score.Up, DaysInPrevious: 40, Before: 5900, After: 6150,
		LineCrossed: 6000, Coverage: 0.95, CurrentValue: 120_00, Spend365: 480_00, Currency: "EUR", ChurnLevel: churn.Watch,
		Contributions: []score.Contribution{
			{Indicator: "spend", Cause: score.ByTime, RawBefore: 400, RawAfter: 390, NormalisedBefore: .5, NormalisedAfter: .49, Weight: .3, Points: -30},
			{Indicator: "spend", Cause: score.ByEvent, RawBefore: 390, RawAfter: 480, NormalisedBefore: .49, NormalisedAfter: .58, Weight: .3, Points: 280},
			{Indicator: "nps", Cause: score.ByEvent, Weight: .05, Missing: true},
		},
		PreferredChannel: "email", ContactableChannels: []string{"email", "phone"}, TopCategory: "tea",
		KeepBy:   score.KeepBy{Day: 20_500, Amount: 12_00},
		Playbook: score.Playbook{ID: "potential", Actions: []score.Action{{Code: "BUNDLE", Text: "Offer a bundle", Owner: "SALES", DueHours: 48}}},
	}
	t.ID = Identify(t)
	return t
}

func sampleAlert() *score.ChurnAlert {
	a := &score.ChurnAlert{
		Stamp: score.Stamp{
			Customer: "c-1", AsOf: noon, Cause: score.ByTime, ModelVersion: "2026-01", ScorecardHash: "abcd",
			PopulationVersion: "fixed", ControlGroup: true, Sequence: 8,
		},
		State: score.Raised, Kind: score.Churn, LevelBefore: churn.None, Level: churn.AtRisk, RiskBefore: .31, Risk: .7400004,
		RiskNormal: .2, HorizonDays: 90, LastPurchaseAt: noon - 1, DaysSilent: 40.5, UsualGapDays: 14,
		ExpectedNextP50: noon + 1, ExpectedNextP90: event.Never, Tier: tier.High, ValueAtStake: 99_00, Currency: "EUR",
		Factors: []score.Factor{{Name: "reference", LogOdds: -400}, {Name: "rhythm", LogOdds: 1446, Raw: 2.9}},
		WayBack: score.WayBack{
			LikelyCause: score.LikelyCause(event.AboutDelivery), Evidence: []score.Evidence{
				{ID: "f-1", About: event.AboutDelivery, Score: math.NaN(), At: noon - 2}, {ID: "f-2", Score: .25, At: noon - 3},
			},
			MaxOffer: event.Minor(190), ActBy: noon + 4,
		},
		OpenComplaints: 1, Action: score.Action{Code: "CALL", Text: "Call", Owner: "SERVICE", Cost: event.Minor(800)}, Contactable: []string{},
	}
	a.ID = Identify(a)
	a.EpisodeID = a.ID
	return a
}

func sampleDrop() *score.ChurnAlert {
	a := sampleAlert()
	a.Kind = score.ValueDrop
	a.Reasons = []score.Reason{
		{Name: "recency_days", Cause: score.ByTime, Before: 30, After: 61, Weight: -850},
		{Name: "restated", Cause: score.ByCorrection, Before: 62.5, After: math.NaN(), Weight: 20},
	}
	a.ValueReasons = []score.Reason{{Name: "p_alive", Cause: score.ByTime, Before: .9, After: .5, Weight: -49_50}}
	a.Measured = score.Measured{Since: noon - 31*24*60*60*1000, ScoreBefore: 6250, ScoreAfter: 5420, ValueBefore: 120_00, ValueAfter: 70_50}
	a.ID = Identify(a)
	a.EpisodeID = a.ID
	return a
}

func sampleUnhappy() *score.ChurnAlert {
	a := sampleAlert()
	a.Kind = score.FeedbackAlert
	a.Reasons = []score.Reason{
		{Name: "complaint", Before: math.NaN(), After: math.NaN(), Weight: 600, EventID: "f-1", At: noon - 2},
		{Name: "nps_falls", Before: .9, After: .7, Weight: 400, At: noon - 9},
	}
	a.ID = Identify(a)
	a.EpisodeID = a.ID
	return a
}

func sampleWinBack() *score.WonBack {
	w := &score.WonBack{
		Stamp: score.Stamp{
			Customer: "c-1", AsOf: noon, Cause: score.ByEvent, CauseEventID: "e-2", ModelVersion: "2026-01", ScorecardHash: "abcd",
			PopulationVersion: "fixed", Sequence: 9,
		},
		EpisodeID: sampleAlert().ID, LapsedDays: 446, ActionID: "call", OrderValue: 25_00, Margin: event.Minor(6_00), Currency: "EUR",
	}
	w.ID = Identify(w)
	return w
}

func sampleNotice() *score.TierWillChange {
	n := &score.TierWillChange{
		Stamp: score.Stamp{
			Customer: "c-1", AsOf: noon, Cause: score.ByTime, ModelVersion: "2026-01", ScorecardHash: "abcd", PopulationVersion: "fixed", Sequence: 10,
		},
		State: score.Given, Tier: tier.High, ToCome: tier.Potential, FallsAt: noon + 14*24*60*60*1000, Now: 9010, Then: 8799, CurrentValue: 120_00,
		Contributions: []score.Contribution{
			{Indicator: "recency_days", Cause: score.ByTime, RawBefore: 30, RawAfter: 44, NormalisedBefore: .92, NormalisedAfter: .88, Weight: .1, Points: -211},
		},
		KeepBy: score.KeepBy{Day: 20_500, Amount: 12_00, Usual: 40_00}, Currency: "EUR", PreferredChannel: "email", ContactableChannels: []string{"email"}, Owner: "ann",
		Playbook: score.Playbook{
			ID: "high-value", Actions: []score.Action{{Code: "VISIT", Text: "Visit", Owner: "SALES", DueHours: 48}},
			Resources: "PRIORITY", Marketing: "PREMIUM", Service: "CUSTOM",
		},
	}
	n.ID = Identify(n)
	n.NoticeID = n.ID
	return n
}

func sampleSegment() *score.SegmentChanged {
	x := &score.SegmentChanged{
		Stamp: score.Stamp{
			Customer: "c-1", AsOf: noon, Cause: score.ByTime, ModelVersion: "2026-01", ScorecardHash: "abcd", PopulationVersion: "fixed", Sequence: 11,
		},
		Change: score.Left, Segment: "slipping_best", Rule: "value_score at least 60 (margin 5) and not tier is LOW", EnteredID: sampleTier().ID, EnteredAt: noon - 1000,
		Crossings: []score.Crossing{
			{Comparison: "value_score at least 60 (margin 5)", Before: 61.5, After: 54.99, Held: true},
			{Comparison: "tier is LOW", Before: math.NaN(), After: math.NaN(), WordBefore: "GENERAL", WordAfter: "LOW", Holds: true},
		},
		Contributions: []score.Contribution{
			{Indicator: "recency_days", Cause: score.ByTime, RawBefore: 30, RawAfter: 44, NormalisedBefore: .92, NormalisedAfter: .88, Weight: .1, Points: -651},
		},
		Tier: tier.Low, ChurnLevel: churn.AtRisk, CurrentValue: 120_00, Currency: "EUR", PreferredChannel: "email", ContactableChannels: []string{"email"}, Owner: "ann",
	}
	x.ID = Identify(x)
	return x
}

func newCodec(t testing.TB, o Options) *Codec {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatalf("new codec: %v", err)
	}
	return c
}

// message is the record that carries an event.
func message(t testing.TB, c *Codec, e event.Event) stream.Record {
	t.Helper()
	out := c.EncodeEvent(e)
	return stream.Record{Topic: event.Topic(out.Topic), Time: recorded, Key: out.Key, Value: out.Value}
}
