package population

import (
	"maps"
	"slices"
	"strings"
)

// Period is what snapshots of a stretch of days say together: from the first day after Before to the last day of the stretch.
type Period struct {
	From, To string
	// Days are those with a snapshot, Missing those of the stretch without one: their flows are not known, and the sums lack them.
	Days    int
	Missing int
	// Flows are the sums of the flows of the days, by name.
	Flows map[string]int64
	// Churned, Retained and Returned are the rates of the period. Known is false where the day before has no snapshot.
	Churned, Retained, Returned Rate
	// Tiers is the matrix of moves: from, to, customers.
	Tiers map[string]map[string]int64
}

// PeriodOf sums up the snapshots of the days of a stretch, in order. before is that of the day before the first, nil where there is none; days
// is the length of the stretch. Buyers of before who are not LAPSED are the customers at the start, those who are LAPSED the lapsed at the start.
//
// Episodes that lapse are counted once each: who lapses, comes back and lapses again within a period counts twice. Silences that raised no alert are
// not among them.
func PeriodOf(before *Snapshot, stretch []*Snapshot, days int) *Period {
	p := &Period{Flows: map[string]int64{}, Tiers: map[string]map[string]int64{}, Days: len(stretch), Missing: days - len(stretch)}
	if len(stretch) > 0 {
		p.From, p.To = stretch[0].Date, stretch[len(stretch)-1].Date
	}
	for _, s := range stretch {
		for name, n := range s.Flows {
			p.Flows[name] += n
		}
	}
	for name, n := range p.Flows {
		path, isTier := strings.CutPrefix(name, "tier:")
		from, to, isPath := strings.Cut(path, ">")
		if !isTier || !isPath {
			continue
		}
		if p.Tiers[from] == nil {
			p.Tiers[from] = map[string]int64{}
		}
		p.Tiers[from][to] += n
	}
	if before == nil {
		return p
	}
	lapsed := before.Group(ByStage, "LAPSED").Buyers
	start, gone := before.Buyers-lapsed, p.Flows["lapsed"]
	p.Churned, p.Retained = ChurnRate(start, gone), RetentionRate(start, gone)
	p.Returned = WinBackRate(lapsed, p.sum("cause:won_back:"))
	return p
}

// sum adds up the flows whose names begin with a prefix.
func (p *Period) sum(prefix string) int64 {
	n := int64(0)
	for name, count := range p.Flows {
		if strings.HasPrefix(name, prefix) {
			n += count
		}
	}
	return n
}

// Group is the sum of a group of a dimension; zero where the snapshot has none of that name.
func (s *Snapshot) Group(d Dimension, name string) Sum {
	for _, g := range s.Groups[d.String()] {
		if g.Name == name {
			return g.Sum
		}
	}
	return Sum{}
}

// CohortMatrix is a row for each cohort, by month of first purchase, and a column for each month that has a snapshot of its last day. A cell holds
// nothing for months before the cohort.
type CohortMatrix struct {
	Cohorts, Months []string
	Cells           [][]Cohort
}

// Matrix makes the cohort matrix of the last snapshots of months.
func Matrix(ends []*Snapshot) CohortMatrix {
	rows := map[string]bool{}
	for _, s := range ends {
		for month := range s.Cohorts {
			rows[month] = true
		}
	}
	m := CohortMatrix{Cohorts: slices.Sorted(maps.Keys(rows))}
	for _, s := range ends {
		m.Months = append(m.Months, s.Date[:len("2006-01")])
	}
	for _, cohort := range m.Cohorts {
		row := make([]Cohort, len(ends))
		for i, s := range ends {
			row[i] = s.Cohorts[cohort]
		}
		m.Cells = append(m.Cells, row)
	}
	return m
}
