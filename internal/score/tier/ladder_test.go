package tier_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/score/tier"
)

const day = event.Instant(24 * 60 * 60 * 1000)

var ladder = tier.Ladder{General: 3000, Potential: 6000, High: 9000, Margin: 200, MinStay: 30 * 24 * time.Hour}

func TestNext(t *testing.T) {
	for _, row := range []struct {
		why   string
		from  tier.Tier
		score tier.Points
		days  event.Instant
		want  tier.Tier
	}{
		{"a first purchase enters by the lines", tier.None, 6100, 0, tier.Potential},
		{"the line itself belongs to the higher tier", tier.None, 9000, 0, tier.High},
		{"rising waits for nothing", tier.Low, 9000, 0, tier.High},
		{"just under the line is still within the margin", tier.Potential, 5800, 90, tier.Potential},
		{"below the margin falls", tier.Potential, 5799, 90, tier.General},
		{"too soon to fall", tier.Potential, 100, 29, tier.Potential},
		{"the stay is over to the day", tier.Potential, 100, 30, tier.Low},
		{"a long fall lands where a newcomer would", tier.High, 5900, 90, tier.General},
	} {
		if got := ladder.Next(row.from, 0, row.score, row.days*day); got != row.want {
			t.Errorf("%s: Next(%v, score %d, day %d) = %v, want %v", row.why, row.from, row.score, row.days, got, row.want)
		}
	}
}

func TestNextSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := tier.Tier(rapid.IntRange(0, 4).Draw(t, "from"))
		score := rapid.Int32Range(0, 10000).Draw(t, "score")
		at := event.Instant(rapid.Int64Range(0, 400).Draw(t, "days")) * day
		to := ladder.Next(from, 0, score, at)
		since := event.Instant(0)
		if to != from {
			since = at
		}
		if again := ladder.Next(to, since, score, at); again != to {
			t.Errorf("Next(Next(%v)) = %v, want %v at score %d", from, again, to, score)
		}
		if lower := ladder.Next(from, 0, max(0, score-1), at); lower > to {
			t.Errorf("a lower score gives the higher tier %v, want at most %v", lower, to)
		}
	})
}

func TestCrossed(t *testing.T) {
	for _, row := range []struct {
		from, to tier.Tier
		want     tier.Points
	}{
		{tier.None, tier.High, 9000},
		{tier.Low, tier.General, 3000},
		{tier.Potential, tier.Low, 5800},
		{tier.General, tier.None, 0},
	} {
		if got := ladder.Crossed(row.from, row.to); got != row.want {
			t.Errorf("Crossed(%v, %v) = %d, want %d", row.from, row.to, got, row.want)
		}
	}
}

func TestCheck(t *testing.T) {
	if err := ladder.Check(); err != nil {
		t.Errorf("Check of a good ladder = %v, want nil", err)
	}
	for why, bad := range map[string]tier.Ladder{
		"lines that do not ascend":      {General: 3000, Potential: 3000, High: 9000},
		"a margin as high as a tier":    {General: 3000, Potential: 6000, High: 9000, Margin: 3000},
		"a score that nobody can reach": {General: 3000, Potential: 6000, High: 10001},
		"a negative stay":               {General: 3000, Potential: 6000, High: 9000, MinStay: -1},
	} {
		if err := bad.Check(); err == nil {
			t.Errorf("Check accepts %s, want an error", why)
		}
	}
}
