// Package servers starts real servers, Apache Kafka and Redis, as processes on loopback. Tests, benchmarks and people who try
// things by hand use them. The package needs a Unix system. If a program is not installed, the error is ErrMissing.
//
// On Linux a server dies with the program that started it, even when the program is killed. On other systems a program that crashes
// leaves its servers running.
package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// ErrMissing is the error of a server that this machine cannot run, because a program or a download is missing.
var ErrMissing = errors.New("missing")

// missing returns an ErrMissing that says what is missing and how to install it.
func missing(format string, args ...any) error {
	return fmt.Errorf("%w: %s (deploy/install-servers.sh installs it)", ErrMissing, fmt.Sprintf(format, args...))
}

const (
	startTimeout = time.Minute // a cold start on a busy machine
	stopTimeout  = 30 * time.Second
	lookEvery    = 10 * time.Millisecond
)

// await calls ask every lookEvery until ask returns nil. If ctx ends first, await returns the cause and the last error of ask.
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

// onFreePorts starts a server, at most three times. It tries again when another process has taken a port
// after we found the port free.
func onFreePorts[S any](start func() (S, error)) (S, error) {
	const tries = 3
	for try := 1; ; try++ {
		server, err := start()
		if err == nil || try == tries || !strings.Contains(err.Error(), "ddress already in use") {
			return server, err
		}
	}
}

// folder creates dir if it does not exist. If dir is empty, folder creates a temporary folder instead, which is ours: we remove it.
func folder(dir, name string) (path string, ours bool, err error) {
	if dir != "" {
		return dir, false, os.MkdirAll(dir, 0o755)
	}
	path, err = os.MkdirTemp("", "tidemark-"+name+"-")
	return path, true, err
}
