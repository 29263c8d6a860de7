package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/model"
	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

type fitCommand struct {
	Files            []string `arg:"" optional:"" name:"file" help:"Files of the log; - is standard input, gzip is unpacked."`
	Format           string   `enum:",cdnow,cdnow-sample,online-retail,olist,jsonl" default:"" help:"Format of the log: cdnow, cdnow-sample, online-retail, olist or jsonl." placeholder:"NAME"`
	FromRedis        bool     `help:"Fit to the live histories; the base is the model in force unless --model is given."`
	AsOf             instant  `help:"Fit to what was known at this date or time; at the last event's if not given." placeholder:"TIME"`
	ModelKind        string   `help:"Purchase model: ${enum}." enum:"mbg-nbd,bg-nbd" default:"mbg-nbd"`
	UnitDays         float64  `help:"Unit of time of the purchase model, in days." default:"7"`
	Version          string   `help:"Version of the new model; the kind and the last day if not given." placeholder:"NAME"`
	Out              string   `help:"Write the new model file; - is standard output." default:"-" placeholder:"FILE"`
	AcceptDegenerate bool     `help:"Write a model even where the data do not support one."`
	modelSettings
	redisSettings
}

// Validate refuses what cannot be done.
func (c *fitCommand) Validate() error {
	switch {
	case c.FromRedis && (len(c.Files) > 0 || c.Format != ""):
		return errors.New("--from-redis takes no log: leave out the files and --format")
	case !c.FromRedis && len(c.Files) == 0:
		return errors.New("name the files of a log, or fit to the live histories with --from-redis")
	case !c.FromRedis && c.Format == "":
		return errors.New("--format says what the files are: cdnow, cdnow-sample, online-retail, olist or jsonl")
	case c.Out == "":
		return errors.New("--out needs a file; - is standard output")
	case !(c.UnitDays > 0 && c.UnitDays <= 3650):
		return fmt.Errorf("--unit-days %v is not in (0, 3650]", c.UnitDays)
	}
	return nil
}

// Run fits the models to the customers and writes the base with their parameters in it. What it found out goes to standard
// error.
func (c *fitCommand) Run(ctx context.Context, s streams) error {
	began := time.Now()
	from := c.fromLog
	if c.FromRedis {
		from = c.fromRedis
	}
	data, err := from(ctx, s)
	if err != nil {
		return err
	}
	if len(data.customers) == 0 {
		return fmt.Errorf("nobody has a purchase that stands at %s", data.asOf)
	}
	found, err := c.fit(ctx, s, data)
	if err != nil {
		return err
	}
	version := c.Version
	if version == "" {
		version = c.ModelKind + "-" + data.calendar.Day(data.asOf).String()
	}
	found.print(s.err, data, time.Since(began))
	if bad := found.degenerate(); len(bad) > 0 && !c.AcceptDegenerate {
		return fmt.Errorf("no model was written, for the data do not support one: %s. Fit to a longer log, in which customers have had "+
			"time to come back and to leave, or to one shop or segment at a time; --accept-degenerate writes it all the same", strings.Join(bad, "; "))
	}
	raw, err := model.Refit(data.base, found.file(version, data))
	if err != nil {
		return err
	}
	if err := writeTo(c.Out, s, func(w io.Writer) error { _, err := w.Write(raw); return err }); err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	if c.Out != "-" {
		fmt.Fprintf(s.err, "wrote model %s to %s: `tidemark model activate %s` puts it in force\n", version, c.Out, c.Out)
	}
	return nil
}

// found is what a fit came to.
type found struct {
	kind            string
	unitDays        float64
	purchase, spend fitted
	model           stat.PurchaseModel
	gamma           *stat.GammaGamma // nil: the base's stays
	repeatBuyers    int
	repeats         int
}

// fitted is a result without its type.
type fitted struct {
	estimates     []fit.Estimate
	logLikelihood float64
	customers     int
	warnings      []fit.Warning
}

func fittedOf[M any](r fit.Result[M]) fitted {
	return fitted{r.Estimates, r.LogLikelihood, r.Customers, r.Warnings}
}

// fit fits the purchase and the spend model.
func (c *fitCommand) fit(ctx context.Context, s streams, data *fitData) (*found, error) {
	out := &found{kind: c.ModelKind, unitDays: c.UnitDays}
	rhythms := make([]stat.Rhythm, len(data.customers))
	var spends []stat.Spend
	for i, p := range data.customers {
		rhythms[i] = p.Rhythm(c.UnitDays)
		out.repeats += p.Repeats
		if p.Repeats > 0 {
			out.repeatBuyers++
		}
		if p.SpendDays > 0 {
			spends = append(spends, spendOf(p))
		}
	}
	shown := newProgress(s.err, "fitting")
	defer shown.end()
	options := func(what string) fit.Options {
		return fit.Options{Progress: func(step fit.Step) {
			shown.note(fmt.Sprintf("%s: step %d, log-likelihood %.4f of %d customers", what, step.Iteration, step.LogLikelihood, step.Customers))
		}}
	}
	groups := fit.Groups(rhythms)
	var err error
	switch c.ModelKind {
	case "mbg-nbd":
		var r fit.Result[stat.MBGNBD]
		r, err = fit.MBGNBD(ctx, groups, options("purchases"))
		out.model, out.purchase = r.Model, fittedOf(r)
	case "bg-nbd":
		var r fit.Result[stat.BGNBD]
		r, err = fit.BGNBD(ctx, groups, options("purchases"))
		out.model, out.purchase = r.Model, fittedOf(r)
	}
	if err != nil {
		return nil, fmt.Errorf("fit the purchases of %d customers: %w", len(rhythms), err)
	}
	if len(spends) == 0 {
		return out, nil
	}
	r, err := fit.GammaGamma(ctx, fit.Groups(spends), options("spend"))
	if err != nil {
		return nil, fmt.Errorf("fit the spend of %d customers: %w", len(spends), err)
	}
	out.gamma, out.spend = &r.Model, fittedOf(r)
	return out, nil
}

func spendOf(p clv.Pattern) stat.Spend {
	return stat.Spend{X: p.SpendDays, Mean: p.Spend / float64(p.SpendDays)}
}

// degenerate are the warnings after which a model says nothing of customers. A spend model whose p runs away is none: it is
// that of fixed prices.
func (f *found) degenerate() []string {
	var out []string
	for _, w := range f.purchase.warnings {
		switch w.(type) {
		case fit.NobodyLeaves, fit.AtBoundary, fit.NotConverged, fit.NotPositiveDefinite:
			out = append(out, "purchase: "+w.String())
		case fit.LeavingUncertain, fit.InfiniteMean:
		}
	}
	for _, w := range f.spend.warnings {
		switch w.(type) {
		case fit.InfiniteMean, fit.NotConverged:
			out = append(out, "spend: "+w.String())
		case fit.NobodyLeaves, fit.LeavingUncertain, fit.AtBoundary, fit.NotPositiveDefinite:
		}
	}
	return out
}

// warnings are those of both models, in words.
func (f *found) warnings() []string {
	var out []string
	for _, w := range f.purchase.warnings {
		text := "purchase: " + w.String()
		if _, uncertain := w.(fit.LeavingUncertain); uncertain {
			text += "; silence then says little, and churn risks differ little"
		}
		out = append(out, text)
	}
	for _, w := range f.spend.warnings {
		out = append(out, "spend: "+w.String())
	}
	if f.gamma == nil {
		out = append(out, "spend: nobody who bought again paid for it; the parameters are those of the base")
	}
	return out
}

// file is f as a model file says it.
func (f *found) file(version string, data *fitData) model.Fit {
	return model.Fit{
		Version: version, Purchase: f.model, UnitDays: f.unitDays, Buying: f.purchase.goodness(),
		Spend: f.gamma, Spending: f.spend.goodness(), From: data.first, To: data.asOf,
		RepeatBuyers: f.repeatBuyers, Warnings: f.warnings(),
	}
}

func (f *fitted) goodness() model.Goodness {
	g := model.Goodness{Customers: f.customers, LogLikelihood: f.logLikelihood, StandardErrors: map[string]float64{}}
	for _, e := range f.estimates {
		g.StandardErrors[e.Name] = e.StandardError
	}
	return g
}

// print says what was found, as a table.
func (f *found) print(w io.Writer, data *fitData, took time.Duration) {
	var b strings.Builder
	fmt.Fprintf(&b, "data       %s to %s: %d customers, %d of them bought again, on %d days\n",
		data.calendar.Day(data.first), data.asOf, len(data.customers), f.repeatBuyers, f.repeats)
	fmt.Fprintf(&b, "purchases  %s in units of %g days, log-likelihood %.4f\n", f.kind, f.unitDays, f.purchase.logLikelihood)
	f.purchase.print(&b)
	if f.gamma != nil {
		fmt.Fprintf(&b, "spend      gamma-gamma of %d customers in %s, log-likelihood %.4f\n", f.spend.customers, data.currency, f.spend.logLikelihood)
		f.spend.print(&b)
	}
	for _, text := range f.warnings() {
		fmt.Fprintf(&b, "warning    %s\n", text)
	}
	fmt.Fprintf(&b, "took       %.1f s\n", took.Seconds())
	_, _ = io.WriteString(w, b.String())
}

func (f *fitted) print(b *strings.Builder) {
	for _, e := range f.estimates {
		margin := fmt.Sprintf("%.4g", e.StandardError)
		if e.StandardError != e.StandardError { // NaN
			margin = "unknown"
		}
		fmt.Fprintf(b, "           %-5s  %-12.7g  standard error %s\n", e.Name, e.Value, margin)
	}
}

// fitData is what there is to fit to, and the model that the fit goes into.
type fitData struct {
	base     []byte
	currency event.Currency
	calendar event.Calendar
	// customers are those with a purchase that stands at asOf; first is the first purchase of them all.
	customers   []clv.Pattern
	first, asOf event.Instant
}
