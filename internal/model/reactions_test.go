package model_test

import (
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

const reactionLines = `
reactions:
  trail_months: 24
  value_drop: {score: 0.3, clv: 0.4, least_tier: GENERAL, least_clv: 10}
  feedback: {window_days: 30, falling: 0.3, promoter_turned_detractor: true, valuable_tier: POTENTIAL, valuable_at_stake: 99.5, open_days: 7}
`

const reactionActions = `alerts:
  VALUE_DROP: {code: REVIEW_PLAN, text: "Review the account plan", owner: SALES, due_hours: 72, cost: 5}
  FEEDBACK: {code: CALL_BACK, text: "Call back", owner: SERVICE, due_hours: 24}
`

func withReactions(lines string) []byte {
	return []byte(strings.Replace(string(modeltest.Quiet()), "\nalerts:\n", "\n"+reactionActions, 1) + lines)
}

// The default model has all reactions on but drops of value, and all that may be told of a tier but what reaches the next.
func TestReactionsOfTheDefaultModel(t *testing.T) {
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	want := score.Reactions{NoticeDays: 14, TrailMonths: 24, Feedback: score.Feedback{
		WindowDays: 30, Falling: .3, Turned: true, Tier: tier.Potential, AtStake: 10_000, OpenDays: 7, Action: m.Reactions.Feedback.Action,
	}}
	if m.Reactions != want || want.Feedback.Action.Code != "CALL_BACK" {
		t.Errorf("reactions %+v, want %+v", m.Reactions, want)
	}
	if !m.SinceTaken || !m.ByConsent || !m.PairReferrals || m.WhatIf {
		t.Errorf("since taken %t, by consent %t, pairs %t, what if %t; want all but the last", m.SinceTaken, m.ByConsent, m.PairReferrals, m.WhatIf)
	}
	if m.Low == nil || m.Low.Cost != 500 || m.Low.LowValue.Resources != "REDUCED" {
		t.Errorf("the lowest tier is split into %+v, want who is retainable at 5.00 and who is not", m.Low)
	}
	for of, want := range map[score.Tier][3]string{
		tier.High: {"PRIORITY", "PREMIUM", "CUSTOM"}, tier.Potential: {"PRIORITY", "PRECISION", "CUSTOM"},
		tier.General: {"MODERATE", "MASS", "STANDARD"}, tier.Low: {"REDUCED", "MASS", "BASIC"},
	} {
		if book := m.Playbooks[of]; [3]string{book.Resources, book.Marketing, book.Service} != want {
			t.Errorf("%s: levels of %+v, want %v", of, book, want)
		}
	}
}

func TestReactionLines(t *testing.T) {
	m, err := model.Parse(withReactions(reactionLines))
	if err != nil {
		t.Fatal(err)
	}
	r := m.Reactions
	if r.Drop.Action.Code != "REVIEW_PLAN" || r.Drop.Action.Cost.Minor != 500 || r.Feedback.Action.Owner != "SERVICE" {
		t.Errorf("actions %+v, %+v", r.Drop.Action, r.Feedback.Action)
	}
	r.Drop.Action, r.Feedback.Action = score.Action{}, score.Action{}
	want := score.Reactions{
		TrailMonths: 24, Drop: score.Drop{Score: .3, Value: .4, Tier: tier.General, Least: 10},
		Feedback: score.Feedback{WindowDays: 30, Falling: .3, Turned: true, Tier: tier.Potential, AtStake: 9950, OpenDays: 7},
	}
	if r != want {
		t.Errorf("got %+v, want %+v", r, want)
	}
	if m, err := model.Parse(modeltest.Quiet()); err != nil || m.Reactions != (score.Reactions{}) {
		t.Errorf("a file without a line has reactions %+v, %v", m.Reactions, err)
	}
}

func TestWrongReactionLines(t *testing.T) {
	for _, row := range []struct{ old, text, want string }{
		{"trail_months: 24", "trail_months: 25", "25 are not in 0..24"},
		{"trail_months: 24", "trail_months: 2", "needs trail_months of 3 or more"},
		{"score: 0.3, clv: 0.4", "score: 1, clv: 0.4", "share 1 is not in [0, 1)"},
		{"score: 0.3, clv: 0.4, ", "", "needs a share of score or of clv"},
		{"least_tier: GENERAL", "least_tier: GOLD", `"GOLD" is none of HIGH`},
		{"least_clv: 10", "least_clv: -1", "least_clv -1 is not in"},
		{"window_days: 30, ", "", "window_days must be given"},
		{"window_days: 30", "window_days: 91", "91 days is not in 0..90"},
		{"falling: 0.3", "falling: 1.5", "falling by a share of 1.5"},
		{"valuable_tier: POTENTIAL", "valuable_tier: BEST", `"BEST" is none of HIGH`},
		{"valuable_at_stake: 99.5", "valuable_at_stake: -1", "valuable_at_stake -1 is not in"},
		{"open_days: 7", "open_days: 365", "open for 365 days"},
		{"  feedback: {window_days: 30", "  feedbacks: {window_days: 30", "feedbacks"},
	} {
		lines := strings.Replace(reactionLines, row.old, row.text, 1)
		if _, err := model.Parse(withReactions(lines)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.text, err, row.want)
		}
	}
	if m, err := model.Parse(withReactions("")); err != nil || m.Reactions != (score.Reactions{}) {
		t.Errorf("actions without lines switch nothing on: %+v, %v", m.Reactions, err)
	}
	bare := append(append([]byte{}, modeltest.Quiet()...), reactionLines...)
	if _, err := model.Parse(bare); err == nil || !strings.Contains(err.Error(), "alerts.VALUE_DROP") {
		t.Errorf("lines without actions: %v", err)
	}
}
