// Package servers starts real servers, Apache Kafka and Redis, as processes on loopback: for tests, benchmarks and work
// by hand. It needs a Unix system; where something is not installed it says so with ErrMissing.
//
// Servers die with the program that started them, however it ends (on Linux; elsewhere after a crash they are left).
package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// ErrMissing is the error of a server that this machine cannot run because something is not installed.
var ErrMissing = errors.New("missing")

// missing says what is not there, and how to get it.
func missing(format string, args ...any) error {
	return fmt.Errorf("%w: %s (deploy/install-servers.sh installs it)", ErrMissing, fmt.Sprintf(format, args...))
}

const (
	startTimeout = time.Minute // a cold start on a busy machine
	stopTimeout  = 30 * time.Second
	lookEvery    = 10 * time.Millisecond
)

// await asks until the answer is nil; when ctx ends first, it fails with the last answer.
func await(ctx context.Context, ask func(context.Context) error) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}

// onFreePorts starts a server, and tries again where others took its ports between our look and its own.
func onFreePorts[S any](start func() (S, error)) (S, error) {
	const tries = 3
	for try := 1; ; try++ {
		server, err := start()
		if err == nil || try == tries || !strings.Contains(err.Error(), "ddress already in use") {
			return server, err
		}
	}
}

// folder returns dir, made where needed, or a new temporary one, which is then ours to remove.
func folder(dir, name string) (path string, ours bool, err error) {
	if dir != "" {
		return dir, false, os.MkdirAll(dir, 0o755)
	}
	path, err = os.MkdirTemp("", "tidemark-"+name+"-")
	return path, true, err
}
