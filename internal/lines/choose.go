// Package lines chooses the alert lines of the churn levels on the past of a shop: who would have been alerted at other lines, and who left?
//
//	bin/tidemark fit orders.jsonl --format jsonl --churn-stack --out mine.yaml                      # a recall of .25
//	bin/tidemark fit orders.jsonl --format jsonl --churn-stack --alerts-per-1000 20 --out mine.yaml # a budget
//	bin/tidemark fit orders.jsonl --format jsonl --churn-stack --alerts-true .7 --out mine.yaml     # a truth
//	bin/tidemark model check mine.yaml                                                              # what the lines did
//
// # The past
//
//	cutoff                 cutoff + horizon       as of
//	──┼──────────────────────────┼──────────────────┼──>
//	  models fitted here;        an alert before      nothing later
//	  alerts are looked for      (as of - horizon)    is read
//	  up to cutoff + horizon     is told true or false
//
// There are up to five cutoffs. The last lies one horizon before the instant of the fit. The others lie 28 to 91 days apart: where the log is
// long, the cutoffs cover all seasons. At each cutoff the models are fitted to what was known. A cutoff without the log for a churn stack of
// its own takes the stack of the whole log, which flatters the figures a little.
//
// # The lines
//
// No line has a part in the risk. So one look at a silence of a customer tells when each floor, each rise and each minimum silence is reached,
// and the alert of a combination is the latest of these instants. A silence is looked at from one change of a fact to the next, as the engine
// does: between two changes the risk only rises. The figures of all 5,850 combinations are added up at once. The work is linear in the events:
// 2.2 seconds of processor time a cutoff for the 23,570 customers of CDNOW, fits included. The result does not depend on the number of
// processors.
//
// WATCH is chosen by the wish:
//   - Without flags: of the lines with a recall of at least .25, the truest, up to a truth of .8. Then of those that are as true, the lines with
//     the greatest recall.
//   - With --alerts-per-1000, --alerts-true or both: of the lines that keep within these, those with the greatest recall. Then of those with as
//     great a recall, the truest, up to a truth of .8.
//   - Of lines that are alike in both, those whose true alerts come the most days before the lapse. Alike is: to a hundredth.
//
// Why not truer than .8? Where nearly all leave who stay away for long, as in a weekly shop, each later alert is a truer one. The truest lines then
// tell of customers who are plainly gone, and no level can lie above the lines. The highest floors were chosen there, for all three levels alike.
//
// A share counts less one standard error, in which overlapping cutoffs count once. The recall must also hold at the newest cutoff. The
// lines of the base stay where they fulfil the wish and the best lines are not better by more than two standard errors: of thousands of lines
// some look better by chance. Lines of the base whose levels coincide do not stay. Where no lines fulfil the wish, those that come nearest are
// taken, and the report and the file say so.
//
// AT_RISK is the truest line above WATCH that .5 to .8 of WATCH's alerts reach. CRITICAL is the truest line above AT_RISK that .25 to .5 reach.
// Where nearly all alerts reach every line, because nearly all leave, AT_RISK and CRITICAL are reached by these shares of WATCH's false alerts.
//
// # How good are they?
//
// Lines were fitted as of a date. Alerts at cutoffs after that date are judged, by `tidemark backtest --model`, 91 days ahead. Matched is the
// truth of customers who buy as often and have been silent as long.
//
//	                            lines of the default model     lines fitted before
//	                            true    matched    recall      true    matched    recall
//	CDNOW sample                .733    .687       .423        the lines stay
//	CDNOW                       .712    .692       .332        the lines stay
//	Online Retail               2 alerts           .008        .429    .236       .282
//	Online Retail, --regular never                          .600    .380       .151
//	apparel, after May 2010     9 alerts           .000        .733    .672       .396
//	apparel, after May 2008     .770    .745       .000        .732    .698       .457
//
//	bin/tidemark fit FILE --format FORMAT --as-of DATE --churn-stack --horizon-days 91 --accept-degenerate --out mine.yaml
//	bin/tidemark backtest FILE --format FORMAT --cutoff DATES --model mine.yaml
//
// Cutoffs: CDNOW 1997-12-10, 1998-01-07, 02-04, 03-04; Online Retail 2011-08-13, 09-08; apparel 2010-06-01, 06-29, 07-27, 08-24 and
// 2008-06-01, 08-31, 11-30, 2009-03-01.
//
// DATE was 2011-08-12 for Online Retail, 2010-05-31 and 2008-05-31 for apparel. --regular never in fit stands beside --no-regular in
// backtest.
//
// The aim is a recall of at least .25 at a truth no worse than matched. CDNOW and apparel reach it. The risk of apparel is that of the purchase
// model alone, which hardly rises before a long silence: without rises below .3 the recall was .06 and .14. Online Retail reaches the aim by its
// mixture of regularities, but with 14 alerts: the 95 % interval of the truth less that of matched is -.12 to +.50. Without the mixture
// Online Retail misses the recall by .10, with 15 alerts.
//
// The table is not quite blind: that a minimum silence is at most 45 days, that the newest cutoff has a say, and that lines stay unless others
// are better by two standard errors was settled with these figures in sight. So were the rises below .3.
//
// A budget holds: apparel's lines of May 2008 for 12 alerts a month per 1,000 customers raised 12.0 after it. A truth of .7 became .68.
package lines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tidemark/internal/chunk"
	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/learn"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

// Options say on which past lines are chosen, and for what.
type Options struct {
	Wish Wish
	// AsOf is the instant of the fit. Nothing later is read.
	AsOf event.Instant
	// Horizon is the span of the risk, Calendar that of the engine; UnitDays is the unit of time of the purchase model, in days.
	Horizon  time.Duration
	Calendar event.Calendar
	UnitDays float64
	// BGNBD fits BG/NBD at the cutoffs; else MBG/NBD.
	BGNBD bool
	// Stack is the stack of the model that the lines are for; nil is the stack of the engine's model. FitStack says that Stack was fitted to the
	// log: then each cutoff that the log is long enough for has a stack of its own. The others take Stack, which knows what came later.
	Stack    *churn.Stack
	FitStack bool
	// Recipe is how Stack was made, and how the stacks of the cutoffs are made.
	Recipe learn.Recipe
	// Lapse replaces the lapse of the engine's model; 0 keeps it.
	Lapse time.Duration
	// Progress, if set, is told what is being done, never twice at once.
	Progress func(doing string)
}

// Failed is a cutoff at which no model could be fitted, and why.
type Failed struct{ Date, Why string }

// past is a log up to an instant: its events in order, its events by customer, and when it begins.
type past struct {
	events []event.Event
	lives  [][]event.Event
	first  event.Instant
}

// ErrFewLeavers says that a past shows too few customers who left, or too few alerts, to choose lines by.
var ErrFewLeavers = errors.New("too few customers left")

// Choose chooses the lines of the churn levels on the past of a shop: at cutoffs before the last horizon it fits the models to what was known,
// and for every combination of the grid it asks which alerts would have come after the cutoff, and what came of their customers. One look at
// each customer serves all combinations. Errors: ErrFewLeavers; learn.ErrShort, if the log is too short for a cutoff; the errors of the
// cutoffs if all fail; the error of ctx.
func Choose(ctx context.Context, e *score.Engine, events []event.Event, o Options) (Chosen, error) {
	events = slices.DeleteFunc(slices.Clone(events), func(x event.Event) bool { return x.StatedAt() > o.AsOf })
	events, _ = event.Customers(events)
	events, _ = panel.Genuine(e, events)
	first, _ := event.Span(events)
	l := &past{events, event.Lives(slices.Clone(events)), first}
	cutoffs, overlap, err := cutoffsOf(first, &o)
	if err != nil {
		return Chosen{}, err
	}
	tallies := map[int]*tally{rhythm: {}, scarce: {}}
	var failed []Failed
	var errs []error
	var dates []string
	for n, at := range cutoffs {
		if o.Progress != nil {
			o.Progress(fmt.Sprintf("the alerts of the past: cutoff %d of %d", n+1, len(cutoffs)))
		}
		m, err := pastModel(ctx, e, l, at, &o)
		if err == nil {
			err = watch(ctx, m, l, at, &o, n >= len(cutoffs)-newest, tallies)
		}
		if ctx.Err() != nil {
			return Chosen{}, ctx.Err()
		}
		if err != nil {
			failed = append(failed, Failed{o.Calendar.Day(at).String(), err.Error()})
			errs = append(errs, fmt.Errorf("cutoff %s: %w", at, err))
			continue
		}
		dates = append(dates, o.Calendar.Day(at).String())
	}
	if dates == nil {
		return Chosen{}, errors.Join(errs...)
	}
	for _, fewest := range []int{rhythm, scarce} {
		t := tallies[fewest]
		if t.leavers < fewLeavers {
			continue
		}
		if out, ok := newChooser(e.Model().Churn, t, overlap, fewest).choose(o.Wish); ok {
			out.Cutoffs, out.Failed = dates, failed
			return out, nil
		}
	}
	return Chosen{}, fmt.Errorf("%w: at the cutoffs %v, %d of the customers with %d purchase days or more left", ErrFewLeavers, dates, tallies[scarce].leavers, scarce)
}

// atOnce is how many customers a processor takes at a time.
const atOnce = 256

const (
	cutoffCount = 5
	// newest is how many cutoffs are late: a recall of long ago says little where customers change. On CDNOW, whose customers all begin in one
	// quarter, lines that two cutoffs agreed on told of .19 of those who left later, and lines that the newest agreed to of .34.
	newest = 1
	day    = 24 * time.Hour
	// leastApart and mostApart bound the time between two cutoffs. Where the log is long, the cutoffs cover all seasons of a year.
	leastApart, mostApart = 28 * day, 91 * day
)

// cutoffsOf returns up to five cutoffs, the last one a horizon before the instant of the fit, as far apart as the log allows. overlap is how
// often a day after a cutoff is counted on average.
func cutoffsOf(first event.Instant, o *Options) (cutoffs []event.Instant, overlap float64, err error) {
	latest := o.AsOf.Add(-o.Horizon)
	oldest := first.Add(leastLog)
	if latest < oldest {
		return nil, 0, fmt.Errorf("%w: it begins at %s, and alert lines at %s for %g days need it to begin %g days earlier",
			learn.ErrShort, first, o.AsOf, days(o.Horizon), days(oldest.Sub(latest)))
	}
	apart := min(max((latest.Sub(oldest)/(cutoffCount-1)).Truncate(day), leastApart), mostApart)
	for n := range cutoffCount {
		if at := latest.Add(-time.Duration(n) * apart); at >= oldest {
			cutoffs = append([]event.Instant{at}, cutoffs...)
		}
	}
	span := time.Duration(len(cutoffs)-1)*min(apart, o.Horizon) + o.Horizon
	return cutoffs, float64(len(cutoffs)) * float64(o.Horizon) / float64(span), nil
}

// leastLog is the least length of the log before a cutoff.
const leastLog = 60 * day

// pastModel is the model that a fit at a cutoff would have written.
func pastModel(ctx context.Context, e *score.Engine, l *past, at event.Instant, o *Options) (score.Model, error) {
	m := e.Model()
	cuts := []panel.Cut{{At: at}}
	if o.Stack != nil {
		m.Stack = *o.Stack
	}
	if o.FitStack {
		more, _ := learn.CutsFor(e, l.first, at, o.Horizon) // none where the log is too short for a stack
		cuts = append(more, cuts...)
	}
	rows, err := learn.Look(ctx, e, l.events, cuts)
	if err != nil {
		return m, err
	}
	cases := rows[len(rows)-1]
	bought, err := buying(ctx, cases, o)
	if err != nil {
		return m, fmt.Errorf("fit the purchases: %w", err)
	}
	m.Value.Purchase, m.Value.Regular, m.Value.UnitDays, m.Churn.Horizon = bought.Model, bought.Regular, o.UnitDays, o.Horizon
	if o.Lapse > 0 {
		m.Churn.Lapse = o.Lapse
	}
	if len(rows) > 1 {
		x, err := learn.NewExamples(ctx, rows[:len(rows)-1], o.Horizon, o.UnitDays)
		if err == nil {
			m.Stack, _, err = x.Fit(ctx, o.Recipe)
		}
		if err != nil {
			return m, fmt.Errorf("fit the stack: %w", err)
		}
	}
	spending, err := learn.Spend(ctx, learn.Patterns(cases), fit.Options{})
	if err != nil {
		return m, fmt.Errorf("fit the spend: %w", err)
	}
	spending.Into(&m.Value)
	return m, nil
}

// buying fits the purchase model that the options name.
func buying(ctx context.Context, cases []learn.Case, o *Options) (learn.Buying, error) {
	if !o.BGNBD {
		return learn.Buy(ctx, cases, o.UnitDays)
	}
	rhythms := make([]stat.Rhythm, len(cases))
	for i := range cases {
		rhythms[i] = cases[i].Pattern.Rhythm(o.UnitDays)
	}
	bought, err := fit.Purchases(ctx, fit.Groups(rhythms), true, fit.Options{})
	return learn.Buying{Model: bought.Model}, err
}

// watch looks at the horizon after a cutoff and adds what all lines would have done to the tallies, which are by the fewest purchase days.
func watch(ctx context.Context, m score.Model, l *past, at event.Instant, o *Options, lately bool, tallies map[int]*tally) error {
	e, err := score.NewEngine(m, o.Calendar, func(score.Transition) string { return "lines" }, nil)
	if err != nil {
		return fmt.Errorf("the fitted model: %w", err)
	}
	end := at.Add(o.Horizon)
	s := &searcher{engine: e, calendar: o.Calendar, lines: m.Churn, cutoff: at, end: end, until: max(at, min(end, o.AsOf.Add(-o.Horizon))), fewest: scarce, lately: lately}
	for _, t := range tallies {
		t.watched += days(s.until.Sub(at))
	}
	return chunk.Ordered(ctx, len(l.lives), atOnce, func(first, end int) []course {
		pasts := make([]course, 0, end-first)
		for i := first; i < end; i++ {
			pasts = append(pasts, s.look(l.lives[i]))
		}
		return pasts
	}, func(pasts []course) error {
		for fewest, t := range tallies {
			only := *s
			only.fewest = fewest
			for i := range pasts {
				t.add(&only, &pasts[i])
			}
		}
		return nil
	})
}
