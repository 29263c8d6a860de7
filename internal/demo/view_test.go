package demo

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

const oneDay = 24 * time.Hour

// someday is when the pictures of these tests are taken.
const someday event.Instant = 1_767_268_800_000 // 2026-01-01T12:00:00Z

func someBoard() *board {
	b := newBoard()
	stamp := func(id, customer string, at event.Instant) score.Stamp {
		return score.Stamp{ID: id, Customer: customer, AsOf: at, Cause: score.ByEvent}
	}
	b.add(&score.TierChanged{Stamp: stamp("1", "c00001", someday), Tier: tier.Low, Direction: score.Entry, After: 1690})
	b.add(&score.TierChanged{
		Stamp: stamp("2", "c00002", someday.Add(-oneDay)), Previous: tier.Low, Tier: tier.General, Direction: score.Up, Before: 1690, After: 4260,
		Contributions: []score.Contribution{
			{Indicator: "nps", Points: 20}, {Indicator: "recency_days", Points: -340}, {Indicator: "aov", Points: 1160}, {Indicator: "spend_365d", Points: 1730},
		},
	})
	b.add(&score.ChurnAlert{
		Stamp: stamp("3", "c00002", someday.Add(time.Hour)), State: score.Raised, Level: churn.Watch, Risk: 0.72, RiskNormal: 0.31, DaysSilent: 41.2,
		UsualGapDays: 9, ValueAtStake: 12050, Currency: "USD",
	})
	return b
}

func somePicture() picture {
	return picture{
		from: someday.Add(-30 * oneDay), now: someday, to: someday.Add(30 * oneDay), took: 12 * time.Second, sent: 12345, lag: 7, perSecond: 1294,
		standing: someBoard().standing(), recent: someBoard().latest(),
	}
}

func TestPicture(t *testing.T) {
	got := strings.Join(somePicture().lines(120, 30, false), "\n")
	want := strings.Join([]string{
		"Thu 1 January 2026 12:00   50 %  in 12s",
		"12,345 events   1,294/s   lag 7   transitions 3",
		"",
		strings.Repeat("▒", 40) + strings.Repeat("░", 40),
		"tiers  █ HIGH 0       ▓ POTENTIAL 0       ▒ GENERAL 1       ░ LOW 1       ",
		"churn  ! CRITICAL 0       ! AT_RISK 0       ! WATCH 1       ",
		"",
		"when          who       what                      why",
		"31 Dec 12:00  c00002    ▲ LOW to GENERAL          16.9 to 42.6 by event: spend_365d +17.3, aov +11.6, recency_days -3.4",
		"01 Jan 12:00  c00001    + enters LOW               0.0 to 16.9 by event: ",
		"01 Jan 13:00  c00002    ! churn WATCH             silent 41 days, usually 9; risk 0.72, normally 0.31; at stake 120 USD",
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPictureFitsTheTerminal(t *testing.T) {
	escapes := regexp.MustCompile("\x1b\\[[0-9]*m")
	for _, size := range [][2]int{{200, 60}, {80, 24}, {40, 10}, {10, 3}, {1, 1}} {
		width, height := size[0], size[1]
		lines := somePicture().lines(width, height, true)
		if len(lines) > max(height-1, headLines) {
			t.Errorf("%d lines on a terminal of %d", len(lines), height)
		}
		for _, line := range lines {
			if n := utf8.RuneCountInString(escapes.ReplaceAllString(line, "")); n >= width {
				t.Errorf("%d characters on a terminal %d wide: %q", n, width, line)
			}
		}
	}
}

func TestColourChangesNoText(t *testing.T) {
	escapes := regexp.MustCompile("\x1b\\[[0-9]*m")
	painted, bare := somePicture().lines(120, 30, true), somePicture().lines(120, 30, false)
	for i := range bare {
		if got := escapes.ReplaceAllString(painted[i], ""); got != bare[i] {
			t.Errorf("in colour %q, want %q", got, bare[i])
		}
	}
}

func TestBoardTakesNoteOnce(t *testing.T) {
	b := someBoard()
	before := b.standing().kinds["tier entry"]
	b.add(&score.TierChanged{Stamp: score.Stamp{ID: "1", Customer: "c00001"}, Tier: tier.Low, Direction: score.Entry})
	if got := b.standing().kinds["tier entry"]; got != before || got != 1 {
		t.Errorf("%d entries after a commit that was tried again, want 1", got)
	}
}

func TestViewDrawsOverWhatItDrew(t *testing.T) {
	var screen bytes.Buffer
	v := newView(&screen)
	v.size = func() (int, int) { return 100, 30 }
	v.show(somePicture())
	first := screen.Len()
	if got := screen.String(); strings.Contains(got, "A\r") || !strings.Contains(got, "c00002") {
		t.Errorf("the first picture is %q, want it to move nowhere and show c00002", got)
	}
	v.show(somePicture())
	if got := screen.String()[first:]; !strings.HasPrefix(got, "\x1b[11A\r") {
		t.Errorf("the second picture begins with %q, want the cursor back at the first of 11 lines", got[:10])
	}
}

func TestViewWithoutATerminal(t *testing.T) {
	var out bytes.Buffer
	newView(&out).show(somePicture())
	want := []string{
		"2026-01-01   50 %   12,345 events", "lag 7     high 0, potential 0, general 1, low 1; watch 1, at risk 0, critical 0\n",
		"\n  31 Dec 12:00  c00002    ▲ LOW to GENERAL",
	}
	for _, words := range want {
		if !strings.Contains(out.String(), words) {
			t.Errorf("got\n%swant %q in it", out.String(), words)
		}
	}
}

func TestShares(t *testing.T) {
	for _, row := range []struct {
		why    string
		counts []int
		width  int
		want   []int
	}{
		{"nobody yet", []int{0, 0}, 10, []int{0, 0}},
		{"as they are", []int{1, 3}, 8, []int{2, 6}},
		{"thirds add up", []int{1, 1, 1}, 10, []int{3, 4, 3}},
		{"too few to be seen", []int{1, 999}, 10, []int{0, 10}},
	} {
		got := shares(row.counts, row.width)
		for i := range got {
			if got[i] != row.want[i] {
				t.Errorf("%s: shares(%v, %d) = %v, want %v", row.why, row.counts, row.width, got, row.want)
				break
			}
		}
	}
}

// awaited is a writer that says when certain words have been written.
type awaited struct {
	words string
	found chan struct{}

	mu   sync.Mutex
	all  bytes.Buffer
	done bool
}

func (a *awaited) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n, err := a.all.Write(p)
	if !a.done && strings.Contains(a.all.String(), a.words) {
		a.done = true
		close(a.found)
	}
	return n, err
}

func (a *awaited) text() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.all.String()
}
