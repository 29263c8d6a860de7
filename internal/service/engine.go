package service

import (
	"fmt"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/redis"
	"tidemark/internal/score"
)

// Engines returns the engine of the model activated last, and the engine of the model before it, nil if there was none.
func Engines(m redis.InForce, zone string) (now, before *score.Engine, err error) {
	var former *score.Engine
	if m.Former != nil {
		if former, err = NewEngine(m.Former.Source, zone, nil); err != nil {
			return nil, nil, fmt.Errorf("the second before it: %w", err)
		}
		former = former.Effective(m.Former.EffectiveAt)
	}
	if m.Before != nil {
		if before, err = NewEngine(m.Before.Source, zone, former); err != nil {
			return nil, nil, fmt.Errorf("the one before it: %w", err)
		}
		before = before.Effective(m.Before.EffectiveAt)
	}
	if now, err = NewEngine(m.Source, zone, before); err != nil {
		return nil, nil, err
	}
	return now.Effective(m.EffectiveAt), before, nil
}

// NewEngine returns the engine of a model's source, in a time zone such as Europe/Berlin. previous is the engine that the new engine
// replaces; it may be nil.
func NewEngine(source []byte, zone string, previous *score.Engine) (*score.Engine, error) {
	calendar, err := Calendar(zone)
	if err != nil {
		return nil, err
	}
	m, err := model.Parse(source)
	if err != nil {
		return nil, err
	}
	return score.NewEngine(m, calendar, avro.Identify, previous)
}

// Calendar returns the calendar of a time zone.
func Calendar(zone string) (event.Calendar, error) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		return event.Calendar{}, fmt.Errorf("zone: %w", err)
	}
	return event.NewCalendar(location), nil
}
