package service

import (
	"context"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/pipeline"
)

// summaryEvery is the time between two summaries in the log.
const summaryEvery = time.Minute

// summaries write one line a minute of what the process has done, and a last one at its end. The numbers are differences of the metrics.
type summaries struct {
	log     *zap.Logger
	metrics *pipeline.Metrics
	began   time.Time
	before  pipeline.Totals
}

// run writes a line at each tick, until ctx ends.
func (s *summaries) run(ctx context.Context, tick <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
			s.write("the last minute")
		}
	}
}

// write writes what was done since the last line.
func (s *summaries) write(message string) {
	now, totals := time.Now(), s.metrics.Totals()
	did := totals.Since(s.before)
	fields := []zap.Field{
		zap.Int64("applied", did.Applied), zap.Int64("duplicates", did.Duplicates), zap.Int64("late", did.Late),
		zap.Any("dead_letters", did.DeadLetters), zap.Int64("published", did.Published), zap.Int64("muted", did.Muted),
		zap.Int64("reviews", did.Reviews), zap.Int64("commits", did.Commits), zap.Int64("lag", did.Lag),
		zap.Duration("within", now.Sub(s.began).Round(time.Millisecond)),
	}
	if did.KeptBack > 0 {
		fields = append(fields, zap.Int64("control_group_kept_back", did.KeptBack))
	}
	if did.LinkMessages > 0 {
		fields = append(fields, zap.Int64("link_messages", did.LinkMessages))
	}
	if did.Redelivered > 0 {
		fields = append(fields, zap.Int64("redelivered", did.Redelivered))
	}
	if len(did.Errors) > 0 {
		fields = append(fields, zap.Any("errors", did.Errors))
	}
	s.log.Info(message, fields...)
	s.began, s.before = now, totals
}
