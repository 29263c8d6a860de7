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
		"▽ to POTENTIAL on 12 Dec: 90.1 to 88.0 by silence: recency_days -2.1; 40 USD by 12 Dec keep it": given, "✓ notice withdrawn: purchase": withdrawn,
	} {
		if line := entryOf(x); line.what+": "+line.why != want {
			t.Errorf("%q, want %q", line.what+": "+line.why, want)
		}
	}
	if got := b.standing().kinds["tier notice given"]; got != 1 {
		t.Errorf("%d notices counted, want 1", got)
	}
}

// A day of the year before has its year, so that it does not look like today. A customer of one order has no usual gap.
func TestTheBoardSaysWhatIsKnown(t *testing.T) {
	at, _ := time.Parse(time.DateOnly, "2026-12-01")
	now := event.InstantOf(at)
	for days, want := range map[int]string{1: "30 Nov", 363: "3 Dec", 365: "1 Dec 2025"} {
		if got := dayBefore(now.Add(-time.Duration(days)*24*time.Hour), now); got != want {
			t.Errorf("%d days before: %q, want %q", days, got, want)
		}
	}
	for gap, want := range map[float64]string{0: "silent 55 days; risk", 7: "silent 55 days, usually 7; risk"} {
		if got := silence(&score.ChurnAlert{State: score.Raised, DaysSilent: 55, UsualGapDays: gap, Currency: "USD"}); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want it to begin with %q", got, want)
		}
	}
}
