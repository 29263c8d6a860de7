package model_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// banded is a number a band, for as many bands as there are numbers.
func banded(xs ...float64) clv.Banded {
	var b clv.Banded
	for band, x := range xs {
		b.Set(band, x)
	}
	return b
}

// Without the sections the methods that need them give nothing.
func TestMethodsAreOffWithoutTheirSections(t *testing.T) {
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	if m.Peers != nil || m.Population != nil || m.Switching != nil || m.Repurchase.Retention.Any() || m.Repurchase.Migration != nil {
		t.Errorf("the default model has parameters of methods: %+v", m.Repurchase)
	}
	if want := (clv.Methods{Uptake: .1, RetentionYears: 10}); m.Methods != want {
		t.Errorf("got %+v, want %+v", m.Methods, want)
	}
}

const valuing = `
methods: {historic: contribution, cac: 25, retention_cost: 5, contact_cost: 4}
repurchase:
  retention: {1: 0.25, 2: 0.5, "3-4": 0.625, 5+: 0.75}
  migration: [0.3, 0.2, 0.15, 0.05]
peers:
  spend_per_day:
    all: {1: 30, 2: 40}
    2025: {1: 35}
  categories:
    "tea, green": {rate: {1: 0.5}, spend: {1: 20}}
population: {customers: 9, median_spend: 50, median_spends: {north/retail: 80}, contribution_365d_p80: 20, positive_contribution: 900, new_customer: 61.5}
switching: {brands: [own, a], matrix: [[0.75, 0.25], [0.5, 0.5]], volume: 20, margin: 0.5, frequency: 12, years: 3}
`

func TestMethodsOfAFile(t *testing.T) {
	m, err := model.Parse(append(model.Default(), valuing...))
	if err != nil {
		t.Fatal(err)
	}
	if want := (clv.Methods{Base: clv.Contribution, LifetimeYears: 3, Acquisition: 25, Uptake: .1, RetentionYears: 10, RetentionCost: 5, ContactCost: 4}); m.Methods != want {
		t.Errorf("methods: got %+v, want %+v", m.Methods, want)
	}
	if r := m.Retention(); r != (clv.Retention{Years: 10, Discount: .1, Cost: 5}) || m.Repurchase.Retention != banded(.25, .5, .625, .75) {
		t.Errorf("retention: got %+v with %+v", r, m.Repurchase.Retention)
	}
	if c := m.Migration(); !reflect.DeepEqual(c, clv.Migration{Rates: []float64{.3, .2, .15, .05}, Discount: .1, Cost: 4}) {
		t.Errorf("migration: got %+v", c)
	}
	want := clv.Peers{
		All: banded(30, 40), ByYear: map[int]clv.Banded{2025: banded(35)},
		Categories: map[string]clv.PeerCategory{"tea, green": {Rate: banded(.5), Spend: banded(20)}},
	}
	if !reflect.DeepEqual(*m.Peers, want) {
		t.Errorf("peers: got %+v, want %+v", *m.Peers, want)
	}
	if p := m.Population; p.MedianOf("north/retail") != 80 || p.TopContribution != 20 || p.PositiveContribution != 900 || p.NewCustomer != 61.5 {
		t.Errorf("population: got %+v", p)
	}
	if s := m.Switching; s.Matrix[1][0] != .5 || s.Brands[1] != "a" || s.Frequency != 12 {
		t.Errorf("switching: got %+v", s)
	}
}

// One error names everything that is wrong.
func TestMethodsOfAFileAreChecked(t *testing.T) {
	const wrong = `
methods: {historic: turnover, lifetime_years: -1, cac: -2, uptake: 1.5, retention_years: 200}
repurchase: {retention: {1: 1.5, 7: 0.5}, migration: [0.3, -0.2]}
peers:
  spend_per_day: {last: {1: 3}, all: {six: 30}, 2025: {1: -1}}
  categories: {tea: {rate: {1: 2}}}
population: {median_spend: -1}
switching: {brands: [own, own], matrix: [[0.75, 0.5], [0.5]], margin: 3}
`
	_, err := model.Parse(append(model.Default(), wrong...))
	if err == nil {
		t.Fatal("it passes")
	}
	for _, want := range []string{
		`methods.historic: "turnover" is none of profit, revenue, contribution`, "lifetime_years: -1", "cac: -2", "uptake: 1.5", "retention_years: 200",
		"retention: rate 1.5 of band 1", `repurchase.retention: "7" is no band`, "migration: rate -0.2 of cell 1",
		`"last" is neither a year nor all`, `peers.spend_per_day.all: "six" is no band`, "spend_per_day.2025: -1 of band 1", "categories.tea.rate: 2 of band 1", "categories.tea: band 1 has a rate or a spend",
		"population: 0 customers", "median_spend: -1", `brand "own" is empty or named twice`, "row 1 adds up to 1.25", "row 2 needs 2 probabilities", "margin 3",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %q:\n%v", want, err)
		}
	}
	_, err = model.Parse(append(bytes.Replace(model.Default(), []byte("discount: 0.10"), []byte("discount: 0"), 1), "\nrepurchase: {migration: [1]}\n"...))
	if err == nil || !strings.Contains(err.Error(), "below 1 without a discount") {
		t.Errorf("all buy every year, for ever, without a discount: %v, want it refused", err)
	}
}

// A fit adds the sections, replaces them, keeps them, and takes away what it does not find. No other byte changes.
func TestRefitWritesTheMethods(t *testing.T) {
	fitted := fitOf(stat.MBGNBD{R: 1, Alpha: 2, A: 3, B: 4})
	without, err := model.Refit(model.Default(), fitted)
	if err != nil {
		t.Fatal(err)
	}
	fitted.Methods = &model.MethodsFit{
		Repurchase: clv.Repurchase{Retention: banded(.12345678, .5), Migration: []float64{1. / 3}},
		Peers: clv.Peers{
			All: banded(30), ByYear: map[int]clv.Banded{2024: banded(20.5, 1e6), 2025: {}},
			Categories: map[string]clv.PeerCategory{`"true": tea`: {Rate: banded(.5), Spend: banded(20)}, "null": {Rate: banded(.5), Spend: banded(7)}},
		},
		Population: clv.Population{Customers: 500, Median: 50, Medians: map[string]float64{"north/retail": 80}, TopContribution: -3, PositiveContribution: 1234.5678, NewCustomer: 9},
		Least:      30, Cuts: []string{"2025-03-01"},
		Cases:   map[string]map[string]int{"retention": {"1": 400, "2": 90, "3-4": 7}, "medians": {}},
		Refused: []string{"retention: fewer than 30 customers in 3-4 (7)"},
	}
	raw, err := model.Refit(model.Default(), fitted)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.Repurchase.Retention != banded(.1234568, .5) || len(m.Peers.Categories) != 2 || m.Peers.Categories["null"].Spend != banded(7) || m.Population.PositiveContribution != 1234.568 {
		t.Errorf("got %+v, %+v, %+v", m.Repurchase, m.Peers, m.Population)
	}
	for _, line := range []string{"  methods:\n    least: 30\n    cuts: [\"2025-03-01\"]\n    cases:\n      retention: {\"1\": 400, \"2\": 90, 3-4: 7}\n    refused:\n      - 'retention: fewer than 30 customers in 3-4 (7)'\n"} {
		if !strings.Contains(string(raw), line) {
			t.Errorf("the file does not say %q:\n%s", line, raw)
		}
	}
	again, err := model.Refit(raw, fitted)
	if err != nil || !bytes.Equal(again, raw) {
		t.Errorf("the same fit again: another file, %v", err)
	}
	fitted.Methods = nil
	kept, err := model.Refit(raw, fitted)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := model.Parse(kept); err != nil || m.Peers == nil || m.Population.Customers != 500 {
		t.Errorf("a fit without methods: %v, want those of the base", err)
	}
	fitted.Methods = &model.MethodsFit{Least: 30}
	removed, err := model.Refit(kept, fitted)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := model.Parse(removed); err != nil || m.Peers != nil || m.Population != nil || m.Repurchase.Retention.Any() {
		t.Errorf("a fit that found nothing: %+v, %v, want the sections gone", m.Peers, err)
	}
	fitted.Methods = nil
	fitted.Version = "mine-1"
	bare, err := model.Refit(removed, fitted)
	if err != nil || strings.TrimRight(string(bare), "\n") != strings.TrimRight(string(without), "\n") {
		t.Errorf("other bytes than those of a fit without methods have changed: %v", err)
	}
}

func TestSwitchingSection(t *testing.T) {
	counts := clv.Switches{{70, 30}, {20, 80}}
	s := clv.Switching{Brands: []string{"own", "yes: b"}, Volume: 20, Margin: .5, Frequency: 12, Years: 3}
	var err error
	if s.Matrix, s.Low, s.High, s.Cases, err = counts.Matrix(.5); err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse([]byte(string(model.Default()) + "\n" + model.SwitchingSection(&s)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Switching.Value(0, .1), s.Value(0, .1); !(got > want*.999999 && got < want*1.000001) || m.Switching.Brands[1] != "yes: b" || m.Switching.Low == nil {
		t.Errorf("got %+v of value %v, want %v", m.Switching, got, want)
	}
}
