package demo

import (
	"testing"

	"tidemark/internal/model"
)

// The demo's model has what its file switches on, and all else as the model that comes with Tidemark.
func TestModelFile(t *testing.T) {
	shipped, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(modelFile())
	if err != nil {
		t.Fatal(err)
	}
	if m.Reactions.NoticeDays != 14 || m.Reactions.TrailMonths != 24 || m.Reactions.Feedback.Action.Code == "" || !m.SinceTaken || !m.ByConsent || !m.PairReferrals {
		t.Errorf("%+v: want all reactions on", m)
	}
	if m.Version != "demo-"+shipped.Version || m.ScorecardHash != shipped.ScorecardHash || len(m.Actions) != len(shipped.Actions) {
		t.Errorf("version %s, scorecard %s: want those of %s", m.Version, m.ScorecardHash, shipped.Version)
	}
}
