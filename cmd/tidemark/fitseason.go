package main

import (
	"context"
	"fmt"
	"io"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/learn"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/season"
	"tidemark/internal/terminal"
)

// inSeason fits the season to the events of a log, as --season says, and returns the engine that counts time in it.
func (c *fitCommand) inSeason(ctx context.Context, s streams, data *fitData, engine *score.Engine, events []event.Event) (*score.Engine, error) {
	switch {
	case c.Season == "keep" || c.Season == "" && events == nil:
		return engine, nil
	case c.Season == "never":
		data.season = &fit.Seasonal{Why: "taken away by --season never"}
		return engine.InSeason(nil), nil
	}
	shown := terminal.NewProgress(s.err, "fitting the season")
	defer shown.End()
	genuine, _ := panel.Genuine(engine, events)
	found, err := fit.Season(ctx, learn.Lives(genuine, data.calendar, data.asOf), data.calendar.Day(data.asOf-1), c.UnitDays, fit.Options{})
	if err != nil {
		return nil, err
	}
	if c.Season == "" && !found.Told() { // the log says neither yes nor no
		return engine, nil
	}
	if c.Season != "always" && !found.HeldOut {
		found.Index = nil
	}
	data.season = &found
	if found.Index == nil {
		return engine.InSeason(nil), nil
	}
	clock, err := season.NewClock(found.Index)
	return engine.InSeason(clock), err
}

// index is the index that the file is to have; nil keeps that of the base.
func (d *fitData) index() *season.Index {
	if d.season == nil {
		return nil
	}
	return &d.season.Index
}

// printSeason prints what was found out about the season, and draws it.
func (d *fitData) printSeason(w io.Writer) {
	if d.season == nil {
		return
	}
	if d.season.Index == nil {
		fmt.Fprintf(w, "season     none: %s\n", d.season.Why)
		return
	}
	fmt.Fprintf(w, "season     of %d purchases in %.1f years: %s\n", d.season.Purchases, d.season.Years, d.season.Why)
	for _, line := range d.season.Index.Draw() {
		fmt.Fprintf(w, "           %s\n", line)
	}
}
