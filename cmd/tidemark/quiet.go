package main

import (
	"errors"
	"time"
)

// quietSettings say when a topic that has fallen quiet holds the reviews in silence.
type quietSettings struct {
	QuietHold time.Duration `help:"Hold alerts for silent customers while an input topic that used to have records has had none in any partition for longer than this: then its producers are down, rather than all customers silent. 0 never does. Only under the wall clock." default:"0s"`
}

func (s quietSettings) check() error {
	if s.QuietHold < 0 {
		return errors.New("--quiet-hold cannot be negative")
	}
	return nil
}
