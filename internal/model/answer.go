package model

import (
	"fmt"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// answer is the action that answers an alert.
type answer struct {
	action `yaml:",inline"`
	// Cost is in major units of the base currency; nil means that it is not known.
	Cost *float64 `yaml:"cost"`
}

func (a answer) answer(base event.Currency) (score.Action, error) {
	given := a.action.action()
	if a.Cost == nil {
		return given, nil
	}
	digits, _ := base.Digits()
	minor := math.RoundToEven(*a.Cost * math.Pow10(digits))
	if !(minor >= 0 && minor <= event.MaxMinor) {
		return given, fmt.Errorf("cost %v is not in 0..%v", *a.Cost, base.Major(event.MaxMinor))
	}
	given.Cost = event.Minor(int64(minor))
	return given, nil
}

// causes are the weights of the evidence for the causes of an alert. With a file without them, alerts name no cause.
type causes struct {
	WindowDays        int     `yaml:"window_days"`
	HalfLifeDays      float64 `yaml:"half_life_days"`
	OpenComplaint     float64 `yaml:"open_complaint"`
	ResolvedComplaint float64 `yaml:"resolved_complaint"`
	UnhappyAnswer     float64 `yaml:"unhappy_answer"`
	SupportContact    float64 `yaml:"support_contact"`
	Least             float64 `yaml:"least"`
}

func (c *causes) causes() score.Causes {
	if c == nil {
		return score.Causes{}
	}
	return score.Causes{
		Window: c.WindowDays, HalfLife: c.HalfLifeDays, OpenComplaint: c.OpenComplaint, ResolvedComplaint: c.ResolvedComplaint,
		UnhappyAnswer: c.UnhappyAnswer, SupportContact: c.SupportContact, Least: c.Least,
	}
}
