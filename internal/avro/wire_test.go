package avro

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// The bytes that are sent, and that ids are made of, are those of the record under its schema.
func TestWireIsTheRecord(t *testing.T) {
	exit := sampleTier()
	exit.Tier, exit.Direction, exit.Contributions, exit.ContactableChannels, exit.Playbook = tier.None, score.Exit, nil, nil, score.Playbook{}
	for _, x := range []score.Transition{sampleTier(), sampleAlert(), exit, sampleWinBack(), sampleNotice(), sampleSegment(), &score.SegmentChanged{}, &score.TierWillChange{}, &score.TierChanged{}, &score.ChurnAlert{}, &score.WonBack{}} {
		sameBytes(t, x)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "a", "Zürich", "a longer text than one byte of length could hold: " + string(make([]byte, 200))})
		texts := rapid.OneOf(rapid.Just([]string(nil)), rapid.SliceOfN(text, 0, 3))
		number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), 1e-7, .1234565}))
		finite := rapid.Float64Range(-1e12, 1e12)
		instant := rapid.OneOf(rapid.Just(event.Instant(0)), rapid.Just(event.Never), rapid.Custom(func(t *rapid.T) event.Instant {
			return event.Instant(rapid.Int64Range(1, 1<<50).Draw(t, "ms"))
		}))
		minor := rapid.Custom(func(t *rapid.T) event.OptionalMinor {
			return event.OptionalMinor{Minor: rapid.Int64().Draw(t, "minor"), Known: rapid.Bool().Draw(t, "known")}
		})
		action := rapid.Custom(func(t *rapid.T) score.Action {
			return score.Action{
				Cost: minor.Draw(t, "cost"),
				Code: text.Draw(t, "code"), Text: text.Draw(t, "text"), DueHours: rapid.Int32().Draw(t, "due"),
				Owner: rapid.SampledFrom([]string{"", "SALES", "SERVICE", "MARKETING", "LEGAL"}).Draw(t, "owner"),
			}
		})
		book := rapid.Custom(func(t *rapid.T) score.Playbook {
			return score.Playbook{
				ID: text.Draw(t, "playbook"), Actions: rapid.SliceOfN(action, 0, 3).Draw(t, "actions"),
				Resources: rapid.SampledFrom([]string{"", "PRIORITY", "MODERATE", "REDUCED"}).Draw(t, "resources"),
				Marketing: rapid.SampledFrom([]string{"", "PREMIUM", "MASS", "PRECISION"}).Draw(t, "marketing"),
				Service:   rapid.SampledFrom([]string{"", "CUSTOM", "STANDARD", "BASIC"}).Draw(t, "service"),
			}
		})
		level := rapid.Custom(func(t *rapid.T) churn.Level { return churn.Level(rapid.IntRange(0, 3).Draw(t, "level")) })
		tiers := rapid.Custom(func(t *rapid.T) tier.Tier { return tier.Tier(rapid.IntRange(0, 4).Draw(t, "tier")) })
		stamp := score.Stamp{
			ID: text.Draw(t, "id"), Customer: text.Draw(t, "customer"), AsOf: instant.Draw(t, "as of"), Cause: score.Cause(rapid.IntRange(0, 7).Draw(t, "cause")),
			CauseEventID: text.Draw(t, "cause id"), ModelVersion: text.Draw(t, "model"), ScorecardHash: text.Draw(t, "hash"),
			PopulationVersion: text.Draw(t, "population"), ControlGroup: rapid.Bool().Draw(t, "control"), Sequence: 3,
		}
		if rapid.Bool().Draw(t, "alert") {
			a := &score.ChurnAlert{
				Stamp: stamp, EpisodeID: text.Draw(t, "episode"), State: score.EpisodeState(rapid.IntRange(0, 6).Draw(t, "state")),
				Resolve: score.ResolveReason(rapid.IntRange(0, 11).Draw(t, "resolve")), Kind: score.AlertKind(rapid.IntRange(0, 4).Draw(t, "kind")),
				LevelBefore: level.Draw(t, "before"), Level: level.Draw(t, "after"), RiskBefore: number.Draw(t, "risk before"),
				Risk: finite.Draw(t, "risk"), RiskNormal: number.Draw(t, "normal"), HorizonDays: rapid.Int32().Draw(t, "horizon"),
				LastPurchaseAt: instant.Draw(t, "last"), DaysSilent: number.Draw(t, "silent"), UsualGapDays: number.Draw(t, "gap"),
				ExpectedNextP50: instant.Draw(t, "p50"), ExpectedNextP90: instant.Draw(t, "p90"), Tier: tiers.Draw(t, "tier"),
				ValueAtStake: rapid.Int64().Draw(t, "stake"), Currency: "EUR", OpenComplaints: rapid.Int32().Draw(t, "complaints"),
				Action: action.Draw(t, "action"), Contactable: texts.Draw(t, "channels"), Owner: text.Draw(t, "owner"), Corrects: text.Draw(t, "corrects"),
				WayBack: score.WayBack{
					LikelyCause: score.LikelyCause(rapid.IntRange(0, 8).Draw(t, "likely cause")), MaxOffer: minor.Draw(t, "offer"), ActBy: instant.Draw(t, "act by"),
				},
			}
			for range rapid.IntRange(0, 3).Draw(t, "evidence") {
				a.Evidence = append(a.Evidence, score.Evidence{
					ID: text.Draw(t, "feedback"), About: event.Subject(rapid.IntRange(0, 7).Draw(t, "about")),
					Score: number.Draw(t, "score"), At: event.Instant(rapid.Int64Range(0, 1<<50).Draw(t, "at")),
				})
			}
			for range rapid.IntRange(0, 3).Draw(t, "factors") {
				a.Factors = append(a.Factors, score.Factor{Name: text.Draw(t, "name"), LogOdds: rapid.Int32().Draw(t, "odds"), Raw: number.Draw(t, "raw")})
			}
			for range rapid.IntRange(0, 3).Draw(t, "reasons") {
				a.Reasons = append(a.Reasons, score.Reason{
					Name: text.Draw(t, "reason"), Cause: score.Cause(rapid.IntRange(0, 7).Draw(t, "reason's cause")), Before: number.Draw(t, "reason before"),
					After: number.Draw(t, "reason after"), Weight: rapid.Int64().Draw(t, "weight"), EventID: text.Draw(t, "word"), At: instant.Draw(t, "said at"),
				})
			}
			if len(a.Reasons) > 1 {
				a.ValueReasons = a.Reasons[1:]
			}
			if rapid.Bool().Draw(t, "measured") {
				a.Measured = score.Measured{
					Since: instant.Draw(t, "since"), ScoreBefore: rapid.Int32().Draw(t, "score before"), ScoreAfter: rapid.Int32().Draw(t, "score after"),
					ValueBefore: rapid.Int64().Draw(t, "value before"), ValueAfter: rapid.Int64().Draw(t, "value after"),
				}
			}
			sameBytes(t, a)
			return
		}
		c := &score.TierChanged{
			Stamp: stamp, Previous: tiers.Draw(t, "previous"), Tier: tiers.Draw(t, "tier"), Direction: score.Direction(rapid.IntRange(0, 4).Draw(t, "direction")),
			DaysInPrevious: rapid.Int32().Draw(t, "days"), Before: rapid.Int32().Draw(t, "before"), After: rapid.Int32().Draw(t, "after"),
			KeepBy:      score.KeepBy{Day: event.Day(rapid.Int32().Draw(t, "keep by")), Amount: rapid.Int64().Draw(t, "keep by buying"), Usual: rapid.Int64().Draw(t, "usual"), Any: rapid.Bool().Draw(t, "any")},
			LineCrossed: rapid.Int32().Draw(t, "line"), Coverage: finite.Draw(t, "coverage"), Corrects: text.Draw(t, "corrects"),
			CurrentValue: rapid.Int64().Draw(t, "value"), Spend365: rapid.Int64().Draw(t, "spend"), Currency: "USD", ChurnLevel: level.Draw(t, "level"),
			PreferredChannel: text.Draw(t, "channel"), ContactableChannels: texts.Draw(t, "channels"), TopCategory: text.Draw(t, "category"),
			Playbook: book.Draw(t, "playbook"), NoticeID: text.Draw(t, "notice"),
		}
		part := rapid.Custom(func(t *rapid.T) score.Contribution {
			return score.Contribution{
				Indicator: text.Draw(t, "indicator"), Cause: score.Cause(rapid.IntRange(0, 7).Draw(t, "part")), RawBefore: number.Draw(t, "raw before"),
				RawAfter: number.Draw(t, "raw after"), NormalisedBefore: number.Draw(t, "norm before"), NormalisedAfter: number.Draw(t, "norm after"),
				Weight: finite.Draw(t, "weight"), Points: rapid.Int32().Draw(t, "points"), Capped: rapid.Bool().Draw(t, "capped"), Missing: rapid.Bool().Draw(t, "missing"),
			}
		})
		c.Contributions = rapid.SliceOfN(part, 0, 4).Draw(t, "contributions")
		c.OrderChannels = texts.Draw(t, "order channels")
		if rapid.Bool().Draw(t, "since taken") {
			c.SinceTaken = &score.SinceTaken{
				At: event.Instant(rapid.Int64Range(0, 1<<50).Draw(t, "taken at")), Points: rapid.Int32().Draw(t, "then"),
				Contributions: rapid.SliceOfN(part, 0, 4).Draw(t, "since"),
			}
		}
		sameBytes(t, c)
		sameBytes(t, &score.TierWillChange{
			Stamp: stamp, NoticeID: text.Draw(t, "notice"), State: score.NoticeState(rapid.IntRange(0, 3).Draw(t, "notice state")),
			Withdrawal: score.ResolveReason(rapid.IntRange(0, 7).Draw(t, "withdrawal")), Tier: tiers.Draw(t, "tier now"), ToCome: tiers.Draw(t, "to come"),
			FallsAt: instant.Draw(t, "falls"), FellAt: instant.Draw(t, "fell"), Now: rapid.Int32().Draw(t, "now"), Then: rapid.Int32().Draw(t, "then"),
			Contributions: c.Contributions, KeepBy: c.KeepBy, Currency: "USD", CurrentValue: c.CurrentValue, PreferredChannel: c.PreferredChannel,
			ContactableChannels: c.ContactableChannels, Owner: text.Draw(t, "owner"), Playbook: c.Playbook, Corrects: c.Corrects,
		})
		crossing := rapid.Custom(func(t *rapid.T) score.Crossing {
			return score.Crossing{
				Comparison: text.Draw(t, "comparison"), Before: number.Draw(t, "number before"), After: number.Draw(t, "number after"),
				WordBefore: text.Draw(t, "word before"), WordAfter: text.Draw(t, "word after"), Held: rapid.Bool().Draw(t, "held"), Holds: rapid.Bool().Draw(t, "holds"),
			}
		})
		sameBytes(t, &score.SegmentChanged{
			Stamp: stamp, Change: score.SegmentChange(rapid.IntRange(0, 2).Draw(t, "change")), Segment: text.Draw(t, "segment"), Rule: text.Draw(t, "rule"),
			EnteredID: text.Draw(t, "entered id"), EnteredAt: instant.Draw(t, "entered"), Crossings: rapid.SliceOfN(crossing, 0, 4).Draw(t, "crossings"),
			Contributions: c.Contributions, Tier: c.Tier, ChurnLevel: c.ChurnLevel, CurrentValue: c.CurrentValue, Currency: "USD", PreferredChannel: c.PreferredChannel,
			ContactableChannels: c.ContactableChannels, Owner: c.TopCategory, Corrects: c.Corrects,
		})
	})
}

func sameBytes(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, x score.Transition,
) {
	t.Helper()
	id, episode := ids(x)
	want, err := codecs()[topicOf(x)].BinaryFromNative(nil, told(x))
	if err != nil {
		t.Fatalf("%+v: %v", x, err)
	}
	var w wire
	w.transition(x, id, episode)
	if !bytes.Equal(w.b, want) {
		t.Fatalf("%+v:\n got %x\nwant %x", x, w.b, want)
	}
}

// The bytes of events are those of the record under its schema.
func TestWireIsTheRecordOfAnEvent(t *testing.T) {
	c := newCodec(t, Options{})
	bare, one := sampleInteraction(), sampleInteraction()
	bare.Attributes, bare.Weight, bare.Disposition, bare.Alert = nil, 0, event.UnknownDisposition, ""
	one.Attributes = map[string]string{"region": "Zürich"} // goavro writes more than one in any order
	unscored, unreal := sampleFeedback(), sampleFeedback()
	unreal.Score, unreal.Max = math.NaN(), math.Inf(1)
	unscored.Scored, unscored.About = false, event.UnknownSubject
	for _, e := range []event.Event{
		samplePurchase(), &event.Purchase{}, bare, one, &event.Interaction{}, sampleFeedback(), unscored, unreal, &event.Feedback{},
	} {
		var record map[string]any
		switch e := e.(type) {
		case *event.Purchase:
			record = purchaseRecord(e)
		case *event.Interaction:
			record = interactionRecord(e)
		case *event.Feedback:
			record = feedbackRecord(e)
		case *event.Link: // see TestEncodeLink
		}
		want, err := codecs()[string(e.Topic())].BinaryFromNative(nil, record)
		if err != nil {
			t.Fatalf("%+v: %v", e, err)
		}
		out := c.EncodeEvent(e)
		if got := out.Value[5:]; !bytes.Equal(got, want) {
			t.Errorf("%+v:\n got %x\nwant %x", e, got, want)
		}
	}
}
