package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/panel"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/service"
	"tidemark/internal/terminal"
)

// fitData holds the customers to fit to, and the base: the model file whose parameters the fit replaces.
type fitData struct {
	base     []byte
	currency event.Currency
	calendar event.Calendar
	// customers are the customers with a purchase that stands at asOf; first is the earliest purchase of any customer.
	customers   []clv.Pattern
	first, asOf event.Instant
	// comebacks says how long those who came back had been away; lines are the churn lines of the base.
	comebacks learn.Comebacks
	lines     churn.Lines
	// stacked says that the base has a churn stack, mixed that it has a mixture of regularities, valued that it has a learnt value, lastYear that
	// its stack weighs last year.
	stacked, mixed, valued, lastYear bool
	// The churn stack is learnt from blocks, one for each of cuts. Without --churn-stack both are empty.
	cuts    []panel.Cut
	blocks  [][]learn.Case
	earlier learn.Earlier // for the hold-out; the zero value where there is no log
	horizon time.Duration
	// horizonDays is the horizon that the file is to have, 0 for that of the base. horizonWhy says why it is another than that of the base, or
	// should be, where no flag asked for it.
	horizonDays int
	horizonWhy  string
	// testAccounts counts the test accounts, which are left out.
	testAccounts int
	// season is what was found out about the season; nil keeps that of the base.
	season *fit.Seasonal
	// regular is what was found out about regular customers; nil keeps that of the base, which has no mixture.
	regular *regularities
	// engine and events are what alert lines are chosen with; events is nil without a log.
	engine *score.Engine
	events []event.Event
	// recalled says that the blocks come from live histories, which hold less than a log.
	recalled bool
}

// newFitData returns a fitData without customers, and the engine that reads facts from histories.
func newFitData(base []byte, zone string) (*fitData, *score.Engine, error) {
	m, err := model.Parse(base)
	if err != nil {
		return nil, nil, err
	}
	engine, err := service.NewEngine(base, zone, nil)
	if err != nil {
		return nil, nil, err
	}
	calendar, err := service.Calendar(zone)
	return &fitData{
		base: base, currency: m.Base, calendar: calendar, first: event.Never, horizon: m.Churn.Horizon, lines: m.Churn, stacked: m.Stack != churn.Plain(),
		mixed: m.Value.Regular != nil, valued: m.Learnt != nil, lastYear: m.Stack.Weighs(churn.LastYear),
	}, engine, err
}

// fitCustomer holds what a fit needs to know of one customer.
type fitCustomer struct {
	pattern clv.Pattern
	first   event.Instant
	gap     int  // days from the first to the second purchase day
	back    bool // whether there is a second purchase day
}

// add adds a customer.
func (d *fitData) add(c fitCustomer) {
	d.customers = append(d.customers, c.pattern)
	d.first = min(d.first, c.first)
	d.comebacks.Add(c.pattern, c.gap, c.back)
}

// fromLog reads the customers from the log.
func (c *fitCommand) fromLog(ctx context.Context, s streams) (*fitData, error) {
	base, err := c.source()
	if err != nil {
		return nil, err
	}
	data, engine, err := newFitData(base, c.Zone)
	if err != nil {
		return nil, err
	}
	data.ahead(c.HorizonDays)
	log, err := logSettings{c.Files, c.Format, c.Strict, c.csvSettings}.read(s, c.modelSettings)
	if err != nil {
		return nil, err
	}
	if len(log.Events) == 0 {
		return nil, errors.New("the log holds no event")
	}
	data.asOf = event.Instant(c.AsOf)
	_, newest := event.Span(log.Events)
	if data.asOf == 0 {
		data.asOf = newest
	}
	if engine, err = c.inSeason(ctx, s, data, engine, log.Events); err != nil {
		return nil, fmt.Errorf("fit the season: %w", err)
	}
	data.engine, data.events = engine, log.Events
	shown := terminal.NewProgress(s.err, "folding")
	shown.Note(fmt.Sprintf("%d events", len(log.Events)))
	seen, err := panel.Look(ctx, engine, log.Events, []panel.Cut{{At: data.asOf}},
		func(r *panel.Row) fitCustomer {
			gap, back := r.History.SecondGap(data.asOf)
			return fitCustomer{r.Pattern, r.Facts.FirstPurchase, gap, back}
		})
	shown.End()
	if err != nil {
		return nil, err
	}
	fmt.Fprint(s.err, refusedWords(seen.Refused, seen.NoRate, engine))
	data.testAccounts = seen.TestAccounts
	if data.asOf > newest.Add(longSilence) {
		fmt.Fprintf(s.err, "the last event is of %s: all have been silent since, as far as a fit to %s can tell\n", newest, data.asOf)
	}
	for _, r := range seen.Rows[0] {
		data.add(r)
	}
	data.suit(c)
	if engine, err = c.regularly(ctx, s, data, engine); err != nil {
		return nil, fmt.Errorf("fit the regularities: %w", err)
	}
	if data.engine = engine; !c.ChurnStack {
		return data, nil
	}
	if data.cuts, err = learn.CutsFor(engine, data.first, data.asOf, data.horizon); err != nil {
		return nil, err
	}
	if data.blocks, err = learn.Look(ctx, engine, log.Events, data.cuts); err != nil {
		return nil, err
	}
	data.earlier, err = learn.LookEarlier(ctx, engine, log.Events, data.first, data.asOf, data.horizon)
	return data, err
}

// longSilence is a silence of all customers together that is more likely the end of the log.
const longSilence = 7 * 24 * time.Hour

// fitPage is how many profiles are read at a time.
const fitPage = 1000

// fromRedis reads the customers from the live histories.
func (c *fitCommand) fromRedis(ctx context.Context, s streams) (*fitData, error) {
	db, err := c.open()
	if err != nil {
		return nil, err
	}
	defer db.close()
	layout, found, err := db.Layout(ctx)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, errors.New("there are no histories: no `tidemark run` has used this Redis, with this --redis-prefix")
	}
	if c.Zone != "UTC" && c.Zone != layout.Zone {
		return nil, fmt.Errorf("the histories count the days of zone %s, not of %s: leave out --zone", layout.Zone, c.Zone)
	}
	base, err := c.liveBase(ctx, db)
	if err != nil {
		return nil, err
	}
	data, engine, err := newFitData(base, layout.Zone)
	if err != nil {
		return nil, err
	}
	data.ahead(c.HorizonDays)
	if engine, err = c.inSeason(ctx, s, data, engine, nil); err != nil {
		return nil, err
	}
	if data.currency != layout.Base {
		return nil, fmt.Errorf("the histories are in %s, the model in %s", layout.Base, data.currency)
	}
	store, err := db.laidOut(layout)
	if err != nil {
		return nil, err
	}
	encoded, err := profiles(ctx, store, layout.Shards, terminal.NewProgress(s.err, "reading"))
	if err != nil {
		return nil, err
	}
	if err := data.decode(engine, encoded, event.Instant(c.AsOf)); err != nil {
		return nil, err
	}
	if engine, err = c.regularly(ctx, s, data, engine); err != nil {
		return nil, fmt.Errorf("fit the regularities: %w", err)
	}
	if c.ChurnStack && len(data.customers) > 0 {
		if err := data.recall(engine, encoded); err != nil {
			return nil, err
		}
	}
	return data, ctx.Err()
}

// liveBase returns the source of --model, else of the model in force, else of the default model.
func (c *fitCommand) liveBase(ctx context.Context, db *database) ([]byte, error) {
	if c.Model != "" {
		return c.source()
	}
	m, found, err := db.Model(ctx)
	if err != nil || found {
		return m.At(event.InstantOf(time.Now())).Source, err
	}
	return model.Default(), nil
}

// profiles reads the profiles of all shards. They stay encoded, to save memory.
func profiles(ctx context.Context, store *redis.Store, shards int, shown *terminal.Progress) ([][]byte, error) {
	defer shown.End()
	var all [][]byte
	for n := range shards {
		for cursor, first := uint64(0), true; first || cursor != 0; first = false {
			page, next, err := store.Scan(ctx, n, cursor, fitPage)
			if err != nil {
				return nil, err
			}
			all, cursor = append(all, page...), next
		}
		shown.Show(int64(n+1), int64(shards), "shards")
	}
	return all, nil
}

// decode adds the customers as of an instant. An asOf of 0 means the latest instant at which any customer was evaluated.
func (d *fitData) decode(engine *score.Engine, encoded [][]byte, asOf event.Instant) error {
	var newest event.Day
	var evaluated event.Instant
	known := make(map[string]struct{}, len(encoded)) // a scan may return a customer twice
	err := eachProfile(encoded, func(i int, p *score.Profile) {
		if _, twice := known[p.Customer]; twice {
			encoded[i] = nil
		}
		known[p.Customer] = struct{}{}
		newest, evaluated = max(newest, p.History.Newest()), max(evaluated, p.AsOf)
	})
	if err != nil {
		return err
	}
	d.asOf = asOf
	if asOf == 0 {
		d.asOf = evaluated
	}
	if exact := d.calendar.Start(newest - 1); d.asOf < exact {
		return fmt.Errorf("the histories know what stands now, not what stood at %s: --as-of cannot be earlier than %s; fit to a log instead", d.asOf, exact)
	}
	return eachProfile(encoded, func(_ int, p *score.Profile) {
		if p.Away() { // the survivor is an example
			return
		}
		switch f := engine.Facts(p.Whole(), d.asOf); {
		case f.TestAccount:
			d.testAccounts++
		case f.PurchaseDays > 0:
			gap, back := p.Whole().SecondGap(d.asOf)
			pattern := engine.Pattern(&f, d.asOf)
			d.add(fitCustomer{pattern, f.FirstPurchase, gap, back})
		}
	})
}

// eachProfile decodes profiles, one after another, and calls take with the index of each. It leaves nil entries out.
func eachProfile(encoded [][]byte, take func(i int, p *score.Profile)) error {
	for i, b := range encoded {
		if b == nil {
			continue
		}
		p, err := score.Decode(b)
		if err != nil {
			return fmt.Errorf("decode a profile: %w", err)
		}
		take(i, &p)
	}
	return nil
}

// recall builds the block of the newest cut from live histories, each taken back to that cut. It builds no block of an earlier cut,
// because the histories also hold what came after the window of that cut.
func (d *fitData) recall(engine *score.Engine, encoded [][]byte) error {
	const most = 365 * 24 * time.Hour
	if d.horizon > most {
		return fmt.Errorf("the churn stack of a horizon of %g days needs a log: the histories know how customers stood at most 365 days ago", d.horizon.Hours()/24)
	}
	cuts, err := learn.Cuts(d.first, d.asOf, d.horizon)
	if err != nil {
		return err
	}
	d.cuts = cuts[:1]
	var block []learn.Case
	err = eachProfile(encoded, func(_ int, p *score.Profile) {
		if c, ok := learn.Recall(engine, p.Customer, p.Whole(), d.cuts[0]); ok {
			block = append(block, c)
		}
	})
	if err != nil {
		return err
	}
	slices.SortFunc(block, func(a, b learn.Case) int { return strings.Compare(a.Customer, b.Customer) })
	d.recalled, d.blocks = true, [][]learn.Case{block}
	return nil
}
