package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
	"tidemark/internal/switchover"
	"tidemark/internal/terminal"
)

// switchReport is what `model check --against-live` has found.
type switchReport struct {
	plan    switchPlan
	outcome switchover.Outcome
	took    time.Duration
}

// print prints what is to be switched, before the customers are looked at.
func (p *switchPlan) print(w io.Writer) {
	if p.stands {
		fmt.Fprintf(w, "model %s is in force already: its activation changes nothing\n", p.model.Version)
	} else {
		fmt.Fprintf(w, "it would replace model %s (%s) at %s\n", p.version, p.current.Hash, p.engines.At)
	}
	if p.takesBack {
		fmt.Fprintf(w, "it would take the last switch back: what only model %s has said is withdrawn\n", p.version)
	}
	if p.withdrawn != "" {
		fmt.Fprintf(w, "it would withdraw the model with hash %s, which is announced\n", p.withdrawn)
	}
}

// print prints the tables.
func (r *switchReport) print(w io.Writer) error {
	if r.plan.stands {
		return nil
	}
	o := &r.outcome
	tiers, levels := o.Moved()
	fmt.Fprintf(w, "\n%d customers: %d change their tier, %d their churn level\n", o.Customers, tiers, levels)
	if o.Unreadable > 0 {
		fmt.Fprintf(w, "left out: %d profiles that cannot be read, the first in %s\n", o.Unreadable, o.Damage)
	}
	if o.Behind > 0 {
		fmt.Fprintf(w, "%d customers still wait for the switch before; they are counted as if it had reached them\n", o.Behind)
	}
	if o.Irregular > 0 {
		fmt.Fprintf(w, "%d customers count as buying at random: their gaps are not known until `tidemark rebuild`, nor after it where merged ids have bought in turns\n", o.Irregular)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	if tiers > 0 {
		matrix(table, "tier", tierNames(), func(from, to int) int { return o.Tiers[from][to] })
	}
	if levels > 0 {
		matrix(table, "churn level", levelNames(), func(from, to int) int { return o.Levels[from][to] })
	}
	if err := table.Flush(); err != nil {
		return err
	}
	table = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	r.printTold(table)
	r.printMovers(table)
	if err := table.Flush(); err != nil {
		return err
	}
	rate := float64(o.Customers) / max(r.took.Seconds(), 1e-3)
	_, err := fmt.Fprintf(w, "\nlooked at in %s, %s customers a second. The switch looks at them as fast on each core, and also writes each profile\n",
		max(r.took, time.Millisecond).Round(time.Millisecond), terminal.Short(rate))
	return err
}

// matrix prints how many customers go from which label to which, the labels before on the left. A label that nobody has is left out.
func matrix(table io.Writer, label string, names []string, count func(from, to int) int) {
	var used []int
	for n := range names {
		for m := range names {
			if count(n, m)+count(m, n) > 0 {
				used = append(used, n)
				break
			}
		}
	}
	fmt.Fprintf(table, "\n%s, from\\to\t", label)
	for _, to := range used {
		fmt.Fprintf(table, "%s\t", names[to])
	}
	fmt.Fprintln(table)
	for _, from := range used {
		fmt.Fprintf(table, "%s\t", names[from])
		for _, to := range used {
			fmt.Fprintf(table, "%d\t", count(from, to))
		}
		fmt.Fprintln(table)
	}
}

// printTold prints what the switch publishes.
func (r *switchReport) printTold(table io.Writer) {
	o := &r.outcome
	fmt.Fprintf(table, "\npublished with cause MODEL\t%d\n", o.Published())
	for _, kind := range r.kinds() {
		fmt.Fprintf(table, "  %s\t%d\n", kind, o.Told[kind])
	}
	if o.Muted > 0 {
		fmt.Fprintf(table, "  of these recorded, and not published\t%d\n", o.Muted)
	}
}

// kinds are the kinds of transitions, in order.
func (r *switchReport) kinds() []switchover.Kind {
	return slices.SortedFunc(maps.Keys(r.outcome.Told), func(a, b switchover.Kind) int {
		return -cmp.Compare(a.String(), b.String())
	})
}

func (r *switchReport) printMovers(table io.Writer) {
	if len(r.outcome.Movers) == 0 {
		return
	}
	fmt.Fprintln(table, "\nwho move most\ttier\tscore\tchurn level")
	for _, m := range r.outcome.Movers {
		points, rank, level := "-", m.TierBefore.String(), m.LevelBefore.String()
		if m.TierBefore != m.TierAfter {
			points = fmt.Sprintf("%.2f to %.2f", float64(m.Before)/100, float64(m.After)/100)
			rank += " to " + m.TierAfter.String()
		}
		if m.LevelBefore != m.LevelAfter {
			level += " to " + m.LevelAfter.String()
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", m.Customer, rank, points, level)
	}
}

// json is the report for programs.
func (r *switchReport) json() any {
	o := &r.outcome
	type moves map[string]map[string]int
	count := func(names []string, count func(from, to int) int) moves {
		all := moves{}
		for from, name := range names {
			for to, other := range names {
				if n := count(from, to); n > 0 {
					if all[name] == nil {
						all[name] = map[string]int{}
					}
					all[name][other] = n
				}
			}
		}
		return all
	}
	told := map[string]int{}
	for kind, n := range o.Told {
		told[strings.ReplaceAll(kind.String(), " ", "_")] = n
	}
	type mover struct {
		Customer    string  `json:"customer_id"`
		TierBefore  string  `json:"tier_before"`
		TierAfter   string  `json:"tier_after"`
		ScoreBefore float64 `json:"score_before"`
		ScoreAfter  float64 `json:"score_after"`
		LevelBefore string  `json:"churn_level_before"`
		LevelAfter  string  `json:"churn_level_after"`
	}
	movers := []mover{}
	for _, m := range o.Movers {
		movers = append(movers, mover{
			m.Customer, m.TierBefore.String(), m.TierAfter.String(), float64(m.Before) / 100, float64(m.After) / 100,
			m.LevelBefore.String(), m.LevelAfter.String(),
		})
	}
	at := "" // of no switch
	if !r.plan.stands {
		at = r.plan.engines.At.String()
	}
	return struct {
		Model      string         `json:"model_hash"`
		Current    string         `json:"model_hash_in_force"`
		At         string         `json:"effective_at"`
		InForce    bool           `json:"in_force_already"`
		TakesBack  bool           `json:"takes_back"`
		Withdraws  string         `json:"withdraws_model_hash"`
		Customers  int            `json:"customers"`
		Behind     int            `json:"behind"`
		Irregular  int            `json:"gaps_unknown"`
		Unreadable int            `json:"unreadable"`
		Damage     string         `json:"unreadable_first"`
		Tiers      moves          `json:"tiers"`
		Levels     moves          `json:"churn_levels"`
		Told       map[string]int `json:"transitions"`
		Muted      int            `json:"not_published"`
		Published  int            `json:"published"`
		Movers     []mover        `json:"movers"`
		Seconds    float64        `json:"seconds"`
	}{
		r.plan.model.Hash, r.plan.current.Hash, at, r.plan.stands, r.plan.takesBack, r.plan.withdrawn,
		o.Customers, o.Behind, o.Irregular, o.Unreadable, o.Damage,
		count(tierNames(), func(from, to int) int { return o.Tiers[from][to] }),
		count(levelNames(), func(from, to int) int { return o.Levels[from][to] }),
		told, o.Muted, o.Published(), movers, r.took.Seconds(),
	}
}

func tierNames() []string {
	names := make([]string, tier.Tiers)
	for i := range names {
		names[i] = tier.Tier(i).String()
	}
	return names
}

func levelNames() []string {
	names := make([]string, churn.Levels)
	for i := range names {
		names[i] = churn.Level(i).String()
	}
	return names
}
