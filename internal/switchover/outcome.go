package switchover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// Outcome is what a switch does to all customers.
type Outcome struct {
	// Customers is the number of customers without test accounts and merged ids, Behind the number of customers whom the switch before has not reached yet.
	Customers, Behind int
	// Irregular counts the customers whose gaps the new model asks for and the history does not know: see score.Engine.Irregular.
	Irregular int
	// Unreadable is the number of profiles that cannot be read, Damage the first reason, with its shard. They are counted nowhere else.
	Unreadable int
	Damage     string
	// Tiers counts customers by the tier before and after, Levels by the churn level before and after.
	Tiers  [tier.Tiers][tier.Tiers]int
	Levels [churn.Levels][churn.Levels]int
	// Told counts the transitions with cause MODEL, by kind. Muted are those that are recorded and not published, because their episode
	// is not.
	Told  map[Kind]int
	Muted int
	// Movers are the customers who move most: by tiers, then by levels, then by points of the score.
	Movers []Mover
}

// Kind is a kind of transition: TierChanged by its direction, ChurnAlert by its kind and state, TierWillChange by its state, SegmentChanged by its segment
// and its change.
type Kind struct{ Record, Kind, State string }

// Mover is a customer whose labels the switch changes.
type Mover struct {
	Customer                string
	TierBefore, TierAfter   score.Tier
	LevelBefore, LevelAfter score.Level
	// Before and After are the value scores, in hundredths of a point; both are 0 where the tier does not change.
	Before, After score.Points
}

// Published is the number of transitions that the switch publishes.
func (o *Outcome) Published() int {
	n := -o.Muted
	for _, told := range o.Told {
		n += told
	}
	return n
}

// Moved returns the number of customers whose tier, and whose churn level, changes.
func (o *Outcome) Moved() (tiers, levels int) {
	for from := range o.Tiers {
		for to, n := range o.Tiers[from] {
			if to != from {
				tiers += n
			}
		}
	}
	for from := range o.Levels {
		for to, n := range o.Levels[from] {
			if to != from {
				levels += n
			}
		}
	}
	return tiers, levels
}

func (o *Outcome) unreadable(shard int, err error) {
	if o.Unreadable++; o.Damage == "" {
		o.Damage = fmt.Sprintf("shard %d: %v", shard, err)
	}
}

// add counts one customer. before is the customer under the model in force, after under the new model. told are the transitions of the
// switch, and public says which of these are published.
func (o *Outcome) add(before, after *score.Profile, told []score.Transition, public []bool) {
	o.Tiers[before.Standing.Tier][after.Standing.Tier]++
	o.Levels[before.Episode.Level][after.Episode.Level]++
	m := Mover{
		Customer:   after.Customer,
		TierBefore: before.Standing.Tier, TierAfter: after.Standing.Tier, LevelBefore: before.Episode.Level, LevelAfter: after.Episode.Level,
	}
	if o.Told == nil {
		o.Told = map[Kind]int{}
	}
	for i, t := range told {
		o.Told[kindOf(t)]++
		if !public[i] {
			o.Muted++
		}
		if t, ok := t.(*score.TierChanged); ok {
			m.Before, m.After = t.Before, t.After
		}
	}
	if m.TierBefore != m.TierAfter || m.LevelBefore != m.LevelAfter {
		o.Movers = append(o.Movers, m)
		slices.SortFunc(o.Movers, Mover.compare)
		o.Movers = o.Movers[:min(len(o.Movers), movers)]
	}
}

// compare sorts those who move most first, and equals by id.
func (m Mover) compare(other Mover) int {
	return cmp.Or(
		cmp.Compare(apart(other.TierBefore, other.TierAfter), apart(m.TierBefore, m.TierAfter)),
		cmp.Compare(apart(other.LevelBefore, other.LevelAfter), apart(m.LevelBefore, m.LevelAfter)),
		cmp.Compare(apart(other.Before, other.After), apart(m.Before, m.After)),
		cmp.Compare(m.Customer, other.Customer),
	)
}

func apart[T ~uint8 | ~int32](a, b T) T { return max(a, b) - min(a, b) }

func kindOf(t score.Transition) Kind {
	switch t := t.(type) {
	case *score.TierChanged:
		return Kind{Record: "TierChanged", State: t.Direction.String()}
	case *score.ChurnAlert:
		return Kind{"ChurnAlert", t.Kind.String(), t.State.String()}
	case *score.WonBack:
		return Kind{Record: "WonBack"}
	case *score.TierWillChange:
		return Kind{Record: "TierWillChange", State: t.State.String()}
	case *score.SegmentChanged:
		return Kind{Record: "SegmentChanged", Kind: t.Segment, State: t.Change.String()}
	}
	return Kind{}
}

// String is the kind in words.
func (k Kind) String() string {
	return strings.Join(slices.DeleteFunc([]string{k.Record, k.Kind, k.State}, func(s string) bool { return s == "" }), " ")
}
