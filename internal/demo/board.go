package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// board counts the transitions of the demo's lanes and keeps the latest. It is safe for concurrent use.
type board struct {
	mu     sync.Mutex
	seen   map[string]struct{} // the ids of all transitions: a retried commit shows a transition again
	tiers  map[string]score.Tier
	levels map[string]score.Level
	kinds  map[string]int
	recent []entry
}

// entry is a transition as one line of the picture: when, who, what, why.
type entry struct {
	at        event.Instant
	customer  string
	tone      tone
	what, why string
}

// tone says whether a transition is good or bad news for the shop.
type tone uint8

const (
	plain tone = iota
	good
	warning
	bad
)

// recentKept is the number of entries that a board keeps: more than a terminal shows.
const recentKept = 60

func newBoard() *board {
	return &board{
		seen: map[string]struct{}{}, tiers: map[string]score.Tier{}, levels: map[string]score.Level{}, kinds: map[string]int{},
	}
}

// add counts a transition and keeps its entry.
func (b *board) add(t score.Transition) {
	line := entryOf(t)
	b.mu.Lock()
	defer b.mu.Unlock()
	id := t.Common().ID
	if _, again := b.seen[id]; again {
		return
	}
	b.seen[id] = struct{}{}
	switch t := t.(type) {
	case *score.TierChanged:
		b.tiers[t.Customer] = t.Tier
		b.kinds["tier "+strings.ToLower(t.Direction.String())]++
	case *score.ChurnAlert:
		b.levels[t.Customer] = t.Level
		kind := "alert "
		switch t.Kind {
		case score.SecondOrderWindow:
			kind = "second order "
		case score.FeedbackAlert:
			kind = "feedback "
		case score.ValueDrop:
			kind = "value drop "
		case score.Churn, score.UnknownAlert:
		}
		b.kinds[kind+strings.ToLower(t.State.String())]++
	case *score.WonBack:
		b.kinds["won back"]++
	case *score.TierWillChange:
		b.kinds["tier notice "+strings.ToLower(t.State.String())]++
	}
	if len(b.recent) == recentKept {
		b.recent = slices.Delete(b.recent, 0, 1)
	}
	b.recent = append(b.recent, line)
}

// standing holds the number of customers in each tier and level, and the number of transitions of each kind.
type standing struct {
	tiers  [tier.High + 1]int
	levels [churn.Critical + 1]int
	kinds  map[string]int
}

func (b *board) standing() standing {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := standing{kinds: map[string]int{}}
	for _, t := range b.tiers {
		s.tiers[t]++
	}
	for _, l := range b.levels {
		s.levels[l]++
	}
	maps.Copy(s.kinds, b.kinds)
	return s
}

// latest returns the kept entries in the order of their instants. They arrive in another order, because several lanes add them.
func (b *board) latest() []entry {
	b.mu.Lock()
	recent := slices.Clone(b.recent)
	b.mu.Unlock()
	slices.SortStableFunc(recent, func(x, y entry) int { return cmp.Compare(x.at, y.at) })
	return recent
}

// of returns a customer's tier and churn level, and whether the customer has ever had a tier change.
func (b *board) of(customer string) (score.Tier, score.Level, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, known := b.tiers[customer]
	return t, b.levels[customer], known
}

func entryOf(t score.Transition) entry {
	s := t.Common()
	line := entry{at: s.AsOf, customer: s.Customer}
	switch t := t.(type) {
	case *score.TierChanged:
		line.tone, line.what = tierChange(t)
		line.why = why(t)
	case *score.ChurnAlert:
		line.tone, line.what = alert(t)
		if line.why = silence(t); t.Kind == score.FeedbackAlert || t.Kind == score.ValueDrop {
			line.why = reasons(t)
		}
	case *score.WonBack:
		line.tone, line.what = good, "✓ won back"
		line.why = fmt.Sprintf("after %d days of silence", t.LapsedDays)
	case *score.TierWillChange:
		line.tone, line.what = notice(t)
		line.why = ahead(t)
	}
	return line
}

func tierChange(t *score.TierChanged) (tone, string) {
	switch t.Direction {
	case score.Entry:
		return plain, fmt.Sprintf("+ enters %s", t.Tier)
	case score.Up:
		return good, fmt.Sprintf("▲ %s to %s", t.Previous, t.Tier)
	case score.Down:
		return bad, fmt.Sprintf("▼ %s to %s", t.Previous, t.Tier)
	case score.Exit:
		return bad, fmt.Sprintf("- leaves %s", t.Previous)
	case score.UnknownDirection:
	}
	return plain, t.Direction.String()
}

// why returns, in words, the score before and after, and the three indicators that moved the score most: since the tier was taken, where that is
// known, and else in the last step. It names the cause of the last step.
func why(t *score.TierChanged) string {
	if s := t.SinceTaken; s != nil {
		return fmt.Sprintf("%4.1f to %4.1f since %s: %s; last step %+.1f by %s", float64(s.Points)/100, float64(t.After)/100, dayBefore(s.At, t.AsOf),
			movers(s.Contributions), float64(t.After-t.Before)/100, strings.ToLower(t.Cause.String()))
	}
	return fmt.Sprintf("%4.1f to %4.1f by %s: %s", float64(t.Before)/100, float64(t.After)/100, strings.ToLower(t.Cause.String()), movers(t.Contributions))
}

// dayBefore is the day of an instant, with its year where that day has come again by a later instant.
func dayBefore(at, later event.Instant) string {
	if day := at.Time().UTC(); later.Time().Before(day.AddDate(1, 0, -1)) {
		return day.Format("2 Jan")
	}
	return at.Time().UTC().Format("2 Jan 2006")
}

// movers returns, in words, the three parts that moved the score most.
func movers(contributions []score.Contribution) string {
	parts := slices.Clone(contributions)
	slices.SortStableFunc(parts, func(a, b score.Contribution) int { return cmp.Compare(magnitude(b.Points), magnitude(a.Points)) })
	var words []string
	for _, p := range parts[:min(3, len(parts))] {
		words = append(words, fmt.Sprintf("%s %+.1f", p.Indicator, float64(p.Points)/100))
	}
	return strings.Join(words, ", ")
}

// notice is what a step of a notice says.
func notice(t *score.TierWillChange) (tone, string) {
	if t.State == score.Withdrawn {
		return good, "✓ notice withdrawn"
	}
	return warning, fmt.Sprintf("▽ to %s on %s", t.ToCome, t.FallsAt.Time().Format("02 Jan"))
}

// ahead returns, in words, what silence does to the score until a tier falls, and what keeps the tier; or why it does not fall any more.
func ahead(t *score.TierWillChange) string {
	if t.State == score.Withdrawn {
		return strings.ToLower(t.Withdrawal.String())
	}
	keeps := ""
	if t.KeepBy != (score.KeepBy{}) {
		keeps = fmt.Sprintf("; %.0f %s by %s keep it", t.Currency.Major(t.KeepBy.Advised()), t.Currency, (event.Calendar{}).Start(t.KeepBy.Day).Time().Format("2 Jan"))
	}
	return fmt.Sprintf("%4.1f to %4.1f by silence: %s%s", float64(t.Now)/100, float64(t.Then)/100, movers(t.Contributions), keeps)
}

func magnitude(n int32) int32 { return max(n, -n) }

func alert(t *score.ChurnAlert) (tone, string) {
	if t.Kind == score.SecondOrderWindow {
		if t.State == score.Raised {
			return warning, "? second order"
		}
		return good, "✓ second order " + strings.ToLower(t.State.String())
	}
	if t.Kind == score.FeedbackAlert || t.Kind == score.ValueDrop {
		return reaction(t)
	}
	switch t.State {
	case score.Raised, score.Escalated:
		if t.Level == churn.Critical {
			return bad, fmt.Sprintf("! churn %s", t.Level)
		}
		return warning, fmt.Sprintf("! churn %s", t.Level)
	case score.Eased:
		return good, fmt.Sprintf("  churn eases to %s", t.Level)
	case score.Updated:
		return warning, fmt.Sprintf("! churn for %s", t.LikelyCause)
	case score.Resolved:
		return good, "✓ churn resolved"
	case score.Retracted:
		return good, "✓ churn retracted"
	case score.UnknownState:
	}
	return plain, t.State.String()
}

// silence returns, in words, why a customer is at risk, or no longer is.
func silence(t *score.ChurnAlert) string {
	switch t.State {
	case score.Resolved:
		return fmt.Sprintf("%s; risk %.2f to %.2f", strings.ToLower(t.Resolve.String()), t.RiskBefore, t.Risk)
	case score.Retracted:
		return fmt.Sprintf("a late event; risk %.2f to %.2f", t.RiskBefore, t.Risk)
	case score.UnknownState, score.Raised, score.Escalated, score.Eased, score.Updated:
	}
	usual := ""
	if t.UsualGapDays > 0 { // one order has no gap
		usual = fmt.Sprintf(", usually %.0f", t.UsualGapDays)
	}
	why := fmt.Sprintf("silent %.0f days%s; risk %.2f, normally %.2f; at stake %.0f %s",
		t.DaysSilent, usual, t.Risk, t.RiskNormal, t.Currency.Major(t.ValueAtStake), t.Currency)
	if t.LikelyCause == 0 || t.LikelyCause == score.Inactivity {
		return why
	}
	return fmt.Sprintf("%s; unhappy about %s", why, strings.ReplaceAll(strings.ToLower(t.LikelyCause.String()), "_", " "))
}
