package backtest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/judge"
	"tidemark/internal/learn"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/season"
)

// Options say what is judged, and how.
type Options struct {
	// Cutoffs are instants at which the forecasts are made.
	Cutoffs []event.Instant
	// Horizon is how far the forecasts look ahead.
	Horizon time.Duration
	// Calendar counts the days. It must be the calendar of the engine.
	Calendar event.Calendar
	// UnitDays is the unit of time of the purchase model, in days.
	UnitDays float64
	// Season fits a season to what is known at each cutoff, and uses it where it foretold the last year before the cutoff. Else the season is
	// that of the engine's model.
	Season bool
	// Regular decides at each cutoff, by what was known, whether the mixture of regularities forecasts better; see learn.Regular. Without it, and
	// where too little was known, the mixture is that of the engine's model, fitted to the customers of the cutoff.
	Regular bool
	// Ingredients asks what each ingredient of the stack adds. A stack is fitted without each of the ingredients at each cutoff.
	Ingredients bool
	// Intervals asks for the intervals of sums. Up to 39 cutoffs more are forecast for them, from a sample of the customers.
	Intervals bool
	// Progress, if set, is called many times for each cutoff, never twice at once.
	Progress func(Progress)
	tell     teller
}

// The scores that rank customers by how likely they are to have left.
const (
	Stack      = "stack"
	LogitRFM   = "logit-rfm"
	NoPurchase = "purchase model"
	Gap        = "days of silence"
)

// Rivals are the scores that the stack is compared with.
var Rivals = []string{LogitRFM, NoPurchase, Gap}

// LastClass is the class of customers with this many repeat purchases or more.
const LastClass = 7

const (
	bins = 10
	// active is the number of days since the last purchase within which a customer counts as active.
	active = 91
	// draws is the number of simulated outcomes that show the calibration error of a perfect model.
	draws = 200
	// drift is the number of standard errors between the mean risk and the share that left, from which on the base rate counts
	// as moved.
	drift = 3
)

// Result is what a backtest showed.
type Result struct {
	HorizonDays float64 `json:"horizon_days"`
	// TestAccounts counts the customers who are test accounts when the log ends. They are left out of all that follows.
	TestAccounts int      `json:"test_accounts,omitempty"`
	Cutoffs      []Cutoff `json:"cutoffs"`
	// Failed are the cutoffs at which no forecast could be made. They are in none of the figures.
	Failed []Failed `json:"failed_cutoffs,omitempty"`
	// Difference is the stack's AUC less the AUC of each rival: the mean over the cutoffs.
	Difference map[string]Interval `json:"auc_difference"`
	// AmongActive is the difference to logit-rfm among customers who bought within the last 91 days.
	AmongActive Interval `json:"auc_difference_among_active"`
	// Alerts adds up the alerts of all cutoffs. An alert within the horizon of several cutoffs counts at each of these.
	Alerts *Alerts `json:"alerts,omitempty"`
	// Ingredients are what the ingredients of the stack add, where Options asked.
	Ingredients []IngredientGain `json:"ingredients,omitempty"`
	// Bands are the intervals of sums.
	Bands *Bands `json:"bands,omitempty"`
}

// Interval is an estimate with its 95 % interval. A customer at several cutoffs counts as one case.
type Interval struct {
	Value Number `json:"value"`
	Low   Number `json:"low"`
	High  Number `json:"high"`
}

func intervalOf(e judge.Estimate) Interval {
	low, high := e.Interval()
	return Interval{Number(e.Value), Number(low), Number(high)}
}

// Cutoff is what one cutoff showed.
type Cutoff struct {
	At        event.Instant `json:"-"`
	Date      string        `json:"date"`
	Customers int           `json:"customers"`
	// LogDays is the length of the log before the cutoff.
	LogDays Number `json:"log_days"`
	Blocks  int    `json:"training_blocks"`
	// TrainingRate is the share of the training customers who left, Rate the share of the customers forecast; both in [0, 1].
	TrainingRate Number            `json:"training_rate"`
	Rate         Number            `json:"rate"`
	AUC          map[string]Number `json:"auc"`
	Churn        map[string]Churn  `json:"churn"`
	Counts       map[string]Counts `json:"counts"`
	Spend        map[string]Spend  `json:"spend"`
	// Course is the sum of purchase days, week by week.
	Course []Point `json:"course"`
	Alerts *Alerts `json:"alerts,omitempty"`
	// Classes compares expected with actual purchase days, by the number of repeat purchases before.
	Classes []Class `json:"classes"`
	// Reliability is the reliability table of each score that is a probability, from the lowest risks to the highest.
	Reliability map[string][]Bin `json:"reliability"`
	// Drifted is true if the base rate has moved since the fit, so that the model needs another fit.
	Drifted bool `json:"drifted"`
	// Known are what the log knows beside orders and amounts, of season, baskets, feedback and engagement.
	Known []string `json:"known,omitempty"`
	// Season is the index that the forecasts were made with; nil for none. SeasonWhy says why there is one, or none, where it was fitted.
	Season    season.Index `json:"season,omitempty"`
	SeasonWhy string       `json:"season_why,omitempty"`
	// Regularities are the weights of the mixture of regularities that the forecasts were made with, one for each of stat.Regularities; nil
	// for none. RegularWhy says why there is a mixture, or none, where that was decided at the cutoff.
	Regularities []Number `json:"regularities,omitempty"`
	RegularWhy   string   `json:"regularities_why,omitempty"`
	Warnings     []string `json:"warnings,omitempty"`
	// Trial is what the hold-out before the cutoff said of the stack.
	Trial Trial `json:"trial"`
}

// Bin is a row of a reliability table: cases of similar risk.
type Bin struct {
	Cases    int    `json:"cases"`
	Forecast Number `json:"forecast"` // the mean risk of the cases
	Observed Number `json:"observed"` // the share of the cases that left
}

// Class is the customers with this number of repeat purchases before the cutoff. The last class is LastClass and more. Purchase
// days are means per customer.
type Class struct {
	Class    int    `json:"class"`
	Cases    int    `json:"cases"`
	Actual   Number `json:"actual"`
	Forecast Number `json:"forecast"` // by MBG/NBD
	Steady   Number `json:"steady"`   // by the rate of the past
	// StandardError is the standard error of Actual. It is NaN for a single case.
	StandardError Number `json:"standard_error"`
}

// Holds reports whether the forecast of MBG/NBD is as near as judge.Class requires.
func (c Class) Holds() bool {
	return judge.Class{Actual: float64(c.Actual), Forecast: float64(c.Forecast), StandardError: float64(c.StandardError)}.Holds()
}

// Churn judges probabilities of leaving. Days of silence are not probabilities: only Lift and Top are known for these.
type Churn struct {
	Brier    Number `json:"brier"`
	Error    Number `json:"calibration_error"`
	ByChance Number `json:"calibration_error_by_chance"`
	Slope    Number `json:"calibration_slope"`
	Bias     Number `json:"bias"` // the mean risk less the share that left
	Lift     Number `json:"lift_at_top_decile"`
	Top      Number `json:"precision_at_top_decile"`
}

// Counts judges forecasts of purchase days.
type Counts struct {
	Actual      Number `json:"actual"`
	Forecast    Number `json:"forecast"`
	Bias        Number `json:"bias"`
	Deviance    Number `json:"poisson_deviance"`
	MAE         Number `json:"mae"`
	RMSE        Number `json:"rmse"`
	Correlation Number `json:"correlation"`
}

// Run judges the models at every cutoff. A cutoff that fails, because the log is too short for it or a model cannot be fitted, is among
// Result.Failed. Errors: those of the cutoffs if all of them fail, such as learn.ErrShort, and the error of ctx.
func Run(ctx context.Context, e *score.Engine, events []event.Event, o Options) (*Result, error) {
	first, last := event.Span(events)   // as the caller sees the log, who has chosen the cutoffs by it
	events, _ = event.Customers(events) // who was erased is no example, nor is who is merged into another
	events, testAccounts := panel.Genuine(e, events)
	l := &whole{events, event.Lives(slices.Clone(events)), first, last}
	r := &Result{HorizonDays: o.Horizon.Hours() / 24, TestAccounts: testAccounts, Difference: map[string]Interval{}}
	all := map[string][]judge.Set{}
	var among []judge.Set
	var alerts tally
	var sums []*origin
	var left leftOut
	for n, at := range o.Cutoffs {
		o.at(n, len(l.lives))
		c, err := forecast(ctx, e, l, at, o)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			r.fails(o.Calendar, at, err)
			continue
		}
		if o.Ingredients {
			w, err := c.leaveOut(ctx, e, l, o)
			if err != nil {
				return nil, err
			}
			left.add(c, w)
		}
		o.tell("measuring", len(l.lives))
		figures, err := c.cutoff(ctx, o.Calendar)
		if err != nil {
			return nil, err
		}
		figures.LogDays, figures.Known = Number(days(at.Sub(l.first))), c.ingredients()
		r.Cutoffs = append(r.Cutoffs, figures)
		alerts.add(c.alerts)
		sums = append(sums, c.origin(o.Horizon))
		for _, rival := range Rivals {
			all[rival] = append(all[rival], c.set(rival, func(*learn.Case) bool { return true }))
		}
		among = append(among, c.set(LogitRFM, func(x *learn.Case) bool { return x.Traits.Silent < active }))
	}
	if len(r.Cutoffs) == 0 {
		return nil, r.failure()
	}
	for rival, sets := range all {
		r.Difference[rival] = intervalOf(judge.AUCDifference(sets...))
	}
	r.AmongActive = intervalOf(judge.AUCDifference(among...))
	r.Alerts = alerts.alerts()
	if o.Ingredients {
		r.Ingredients = left.gains()
	}
	var err error
	if o.Intervals {
		r.Bands, err = bands(ctx, e, l, sums, o)
	}
	return r, err
}

// forecasts are the forecasts of one cutoff, and what came of each. The slices go by case.
type forecasts struct {
	at       event.Instant
	blocks   [][]learn.Case
	cases    []learn.Case
	left     []bool
	scores   map[string][]float64 // each rises with the risk
	risks    map[string][]float64
	expected map[string][]float64
	came     []float64
	spends   map[string][]float64
	spent    []float64
	course   []Point
	alerts   *tally
	warnings []string
	bought   learn.Buying
	// season and seasonWhy are those of Cutoff.
	season    season.Index
	seasonWhy string
	// weights and regularWhy are those of Cutoff.
	weights    []Number
	regularWhy string
	trial      learn.Trial
}

// whole is a log: its events in order, its events by customer, and when it begins and ends.
type whole struct {
	events      []event.Event
	lives       [][]event.Event
	first, last event.Instant
}

// forecast learns from what came before a cutoff and forecasts what comes after.
func forecast(ctx context.Context, e *score.Engine, l *whole, at event.Instant, o Options) (*forecasts, error) {
	e, why, err := inSeason(ctx, e, l, at, o)
	if err != nil {
		return nil, fmt.Errorf("fit the season: %w", err)
	}
	cuts, err := learn.CutsFor(e, l.first, at, o.Horizon)
	if err != nil {
		return nil, err
	}
	o.tell("looking at the customers", 0)
	rows, err := learn.Look(ctx, e, l.events, append(cuts, panel.Cut{At: at, Window: o.Horizon}))
	if err != nil {
		return nil, err
	}
	e, found, regularWhy, err := mixing(ctx, e, rows, o)
	if err != nil {
		return nil, err
	}
	f := &forecasts{at: at, regularWhy: regularWhy, season: e.Model().Season.Index(), seasonWhy: why, blocks: rows[:len(cuts)], cases: rows[len(cuts)]}
	f.scores, f.risks, f.expected, f.spends = map[string][]float64{}, map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	o.tell("fitting", 0)
	stack, err := f.decide(ctx, e, l, o)
	if err != nil {
		return nil, fmt.Errorf("fit the stack: %w", err)
	}
	rfm, err := learn.FitRFM(ctx, f.blocks)
	if err != nil {
		return nil, fmt.Errorf("fit %s: %w", LogitRFM, err)
	}
	bought, err := buy(ctx, found, f.cases, o.UnitDays)
	if err != nil {
		return nil, err
	}
	f.warn("purchase", bought.Warnings)
	f.warnHorizon(o)
	f.bought = bought
	m := e.Model()
	m.Value.Purchase, m.Value.UnitDays, m.Stack, m.Churn.Horizon = bought.Model, o.UnitDays, stack, o.Horizon
	m.Value.Regular, f.weights = bought.Regular, weightsOf(&bought)
	spending, err := learn.Spend(ctx, learn.Patterns(f.cases), fit.Options{})
	if err != nil {
		return nil, fmt.Errorf("fit the spend: %w", err)
	}
	spending.Into(&m.Value)
	f.warn("spend", spending.Fit.Warnings)
	span := days(o.Horizon)
	for i := range f.cases {
		c := &f.cases[i]
		of := bought.Of(c)
		p := learn.NoPurchase(of, o.UnitDays, c, o.Horizon)
		f.risk(Stack, learn.Risk(&stack, of, o.UnitDays, c, o.Horizon))
		f.risk(LogitRFM, rfm.Probability(c))
		f.risk(NoPurchase, p)
		f.scores[Gap] = append(f.scores[Gap], c.Traits.Silent)
		expected := of.Expected(c.Pattern.Rhythm(o.UnitDays), (span+c.WindowShift)/o.UnitDays)
		steady := float64(c.Pattern.Repeats) * span / max(1, c.Pattern.Age)
		f.expect(MBGNBD, expected)
		f.expect(Steady, steady)
		f.spends[ExpectedSpend] = append(f.spends[ExpectedSpend], expected*m.Value.SpendPerDay(c.Pattern))
		f.spends[SteadySpend] = append(f.spends[SteadySpend], steady*c.Traits.Spend/float64(c.Pattern.Repeats+1))
		f.left = append(f.left, c.Left())
		f.came = append(f.came, float64(c.Later.Days))
		f.spent = append(f.spent, m.Base.Major(c.Later.Net))
	}
	if err := f.learnSpend(ctx, m.Value, 1/m.Base.Major(1), o); err != nil {
		return nil, err
	}
	return f, f.judgeAlerts(ctx, m, &bought, l, o)
}

// judgeAlerts scores the log with the fitted model, and judges the alerts and the course of purchases.
func (f *forecasts) judgeAlerts(ctx context.Context, m score.Model, bought *learn.Buying, l *whole, o Options) error {
	anonymous := func(score.Transition) string { return "backtest" } // nobody reads the ids of these transitions
	fitted, err := score.NewEngine(m, o.Calendar, anonymous, nil)
	if err != nil {
		return fmt.Errorf("the fitted model: %w", err)
	}
	w, err := scoreLog(ctx, fitted, o.Calendar, l, f.at, o.tell)
	if err != nil {
		return err
	}
	f.course = f.courseOf(w, fitted, bought, o.UnitDays, o.Horizon)
	f.alerts = w.tally()
	return nil
}

// The forecasts of purchase days.
const (
	MBGNBD = "mbg-nbd"
	// Steady assumes that every customer goes on at the rate of the past.
	Steady = "x*h/T"
)

func (f *forecasts) risk(name string, p float64) {
	f.scores[name] = append(f.scores[name], p)
	f.risks[name] = f.scores[name]
}

func (f *forecasts) expect(name string, n float64) { f.expected[name] = append(f.expected[name], n) }

// set selects the cases for a comparison of the stack with a rival.
func (f *forecasts) set(rival string, keep func(*learn.Case) bool) judge.Set {
	var s judge.Set
	for i := range f.cases {
		if c := &f.cases[i]; keep(c) {
			s.Scores, s.Rival = append(s.Scores, f.scores[Stack][i]), append(s.Rival, f.scores[rival][i])
			s.Happened, s.Customers = append(s.Happened, f.left[i]), append(s.Customers, c.Customer)
		}
	}
	return s
}

// cutoff judges the forecasts. It returns the error of ctx.
func (f *forecasts) cutoff(ctx context.Context, calendar event.Calendar) (Cutoff, error) {
	c := Cutoff{
		At: f.at, Date: calendar.Day(f.at).String(), Customers: len(f.cases), Blocks: len(f.blocks),
		TrainingRate: Number(rateOf(f.blocks...)), Rate: Number(rateOf(f.cases)),
		AUC: map[string]Number{}, Churn: map[string]Churn{}, Counts: map[string]Counts{}, Spend: map[string]Spend{}, Reliability: map[string][]Bin{},
	}
	for name, scores := range f.scores {
		c.AUC[name] = Number(judge.AUC(judge.Set{Scores: scores, Happened: f.left}).Value)
	}
	for name, risks := range f.risks {
		if ctx.Err() != nil {
			return c, ctx.Err()
		}
		c.Churn[name], c.Reliability[name] = churnOf(risks, f.left)
	}
	c.Churn[Gap] = ranked(f.scores[Gap], f.left)
	for name, expected := range f.expected {
		a := judge.Counts(expected, f.came)
		c.Counts[name] = Counts{
			Actual: Number(a.Actual), Forecast: Number(a.Forecast), Bias: Number(a.Bias), Deviance: Number(a.Deviance),
			MAE: Number(a.MAE), RMSE: Number(a.RMSE), Correlation: Number(a.Correlation),
		}
	}
	for name, expected := range f.spends {
		c.Spend[name] = spendOf(expected, f.spent)
	}
	c.Course, c.Alerts, c.Trial = f.course, f.alerts.alerts(), trialOf(f.trial)
	classes := make([]int, len(f.cases))
	for i := range f.cases {
		classes[i] = min(f.cases[i].Pattern.Repeats, LastClass)
	}
	steady := judge.ByClass(f.expected[Steady], f.came, classes)
	for i, x := range judge.ByClass(f.expected[MBGNBD], f.came, classes) {
		c.Classes = append(c.Classes, Class{
			Class: x.Class, Cases: x.Cases, Actual: Number(x.Actual), Forecast: Number(x.Forecast),
			Steady: Number(steady[i].Forecast), StandardError: Number(x.StandardError),
		})
	}
	c.Drifted = moved(f.risks[Stack], f.left)
	c.Warnings, c.Season, c.SeasonWhy = f.warnings, f.season, f.seasonWhy
	c.Regularities, c.RegularWhy = f.weights, f.regularWhy
	return c, ctx.Err()
}

// churnOf judges probabilities of leaving.
func churnOf(risks []float64, left []bool) (Churn, []Bin) {
	random := rand.New(rand.NewPCG(1, 1))
	table := judge.Reliability(risks, left, bins)
	c := ranked(risks, left)
	c.Brier, c.Error = Number(judge.Brier(risks, left)), Number(judge.CalibrationError(table))
	c.ByChance = Number(judge.CalibrationErrorByChance(risks, bins, draws, .95, random.Float64))
	c.Slope = Number(judge.CalibrationLine(risks, left).Slope.Value)
	var off float64
	var list []Bin
	for _, b := range table {
		off += float64(float64(b.Cases) * (b.Forecast - b.Observed))
		list = append(list, Bin{b.Cases, Number(b.Forecast), Number(b.Observed)})
	}
	c.Bias = Number(off / float64(len(risks)))
	return c, list
}

// ranked judges scores that need not be probabilities.
func ranked(scores []float64, left []bool) Churn {
	top := judge.TopShare(scores, left, nil, .1)
	none := Number(math.NaN())
	return Churn{Brier: none, Error: none, ByChance: none, Slope: none, Bias: none, Lift: Number(top.Lift), Top: Number(top.Precision)}
}

// rateOf is the share of all cases who left.
func rateOf(blocks ...[]learn.Case) float64 {
	left, all := 0, 0
	for _, block := range blocks {
		for i := range block {
			all++
			if block[i].Left() {
				left++
			}
		}
	}
	return float64(left) / float64(all)
}

// moved reports whether the number of leavers differs from the sum of the risks by more than chance explains.
func moved(risks []float64, left []bool) bool {
	var off, variance float64
	for i, p := range risks {
		off += p
		if left[i] {
			off--
		}
		variance += float64(p * (1 - p))
	}
	return off*off > drift*drift*variance
}
