package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/score"
	"tidemark/internal/service"
	"tidemark/internal/shard"
)

// subject is a customer's profile, and the engines of the model in force and of the model before it, which may be nil. zone is the time zone that
// Tidemark counts in; nil is UTC.
type subject struct {
	profile        score.Profile
	engine, before *score.Engine
	zone           *time.Location
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
	if err != nil {
		return subject{}, false, err
	}
	zone, err := time.LoadLocation(layout.Zone)
	return subject{profile, engine, before, zone}, err == nil, err
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

// members are the members of the JSON form: the fields, and what the score and the risk are made of.
func members(fields map[string]string, why score.Explanation, leftOut ...string) map[string]any {
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
	return all
}
