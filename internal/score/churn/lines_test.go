package churn_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

const day = 24 * time.Hour

var lines = churn.Lines{
	Horizon:         90 * day,
	Levels:          [3]churn.Line{{Up: 1000, Down: 700, Floor: .4}, {Up: 1800, Down: 1400, Floor: .6}, {Up: 2600, Down: 2200, Floor: .8}},
	MinPurchaseDays: 3,
	MinSilence:      14 * day,
	MinSpend:        5000,
	MinStay:         7 * day,
	Lapse:           365 * day,
}

func TestNext(t *testing.T) {
	quiet := churn.Signs{Risk: .7, Normal: .2, PurchaseDays: 5, Spend: 9000, Silence: 60 * day, Usual: 20 * day}
	for _, row := range []struct {
		why  string
		from churn.Level
		mend func(*churn.Signs)
		days int
		want churn.Level
	}{
		{"well above normal", churn.None, func(*churn.Signs) {}, 0, churn.AtRisk},
		{"quiet for a month, but always was", churn.None, func(s *churn.Signs) { s.Normal = .6 }, 0, churn.None},
		{"two purchases are no habit", churn.None, func(s *churn.Signs) { s.PurchaseDays = 2 }, 0, churn.None},
		{"just as much spend as is asked for", churn.None, func(s *churn.Signs) { s.Spend = 5000 }, 0, churn.AtRisk},
		{"too little spend to bother anybody", churn.None, func(s *churn.Signs) { s.Spend = 4999 }, 0, churn.None},
		{"too early to worry", churn.None, func(s *churn.Signs) { s.Silence = 13 * day; s.Usual = 0 }, 0, churn.None},
		{"within the usual gap", churn.None, func(s *churn.Signs) { s.Silence = 19 * day }, 0, churn.None},
		{"far above a very low normal, yet unlikely", churn.None, func(s *churn.Signs) { s.Risk, s.Normal = .3, .01 }, 0, churn.None},
		{"eased a little, held by the lower line", churn.AtRisk, func(s *churn.Signs) { s.Normal = .32 }, 30, churn.AtRisk},
		{"eased, but not yet", churn.Critical, func(*churn.Signs) {}, 6, churn.Critical},
		{"eased, the stay is over", churn.Critical, func(*churn.Signs) {}, 7, churn.AtRisk},
		{"bought again: at once", churn.Critical, func(s *churn.Signs) { s.Risk, s.Silence = .2, 0 }, 1, churn.None},
		{"a year of silence is no longer a risk", churn.Critical, func(s *churn.Signs) { s.Risk, s.Silence = .99, 365*day }, 90, churn.None},
	} {
		s := quiet
		row.mend(&s)
		at := event.Instant(0).Add(time.Duration(row.days) * day)
		if got := lines.Next(row.from, 0, s, at); got != row.want {
			t.Errorf("%s: Next(%v) = %v, want %v (excess %d)", row.why, row.from, got, row.want, s.Excess())
		}
	}
}

func TestNextSettlesAndRisesInSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := churn.Level(rapid.IntRange(0, 3).Draw(t, "from"))
		s := churn.Signs{
			Risk:         rapid.Float64Range(0, 1).Draw(t, "risk"),
			Normal:       rapid.Float64Range(0, 1).Draw(t, "normal"),
			PurchaseDays: rapid.IntRange(1, 6).Draw(t, "days"),
			Spend:        rapid.Int64Range(0, 10_000).Draw(t, "spend"),
			Silence:      time.Duration(rapid.IntRange(0, 363).Draw(t, "silence")) * day,
			Usual:        time.Duration(rapid.IntRange(0, 60).Draw(t, "gap")) * day,
		}
		at := event.Instant(0).Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "stay")) * day)
		to, since := lines.Next(from, 0, s, at), event.Instant(0)
		if to != from {
			since = at
		}
		if again := lines.Next(to, since, s, at); again != to {
			t.Errorf("Next(Next(%v)) = %v, want %v for %+v", from, again, to, s)
		}
		later := s
		later.Risk = min(1, s.Risk+rapid.Float64Range(0, 1).Draw(t, "rise"))
		later.Silence += day
		if risen := lines.Next(to, since, later, at); risen < to {
			t.Errorf("in silence the level fell from %v to %v, want no fall: %+v", to, risen, later)
		}
	})
}

func TestLogOdds(t *testing.T) {
	for _, row := range []struct {
		p    float64
		want int32
	}{{.5, 0}, {.75, 1099}, {.25, -1099}, {0, -13816}, {1, 13816}} {
		if got := churn.LogOdds(row.p); got != row.want {
			t.Errorf("LogOdds(%v) = %d, want %d", row.p, got, row.want)
		}
	}
}

// A customer with a rhythm is waited for as the rhythm says, and never for less than the lines say.
func TestRhythm(t *testing.T) {
	for _, row := range []struct {
		why                  string
		median, life         time.Duration
		usual, entry, lapses time.Duration
	}{
		{"nothing is known", 0, 0, 0, 14 * day, 365 * day},
		{"a median alone", 40 * day, 0, 40 * day, 40 * day, 365 * day},
		{"once a week", 7 * day, 7 * day, 7*day + 7*day/10, 14 * day, 365 * day},
		{"once a quarter", 90 * day, 90 * day, 99 * day, 99 * day, 365 * day},
		{"a median longer than the rhythm", 120 * day, 90 * day, 120 * day, 120 * day, 365 * day},
		{"a rhythm whose lapse is just that of the lines", 0, 243 * day, 267*day + 3*day/10, 267*day + 3*day/10, 365 * day},
		{"once a year, in whole days", 0, 365*day + day/4, 401*day + 18*time.Hour + 36*time.Minute, 401*day + 18*time.Hour + 36*time.Minute, 548 * day},
		{"once in two years", 0, 730 * day, 803 * day, 803 * day, 1095 * day},
	} {
		usual := churn.Usual(row.median, row.life)
		if got := lines.Entry(usual); (usual-row.usual).Abs() > time.Millisecond || (got-row.entry).Abs() > time.Millisecond {
			t.Errorf("%s: a silence of %v is usual, an episode may begin after %v; want %v and %v", row.why, usual, got, row.usual, row.entry)
		}
		if got := lines.LapseOf(row.life); got != row.lapses {
			t.Errorf("%s: lapses after %v, want %v", row.why, got, row.lapses)
		}
		s := churn.Signs{Risk: .9, Normal: .2, PurchaseDays: 5, Spend: 9000, Usual: usual, LifeGap: row.life}
		for _, edge := range []struct {
			silence time.Duration
			from    churn.Level
			want    churn.Level
			reason  churn.Reason
		}{
			{row.entry - time.Hour, churn.None, churn.None, churn.BoughtRecently},
			{row.entry + time.Hour, churn.None, churn.Critical, churn.ReviewDue},
			{row.lapses - 1, churn.Critical, churn.Critical, churn.ReviewDue},
			{row.lapses, churn.Critical, churn.None, churn.Lapsed},
		} {
			s.Silence = edge.silence
			if got := lines.Next(edge.from, 0, s, 0); got != edge.want || lines.Why(s) != edge.reason {
				t.Errorf("%s: silent for %v, from %v: %v, %v; want %v, %v", row.why, edge.silence, edge.from, got, lines.Why(s), edge.want, edge.reason)
			}
		}
	}
}
