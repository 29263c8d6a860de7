package main

import (
	"encoding/hex"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// heldProfile is all that a profile holds of a customer, for people.
type heldProfile struct {
	AsOf       string         `json:"evaluated_until"`
	LastChange string         `json:"last_change_at,omitempty"`
	Due        string         `json:"next_review_at,omitempty"`
	Erased     string         `json:"erased_before_at,omitempty"`
	Model      string         `json:"model"`
	Told       int64          `json:"transitions_so_far"`
	Tier       heldTier       `json:"tier"`
	Taken      *heldTaken     `json:"scorecard_when_the_tier_was_taken,omitempty"`
	Churn      heldEpisode    `json:"churn"`
	Second     *heldWindow    `json:"window_for_a_second_order,omitempty"`
	Drop       *heldReaction  `json:"drop_of_value,omitempty"`
	Unhappy    *heldReaction  `json:"unhappy,omitempty"`
	Trail      []heldMonth    `json:"ends_of_months,omitempty"`
	Notice     *heldNotice    `json:"notice_of_a_fall_of_the_tier,omitempty"`
	Update     *heldUpdate    `json:"latest_update_of_an_alert,omitempty"`
	Lapse      *heldPoint     `json:"lapsed_episode,omitempty"`
	Outreach   *heldPoint     `json:"latest_outreach,omitempty"`
	Forecasts  []heldForecast `json:"forecasts_that_wait_for_their_outcome"`
	Former     *heldFormer    `json:"what_the_model_before_says,omitempty"`
	Shop       bool           `json:"behaves_like_a_shop,omitempty"`
	Test       bool           `json:"is_a_test_account,omitempty"`
	NoContact  bool           `json:"may_be_met_on_no_channel,omitempty"`
	Links      *heldLinks     `json:"other_ids,omitempty"`
	History    heldHistory    `json:"history"`
}

type heldTier struct {
	Tier  string `json:"tier"`
	Since string `json:"since,omitempty"`
	// ID is the event_id of the message that said so.
	ID string `json:"event_id,omitempty"`
}

// heldTaken is the scorecard as it was read when the tier was taken. Values stand in the order of its lines; null is a missing one.
type heldTaken struct {
	At        string     `json:"at"`
	Scorecard string     `json:"scorecard"`
	Score     float64    `json:"value_score"`
	Values    []*float64 `json:"values"`
}

func takenFor(t *score.Taken) *heldTaken {
	if t == nil {
		return nil
	}
	held := &heldTaken{when(t.At), t.Scorecard, float64(t.Points) / 100, make([]*float64, len(t.Raw))}
	for i, x := range t.Raw {
		if wide := float64(x); !math.IsNaN(wide) {
			held.Values[i] = &wide
		}
	}
	return held
}

type heldEpisode struct {
	Level    string `json:"level"`
	Since    string `json:"since,omitempty"`
	RaisedAt string `json:"episode_began_at,omitempty"`
	ID       string `json:"episode_id,omitempty"`
	LastID   string `json:"latest_event_id,omitempty"`
	Muted    bool   `json:"not_published,omitempty"`
}

type heldWindow struct {
	Open     bool   `json:"open"`
	RaisedAt string `json:"opened_at,omitempty"`
	ID       string `json:"episode_id,omitempty"`
	Muted    bool   `json:"not_published,omitempty"`
}

// heldNotice is a notice that stands: silence alone will lower the tier.
type heldNotice struct {
	ID      string `json:"notice_id"`
	LastID  string `json:"latest_event_id,omitempty"`
	At      string `json:"told_at"`
	FallsAt string `json:"falls_at"`
	To      string `json:"tier_to_come"`
	Muted   bool   `json:"not_published,omitempty"`
}

type heldUpdate struct {
	At  string `json:"at,omitempty"`
	ID  string `json:"event_id,omitempty"`
	Due string `json:"news_is_told_at,omitempty"`
}

type heldPoint struct {
	ID string `json:"id"`
	At string `json:"at,omitempty"`
}

// heldForecast is a churn risk that is held against what comes.
type heldForecast struct {
	AsOf      string  `json:"as_of"`
	Days      int     `json:"days"`
	Risk      float64 `json:"probability_of_no_purchase"`
	Model     string  `json:"model"`
	Contacted bool    `json:"contacted_since,omitempty"`
}

// heldFormer is what the model before a switch says, while the switch may be taken back.
type heldFormer struct {
	Model  string      `json:"model"`
	AsOf   string      `json:"evaluated_until,omitempty"`
	Tier   heldTier    `json:"tier"`
	Churn  heldEpisode `json:"churn"`
	Second *heldWindow `json:"window_for_a_second_order,omitempty"`
	Lapse  *heldPoint  `json:"lapsed_episode,omitempty"`
	// Heard counts in bits what the model in force has said since: tier, level, episode, window, drop, its raising, unhappy, its raising.
	Heard        int           `json:"said_since_the_switch,omitempty"`
	Ended        string        `json:"ended_by_event_id,omitempty"`
	Drop         *heldReaction `json:"drop_of_value,omitempty"`
	EndedDrop    string        `json:"drop_ended_by_event_id,omitempty"`
	Unhappy      *heldReaction `json:"unhappy,omitempty"`
	EndedUnhappy string        `json:"unhappy_ended_by_event_id,omitempty"`
	TrailMonths  int           `json:"trail_months,omitempty"`
}

// profileFor writes down a profile whose money is in a base currency.
func profileFor(p *score.Profile, base event.Currency) *heldProfile {
	held := &heldProfile{
		AsOf: when(p.AsOf), LastChange: when(p.LastChange), Due: when(p.Due), Erased: when(p.Erased), Model: p.Model, Told: p.Sequence,
		Tier: tierFor(p.Standing), Taken: takenFor(p.Taken), Churn: episodeFor(p.Episode, p.Muted), Second: windowFor(p.Second), Lapse: pointFor(p.Lapse.EpisodeID, p.Lapse.At),
		Outreach: pointFor(p.Outreach.ID, p.Outreach.At), Forecasts: []heldForecast{}, Former: formerFor(p.Former), Shop: p.Shop, Test: p.Test, NoContact: p.Uncontactable,
		Drop: dropFor(&p.Drop), Unhappy: unhappyFor(&p.Unhappy), Trail: trailFor(&p.Trail, base),
		Links: linksFor(p, base), History: historyFor(p.History.Held(), base),
	}
	if p.Update != (score.Update{}) {
		held.Update = &heldUpdate{when(p.Update.At), p.Update.ID, when(p.Update.Due)}
	}
	if n := p.Notice; n.Stands() {
		held.Notice = &heldNotice{n.ID, n.LastID, when(n.At), when(n.FallsAt), n.To.String(), n.Muted}
	}
	for _, f := range p.Forecasts {
		if f.Days == 0 {
			continue // an empty place
		}
		model := score.ShortHash(p.Model)
		if f.Foreign {
			model = hex.EncodeToString(f.Model[:])
		}
		held.Forecasts = append(held.Forecasts, heldForecast{when(f.AsOf), int(f.Days), float64(f.Risk) / 1e6, model, f.Contacted})
	}
	return held
}

func tierFor(s score.Standing) heldTier { return heldTier{s.Tier.String(), when(s.Since), s.LastID} }

func episodeFor(e score.Episode, muted bool) heldEpisode {
	return heldEpisode{e.Level.String(), when(e.Since), when(e.RaisedAt), e.ID, e.LastID, muted && e.Level > churn.None}
}

func windowFor(s score.SecondOrder) *heldWindow {
	if s == (score.SecondOrder{}) {
		return nil
	}
	return &heldWindow{s.Open, when(s.RaisedAt), s.ID, s.Muted}
}

func pointFor(id string, at event.Instant) *heldPoint {
	if id == "" && at == 0 {
		return nil
	}
	return &heldPoint{id, when(at)}
}

func formerFor(f *score.Former) *heldFormer {
	if f == nil {
		return nil
	}
	return &heldFormer{
		f.Model, when(f.AsOf), tierFor(f.Standing), episodeFor(f.Episode, f.Muted), windowFor(f.Second), pointFor(f.Lapse.EpisodeID, f.Lapse.At),
		int(f.Heard), f.Ended, dropFor(&f.Drop), f.EndedDrop, unhappyFor(&f.Unhappy), f.EndedUnhappy, len(f.Trail.Samples),
	}
}
