package population

import (
	"maps"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score/tier"
)

// Pass is what one cycle through the customers of a shard has counted. Passes under the same indicators merge in any order into the same bytes.
type Pass struct {
	// Began and Ended are the instants between which the customers were read; of a merged pass the first and the last.
	Began, Ended event.Instant
	// Shards is the number of passes that are merged.
	Shards int64
	// Customers are all that were read, Buyers those of them who have bought.
	Customers, Buyers int64
	Names             []string // of the indicators
	Histograms        []Histogram
	// Ranked are the scores, in hundredths of a point, of those whom tiers by share rank: who has bought within 12 months.
	Ranked  Histogram
	Moments Moments
	// Groups are sums by dimension and name.
	Groups [Dimensions]Groups
	// Cohorts are by the month of the first purchase, counted from 1970-01.
	Cohorts map[int]Cohort
	// NPS and CSAT count the latest answers of all customers.
	NPS, CSAT Answers
}

// Cohort are the customers of one month of first purchase: all, those who bought this month, and what these spent this month in minor units.
type Cohort struct {
	Customers int64 `json:"customers"`
	Active    int64 `json:"active"`
	Spend     int64 `json:"spend"`
}

// Sum is what the customers of a group come to. Money is in minor units.
type Sum struct {
	Customers    int64   `json:"customers"`
	Buyers       int64   `json:"buyers"`
	Spend365     int64   `json:"spend_365d"`
	Current      int64   `json:"clv_current"`
	AtStake      int64   `json:"value_at_stake"`
	Contribution int64   `json:"contribution_365d"`
	NPS          Answers `json:"nps"`
	CSAT         Answers `json:"csat"`
}

// Answers count the latest answer of each customer. Sum and Squares are of CSAT in ten-thousandths of its scale; of NPS in tenths of a point.
type Answers struct {
	Count   int64 `json:"n"`
	High    int64 `json:"high"` // NPS 9 and 10; CSAT from three quarters of its scale, which is 4 of 1 to 5
	Low     int64 `json:"low"`  // NPS 0 to 6; CSAT below a half
	Sum     int64 `json:"sum"`
	Squares int64 `json:"squares"`
}

// Groups are sums by name. It holds the first namesKept names in alphabetical order, and one sum of all others: so no order of counting matters.
type Groups struct {
	Named map[string]Sum
	// Others holds the customers of names that were dropped.
	Others Sum
}

// namesKept bounds the names of a dimension.
const namesKept = 1000

// NewPass returns an empty pass.
func (r *Reader) NewPass(began event.Instant) *Pass {
	p := &Pass{Began: began, Ended: began, Shards: 1, Histograms: make([]Histogram, len(r.indicators)), Cohorts: map[int]Cohort{}}
	for i := range r.indicators {
		p.Names = append(p.Names, r.indicators[i].Name)
	}
	p.Moments = newMoments(len(r.lines))
	return p
}

// Add counts a customer. A cycle counts a customer once: the caller drops ids that it has seen.
func (p *Pass) Add(x *Reading) {
	p.Customers++
	for i := range x.Values {
		if x.Known[i] {
			p.Histograms[i].Add(x.Values[i], 1)
		}
	}
	one := Sum{Customers: 1, Spend365: x.Spend365, Current: x.Current, AtStake: x.AtStake, Contribution: x.Contribution}
	one.NPS.take(x.NPS, 90, 70)
	one.CSAT.take(x.CSAT, whole*3/4, whole/2)
	p.NPS.and(&one.NPS)
	p.CSAT.and(&one.CSAT)
	if x.Bought {
		p.Buyers++
		if x.Year {
			p.Ranked.Add(int64(x.Points), 1)
		}
		one.Buyers = 1
		p.Moments.add(x)
		c := p.Cohorts[x.Cohort]
		c.Customers++
		if x.Active {
			c.Active++
		}
		c.Spend += x.MonthSpend
		p.Cohorts[x.Cohort] = c
	}
	for d, name := range x.Groups {
		if name != "" {
			p.Groups[d].add(name, &one)
		}
	}
}

// Merge counts in another pass over other customers.
func (p *Pass) Merge(o *Pass) {
	p.Began, p.Ended, p.Shards = min(p.Began, o.Began), max(p.Ended, o.Ended), p.Shards+o.Shards
	p.Customers, p.Buyers = p.Customers+o.Customers, p.Buyers+o.Buyers
	for i := range p.Histograms {
		p.Histograms[i].Merge(&o.Histograms[i])
	}
	p.Ranked.Merge(&o.Ranked)
	p.Moments.merge(&o.Moments)
	for d := range p.Groups {
		p.Groups[d].Others.and(&o.Groups[d].Others)
		for _, name := range slices.Sorted(maps.Keys(o.Groups[d].Named)) {
			s := o.Groups[d].Named[name]
			p.Groups[d].add(name, &s)
		}
	}
	for month, c := range o.Cohorts {
		mine := p.Cohorts[month]
		p.Cohorts[month] = Cohort{mine.Customers + c.Customers, mine.Active + c.Active, mine.Spend + c.Spend}
	}
	p.NPS.and(&o.NPS)
	p.CSAT.and(&o.CSAT)
}

// Histogram returns that of an indicator; nil where there is none.
func (p *Pass) Histogram(name string) *Histogram {
	if i := slices.Index(p.Names, name); i >= 0 {
		return &p.Histograms[i]
	}
	return nil
}

func (g *Groups) add(name string, s *Sum) {
	if g.Named == nil {
		g.Named = map[string]Sum{}
	}
	mine, stands := g.Named[name]
	mine.and(s)
	g.Named[name] = mine
	if stands || len(g.Named) <= namesKept {
		return
	}
	last := slices.Max(slices.Collect(maps.Keys(g.Named)))
	dropped := g.Named[last]
	g.Others.and(&dropped)
	delete(g.Named, last)
}

func (s *Sum) and(o *Sum) {
	s.Customers, s.Buyers, s.Spend365, s.Current = s.Customers+o.Customers, s.Buyers+o.Buyers, s.Spend365+o.Spend365, s.Current+o.Current
	s.AtStake, s.Contribution = s.AtStake+o.AtStake, s.Contribution+o.Contribution
	s.NPS.and(&o.NPS)
	s.CSAT.and(&o.CSAT)
}

func (a *Answers) take(score, high, low int32) {
	if score < 0 {
		return
	}
	a.Count, a.Sum, a.Squares = a.Count+1, a.Sum+int64(score), a.Squares+int64(score)*int64(score)
	if score >= high {
		a.High++
	} else if score < low {
		a.Low++
	}
}

func (a *Answers) and(o *Answers) {
	a.Count, a.High, a.Low, a.Sum, a.Squares = a.Count+o.Count, a.High+o.High, a.Low+o.Low, a.Sum+o.Sum, a.Squares+o.Squares
}

// Moments are sums of the scorecard's indicators on its scales, in ten-thousandths, over buyers.
type Moments struct {
	// Lines is the number of indicators.
	Lines int
	// Tiers are the sums of each indicator by tier: for drivers.
	Tiers [tier.Tiers][]Moment
	// Pairs are those of all buyers of whom two indicators are known, at i·Lines + j: for principal components. N counts them, Sum adds up the
	// first, Product the products.
	Pairs []Pair
}

// Moment is the number of values, their sum and the sum of their squares.
type Moment struct{ N, Sum, Squares int64 }

// Pair is the number of pairs of values, the sum of the first of each and the sum of their products.
type Pair struct{ N, Sum, Product int64 }

func newMoments(lines int) Moments {
	m := Moments{Lines: lines, Pairs: make([]Pair, lines*lines)}
	for t := range m.Tiers {
		m.Tiers[t] = make([]Moment, lines)
	}
	return m
}

func (m *Moments) add(x *Reading) {
	for i, a := range x.Normal {
		if a < 0 {
			continue
		}
		own := &m.Tiers[x.Tier][i]
		own.N, own.Sum, own.Squares = own.N+1, own.Sum+int64(a), own.Squares+int64(a)*int64(a)
		for j, b := range x.Normal {
			if b >= 0 {
				pair := &m.Pairs[i*m.Lines+j]
				pair.N, pair.Sum, pair.Product = pair.N+1, pair.Sum+int64(a), pair.Product+int64(a)*int64(b)
			}
		}
	}
}

func (m *Moments) merge(o *Moments) {
	for t := range m.Tiers {
		for i := range m.Tiers[t] {
			a, b := &m.Tiers[t][i], &o.Tiers[t][i]
			a.N, a.Sum, a.Squares = a.N+b.N, a.Sum+b.Sum, a.Squares+b.Squares
		}
	}
	for i := range m.Pairs {
		a, b := &m.Pairs[i], &o.Pairs[i]
		a.N, a.Sum, a.Product = a.N+b.N, a.Sum+b.Sum, a.Product+b.Product
	}
}
