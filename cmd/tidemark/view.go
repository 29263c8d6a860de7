package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// view is the demo's terminal: a few lines that are drawn anew, or plain lines now and then where there is no terminal.
type view struct {
	w        io.Writer
	terminal bool
	began    time.Time
	drawn    time.Time
	lines    int
	sent     int64

	// mu guards what the lanes tell.
	mu     sync.Mutex
	seen   map[string]bool // transitions by id: a retried commit tells again
	tiers  map[string]score.Tier
	levels map[string]score.Level
	kinds  map[string]int
	recent []string
}

const (
	recentLines = 12
	redraw      = 200 * time.Millisecond
	plainEvery  = 5 * time.Second
)

func newView(w io.Writer) *view {
	f, ok := w.(*os.File)
	return &view{
		w: w, terminal: ok && term.IsTerminal(int(f.Fd())), began: time.Now(),
		seen: map[string]bool{}, tiers: map[string]score.Tier{}, levels: map[string]score.Level{}, kinds: map[string]int{},
	}
}

// tell takes note of a transition. It is safe for concurrent use.
func (v *view) tell(t score.Transition) {
	s := t.Common()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seen[s.ID] {
		return
	}
	v.seen[s.ID] = true
	var line string
	switch t := t.(type) {
	case *score.TierChanged:
		v.tiers[s.Customer] = t.Tier
		v.kinds["tier "+strings.ToLower(t.Direction.String())]++
		line = fmt.Sprintf("tier %s to %s, score %.1f to %.1f: %s", t.Previous, t.Tier, float64(t.Before)/100, float64(t.After)/100, why(t))
	case *score.ChurnAlert:
		v.levels[s.Customer] = t.Level
		v.kinds["alert "+strings.ToLower(t.State.String())]++
		line = fmt.Sprintf("alert %s, %s, risk %.2f (normally %.2f): silent %.0f days, usually buys every %.0f, at stake %.2f %s",
			t.State, t.Level, t.Risk, t.RiskNormal, t.DaysSilent, t.UsualGapDays, t.Currency.Major(t.ValueAtStake), t.Currency)
	}
	line = fmt.Sprintf("%s  %-7s  %-10s  %s", s.AsOf.Time().Format("2006-01-02 15:04:05"), s.Customer, strings.ToLower(s.Cause.String()), line)
	v.recent = append(v.recent, line)
	if len(v.recent) > recentLines {
		v.recent = slices.Delete(v.recent, 0, 1)
	}
}

// why names the contributions that matter most.
func why(t *score.TierChanged) string {
	parts := slices.Clone(t.Contributions)
	slices.SortStableFunc(parts, func(a, b score.Contribution) int { return int(abs(b.Points) - abs(a.Points)) })
	var words []string
	for _, p := range parts[:min(3, len(parts))] {
		words = append(words, fmt.Sprintf("%s %+.1f", p.Indicator, float64(p.Points)/100))
	}
	return strings.Join(words, ", ")
}

func abs(n int32) int32 { return max(n, -n) }

// level returns the churn level last told of a customer, and whether one ever was.
func (v *view) level(customer string) (score.Level, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	level, ok := v.levels[customer]
	return level, ok
}

// show draws where things stand: the simulated time, events sent, events not yet committed.
func (v *view) show(now event.Instant, sent, lag int64) {
	pause := plainEvery
	if v.terminal {
		pause = redraw
	}
	since := time.Since(v.drawn)
	if since < pause {
		return
	}
	rate := float64(sent-v.sent) / min(since, time.Since(v.began)).Seconds()
	v.drawn, v.sent = time.Now(), sent
	v.mu.Lock()
	defer v.mu.Unlock()
	head := fmt.Sprintf("%s  %7d events  %6.0f/s  lag %d  |  %s  |  %s", now.Time().Format("2006-01-02"), sent, rate, lag, v.tierCounts(), v.levelCounts())
	if !v.terminal {
		fmt.Fprintln(v.w, head)
		if len(v.recent) > 0 {
			fmt.Fprintln(v.w, "  "+v.recent[len(v.recent)-1])
		}
		return
	}
	width, _, err := term.GetSize(int(v.w.(*os.File).Fd()))
	if err != nil || width < 20 {
		width = 120
	}
	lines := append([]string{head, ""}, v.recent...)
	if v.lines > 0 {
		fmt.Fprintf(v.w, "\x1b[%dA", v.lines)
	}
	for _, line := range lines {
		runes := []rune(line)
		fmt.Fprintf(v.w, "\x1b[2K%s\n", string(runes[:min(len(runes), width-1)]))
	}
	v.lines = len(lines)
}

// finish leaves what was drawn where it is.
func (v *view) finish() { v.lines = 0 }

// totals prints what was told.
func (v *view) totals(w io.Writer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	fmt.Fprintf(w, "tiers now      %s\nchurn now      %s\ntransitions    %s\n", v.tierCounts(), v.levelCounts(), counts(v.kinds))
}

func (v *view) tierCounts() string {
	n := map[score.Tier]int{}
	for _, t := range v.tiers {
		n[t]++
	}
	return fmt.Sprintf("high %d, potential %d, general %d, low %d", n[tier.High], n[tier.Potential], n[tier.General], n[tier.Low])
}

func (v *view) levelCounts() string {
	n := map[score.Level]int{}
	for _, l := range v.levels {
		n[l]++
	}
	return fmt.Sprintf("watch %d, at risk %d, critical %d", n[churn.Watch], n[churn.AtRisk], n[churn.Critical])
}
