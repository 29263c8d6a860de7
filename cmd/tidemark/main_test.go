package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
)

// childVariable makes the test binary the command itself, so that tests can start real processes and kill them.
const childVariable = "TIDEMARK_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		_ = os.Unsetenv(childVariable)
		main()
	}
	// The environment of the caller must not set flags of the tests.
	for _, name := range []string{"TIDEMARK_REDIS_URL", "TIDEMARK_KAFKA_BROKERS", "TIDEMARK_MODEL", "TIDEMARK_FORMAT"} {
		_ = os.Unsetenv(name)
	}
	os.Exit(pool.Run(m))
}

// answer is the result of a command line: exit code and output.
type answer struct {
	out, err string
	code     int
}

// tidemark runs a command line in this process.
func tidemark(t *testing.T, args ...string) answer {
	t.Helper()
	return tidemarkUntil(t.Context(), args...)
}

// tidemarkUntil runs a command line until ctx ends.
func tidemarkUntil(ctx context.Context, args ...string) answer {
	var out, err bytes.Buffer
	code := run(ctx, args, streams{&out, &err})
	return answer{out.String(), err.String(), code}
}

// must runs a command line that is to succeed, and returns what it printed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	got := tidemark(t, args...)
	if got.code != 0 {
		t.Fatalf("tidemark %q: exit code %d, want 0; it said\n%s%s", args, got.code, got.out, got.err)
	}
	return got.out
}

// file writes a file of this content and returns its name.
func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
