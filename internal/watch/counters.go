// Package watch holds frozen churn forecasts against what happened. It keeps counters that add up over customers, shards and
// processes. So the quality of a model is known while the model is in force, and the counters show when a new fit is due.
package watch

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// bins is the number of bins. A bin is a quarter of a unit of log-odds wide. The first and the last bin take all that lies
// beyond.
const bins = 50

// Prefix begins the names of all counters.
const Prefix = "forecast:"

// Count adds outcomes to counters. The names of the counters are
//
//	forecast:<model>:<half-year>:<group>:<bin>:cases   forecasts whose risk lies in the bin
//	                                          :gone    such forecasts without a purchase
//	                                          :risk    the sum of the risks, in millionths
//	forecast:<model>:<half-year>:<group>:error         the sum of the squared errors, in millionths, each rounded
//
// where the half-year is the forecast's, in UTC, as in 1998h1. So a model has at most 453 names a half-year. CDNOW fills some
// 220 of them, with a control group and without outreach. The counters of a model stay when another model comes into force.
func Count(counters map[string]int64, outcomes []score.Outcome) {
	for _, o := range outcomes {
		series := Prefix + o.Model + ":" + half(o.AsOf) + ":" + o.Group.String() + ":"
		bin := series + fmt.Sprintf("%02d:", binOf(o.Risk))
		off := o.Risk
		if o.Gone {
			off -= 1e6
			counters[bin+"gone"]++
		}
		counters[bin+"cases"]++
		counters[bin+"risk"] += o.Risk
		counters[series+"error"] += (off*off + 5e5) / 1e6
	}
}

func half(at event.Instant) string {
	t := at.Time()
	return fmt.Sprintf("%04dh%d", t.Year(), 1+(int(t.Month())-1)/6)
}

func binOf(risk int64) int {
	p := float64(risk) / 1e6
	at := math.Floor(4*math.Log(p/(1-p))) + bins/2 // infinite where p is 0 or 1
	return int(min(max(at, 0), bins-1))
}

// tally holds the counters of one model, half-year and group.
type tally struct {
	cases, gone, risk [bins]int64
	error             int64
}

func (t *tally) add(u *tally) {
	for i := range bins {
		t.cases[i] += u.cases[i]
		t.gone[i] += u.gone[i]
		t.risk[i] += u.risk[i]
	}
	t.error += u.error
}

func (t *tally) settled() (n int64) {
	for _, c := range t.cases {
		n += c
	}
	return n
}

// byGroup holds the tallies of one half-year.
type byGroup [score.Groups]tally

// read sorts counters by model and half-year. It passes over names that Count does not write.
func read(counters map[string]int64) map[string]map[string]*byGroup {
	models := map[string]map[string]*byGroup{}
	for name, n := range counters {
		rest, ours := strings.CutPrefix(name, Prefix)
		parts := strings.Split(rest, ":")
		if !ours || len(parts) < 4 {
			continue
		}
		group, known := groupOf(parts[2])
		if !known {
			continue
		}
		halves := models[parts[0]]
		if halves == nil {
			halves = map[string]*byGroup{}
			models[parts[0]] = halves
		}
		if halves[parts[1]] == nil {
			halves[parts[1]] = new(byGroup)
		}
		halves[parts[1]][group].set(parts[3:], n)
	}
	return models
}

// set stores the value of a counter, by the end of the counter's name.
func (t *tally) set(name []string, n int64) {
	if len(name) == 1 && name[0] == "error" {
		t.error = n
		return
	}
	bin, err := strconv.Atoi(name[0])
	if err != nil || bin < 0 || bin >= bins || len(name) != 2 {
		return
	}
	switch name[1] {
	case "cases":
		t.cases[bin] = n
	case "gone":
		t.gone[bin] = n
	case "risk":
		t.risk[bin] = n
	}
}

func groupOf(name string) (score.Group, bool) {
	for g := range score.Group(score.Groups) {
		if g.String() == name {
			return g, true
		}
	}
	return 0, false
}
