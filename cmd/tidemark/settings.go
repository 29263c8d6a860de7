package main

import (
	"fmt"
	"os"
	"time"
	_ "time/tzdata" // for --zone where the machine, or the image, has no zones

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/service"
)

// modelSettings choose the model of commands that bring their own.
type modelSettings struct {
	Model string `help:"Model file; the one that comes with Tidemark if not given." placeholder:"FILE" type:"existingfile"`
	Zone  string `help:"Zone whose calendar days count, such as Europe/Berlin." default:"UTC"`
}

// engine loads the model and returns its engine.
func (s modelSettings) engine() (*score.Engine, error) {
	raw, err := s.source()
	if err != nil {
		return nil, err
	}
	return service.NewEngine(raw, s.Zone, nil)
}

// source returns the bytes of the model.
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

// instant is a flag's date or time: 2026-01-31 is 00:00 UTC of that day.
type instant event.Instant

// UnmarshalText reads RFC 3339, or a bare date.
func (i *instant) UnmarshalText(b []byte) error {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, string(b)); err == nil {
			*i = instant(event.InstantOf(t))
			return nil
		}
	}
	return fmt.Errorf("%q is neither a date YYYY-MM-DD nor a time in RFC 3339", b)
}
