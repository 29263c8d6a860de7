package population

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// Labels are what the census counts of a customer. The zero value is nobody.
type Labels struct {
	// Counted says that the customer is among the customers: known, no test account, and not merged into another.
	Counted bool
	Tier    score.Tier
	Level   score.Level
}

// LabelsOf are the labels of a profile.
func LabelsOf(p *score.Profile) Labels {
	if p.Unknown() || p.Test || p.Away() {
		return Labels{}
	}
	return Labels{Counted: true, Tier: p.Standing.Tier, Level: p.Episode.Level}
}

// Census holds counters by name. A counter that is zero is absent.
//
//	customers                     customers
//	tier:HIGH  level:WATCH        customers of a tier, of a churn level
//	episodes                      open churn episodes
//	flow:20788:tier:LOW>HIGH      customers who moved on that day, by the day number since 1970-01-01; - is nobody
//	flow:20788:level:NONE>WATCH   likewise of churn levels
//	flow:20788:cause:tier:TIME    transitions of a kind by cause; the kinds are tier, raised, resolved, won_back
//	flow:20788:lapsed             churn episodes that ended by lapse
type Census map[string]int64

const (
	customers = "customers"
	episodes  = "episodes"
	nobody    = "-"
	flows     = "flow:"
)

// Change is what a commit changes of one customer.
type Change struct {
	Before, After Labels
	// Transitions are those between the two, in order.
	Transitions []score.Transition
	// Day is the day on which the customer began or ceased to be counted; else it is not looked at, but for labels that no transition tells of.
	Day event.Day
}

// Count adds the increments of a change to the counters. The flows lead from Before to After whatever the transitions say: so the sums of flows are
// the labels, always.
func (c Census) Count(x *Change, calendar event.Calendar) {
	c.labels(x.Before, -1)
	c.labels(x.After, 1)
	tier, level := nobody, nobody
	if x.Before.Counted {
		tier, level = x.Before.Tier.String(), x.Before.Level.String()
	} else if x.After.Counted {
		tier, level = score.Tier(0).String(), churn.None.String()
		c.flow(x.Day, "tier", nobody, tier)
		c.flow(x.Day, "level", nobody, level)
	}
	for _, t := range x.Transitions {
		day := calendar.Day(t.Common().AsOf)
		c.cause(day, t)
		if tier == nobody {
			continue
		}
		switch t := t.(type) {
		case *score.TierChanged:
			c.flow(day, "tier", tier, t.Tier.String())
			tier = t.Tier.String()
		case *score.ChurnAlert:
			if t.Kind == score.Churn {
				c.flow(day, "level", level, t.Level.String())
				level = t.Level.String()
			}
		case *score.WonBack, *score.TierWillChange:
		}
	}
	toTier, toLevel := nobody, nobody
	if x.After.Counted {
		toTier, toLevel = x.After.Tier.String(), x.After.Level.String()
	}
	c.flow(x.Day, "tier", tier, toTier)
	c.flow(x.Day, "level", level, toLevel)
}

func (c Census) add(name string, n int64) {
	if c[name] += n; c[name] == 0 {
		delete(c, name)
	}
}

func (c Census) labels(l Labels, by int64) {
	if !l.Counted {
		return
	}
	c.add(customers, by)
	c.add("tier:"+l.Tier.String(), by)
	c.add("level:"+l.Level.String(), by)
	if l.Level != churn.None {
		c.add(episodes, by)
	}
}

func (c Census) flow(day event.Day, what, from, to string) {
	if from != to {
		c.add(fmt.Sprintf("%s%d:%s:%s>%s", flows, day, what, from, to), 1)
	}
}

func (c Census) cause(day event.Day, t score.Transition) {
	kind := ""
	switch t := t.(type) {
	case *score.TierChanged:
		kind = "tier"
	case *score.ChurnAlert:
		if t.Kind != score.Churn {
			return
		}
		switch t.State {
		case score.Raised:
			kind = "raised"
		case score.Resolved:
			kind = "resolved"
			if t.Resolve == score.ByLapse {
				c.add(fmt.Sprintf("%s%d:lapsed", flows, day), 1)
			}
		case score.Escalated, score.Eased, score.Retracted, score.Updated, score.UnknownState:
			return
		}
	case *score.WonBack:
		kind = "won_back"
	case *score.TierWillChange:
		return
	}
	c.add(fmt.Sprintf("%s%d:cause:%s:%s", flows, day, kind, t.Common().Cause), 1)
}

// Merge adds the counters of another shard.
func (c Census) Merge(o Census) {
	for name, n := range o {
		c.add(name, n)
	}
}

// At returns the labels at the end of a day, with the flows of that day alone, their names without the day. It takes the flows of later days off
// the labels of now: so the flows of earlier days may be gone.
func (c Census) At(day event.Day) (labels, moved map[string]int64) {
	at, moved := Census{}, map[string]int64{}
	for name, n := range c {
		on, what, isFlow := flowOf(name)
		switch {
		case !isFlow:
			at.add(name, n)
		case on == day:
			moved[what] += n
		case on > day:
			at.undo(what, n)
		}
	}
	return at, moved
}

// undo takes a flow back.
func (c Census) undo(what string, n int64) {
	kind, path, _ := strings.Cut(what, ":")
	from, to, isFlow := strings.Cut(path, ">")
	if !isFlow || kind != "tier" && kind != "level" {
		return
	}
	for label, by := range map[string]int64{from: n, to: -n} {
		switch {
		case label == nobody && kind == "tier":
			c.add(customers, -by)
		case label == nobody:
		default:
			c.add(kind+":"+label, by)
			if kind == "level" && label != churn.None.String() {
				c.add(episodes, by)
			}
		}
	}
}

// Forget drops the flows up to a day, whose snapshot is written.
func (c Census) Forget(upTo event.Day) {
	maps.DeleteFunc(c, func(name string, _ int64) bool {
		day, _, isFlow := flowOf(name)
		return isFlow && day <= upTo
	})
}

func flowOf(name string) (day event.Day, what string, ok bool) {
	rest, ok := strings.CutPrefix(name, flows)
	if !ok {
		return 0, "", false
	}
	number, what, _ := strings.Cut(rest, ":")
	n, err := strconv.ParseInt(number, 10, 32)
	return event.Day(n), what, err == nil
}
