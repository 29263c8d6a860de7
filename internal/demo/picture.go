package demo

import (
	"fmt"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
	"tidemark/internal/terminal"
)

// picture is the state of the demo at one moment, ready to be drawn.
type picture struct {
	from, now, to event.Instant
	took          time.Duration
	sent, lag     int64
	perSecond     float64
	standing      standing
	recent        []entry
}

// The colours of tones and tiers, and a mark for each tier, which also tells tiers apart without colours.
var (
	toneColours = [...]int{plain: 0, good: 32, warning: 33, bad: 31}
	tierColours = [...]int{tier.High: 35, tier.Potential: 34, tier.General: 36, tier.Low: grey}
	tierMarks   = [...]string{tier.High: "█", tier.Potential: "▓", tier.General: "▒", tier.Low: "░"}
	fromTheTop  = []int{int(tier.High), int(tier.Potential), int(tier.General), int(tier.Low)}
)

// ANSI numbers for bold and for grey text.
const (
	boldface = 1
	grey     = 90
)

const (
	headLines = 8  // the lines above the transitions
	barMost   = 80 // the longest bar of tiers
)

// lines draws p for a terminal of this size in characters and lines. Each line is narrower than the terminal, or it would wrap.
func (p picture) lines(width, height int, colour bool) []string {
	rows := [][]terminal.Span{
		{terminal.In(boldface, fmt.Sprintf("%s  %3d %%  in %s", p.now.Time().Format("Mon 2 January 2006 15:04"), p.share(), p.took.Round(time.Second)))},
		{terminal.Text(fmt.Sprintf("%s events   %s/s   lag %s   transitions %s",
			terminal.Grouped(p.sent), terminal.Grouped(int64(p.perSecond)), terminal.Grouped(p.lag), terminal.Grouped(int64(p.transitions()))))},
		nil,
		p.bar(min(width-1, barMost)),
		p.tiers(),
		p.levels(),
		nil,
		{terminal.In(grey, fmt.Sprintf("%-12s  %-8s  %-24s  %s", "when", "who", "what", "why"))},
	}
	recent := p.recent
	if most := max(0, height-headLines-1); len(recent) > most {
		recent = recent[len(recent)-most:]
	}
	for _, r := range recent {
		rows = append(rows, r.row())
	}
	drawn := make([]string, len(rows))
	for i, row := range rows {
		drawn[i] = terminal.Render(row, width-1, colour)
	}
	return drawn
}

func (t entry) row() []terminal.Span {
	return []terminal.Span{
		terminal.Text(fmt.Sprintf("%s  %-8s  ", t.at.Time().Format("02 Jan 15:04"), t.customer)),
		terminal.In(toneColours[t.tone], fmt.Sprintf("%-24s", t.what)),
		terminal.Text("  " + t.why),
	}
}

func (p picture) share() int64 {
	if p.to <= p.from {
		return 100
	}
	return int64(100 * (p.now - p.from) / (p.to - p.from))
}

func (p picture) transitions() int {
	n := 0
	for _, k := range p.standing.kinds {
		n += k
	}
	return n
}

// bar draws the tiers as shares of a width in characters, the highest tier first.
func (p picture) bar(width int) []terminal.Span {
	counts := make([]int, len(fromTheTop))
	for i, t := range fromTheTop {
		counts[i] = p.standing.tiers[t]
	}
	var row []terminal.Span
	for i, n := range shares(counts, width) {
		row = append(row, terminal.In(tierColours[fromTheTop[i]], strings.Repeat(tierMarks[fromTheTop[i]], n)))
	}
	return row
}

func (p picture) tiers() []terminal.Span {
	row := []terminal.Span{terminal.Text("tiers  ")}
	for _, t := range fromTheTop {
		row = append(row, terminal.In(tierColours[t], tierMarks[t]), terminal.Text(fmt.Sprintf(" %s %-6s  ", tier.Tier(t), terminal.Grouped(int64(p.standing.tiers[t])))))
	}
	return row
}

func (p picture) levels() []terminal.Span {
	row := []terminal.Span{terminal.Text("churn  ")}
	for _, l := range []churn.Level{churn.Critical, churn.AtRisk, churn.Watch} {
		colour := toneColours[warning]
		if l == churn.Critical {
			colour = toneColours[bad]
		}
		row = append(row, terminal.In(colour, "!"), terminal.Text(fmt.Sprintf(" %s %-6s  ", l, terminal.Grouped(int64(p.standing.levels[l])))))
	}
	return row
}

// plain returns p as one line, for output that is no terminal.
func (p picture) plain() string {
	t, l := p.standing.tiers, p.standing.levels
	return fmt.Sprintf("%s  %3d %%  %7s events  %6s/s  lag %-4s  high %d, potential %d, general %d, low %d; watch %d, at risk %d, critical %d",
		p.now.Time().Format("2006-01-02"), p.share(), terminal.Grouped(p.sent), terminal.Grouped(int64(p.perSecond)), terminal.Grouped(p.lag),
		t[tier.High], t[tier.Potential], t[tier.General], t[tier.Low], l[churn.Watch], l[churn.AtRisk], l[churn.Critical])
}

// shares splits a width in proportion to counts. It rounds the running sums, not the shares, so the shares add up to the width and none
// is off by more than one. If all counts are 0, all shares are 0.
func shares(counts []int, width int) []int {
	all, sum, done := 0, 0, 0
	for _, n := range counts {
		all += n
	}
	parts := make([]int, len(counts))
	if all == 0 {
		return parts
	}
	for i, n := range counts {
		sum += n
		end := (2*sum*width + all) / (2 * all)
		parts[i], done = end-done, end
	}
	return parts
}
