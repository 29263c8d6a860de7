package population

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"tidemark/internal/event"
)

// Snapshot is the population at the end of a day: what tm:population:day:<date> holds. Money is in minor units of Currency, but for the numbers of
// Indicators, which are in the units of the catalogue.
type Snapshot struct {
	// Date is the day, in the form 2026-11-30. At is the instant of its last millisecond.
	Date     string        `json:"date"`
	At       event.Instant `json:"at"`
	Model    string        `json:"model_version"`
	Currency string        `json:"currency"`
	// Labels are customers by label at the end of the day, Flows those who moved on the day; see Census.
	Labels map[string]int64 `json:"labels"`
	Flows  map[string]int64 `json:"flows"`
	// Customers are those whom the pass has counted, Buyers those of them who have bought.
	Customers  int64              `json:"customers"`
	Buyers     int64              `json:"buyers"`
	Indicators []Distribution     `json:"indicators"`
	Groups     map[string][]Group `json:"groups"`
	Cohorts    map[string]Cohort  `json:"cohorts"` // by month of first purchase, in the form 1997-01
	NPS        Share              `json:"nps"`
	CSAT       Share              `json:"csat"`
	Drivers    []Driver           `json:"drivers"`
	Pyramid    []Slice            `json:"pyramid"`
	Gini       float64            `json:"gini"`
	// Packed is the whole pass: see Parse.
	Packed []byte `json:"pass"`
}

// Distribution is what a dashboard shows of one indicator.
type Distribution struct {
	Name  string  `json:"name"`
	Title string  `json:"title"`
	Unit  string  `json:"unit"`
	N     int64   `json:"n"`
	Mean  float64 `json:"mean"`
	// Quantiles are off by at most 0.8 %.
	P5  float64 `json:"p5"`
	P25 float64 `json:"p25"`
	P50 float64 `json:"p50"`
	P75 float64 `json:"p75"`
	P95 float64 `json:"p95"`
}

// Group is a sum with its name. The last of a dimension may be Others.
type Group struct {
	Name string `json:"name"`
	Sum
}

// Others names the customers of the names that are not shown.
const Others = "(others)"

// namesShown bounds the groups of a dimension in a snapshot: those with the most customers, then by name.
const namesShown = 40

// NewSnapshot returns the snapshot of a day, from the merged pass and what the census says of the day.
func (r *Reader) NewSnapshot(day event.Day, p *Pass, labels, moved map[string]int64) *Snapshot {
	m := r.engine.Model()
	s := &Snapshot{
		Date: day.String(), At: r.engine.Calendar().Start(day+1) - 1, Model: m.Version, Currency: string(m.Base), Labels: labels, Flows: moved,
		Customers: p.Customers, Buyers: p.Buyers, Groups: map[string][]Group{}, Cohorts: map[string]Cohort{},
		NPS: p.NPS.NPS(), CSAT: p.CSAT.CSAT(), Packed: p.Append(nil),
	}
	for i := range r.indicators {
		x, h := &r.indicators[i], &p.Histograms[i]
		if h.n == 0 {
			continue
		}
		at := func(q float64) float64 { return h.Quantile(q) / float64(x.Scale) }
		unit := x.Unit
		if unit == "" {
			unit = s.Currency
		}
		s.Indicators = append(s.Indicators, Distribution{
			Name: x.Name, Title: x.Title.En, Unit: unit, N: h.n, Mean: float64(h.sum) / float64(h.n) / float64(x.Scale),
			P5: at(.05), P25: at(.25), P50: at(.5), P75: at(.75), P95: at(.95),
		})
	}
	for d := range p.Groups {
		if groups := p.Groups[d].shown(); len(groups) > 0 {
			s.Groups[Dimension(d).String()] = groups
		}
	}
	for month, c := range p.Cohorts {
		s.Cohorts[fmt.Sprintf("%04d-%02d", 1970+month/12, month%12+1)] = c
	}
	for i, line := range r.lines {
		s.Drivers = append(s.Drivers, p.Moments.driver(i, line.Name))
	}
	if h := p.Histogram("spend_365d"); h != nil && h.n > 0 {
		s.Pyramid, s.Gini = Pyramid(h), finite(Gini(h))
	}
	return s
}

// finite is 0 for what JSON cannot hold.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

func (g *Groups) shown() []Group {
	var all []Group
	for _, name := range slices.Sorted(maps.Keys(g.Named)) {
		all = append(all, Group{name, g.Named[name]})
	}
	slices.SortStableFunc(all, func(a, b Group) int { return cmp.Compare(b.Customers, a.Customers) })
	others := g.Others
	if len(all) > namesShown {
		for i := range all[namesShown:] {
			others.and(&all[namesShown+i].Sum)
		}
		all = all[:namesShown]
	}
	if others.Customers > 0 {
		all = append(all, Group{Others, others})
	}
	return all
}

// JSON is the snapshot as it is stored.
func (s *Snapshot) JSON() ([]byte, error) { return json.Marshal(s) }

// ParseSnapshot reads what JSON wrote, and the pass in it.
func ParseSnapshot(b []byte) (*Snapshot, *Pass, error) {
	s := new(Snapshot)
	if err := json.Unmarshal(b, s); err != nil {
		return nil, nil, fmt.Errorf("population snapshot: %w", err)
	}
	p, err := Parse(s.Packed)
	return s, p, err
}
