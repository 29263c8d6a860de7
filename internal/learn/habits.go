package learn

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/clv"
)

// Habits are what the methods of customer lifetime value need to know of a shop: how many buy again within a year, and what customers like a
// customer spend. Money is in major units.
type Habits struct {
	Repurchase clv.Repurchase
	Peers      clv.Peers
	Population clv.Population
	// Cuts are the instants after which repurchases were counted, the newest first.
	Cuts []event.Instant
	// Cases counts the cases behind each cell: by table, then by cell.
	Cases map[string]map[string]int
	// Refused says which cells have fewer than LeastCases, and what follows.
	Refused []string
}

// LeastCases is the number of cases below which nothing is said of a cell. A rate of one half has a standard error of .09 then.
const LeastCases = 30

// mostCuts bounds the years that repurchases are counted in: older ones say less about today.
const mostCuts = 5

// The tables of Cases.
const (
	retentionTable = "retention"
	migrationTable = "migration"
	daySpendTable  = "spend_per_day"
	categoryTable  = "categories"
	medianTable    = "median_spends"
	everywhere     = "all"
)

// habit is what the habits are learnt from of one customer at one cut.
type habit struct {
	customer               string
	band, cell, firstYear  int
	daySpend, yearSpend    float64
	contribution, firstDay float64
	place                  string
	categories             []score.CategorySpend
	back                   bool
}

// HabitsOf looks at the customers of a log as they stood at an instant, and at the ends of up to five years before: at who bought in the year
// that followed. m is the value of a customer as it was fitted. The answer does not depend on the order of the events. Errors: that of ctx.
func HabitsOf(ctx context.Context, e *score.Engine, events []event.Event, first, asOf event.Instant, m clv.Model) (*Habits, error) {
	cuts := []panel.Cut{{At: asOf}}
	for at := asOf.Add(-year); len(cuts) <= mostCuts && at >= first.Add(least); at = at.Add(-year) {
		cuts = append(cuts, panel.Cut{At: at, Window: year})
	}
	seen, err := panel.Look(ctx, e, events, cuts, func(r *panel.Row) habit { return habitOf(e, r) })
	if err != nil {
		return nil, err
	}
	h := &Habits{Cases: map[string]map[string]int{}}
	for _, c := range cuts[1:] {
		h.Cuts = append(h.Cuts, c.At)
	}
	h.repurchase(seen.Rows[1:])
	h.peers(seen.Rows[0])
	var before []habit
	if len(seen.Rows) > 1 {
		before = seen.Rows[1]
	}
	h.population(seen.Rows[0], before, m)
	return h, nil
}

// habitOf is what the habits are learnt from of a row.
func habitOf(e *score.Engine, r *panel.Row) habit {
	x := habit{
		customer: r.Customer, band: clv.Band(r.Facts.PurchaseDays), cell: clv.Cell(r.Pattern.Age - r.Pattern.Last),
		firstYear: r.Facts.FirstDay.Year(), back: r.Later.Days > 0,
	}
	x.firstDay = e.FirstDayMargin(&r.Facts, r.Pattern)
	earned := e.Earned(&r.Facts)
	x.contribution = earned.Contribution()
	if r.Cut.Window > 0 { // the rest is asked of the last cut alone
		return x
	}
	x.daySpend = max(0, earned.Spend/float64(r.Facts.PurchaseDays))
	x.yearSpend = e.SpendYear(&r.Facts)
	x.place = clv.Place(r.History.Attribute("region"), r.History.Attribute("industry"))
	x.categories = e.CategoriesYear(&r.History, r.Cut.At)
	return x
}

// tally counts cases, and how many of them did something.
type tally struct{ cases, did int }

func (t *tally) count(did bool) {
	t.cases++
	if did {
		t.did++
	}
}

func (t tally) rate() float64 { return float64(t.did) / float64(t.cases) }

// repurchase counts, at each cut, who bought within the year that followed.
func (h *Habits) repurchase(cuts [][]habit) {
	var bands [clv.Bands]tally
	var cells [clv.MaxCells]tally
	for _, rows := range cuts {
		for i := range rows {
			x := &rows[i]
			if x.cell < clv.MaxCells {
				cells[x.cell].count(x.back)
			}
			if x.cell == 0 {
				bands[x.band].count(x.back)
			}
		}
	}
	if len(cuts) == 0 {
		h.Refused = append(h.Refused, "retention, migration: the log does not reach back 60 days and a year: nobody can be seen to come back within a year")
		return
	}
	few := h.table(retentionTable)
	for band, t := range bands {
		if few.enough(clv.BandName(band), t.cases) {
			h.Repurchase.Retention.Set(band, t.rate())
		}
	}
	few.refuse("purchase days", "clv_retention is absent there")
	few = h.table(migrationTable)
	for cell, t := range cells {
		if few.enough(strconv.Itoa(cell), t.cases) && len(h.Repurchase.Migration) == cell {
			h.Repurchase.Migration = append(h.Repurchase.Migration, t.rate())
		}
	}
	few.refuse("years of silence", "who is silent for so long counts as lost")
}

// peers looks at what customers spend, by the year of their first purchase and by their frequency band.
func (h *Habits) peers(rows []habit) {
	var all [clv.Bands][]float64
	byYear := map[int]*[clv.Bands][]float64{}
	for i := range rows {
		x := &rows[i]
		of := byYear[x.firstYear]
		if of == nil {
			of = &[clv.Bands][]float64{}
			byYear[x.firstYear] = of
		}
		of[x.band] = append(of[x.band], x.daySpend)
		all[x.band] = append(all[x.band], x.daySpend)
	}
	few := h.table(daySpendTable)
	h.Peers.All = few.quartiles(everywhere, &all)
	h.Peers.ByYear = map[int]clv.Banded{}
	for _, first := range slices.Sorted(maps.Keys(byYear)) {
		if cell := few.quartiles(strconv.Itoa(first), byYear[first]); cell.Any() {
			h.Peers.ByYear[first] = cell
		}
	}
	few.refuse("year and purchase days", "there the purchase days of all years stand in, or nothing")
	h.categories(rows)
}

// mostCategories bounds the categories that a model names: those of the most customers.
const mostCategories = 32

// categories looks at who of the customers of the last year bought of which category.
func (h *Habits) categories(rows []habit) {
	type sales struct {
		buyers [clv.Bands]int
		amount [clv.Bands]float64
		all    int
	}
	var active [clv.Bands]int
	byName := map[string]*sales{}
	for i := range rows {
		x := &rows[i]
		if x.cell > 0 {
			continue
		}
		active[x.band]++
		for _, c := range x.categories {
			s := byName[c.Name]
			if s == nil {
				s = &sales{}
				byName[c.Name] = s
			}
			s.all++
			s.buyers[x.band]++
			s.amount[x.band] += c.Spend
		}
	}
	names := slices.Sorted(maps.Keys(byName))
	slices.SortStableFunc(names, func(a, b string) int { return byName[b].all - byName[a].all })
	few := h.table(categoryTable)
	h.Peers.Categories = map[string]clv.PeerCategory{}
	for _, name := range names[:min(len(names), mostCategories)] {
		var c clv.PeerCategory
		s := byName[name]
		for band, buyers := range s.buyers {
			if buyers > 0 && few.enough(name+" "+clv.BandName(band), buyers) {
				c.Rate.Set(band, float64(buyers)/float64(active[band]))
				c.Spend.Set(band, s.amount[band]/float64(buyers))
			}
		}
		if c.Rate.Any() {
			h.Peers.Categories[name] = c
		}
	}
	if left := len(names) - mostCategories; left > 0 {
		h.Refused = append(h.Refused, fmt.Sprintf("%s: %d of %d categories are left out, those of the fewest customers", categoryTable, left, len(names)))
	}
	few.refuse("category and purchase days", "left out of the potential value")
}

// population looks at all customers together. before are the customers as they stood a year before.
func (h *Habits) population(rows, before []habit, m clv.Model) {
	if len(rows) < LeastCases {
		h.Refused = append(h.Refused, fmt.Sprintf("population: %d customers, at least %d are needed", len(rows), LeastCases))
		return
	}
	earlier := map[string]float64{}
	for i := range before {
		earlier[before[i].customer] = before[i].contribution
	}
	p := clv.Population{Customers: len(rows)}
	var years, spends []float64
	byPlace := map[string][]float64{}
	var firstDays float64
	for i := range rows {
		x := &rows[i]
		years = append(years, x.contribution-earlier[x.customer])
		p.PositiveContribution += max(0, x.contribution)
		firstDays += x.firstDay
		if x.yearSpend <= 0 {
			continue
		}
		spends = append(spends, x.yearSpend)
		if x.place != "" {
			byPlace[x.place] = append(byPlace[x.place], x.yearSpend)
		}
	}
	p.TopContribution = quantile(years, .8)
	p.NewCustomer = firstDays/float64(len(rows)) + m.Current(clv.Pattern{GapsKnown: true})
	few := h.table(medianTable)
	if few.enough(everywhere, len(spends)) {
		p.Median = quantile(spends, .5)
	}
	for _, place := range slices.Sorted(maps.Keys(byPlace)) {
		if few.enough(place, len(byPlace[place])) {
			if p.Medians == nil {
				p.Medians = map[string]float64{}
			}
			p.Medians[place] = quantile(byPlace[place], .5)
		}
	}
	few.refuse("region/industry", "there the median of all buyers stands in")
	h.Population = p
}

// quantile is the quantile q of xs, between two of them in proportion. It sorts xs.
func quantile(xs []float64, q float64) float64 {
	slices.Sort(xs)
	at := q * float64(len(xs)-1)
	i := int(at)
	if i+1 >= len(xs) {
		return xs[len(xs)-1]
	}
	return xs[i] + (at-float64(i))*(xs[i+1]-xs[i])
}

// fewTable notes the cases of the cells of a table, and which cells have too few.
type fewTable struct {
	habits *Habits
	name   string
	cells  []string
}

func (h *Habits) table(name string) *fewTable {
	h.Cases[name] = map[string]int{}
	return &fewTable{habits: h, name: name}
}

// enough notes the cases of a cell, and reports whether they are enough.
func (t *fewTable) enough(cell string, cases int) bool {
	if cases >= LeastCases {
		t.habits.Cases[t.name][cell] = cases
		return true
	}
	t.cells = append(t.cells, fmt.Sprintf("%s (%d)", cell, cases))
	return false
}

// quartiles are the third quartiles of a row of cells, where there are enough cases.
func (t *fewTable) quartiles(row string, bands *[clv.Bands][]float64) clv.Banded {
	var cell clv.Banded
	for band, xs := range bands {
		if len(xs) > 0 && t.enough(row+" "+clv.BandName(band), len(xs)) {
			cell.Set(band, quantile(xs, .75))
		}
	}
	return cell
}

// mostNamed bounds the cells that a refusal names.
const mostNamed = 12

// refuse says which cells have too few cases. cells says what a cell is by, so what follows.
func (t *fewTable) refuse(cells, so string) {
	if t.cells == nil {
		return
	}
	named, more := t.cells, ""
	if left := len(named) - mostNamed; left > 0 {
		named, more = named[:mostNamed], fmt.Sprintf(" and %d more", left)
	}
	t.habits.Refused = append(t.habits.Refused, fmt.Sprintf("%s by %s: fewer than %d cases in %s%s; %s", t.name, cells, LeastCases, strings.Join(named, ", "), more, so))
}
