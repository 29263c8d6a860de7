package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/terminal"
)

// errInterrupted is the error of work that a signal ended.
var errInterrupted = errors.New("ended by a signal before the work was done")

// lastWord is how long work may take to end by itself after a signal. The rest of the second is for the operating system, which takes back
// gigabytes of memory.
const lastWord = 200 * time.Millisecond

// promptly runs work, and returns within a second of the end of ctx. Most work watches ctx and ends at once. But a step such as the sorting
// of a million customers cannot be interrupted: it takes seconds. Then promptly abandons work, which ends with the process. So work must
// hold nothing that outlives the process: no connection with a transaction, no lease. It may read, compute, and write files of its own. It
// holds a whole log, so it runs sparing.
func promptly(ctx context.Context, s streams, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- sparing(work) }()
	select {
	case err := <-done:
		return interrupted(ctx, err)
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return interrupted(ctx, err)
	case <-time.After(lastWord):
		terminal.NewProgress(s.err, "").End() // of whatever bar the work has drawn
		return interrupted(ctx, ctx.Err())
	}
}

// interrupted puts errInterrupted before the error of ctx, which alone tells people nothing.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return fmt.Errorf("%w: %w", errInterrupted, err)
	}
	return err
}
