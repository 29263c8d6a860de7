package model_test

import (
	"bytes"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/score/tier"
)

const split = `  LOW_RETAINABLE:
    id: low-retainable
    cost: 5
    resources: MODERATE
    marketing: PRECISION
    service: STANDARD
    actions:
      - {code: FIND_CAUSE, text: "Find the cause and send a come-back pack", owner: SERVICE, due_hours: 240}
  LOW_VALUE:
    id: low-value
    resources: REDUCED
    marketing: MASS
    service: BASIC
    actions:
      - {code: REDUCE_SPEND, text: "Reduce marketing spend", owner: MARKETING, due_hours: 720}
`

// withBooks is the default model with more playbooks.
func withBooks(t *testing.T, books string) []byte {
	t.Helper()
	const last = "\n# The suggested answer to a churn alert"
	raw := modeltest.Quiet()
	if bytes.Count(raw, []byte(last)) != 1 {
		t.Fatal("the default model has another shape")
	}
	return bytes.Replace(raw, []byte(last), []byte(books+last), 1)
}

func TestLevelsOfPlaybooks(t *testing.T) {
	m, err := model.Parse(withBooks(t, split))
	if err != nil {
		t.Fatal(err)
	}
	if m.Low == nil || m.Low.Cost != 500 || m.Low.Retainable.ID != "low-retainable" || m.Low.LowValue.ID != "low-value" || len(m.Low.LowValue.Actions) != 1 {
		t.Errorf("the lowest tier is split into %+v, want low-retainable at 500, and low-value", m.Low)
	}
	if got := m.Low.Retainable; got.Resources != "MODERATE" || got.Marketing != "PRECISION" || got.Service != "STANDARD" {
		t.Errorf("levels of %+v, want MODERATE, PRECISION, STANDARD", got)
	}
	plain, err := model.Parse(modeltest.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	if plain.Low != nil || plain.Reactions.NoticeDays != 0 || plain.Playbooks[tier.High].Resources != "" {
		t.Errorf("a file that says nothing of it: %+v, %d days, %+v; want none", plain.Low, plain.Reactions.NoticeDays, plain.Playbooks[tier.High])
	}
	for _, row := range []struct{ why, old, with, fails string }{
		{"an unknown level", "resources: MODERATE", "resources: MODEST", `playbooks.LOW_RETAINABLE: resources "MODEST" is none of PRIORITY, MODERATE, REDUCED`},
		{"a level of something else", "service: BASIC", "service: MASS", `playbooks.LOW_VALUE: service "MASS" is none of CUSTOM, STANDARD, BASIC`},
		{"marketing in small letters", "marketing: MASS", "marketing: mass", `marketing "mass" is none of`},
		{"half a split", "LOW_VALUE:", "LOW_WORTH:", "playbooks.LOW_VALUE: missing"},
		{"and its wrong name", "LOW_VALUE:", "LOW_WORTH:", "playbooks.LOW_WORTH: no such tier"},
		{"no cost", "    cost: 5\n", "", "playbooks.LOW_RETAINABLE: needs a cost"},
		{"a negative cost", "cost: 5\n    resources", "cost: -5\n    resources", "playbooks.LOW_RETAINABLE: cost -5 is not in 0.."},
		{"a cost elsewhere", "id: low-value\n", "id: low-value\n    cost: 1\n", "playbooks.LOW_VALUE: only that of LOW_RETAINABLE has a cost"},
		{"no uplift", "uplift: 0.10", "uplift: 0", "playbooks.LOW_RETAINABLE: needs an uplift"},
	} {
		raw := withBooks(t, split)
		if bytes.Count(raw, []byte(row.old)) != 1 {
			t.Fatalf("%s: %q is there %d times", row.why, row.old, bytes.Count(raw, []byte(row.old)))
		}
		if _, err := model.Parse(bytes.Replace(raw, []byte(row.old), []byte(row.with), 1)); err == nil || !strings.Contains(err.Error(), row.fails) {
			t.Errorf("%s: got the error %v, want one that says %q", row.why, err, row.fails)
		}
	}
}

func TestNoticeDaysOfAFile(t *testing.T) {
	for _, row := range []struct {
		section string
		days    int
		fails   string
	}{
		{"", 0, ""},
		{"reactions: {}\n", 0, ""},
		{"reactions: {notice_days: 14}\n", 14, ""},
		{"reactions: {notice_days: 365}\n", 365, ""},
		{"reactions: {notice_days: 366}\n", 0, "reactions: notice_days: 366 days are not in 0..365"},
		{"reactions: {notice_days: -1}\n", 0, "reactions: notice_days: -1 days"},
		{"reactions: {notice: 14}\n", 0, "notice"},
	} {
		m, err := model.Parse(append(modeltest.Quiet(), row.section...))
		if row.fails == "" && (err != nil || m.Reactions.NoticeDays != row.days) || row.fails != "" && (err == nil || !strings.Contains(err.Error(), row.fails)) {
			t.Errorf("%q: %d days, %v; want %d, an error that says %q", row.section, m.Reactions.NoticeDays, err, row.days, row.fails)
		}
	}
}
