package main

import (
	"context"
	"errors"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"tidemark/internal/servers"
)

// terminal collects what the program prints. It calls interrupt once the program says that it is ready.
type terminal struct {
	strings.Builder
	interrupt func(printed string)
}

func (w *terminal) Write(b []byte) (int, error) {
	n, err := w.Builder.Write(b)
	if strings.Contains(w.String(), "Ctrl-C") {
		w.interrupt(w.String())
	}
	return n, err
}

func TestServersRunUntilTheyAreInterrupted(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute) // the first run downloads jars
	defer cancel()
	var addrs []string
	out := &terminal{interrupt: func(printed string) {
		addrs = regexp.MustCompile(`127\.0\.0\.1:\d+`).FindAllString(printed, -1)
		for _, addr := range addrs {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Errorf("while it runs: %v", err)
				continue
			}
			_ = conn.Close()
		}
		cancel()
	}}
	err := run(ctx, nil, out)
	if errors.Is(err, servers.ErrMissing) && os.Getenv("TIDEMARK_STRICT") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(addrs) != 2 {
		t.Fatalf("printed %q, want the addresses of Kafka and Redis", out.String())
	}
	for _, addr := range addrs {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			t.Errorf("%s answers after the end, want nobody there", addr)
		}
	}
}
