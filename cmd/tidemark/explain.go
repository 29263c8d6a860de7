package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/score"
	"tidemark/internal/service"
	"tidemark/internal/shard"
)

// scored is a customer's profile, with the engine of the model that was in force at an instant.
type scored struct {
	profile score.Profile
	engine  *score.Engine
	at      event.Instant
}

// scored reads the profile behind a customer's public score of as_of. It is nil where there is no profile.
func (d *database) scored(ctx context.Context, id, asOf string) (*scored, error) {
	layout, ok, err := d.Layout(ctx)
	if err != nil || !ok {
		return nil, err
	}
	store, err := d.laidOut(layout)
	if err != nil {
		return nil, err
	}
	loaded, err := store.Load(ctx, []shard.Query{{Shard: layout.Of(id), Customers: []string{id}}})
	if err != nil || loaded[0].Profiles[0] == nil {
		return nil, err
	}
	profile, err := score.Decode(loaded[0].Profiles[0])
	if err != nil {
		return nil, fmt.Errorf("profile of %q: %w", id, err)
	}
	model, ok, err := store.Model(ctx)
	if err != nil || !ok {
		return nil, err
	}
	engine, before, err := service.Engines(model, layout.Zone)
	if err != nil {
		return nil, err
	}
	var at instant
	if err := at.UnmarshalText([]byte(asOf)); err != nil {
		return nil, fmt.Errorf("as_of of %q: %w", id, err)
	}
	if before != nil && (pipeline.Succession{Before: before, Now: engine}).Of(&profile, event.Instant(at)) == pipeline.Engine(before) {
		engine = before
	}
	return &scored{profile, engine, event.Instant(at)}, nil
}

// explain computes the parts of the public score.
func (s *scored) explain() score.Explanation {
	if s == nil {
		return score.Explanation{}
	}
	return s.engine.Explain(s.profile, s.at)
}

// printWhy prints the parts of the value score, the largest first, and the parts of the churn risk.
func printWhy(w io.Writer, why score.Explanation) {
	if len(why.Factors) == 0 {
		return
	}
	parts := slices.Clone(why.Indicators)
	slices.SortStableFunc(parts, func(a, b score.Contribution) int { return int(b.Points - a.Points) })
	fmt.Fprintln(w, "\nthe value score is the sum of\t")
	for _, p := range parts {
		fmt.Fprintf(w, "  %s\t%+.2f\tof %g, weight %g %%\n", p.Indicator, float64(p.Points)/100, p.RawAfter, 100*p.Weight)
	}
	fmt.Fprintln(w, "\nthe log-odds of the churn risk are the sum of\t")
	for _, f := range why.Factors {
		note := ""
		if f.Capped {
			note = ", capped: beyond what the churn stack was fitted to"
		}
		fmt.Fprintf(w, "  %s\t%+.3f\tof %g%s\n", f.Name, float64(f.LogOdds)/1000, f.Raw, note)
	}
	printWayBack(w, why.WayBack)
}

// printWayBack prints what to know before you call a customer at risk: likely cause, evidence, deadline, largest offer.
func printWayBack(w io.Writer, back *score.WayBack) {
	if back == nil {
		return
	}
	fmt.Fprintln(w, "\nthe way back\t")
	if back.LikelyCause != 0 {
		fmt.Fprintf(w, "  likely_cause\t%s\t\n", back.LikelyCause)
	}
	for _, v := range back.Evidence {
		answer := "a complaint"
		if !math.IsNaN(v.Score) {
			answer = fmt.Sprintf("an answer of %.0f %%", 100*v.Score)
		}
		fmt.Fprintf(w, "  feedback %s\t%s\tof %s\n", v.ID, answer, v.At)
	}
	if back.ActBy != event.Never {
		fmt.Fprintf(w, "  act_by\t%s\t\n", back.ActBy)
	}
	if back.MaxOffer.Known {
		fmt.Fprintf(w, "  max_offer_minor\t%d\t\n", back.MaxOffer.Minor)
	}
}

func printJSON(w io.Writer, fields map[string]string, why score.Explanation, leftOut ...string) error {
	all := map[string]any{}
	if len(leftOut) > 0 {
		all["left_out"] = leftOut
	}
	for name, value := range fields {
		all[name] = value
	}
	if len(why.Factors) > 0 {
		points, odds, capped := map[string]float64{}, map[string]float64{}, []string{}
		for _, p := range why.Indicators {
			points[p.Indicator] = float64(p.Points) / 100
		}
		for _, f := range why.Factors {
			odds[f.Name] = float64(f.LogOdds) / 1000
			if f.Capped {
				capped = append(capped, f.Name)
			}
		}
		all["value_score_points"], all["churn_risk_log_odds"], all["churn_risk_capped"] = points, odds, capped
	}
	if back := why.WayBack; back != nil {
		ids := make([]string, len(back.Evidence))
		for i, v := range back.Evidence {
			ids[i] = v.ID
		}
		all["likely_cause"], all["cause_evidence"] = back.LikelyCause.String(), ids
		if back.ActBy != event.Never {
			all["act_by"] = back.ActBy.String()
		}
		if back.MaxOffer.Known {
			all["max_offer_minor"] = back.MaxOffer.Minor
		}
	}
	return json.NewEncoder(w).Encode(all)
}
