package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPromptly(t *testing.T) {
	wrong := errors.New("wrong")
	never := make(chan struct{})
	defer close(never)
	for _, row := range []struct {
		why   string
		ended bool
		work  func(ctx context.Context) error
		want  error
	}{
		{"work that is done", false, func(context.Context) error { return nil }, nil},
		{"work that fails", false, func(context.Context) error { return wrong }, wrong},
		{"work that fails after a signal", true, func(context.Context) error { return wrong }, wrong},
		{"work that watches the context", true, func(ctx context.Context) error { return ctx.Err() }, errInterrupted},
		{"work that does not", true, func(context.Context) error { <-never; return nil }, errInterrupted},
	} {
		ctx, stop := context.WithCancel(t.Context())
		if row.ended {
			stop()
		}
		if err := promptly(ctx, streams{io.Discard, io.Discard}, func() error { return row.work(ctx) }); !errors.Is(err, row.want) {
			t.Errorf("%s: got %v, want %v", row.why, err, row.want)
		}
		stop()
	}
}

// A command that computes from a log ends soon after a signal. Here the signal comes while it waits for more of the log.
func TestASignalEndsACommandThatComputes(t *testing.T) {
	t.Parallel()
	line := "00001 19970101  1   11.77\n"
	for _, command := range []string{"replay", "fit", "backtest"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			scores := t.TempDir() + "/scores.csv"
			args := []string{command, "-", "--format", "cdnow"}
			if command == "replay" {
				args = append(args, "--scores", scores)
			}
			c := exec.CommandContext(t.Context(), os.Args[0], args...)
			c.Env = append(os.Environ(), childVariable+"=1")
			var said bytes.Buffer
			c.Stderr = &said
			in, err := c.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			// A pipe holds 64 KiB. Once more is written, the command reads.
			if _, err := io.WriteString(in, strings.Repeat(line, 1<<20/len(line))); err != nil {
				t.Fatal(err)
			}
			at := time.Now()
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- c.Wait() }()
			select {
			case err := <-ended:
				if c.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), errInterrupted.Error()) {
					t.Errorf("ended with %v after %v, and said %q, want exit code 1 and %q", err, time.Since(at), said.String(), errInterrupted)
				}
				if wrong := "not whole"; strings.Contains(said.String(), wrong) != (command == "replay") {
					t.Errorf("it said %q, want %q where a file was to be written", said.String(), wrong)
				}
			case <-time.After(10 * time.Second):
				_ = c.Process.Kill()
				t.Fatalf("still running %v after the signal; it said %q", time.Since(at), said.String())
			}
		})
	}
}
