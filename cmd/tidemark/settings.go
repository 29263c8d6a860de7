package main

import (
	"fmt"
	"os"
	"time"
	_ "time/tzdata" // for --zone, if the machine or the image has no time zones

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/service"
)

// modelSettings choose the model and the zone of a command.
type modelSettings struct {
	Model string `help:"Model file. Without it: the model that comes with Tidemark." placeholder:"FILE" type:"existingfile"`
	Zone  string `help:"Time zone of calendar days, such as Europe/Berlin." default:"UTC"`
}

// engine loads the model and returns its engine.
func (s modelSettings) engine() (*score.Engine, error) {
	raw, err := s.source()
	if err != nil {
		return nil, err
	}
	return service.NewEngine(raw, s.Zone, nil)
}

// source returns the content of the model file.
func (s modelSettings) source() ([]byte, error) {
	if s.Model == "" {
		return model.Default(), nil
	}
	raw, err := os.ReadFile(s.Model)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return raw, nil
}

// instant is a date or a time in a flag. A date such as 2026-01-31 means 00:00 UTC.
type instant event.Instant

// UnmarshalText reads an RFC 3339 time or a date.
func (i *instant) UnmarshalText(b []byte) error {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, string(b)); err == nil {
			*i = instant(event.InstantOf(t))
			return nil
		}
	}
	return fmt.Errorf("%q is neither a date YYYY-MM-DD nor a time in RFC 3339", b)
}
