package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/terminal"
	"tidemark/internal/watch"
)

type replayCommand struct {
	logSettings
	AsOf            instant       `help:"Score as of this date or RFC 3339 time. Without it: as of the last event." placeholder:"TIME"`
	Scores          string        `help:"Write the scores as CSV to this file; - is standard output." placeholder:"FILE"`
	Transitions     string        `help:"Write the transitions as lines of JSON to this file; - is standard output." placeholder:"FILE"`
	AlertMaxAge     time.Duration `help:"Mark a transition that is older than this at --as-of as not published; 0 marks none." default:"168h"`
	Calibration     string        `help:"Write counters of the churn forecasts with a known outcome as CSV to this file; - is standard output." placeholder:"FILE"`
	Population      string        `help:"Write what all customers together come to at the end of each day to this folder, as DATE.json." placeholder:"DIR"`
	PopulationEvery replay.Every  `help:"With --population: the days to write, each (day) or the last of each month (month)." enum:"day,month" default:"day"`
	JSON            bool          `help:"Print the summary as JSON."`
	forgetSettings
	boundSettings
	modelSettings
}

// Help is printed by replay --help.
func (*replayCommand) Help() string {
	return `The formats:

    cdnow          CDNOW_master.txt, the purchases of CDNOW's customers
    cdnow-sample   CDNOW_sample.txt, a tenth of these customers
    online-retail  Online Retail of UCI, as .csv or .csv.gz
    olist          the five files of Olist together
    jsonl          a line per event: {"topic": "...", "event": {...}}
` + csvHelp
}

// Validate returns an error for flags that do not go together.
func (c *replayCommand) Validate() error {
	places := map[string]bool{}
	for _, place := range []string{c.Scores, c.Transitions, c.Calibration} {
		if place != "" && places[place] {
			return errors.New("--scores, --transitions and --calibration cannot go to the same place")
		}
		places[place] = true
	}
	return c.bounds().Check()
}

// Run folds the log and writes the files that the flags name, then a summary. If a file goes to standard output, the summary goes to
// standard error.
func (c *replayCommand) Run(ctx context.Context, s streams) error {
	err := promptly(ctx, s, func() error { return c.replay(ctx, s) })
	if errors.Is(err, errInterrupted) && c.Scores+c.Transitions+c.Calibration+c.Population != "" {
		return fmt.Errorf("%w: the files that it was to write are not whole", err)
	}
	return err
}

func (c *replayCommand) replay(ctx context.Context, s streams) error {
	engine, err := c.engine()
	if err != nil {
		return err
	}
	engine = engine.Forgetting(c.ForgetProspects.silence())
	began := time.Now()
	log, err := c.read(s, c.modelSettings)
	if err != nil {
		return err
	}
	if len(log.Events) == 0 {
		return errors.New("the log holds no event")
	}
	f := &fold{
		engine: engine, asOf: replay.Until(log.Events, event.Instant(c.AsOf)), maxAge: c.AlertMaxAge,
		scores: c.Scores != "", transitions: c.Transitions != "", counters: map[string]int64{},
	}
	defer f.timeline.Close() // what it holds has been written, or another error is on its way
	if c.Population != "" {
		f.population = replay.NewPopulation(engine, replay.DaysOf(log.Events, f.asOf, c.PopulationEvery, engine.Calendar()))
	}
	if err := f.run(ctx, s, c.Scores, log.Events); err != nil {
		return err
	}
	if f.population != nil {
		if err := writePopulation(ctx, c.Population, f.population); err != nil {
			return fmt.Errorf("write the population: %w", err)
		}
	}
	if err := writeTo(c.Transitions, s, func(w io.Writer) error { return f.writeTransitions(ctx, w) }); err != nil {
		return fmt.Errorf("write transitions: %w", err)
	}
	if err := writeTo(c.Calibration, s, func(w io.Writer) error { return writeCounters(w, f.counters) }); err != nil {
		return fmt.Errorf("write the counters of the forecasts: %w", err)
	}
	summary := f.summary
	summary.Took = time.Since(began).Seconds()
	summary.Forecasts = qualities(c.bounds().ReportsOf(f.counters, watch.Seen{Newest: newestPurchase(log.Events, f.asOf), Now: f.asOf}))
	to := s.out
	if slices.Contains([]string{c.Scores, c.Transitions, c.Calibration}, "-") {
		to = s.err
	}
	if c.JSON {
		return json.NewEncoder(to).Encode(summary)
	}
	return summary.print(to)
}

// writeTo calls write with the file of this name. - is standard output. An empty name discards what is written.
func writeTo(name string, s streams, write func(io.Writer) error) (err error) {
	switch name {
	case "":
		return write(io.Discard)
	case "-":
		return write(s.out)
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}

// summary holds the counts of a replay.
type summary struct {
	AsOf         string         `json:"as_of"`
	Model        string         `json:"model_version"`
	Customers    int            `json:"customers"`
	Buyers       int            `json:"buyers"`
	Purchases    int            `json:"purchases"`
	Events       map[string]int `json:"events"`
	NoRate       map[string]int `json:"events_without_rate"`
	AfterAsOf    int            `json:"events_after_as_of"`
	Forgotten    int            `json:"forgotten,omitempty"`
	Erased       int            `json:"erased,omitempty"`
	Merged       int            `json:"merged,omitempty"`    // ids
	MergedInto   int            `json:"survivors,omitempty"` // customers whom Merged are merged into
	BeyondCaps   int64          `json:"facts_beyond_caps,omitempty"`
	OverCaps     int            `json:"customers_beyond_caps,omitempty"`
	Tiers        map[string]int `json:"tiers"`
	Levels       map[string]int `json:"churn_levels"`
	Capped       map[string]int `json:"churn_capped,omitempty"` // buyers by the term of the churn stack that holds them at an edge
	ValueCapped  map[string]int `json:"value_capped,omitempty"` // buyers by the term of the value stack that holds them at an edge
	Segments     map[string]int `json:"segments"`
	TierMoves    map[string]int `json:"tier_changes"`
	Alerts       map[string]int `json:"churn_alerts"`
	SecondOrders map[string]int `json:"second_order_windows"`
	Unhappy      map[string]int `json:"feedback_alerts,omitempty"`
	Drops        map[string]int `json:"value_drops,omitempty"`
	WonBack      int            `json:"won_back"`
	Notices      map[string]int `json:"tier_notices,omitempty"`
	Published    int            `json:"published"`
	Forecasts    []quality      `json:"forecasts"`
	KeptBack     int            `json:"control_group_alerts_kept_back,omitempty"`
	TestAccounts int            `json:"test_accounts,omitempty"` // not among Customers
	Shops        sharedIDs      `json:"ids_that_many_share,omitempty"`
	Took         float64        `json:"seconds"`
	// noRate are lines that say which rates are missing.
	noRate []string
	// maxAge is the age up to which a transition is published; 0 has no limit.
	maxAge time.Duration
}

// sinceWhen says why a replay of a long log counts few transitions as published.
func (s *summary) sinceWhen() string {
	if s.maxAge == 0 {
		return ""
	}
	return fmt.Sprintf(": what is older than %s at the end of the log is not published; see --alert-max-age", s.maxAge)
}

func (s summary) print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "as of        %s\nmodel        %s\n", s.AsOf, s.Model)
	fmt.Fprintf(&b, "customers    %d, of whom %d have bought: %d purchases\n", s.Customers, s.Buyers, s.Purchases)
	fmt.Fprintf(&b, "events       %s\n", terminal.Counts(s.Events))
	if len(s.NoRate) > 0 {
		events := 0
		for _, n := range s.NoRate {
			events += n
		}
		fmt.Fprintf(&b, "no rate      %d events, left out; add their currencies under rates in the model file, with a rate from a date on\n", events)
		for _, line := range s.noRate {
			fmt.Fprintf(&b, "             %s\n", line)
		}
	}
	if n := s.Events[score.RefusedTooOld.String()]; n > 0 {
		fmt.Fprintf(&b, "too old      %d, left out: they lie before the oldest time of the model file\n", n)
	}
	if s.AfterAsOf > 0 {
		fmt.Fprintf(&b, "after as-of  %d, left out\n", s.AfterAsOf)
	}
	if s.Forgotten > 0 {
		fmt.Fprintf(&b, "forgotten    %d prospects\n", s.Forgotten)
	}
	if s.Erased > 0 {
		fmt.Fprintf(&b, "erased       %s, not back since: no score, and only the transitions from before\n", numbered(s.Erased, "customer"))
	}
	if s.Merged > 0 || s.MergedInto > 0 {
		fmt.Fprintf(&b, "merged       %s into %s: no score of who is merged, and only the transitions from before\n", numbered(s.Merged, "id"), numbered(s.MergedInto, "customer"))
	}
	if s.TestAccounts > 0 {
		fmt.Fprintf(&b, "left out     %s, by the attribute test_account: only the events and what was said before count\n", numbered(s.TestAccounts, "test account"))
	}
	if len(s.Shops) > 0 {
		fmt.Fprintf(&b, "shared ids   %d behave like a shop, and have no alerts: %s\n             -> %s\n", len(s.Shops), s.Shops, shareNoID)
	}
	if s.BeyondCaps > 0 {
		fmt.Fprintf(&b, "beyond caps  %d events of %d customers: they count, but what repeats or cancels them is not recognised; the caps stand in deploy/README.md\n", s.BeyondCaps, s.OverCaps)
	}
	fmt.Fprintf(&b, "tiers        %s\nlevels       %s\nsegments     %s\n", terminal.Counts(s.Tiers), terminal.Counts(s.Levels), terminal.Counts(s.Segments))
	if len(s.Capped) > 0 {
		fmt.Fprintf(&b, "capped       %s: beyond what the churn stack was fitted to, and held at its edge\n", terminal.Counts(s.Capped))
	}
	if len(s.ValueCapped) > 0 {
		fmt.Fprintf(&b, "value capped %s: beyond what the value stack was fitted to, and held at its edge\n", terminal.Counts(s.ValueCapped))
	}
	fmt.Fprintf(&b, "tier changes %s\nchurn alerts %s\nsecond order %s\nwon back     %d\npublished    %d%s\n",
		terminal.Counts(s.TierMoves), terminal.Counts(s.Alerts), terminal.Counts(s.SecondOrders), s.WonBack, s.Published, s.sinceWhen())
	if len(s.Unhappy) > 0 {
		fmt.Fprintf(&b, "feedback     %s\n", terminal.Counts(s.Unhappy))
	}
	if len(s.Drops) > 0 {
		fmt.Fprintf(&b, "value drops  %s\n", terminal.Counts(s.Drops))
	}
	if len(s.Notices) > 0 {
		fmt.Fprintf(&b, "tier notices %s\n", terminal.Counts(s.Notices))
	}
	if s.KeptBack > 0 {
		fmt.Fprintf(&b, "kept back    %d alerts of the control group: recorded, not published; see announce_control in the model file\n", s.KeptBack)
	}
	for i := range s.Forecasts {
		s.Forecasts[i].print(&b)
	}
	fmt.Fprintf(&b, "took         %.1f s\n", s.Took)
	_, err := io.WriteString(w, b.String())
	return err
}
