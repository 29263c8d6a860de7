package demo

import (
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

func TestTheBoardNamesWhatCustomersAreUnhappyAbout(t *testing.T) {
	a := &score.ChurnAlert{State: score.Raised, Level: churn.Watch, Currency: "USD"}
	for cause, want := range map[score.LikelyCause]string{
		0: "at stake 0 USD", score.Inactivity: "at stake 0 USD", score.LikelyCause(event.AboutAfterSales): "at stake 0 USD; unhappy about after sales",
	} {
		if a.LikelyCause = cause; !strings.HasSuffix(silence(a), want) {
			t.Errorf("%s: %q, want it to end in %q", cause, silence(a), want)
		}
	}
}

func TestTheBoardTellsOfNotices(t *testing.T) {
	falls, _ := time.Parse(time.DateTime, "2026-12-12 10:30:00")
	given := &score.TierWillChange{
		State: score.Given, Tier: tier.High, ToCome: tier.Potential, FallsAt: event.InstantOf(falls), Now: 9010, Then: 8799, Currency: "USD",
		Contributions: []score.Contribution{{Indicator: "recency_days", Points: -211}}, KeepBy: score.KeepBy{Day: 20_799, Amount: 1200, Usual: 4000},
	}
	withdrawn := &score.TierWillChange{State: score.Withdrawn, Withdrawal: score.ByPurchase}
	b := newBoard()
	b.add(given)
	given.ID, withdrawn.ID = "given", "withdrawn"
	for want, x := range map[string]*score.TierWillChange{
		"▽ to POTENTIAL on 12 Dec: 90.1 to 88.0 by silence: recency_days -2.1; 40 USD by 2026-12-12 keep it": given, "✓ notice withdrawn: purchase": withdrawn,
	} {
		if line := entryOf(x); line.what+": "+line.why != want {
			t.Errorf("%q, want %q", line.what+": "+line.why, want)
		}
	}
	if got := b.standing().kinds["tier notice given"]; got != 1 {
		t.Errorf("%d notices counted, want 1", got)
	}
}
