package demo

import (
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
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
