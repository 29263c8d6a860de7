package main

import (
	"context"
	"encoding/json"
	"errors"
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

// subject is a customer's profile, and the engines of the model in force and of the model before it, which may be nil.
type subject struct {
	profile        score.Profile
	engine, before *score.Engine
}

// subject reads a customer's profile and the model in force. It returns false if there is no profile, or no model.
func (d *database) subject(ctx context.Context, id string) (subject, bool, error) {
	store, layout, err := d.data(ctx)
	if errors.Is(err, errNoData) {
		return subject{}, false, nil
	}
	if err != nil {
		return subject{}, false, err
	}
	loaded, err := store.Load(ctx, []shard.Query{{Shard: layout.Of(id), Customers: []string{id}}})
	if err != nil || loaded[0].Profiles[0] == nil {
		return subject{}, false, err
	}
	profile, err := score.Decode(loaded[0].Profiles[0])
	if err != nil {
		return subject{}, false, fmt.Errorf("profile of %q: %w", id, err)
	}
	model, ok, err := store.Model(ctx)
	if err != nil || !ok {
		return subject{}, false, err
	}
	engine, before, err := service.Engines(model, layout.Zone)
	return subject{profile, engine, before}, err == nil, err
}

// explain computes the parts of the public score from the model that was in force at the score's as_of.
func (s subject) explain(asOf string) (score.Explanation, error) {
	at, err := s.asOf(asOf)
	if err != nil {
		return score.Explanation{}, err
	}
	return s.at(at).Explain(s.profile, at), nil
}

// asOf is the instant of a public score; that of the profile where there is no public score.
func (s subject) asOf(text string) (event.Instant, error) {
	if text == "" {
		return s.profile.AsOf, nil
	}
	var at instant
	if err := at.UnmarshalText([]byte(text)); err != nil {
		return 0, fmt.Errorf("as_of of %q: %w", s.profile.Customer, err)
	}
	return event.Instant(at), nil
}

// at is the engine of the model that speaks for the customer at an instant.
func (s subject) at(at event.Instant) *score.Engine {
	if s.before != nil && (pipeline.Succession{Before: s.before, Now: s.engine}).Of(&s.profile, at) == pipeline.Engine(s.before) {
		return s.before
	}
	return s.engine
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
	printValueParts(w, why.Value)
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
		addValueParts(all, why.Value)
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
