package model_test

import (
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/score/standing"
)

// A file that says nothing of standing has the defaults; a line changes that line alone; a line that cannot be is refused by its name.
func TestStanding(t *testing.T) {
	parse := func(section string) (standing.Params, error) {
		m, err := model.Parse(append(model.Default(), section...))
		return m.Standing, err
	}
	got, err := parse("")
	if err != nil || got != standing.Default() {
		t.Errorf("no section: %+v, %v; want the defaults", got, err)
	}
	got, err = parse("\nstanding:\n  risk: {overdue: .25}\n  class: {medium: 45}\n  high_contribution: -3\n  discount_share: 0\n")
	want := standing.Default()
	want.Risk.Overdue, want.Class.Medium, want.HighContribution, want.DiscountShare = .25, 45, standing.Of(-3), standing.Of(0)
	if err != nil || got != want {
		t.Errorf("four lines: %+v, %v\nwant %+v", got, err, want)
	}
	for section, why := range map[string]string{
		"loyalty: {repeat: .9}":            "loyalty: the weights add up to",
		"interactions: {depth: .2}":        "interactions",
		"risk: {grades: [.5, .4, .3, .2]}": "risk.grades",
	} {
		if _, err := parse("\nstanding: {" + section + "}\n"); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: error %v, want one that names %q", section, err, why)
		}
	}
}
