package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/stat"
	"tidemark/internal/terminal"
)

// regularities is what a fit found out about regular customers.
type regularities struct {
	learn.Regularity
	// why says in place of the hold-out why there is a mixture, or none.
	why string
}

// regularly fits the mixture of regularities to the customers of data, as --regular says, and returns the engine that has the mixture. data has
// its customers.
func (c *fitCommand) regularly(ctx context.Context, s streams, data *fitData, engine *score.Engine) (*score.Engine, error) {
	if c.Regular == "never" || c.ModelKind != "mbg-nbd" {
		if engine.Mixed() {
			data.regular = &regularities{why: "taken away: --regular never, or a purchase model other than mbg-nbd"}
		}
		return engine.Mixing(nil), nil
	}
	if len(data.customers) == 0 {
		return engine, nil // the caller says so
	}
	shown := terminal.NewProgress(s.err, "fitting the regularities")
	defer shown.End()
	r, err := c.regularity(ctx, data, engine)
	if err != nil || r == nil {
		return engine, err
	}
	data.regular = r
	if r.Fit == nil {
		return engine.Mixing(nil), nil
	}
	return engine.Mixing(&r.Fit.Model), nil
}

// regularity decides on the mixture. Nil leaves the base as it is, which has none. Live histories do not decide, and a short log does not where no
// flag asks: then a base with a mixture gets one for these customers.
func (c *fitCommand) regularity(ctx context.Context, data *fitData, engine *score.Engine) (*regularities, error) {
	if c.Regular == "auto" || c.Regular == "" && data.events != nil {
		r, err := c.holdOutRegular(ctx, data, engine)
		if err != nil || c.Regular == "auto" || r.Judged > 0 {
			return &r, err
		}
	}
	if !engine.Mixed() {
		return nil, nil
	}
	kept, err := learn.Mixture(ctx, data.customers, c.UnitDays)
	return &regularities{Regularity: kept}, err
}

// holdOutRegular decides by what came in the last horizon.
func (c *fitCommand) holdOutRegular(ctx context.Context, data *fitData, engine *score.Engine) (regularities, error) {
	cuts, err := learn.Cuts(data.first, data.asOf, data.horizon)
	if errors.Is(err, learn.ErrShort) {
		return regularities{why: "k = 1 alone: " + err.Error()}, nil
	}
	if err != nil {
		return regularities{}, err
	}
	rows, err := learn.Look(ctx, engine, data.events, []panel.Cut{cuts[0]})
	if err != nil {
		return regularities{}, err
	}
	r, err := learn.Regular(ctx, rows[0], data.customers, c.UnitDays, data.horizon)
	return regularities{Regularity: r}, err
}

// mixture is the fitted mixture; nil without one.
func (d *fitData) mixture() *stat.Regular {
	if d.regular == nil || d.regular.Fit == nil {
		return nil
	}
	return &d.regular.Fit.Model
}

// remixed reports whether the base has a mixture and the new model has none, or the other way round: then risks mean something else.
func (d *fitData) remixed() bool { return d.regular != nil && d.mixed != (d.mixture() != nil) }

// weights are the weights that the file is to have: none without a mixture; nil keeps those of the base.
func (d *fitData) weights() *model.Weights {
	if d.regular == nil {
		return nil
	}
	w := model.Weights{}
	if m := d.mixture(); m != nil {
		w = m.Weights
	}
	return &w
}

// printRegular prints what was found out about regular customers.
func (d *fitData) printRegular(w io.Writer) {
	switch r := d.regular; {
	case r == nil:
	case r.why != "":
		fmt.Fprintf(w, "regular    %s\n", r.why)
	default:
		fmt.Fprintf(w, "regular    %s\n", strings.TrimPrefix(r.String(), "regular customers: "))
		fmt.Fprintf(w, "           %s\n", regularLegend)
		if r.Fit != nil && r.Unknown > 0 {
			fmt.Fprintf(w, "           the gaps of %s are not known until `tidemark rebuild`: they count as buying at random until then\n", numbered(r.Unknown, "customer"))
		}
	}
}

// drawRegular prints the mixture of the model file raw, behind a prefix. It prints nothing where the model has none.
func drawRegular(w io.Writer, raw []byte, prefix string) error {
	m, err := model.Parse(raw)
	if err != nil || m.Value.Regular == nil {
		return err
	}
	_, err = fmt.Fprintln(w, prefix+learn.Shares(*m.Value.Regular)+"; "+regularLegend)
	return err
}

// regularLegend explains k.
const regularLegend = "k: how even the gaps between purchases are, 1 at random, 13 nearly to the day"
