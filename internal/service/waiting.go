package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/kafka"
	"tidemark/internal/redis"
)

const (
	// tryAgainAfter is the pause between two tries at the start, sayAgainAfter the time between two lines of the log about them.
	tryAgainAfter = time.Second
	sayAgainAfter = 30 * time.Second
)

// errServersAway is the error of a start that has waited for as long as it may.
var errServersAway = errors.New("gave up waiting")

// await calls do until it succeeds, while the error is one that time mends: a server that is not up yet, is frozen, or still loads its
// data. Containers start in any order, and an orchestrator would only restart a process that ends. await says in the log when it begins
// to wait, why, each sayAgainAfter, and when the wait is over; /readyz says the same. Any other error is returned at once, such as a
// wrong password or a missing topic: waiting hides it. With Config.StartWithin await gives up after that time.
func (s *Service) await(ctx context.Context, server string, do func(context.Context) error) error {
	defer s.waiting.Store(nil)
	began := time.Now()
	var said time.Time
	for {
		err := do(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err == nil {
			if !said.IsZero() {
				s.cfg.Log.Info(server+" serves: the start goes on", zap.Duration("waited", time.Since(began).Round(time.Second)))
			}
			return nil
		}
		if !timeMends(err) {
			return err
		}
		if limit := s.cfg.StartWithin; limit > 0 && time.Since(began) >= limit {
			return fmt.Errorf("%w for %s after %s: %w", errServersAway, server, limit, err)
		}
		if time.Since(said) >= sayAgainAfter {
			said = time.Now()
			s.cfg.Log.Warn("waiting for "+server, s.incidents.advised([]zap.Field{zap.Error(err)}, err)...)
		}
		why := fmt.Sprintf("waiting for %s since %s: %v", server, began.UTC().Format(time.RFC3339), err)
		s.waiting.Store(&why)
		if err := sleep(ctx, tryAgainAfter); err != nil {
			return err
		}
	}
}

// timeMends reports whether an error of a server may pass without anybody's help.
func timeMends(err error) bool {
	switch errorClass(err) {
	case "network", "timeout", "retriable", "loading", "clusterdown", "tryagain", "noreplicas":
		return true
	}
	return false
}

// errorClass returns the class of an error of Redis or Kafka, for a metric label. Lanes get it as a function, because they know neither
// server.
// Kafka comes first: its errors are net.Errors as well, and package redis would call each of them "network".
func errorClass(err error) string {
	if class := kafka.ErrorClass(err); class != "other" {
		return class
	}
	return redis.ErrorClass(err)
}
