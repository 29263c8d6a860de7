package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/score/clv"
	"tidemark/internal/terminal"
)

// methodSettings say whether a fit learns what the methods of customer lifetime value need.
type methodSettings struct {
	KeepMethods bool `help:"Keep the repurchase rates, the peers and the population of the base. Without it a log gives them anew."`
}

// learnMethods finds what the methods of customer lifetime value need, in the log that data comes from. Live histories keep what the base has.
func (f *found) learnMethods(ctx context.Context, s streams, c methodSettings, data *fitData) error {
	if c.KeepMethods || data.events == nil {
		return nil
	}
	shown := terminal.NewProgress(s.err, "fitting")
	shown.Note("methods")
	habits, err := learn.HabitsOf(ctx, data.engine, data.events, data.first, data.asOf, f.valueModel(data))
	shown.End()
	if err != nil {
		return fmt.Errorf("fit the methods of lifetime value: %w", err)
	}
	f.habits = habits
	return nil
}

// valueModel is the value of a customer under the models that were found.
func (f *found) valueModel(data *fitData) clv.Model {
	m := data.engine.Model().Value
	m.Purchase, m.UnitDays, m.Regular, m.Paid = f.model, f.unitDays, data.mixture(), f.paid
	if f.spending != nil {
		m.Spend = f.spending
	}
	return m.Prepared()
}

// methods are the habits in the form that a model file takes; nil keeps those of the base.
func (f *found) methods(data *fitData) *model.MethodsFit {
	h := f.habits
	if h == nil {
		return nil
	}
	out := &model.MethodsFit{
		Repurchase: h.Repurchase, Peers: h.Peers, Population: h.Population, Least: learn.LeastCases, Cases: h.Cases, Refused: h.Refused,
	}
	for _, at := range h.Cuts {
		out.Cuts = append(out.Cuts, data.calendar.Day(at).String())
	}
	return out
}

// printMethods prints what was found, and what was refused.
func (f *found) printMethods(to io.Writer, data *fitData) {
	h := f.habits
	if h == nil {
		return
	}
	line := func(format string, args ...any) { fmt.Fprintf(to, "methods    "+format+"\n", args...) }
	if h.Repurchase.Retention.Any() {
		line("bought again within a year: %s of who had bought within the last, by purchase days", bandWords(h.Repurchase.Retention, "%.3f"))
	}
	if rates := h.Repurchase.Migration; rates != nil {
		words := make([]string, len(rates))
		for i, p := range rates {
			words[i] = fmt.Sprintf("%.3f", p)
		}
		line("bought again within a year: %s of all, by years of silence", strings.Join(words, ", "))
	}
	if h.Peers.All.Any() {
		line("third quartile of the spend of a purchase day: %s %s, by purchase days; %s of a single year", bandWords(h.Peers.All, "%.2f"), data.currency,
			numbered(len(h.Peers.ByYear), "row"))
	}
	if n := len(h.Peers.Categories); n > 0 {
		line("categories: %d", n)
	}
	if p := h.Population; p.Customers > 0 {
		line("population: %d customers; median spend %.2f, a new customer is worth %.2f %s", p.Customers, p.Median, p.NewCustomer, data.currency)
	}
	for _, why := range h.Refused {
		line("refused: %s", why)
	}
}

func bandWords(b clv.Banded, format string) string {
	var words []string
	for band := range clv.Bands {
		if x, known := b.At(band); known {
			words = append(words, clv.BandName(band)+" "+fmt.Sprintf(format, x))
		}
	}
	return strings.Join(words, ", ")
}

// printValuing writes, behind a prefix, which methods of customer lifetime value the model file raw has parameters of. It writes nothing where it
// has none.
func printValuing(w io.Writer, raw []byte, prefix string) error {
	m, err := model.Parse(raw)
	if err != nil {
		return err
	}
	var words []string
	if m.Methods.LifetimeYears > 0 {
		words = append(words, fmt.Sprintf("a lifetime of %g years", m.Methods.LifetimeYears))
	}
	if m.Methods.Acquisition > 0 {
		words = append(words, fmt.Sprintf("an acquisition for %.2f %s", m.Methods.Acquisition, m.Base))
	}
	if m.Methods.Base != clv.Profit {
		words = append(words, fmt.Sprintf("historic value as %s", m.Methods.Base))
	}
	if m.Repurchase.Retention.Any() {
		words = append(words, "retention "+bandWords(m.Repurchase.Retention, "%.3f"))
	}
	if n := len(m.Repurchase.Migration); n > 0 {
		words = append(words, fmt.Sprintf("migration over %s of silence", numbered(n, "year")))
	}
	if m.Peers != nil {
		words = append(words, fmt.Sprintf("peers of %s, categories of peers: %d", numbered(len(m.Peers.ByYear), "year"), len(m.Peers.Categories)))
	}
	if m.Population != nil {
		words = append(words, fmt.Sprintf("a population of %s", numbered(m.Population.Customers, "customer")))
	}
	if m.Switching != nil {
		words = append(words, fmt.Sprintf("switching among %d brands", len(m.Switching.Brands)))
	}
	if words == nil {
		return nil
	}
	_, err = fmt.Fprintln(w, prefix+strings.Join(words, "; "))
	return err
}
