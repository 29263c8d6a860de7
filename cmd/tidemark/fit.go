package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tidemark/internal/fit"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/stat"
	"tidemark/internal/terminal"
)

type fitCommand struct {
	Files            []string `arg:"" optional:"" name:"file" help:"Files of the log. - is standard input; gzip is unpacked."`
	Format           string   `enum:",cdnow,cdnow-sample,online-retail,olist,jsonl,csv" default:"" help:"Format of the log: cdnow, cdnow-sample, online-retail, olist, jsonl or csv." placeholder:"NAME"`
	FromRedis        bool     `help:"Fit to the live histories in Redis instead of a log. Without --model, the base is the model in force."`
	AsOf             instant  `help:"Fit to what was known at this date or RFC 3339 time. Without it: at the last event, or with --from-redis at the last evaluation." placeholder:"TIME"`
	ModelKind        string   `help:"Purchase model: ${enum}." enum:"mbg-nbd,bg-nbd" default:"mbg-nbd"`
	UnitDays         float64  `help:"Time unit of the purchase model, in days." default:"7"`
	Version          string   `help:"Version of the new model. Without it: the model kind and the day of --as-of." placeholder:"NAME"`
	Out              string   `help:"Write the new model to this file; - is standard output." default:"-" placeholder:"FILE"`
	ChurnStack       bool     `help:"Also fit the churn stack to who left and who stayed."`
	HorizonDays      int      `help:"Fit the churn stack to who left within so many days, 1 to 728, and make that the horizon of the model. Without it: the horizon of the base, or nine of ten gaps between purchases where hardly one of ten ended within that horizon." placeholder:"DAYS"`
	Season           string   `help:"Season of the shop: keep that of the base, fit one and keep it where it foretold the last year (auto) or wherever a year is known (always), or take it away (never). Without it: auto, but the base's stays where the log is too short to tell, and with --from-redis." enum:",keep,auto,always,never" default:"" placeholder:"WHAT"`
	Regular          string   `help:"Regular customers: keep a mixture of regularities where the base has one, fit one and keep it where it foretold who bought in the last horizon (auto), or take it away (never). Without it: auto, but as keep where the log is too short to tell, and with --from-redis." enum:",keep,auto,never" default:"" placeholder:"WHAT"`
	AcceptDegenerate bool     `help:"Write a model even if the data do not support one."`
	Strict           bool     `env:"TIDEMARK_STRICT_LINES" help:"Stop at the first line of the log that is at fault. Without it such a line is left out, counted, and named with its reason."`
	alertSettings
	valueSettings
	methodSettings
	csvSettings
	modelSettings
	redisSettings
}

// Help is printed by fit --help.
func (*fitCommand) Help() string {
	return `The new file is the base with other parameters, and with a section "fitted" that says where the parameters come from. All else stays byte by byte.

A log also shows which alerts other lines would have raised, and who of these customers left. fit chooses the lines of the churn levels by that: without flags the truest lines with a recall of at least .25, but rather earlier alerts than a truth above .8; with --alerts-per-1000 and --alerts-true the greatest recall within these. A share counts less one standard error. The lines of the base stay where no others are better for certain.

A log also shows how many customers buy again within a year, what customers like a customer spend, and what is known of all together: the methods of lifetime value need that. A cell with fewer than 30 cases is refused.

A fit to an earlier date needs the log. If the data support no model, none is written, unless --accept-degenerate is given.

Before you activate the model, run backtest --model and look at its alerts.`
}

// Validate returns an error for flags that do not go together.
func (c *fitCommand) Validate() error {
	switch {
	case c.ChurnStack && c.ModelKind != "mbg-nbd":
		return errors.New("--churn-stack is fitted over mbg-nbd: over the risk of another purchase model its weights are wrong")
	case c.FromRedis && (len(c.Files) > 0 || c.Format != "" || c.Strict || c.csvSettings.given()):
		return errors.New("--from-redis takes no log: leave out the files, --format and what belongs to it")
	case !c.FromRedis && len(c.Files) == 0:
		return errors.New("name the files of a log, or fit to the live histories with --from-redis")
	case !c.FromRedis && c.Format == "":
		return errors.New("--format says what the files are: cdnow, cdnow-sample, online-retail, olist, jsonl or csv")
	case c.FromRedis && (c.Season == "auto" || c.Season == "always"):
		return errors.New("--season is fitted to a log: the live histories know the purchase days of two years at most")
	case c.FromRedis && c.Regular == "auto":
		return errors.New("--regular auto is judged on a log: a fit to the live histories keeps what the base has")
	case c.Regular == "auto" && c.ModelKind != "mbg-nbd":
		return errors.New("--regular auto needs --model-kind mbg-nbd: regular customers are a mixture over that model")
	case c.Out == "":
		return errors.New("--out needs a file; - is standard output")
	case c.HorizonDays != 0 && !c.ChurnStack:
		return errors.New("--horizon-days needs --churn-stack: the stack of the base is fitted to the horizon of the base")
	case c.HorizonDays < 0 || c.HorizonDays > 728:
		return fmt.Errorf("--horizon-days %d is not in 1..728", c.HorizonDays)
	case !(c.UnitDays > 0 && c.UnitDays <= 3650):
		return fmt.Errorf("--unit-days %v is not in (0, 3650]", c.UnitDays)
	}
	return errors.Join(c.check(c.FromRedis), c.checkValue(c.FromRedis, c.ModelKind))
}

// Run fits the models to the customers, and writes the base with the new parameters. The report of the fit goes to standard error.
func (c *fitCommand) Run(ctx context.Context, s streams) error {
	return promptly(ctx, s, func() error { return c.fitAll(ctx, s) })
}

func (c *fitCommand) fitAll(ctx context.Context, s streams) error {
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
	if err := found.learn(ctx, data); err != nil {
		return fmt.Errorf("fit the churn stack: %w", err)
	}
	if err := found.value(ctx, s, c.valueSettings, data); err != nil {
		return err
	}
	if err := found.learnMethods(ctx, s, c.methodSettings, data); err != nil {
		return err
	}
	if err := found.choose(ctx, s, c.alertSettings, data); err != nil {
		return err
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

// fit fits the purchase model and the spend model.
func (c *fitCommand) fit(ctx context.Context, s streams, data *fitData) (*found, error) {
	out := &found{kind: c.ModelKind, unitDays: c.UnitDays}
	rhythms := make([]stat.Rhythm, len(data.customers))
	for i, p := range data.customers {
		rhythms[i] = p.Rhythm(c.UnitDays)
		out.repeats += p.Repeats
		if p.Repeats > 0 {
			out.repeatBuyers++
		}
	}
	shown := terminal.NewProgress(s.err, "fitting")
	defer shown.End()
	options := func(what string) fit.Options {
		return fit.Options{Progress: func(step fit.Step) {
			shown.Note(fmt.Sprintf("%s: step %d, log-likelihood %.4f of %d customers", what, step.Iteration, step.LogLikelihood, step.Customers))
		}}
	}
	purchase, err := fit.Purchases(ctx, fit.Groups(rhythms), c.ModelKind == "bg-nbd", options("purchases"))
	if err != nil {
		return nil, fmt.Errorf("fit the purchases of %d customers: %w", len(rhythms), err)
	}
	out.model, out.purchase = purchase.Model, fittedOf(purchase)
	if m := data.mixture(); m != nil {
		out.model, out.purchase = m.Random(), fittedOf(*data.regular.Fit)
		out.purchase.customers = len(data.customers)
	}
	spending, err := learn.Spend(ctx, data.customers, options("spend"))
	if err != nil {
		return nil, fmt.Errorf("fit the spend: %w", err)
	}
	out.spending, out.spend, out.paid = spending.Fit.Model, fittedOf(spending.Fit), spending.Paid
	return out, nil
}
