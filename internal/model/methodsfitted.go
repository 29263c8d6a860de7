package model

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"tidemark/internal/score"
	"tidemark/internal/score/clv"
)

// MethodsFit is what the methods of customer lifetime value need, as a fit found it in a log.
type MethodsFit struct {
	Repurchase clv.Repurchase
	Peers      clv.Peers
	Population clv.Population
	// Least is the number of cases below which a cell is refused. Cuts are the dates after which repurchases were counted.
	Least int
	Cuts  []string
	// Cases counts the cases behind each cell: by table, then by cell.
	Cases map[string]map[string]int
	// Refused says which cells have too few cases, and what follows.
	Refused []string
}

// methodsFitted is the section methods of section fitted.
type methodsFitted struct {
	Least   int                  `yaml:"least"`
	Cuts    []string             `yaml:"cuts,flow,omitempty"`
	Cases   map[string]caseTable `yaml:"cases,omitempty"`
	Refused []string             `yaml:"refused,omitempty"`
}

// caseTable counts cases by cell.
type caseTable map[string]int

// MarshalYAML writes the table in one line, in the order of the cells.
func (c caseTable) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, cell := range sorted(c) {
		var key, cases yaml.Node
		key.SetString(cell)
		if err := cases.Encode(c[cell]); err != nil {
			return nil, err
		}
		n.Content = append(n.Content, &key, &cases)
	}
	return n, nil
}

func (f *MethodsFit) section() *methodsFitted {
	if f == nil {
		return nil
	}
	s := &methodsFitted{Least: f.Least, Cuts: f.Cuts, Cases: map[string]caseTable{}, Refused: f.Refused}
	for name, cells := range f.Cases {
		if len(cells) > 0 {
			s.Cases[name] = cells
		}
	}
	return s
}

func (s *methodsFitted) check() error {
	if s == nil {
		return nil
	}
	var errs []error
	if s.Least < 1 {
		errs = append(errs, fmt.Errorf("fitted.methods: least %d, want at least 1", s.Least))
	}
	for _, table := range sorted(s.Cases) {
		for _, cell := range sorted(s.Cases[table]) {
			if n := s.Cases[table][cell]; n < 0 {
				errs = append(errs, fmt.Errorf("fitted.methods.cases.%s: %d of %s is below 0", table, n, cell))
			}
		}
	}
	return errors.Join(errs...)
}

// write replaces the sections repurchase, peers and population of a file. What nothing was found of goes.
func (f *MethodsFit) write(file string) string {
	if f == nil {
		return file
	}
	file = withSection(file, "repurchase", repurchaseSection(f.Repurchase))
	file = withSection(file, "peers", peersSection(f.Peers))
	return withSection(file, "population", populationSection(f.Population))
}

// withSection replaces a section, adds it at the end, or removes it where its text is empty.
func withSection(file, name, section string) string {
	before, _, after := cutSection(file, name)
	if section != "" && after == "" {
		before = strings.TrimRight(before, "\n") + "\n\n"
	}
	return before + section + after
}

// stands returns an error where m, the model as it is written, does not have what was fitted.
func (f *MethodsFit) stands(m *score.Model) error {
	if f == nil {
		return nil
	}
	want := f.rounded()
	same := reflect.DeepEqual(m.Repurchase, want.Repurchase)
	if want.empty() {
		same = same && m.Peers == nil
	} else {
		same = same && m.Peers != nil && reflect.DeepEqual(*m.Peers, want.Peers)
	}
	if want.Population.Customers == 0 {
		same = same && m.Population == nil
	} else {
		same = same && m.Population != nil && reflect.DeepEqual(*m.Population, want.Population)
	}
	if !same {
		return errors.New("the base cannot be edited: sections repurchase, peers and population are to be blocks whose lines are indented")
	}
	return nil
}

// empty reports whether nothing is known of peers.
func (f *MethodsFit) empty() bool {
	return !f.Peers.All.Any() && len(f.Peers.ByYear) == 0 && len(f.Peers.Categories) == 0
}

// rounded is f as a file can say it.
func (f *MethodsFit) rounded() *MethodsFit {
	out := *f
	out.Repurchase.Retention = roundedBands(f.Repurchase.Retention)
	out.Repurchase.Migration = nil
	for _, p := range f.Repurchase.Migration {
		out.Repurchase.Migration = append(out.Repurchase.Migration, significant(p, digits))
	}
	out.Peers = clv.Peers{All: roundedBands(f.Peers.All), ByYear: map[int]clv.Banded{}, Categories: map[string]clv.PeerCategory{}}
	for year, cell := range f.Peers.ByYear {
		out.Peers.ByYear[year] = roundedBands(cell)
	}
	for name, c := range f.Peers.Categories {
		out.Peers.Categories[name] = clv.PeerCategory{Rate: roundedBands(c.Rate), Spend: roundedBands(c.Spend)}
	}
	p := &out.Population
	for _, x := range []*float64{&p.Median, &p.TopContribution, &p.PositiveContribution, &p.NewCustomer} {
		*x = significant(*x, digits)
	}
	p.Medians = nil
	for place, x := range f.Population.Medians {
		if p.Medians == nil {
			p.Medians = map[string]float64{}
		}
		p.Medians[place] = significant(x, digits)
	}
	return &out
}

func roundedBands(b clv.Banded) clv.Banded {
	for i := range b.Of {
		b.Of[i] = significant(b.Of[i], digits)
	}
	return b
}

// flow is a Banded in one line.
func flow(b clv.Banded) string {
	var cells []string
	for band := range clv.Bands {
		if x, known := b.At(band); known {
			cells = append(cells, clv.BandName(band)+": "+decimal(x))
		}
	}
	return "{" + strings.Join(cells, ", ") + "}"
}

func repurchaseSection(r clv.Repurchase) string {
	if !r.Retention.Any() && r.Migration == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("repurchase: # the share of customers who buy again within a year: `tidemark fit` writes it\n")
	if r.Retention.Any() {
		b.WriteString("  retention: " + flow(r.Retention) + " # of who bought within the last year, by purchase days\n")
	}
	if r.Migration != nil {
		rates := make([]string, len(r.Migration))
		for k, p := range r.Migration {
			rates[k] = decimal(p)
		}
		b.WriteString("  migration: [" + strings.Join(rates, ", ") + "] # by whole years of silence; who is silent for longer counts as lost\n")
	}
	return b.String()
}

func peersSection(p clv.Peers) string {
	f := MethodsFit{Peers: p}
	if f.empty() {
		return ""
	}
	var b strings.Builder
	b.WriteString("peers: # what customers of the same year and as many purchase days spend: `tidemark fit` writes it\n")
	if p.All.Any() || len(p.ByYear) > 0 {
		b.WriteString("  spend_per_day: # third quartile, by the year of the first purchase and by purchase days\n")
	}
	if p.All.Any() {
		b.WriteString("    " + allYears + ": " + flow(p.All) + "\n")
	}
	for _, year := range slices.Sorted(maps.Keys(p.ByYear)) {
		b.WriteString("    " + strconv.Itoa(year) + ": " + flow(p.ByYear[year]) + "\n")
	}
	if len(p.Categories) > 0 {
		b.WriteString("  categories: # the share of customers who buy it in a year, and what these pay for it, by purchase days\n")
	}
	for _, name := range sorted(p.Categories) {
		b.WriteString("    " + strconv.Quote(name) + ": {rate: " + flow(p.Categories[name].Rate) + ", spend: " + flow(p.Categories[name].Spend) + "}\n")
	}
	return b.String()
}

func populationSection(p clv.Population) string {
	if p.Customers == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("population: # of all customers together: `tidemark fit` writes it\n")
	fmt.Fprintf(&b, "  customers: %d\n", p.Customers)
	fmt.Fprintf(&b, "  median_spend: %s # of buyers, in 365 days\n", decimal(p.Median))
	if len(p.Medians) > 0 {
		b.WriteString("  median_spends: # by region/industry\n")
	}
	for _, place := range sorted(p.Medians) {
		b.WriteString("    " + strconv.Quote(place) + ": " + decimal(p.Medians[place]) + "\n")
	}
	fmt.Fprintf(&b, "  contribution_365d_p80: %s\n", decimal(p.TopContribution))
	fmt.Fprintf(&b, "  positive_contribution: %s # sum over life\n", decimal(p.PositiveContribution))
	fmt.Fprintf(&b, "  new_customer: %s # the margin of the first purchase day, and what the models expect after it\n", decimal(p.NewCustomer))
	return b.String()
}

// SwitchingSection is the text of the section switching of a model file.
func SwitchingSection(s *clv.Switching) string {
	var b strings.Builder
	list := func(xs []float64) string {
		words := make([]string, len(xs))
		for i, x := range xs {
			words[i] = decimal(significant(x, digits))
		}
		return "[" + strings.Join(words, ", ") + "]"
	}
	names := make([]string, len(s.Brands))
	for i, name := range s.Brands {
		names[i] = strconv.Quote(name)
	}
	b.WriteString("switching: # which brand is bought after which, the own brand first: `tidemark clv switching` writes it\n")
	b.WriteString("  brands: [" + strings.Join(names, ", ") + "]\n")
	for _, part := range []struct {
		name, comment string
		rows          [][]float64
	}{
		{"matrix", "the brand bought before, then the probabilities of the brands bought next", s.Matrix},
		{"low", "95 % of what is believed of each probability lies above low and below high", s.Low},
		{"high", "", s.High},
	} {
		if part.rows == nil {
			continue
		}
		b.WriteString("  " + part.name + ":")
		if part.comment != "" {
			b.WriteString(" # " + part.comment)
		}
		b.WriteString("\n")
		for _, row := range part.rows {
			b.WriteString("    - " + list(row) + "\n")
		}
	}
	if s.Cases != nil {
		b.WriteString("  cases: " + list(s.Cases) + " # purchases behind each row, with those of the prior\n")
	}
	fmt.Fprintf(&b, "  volume: %s # spend of a purchase\n  margin: %s\n", decimal(s.Volume), decimal(s.Margin))
	fmt.Fprintf(&b, "  frequency: %s # purchases a year, of any brand\n  years: %s\n", decimal(s.Frequency), decimal(s.Years))
	return b.String()
}
