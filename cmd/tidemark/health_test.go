package main

import (
	"context"
	"net"
	"strings"
	"testing"

	"go.uber.org/zap"

	"tidemark/internal/pipeline"
	"tidemark/internal/service"
)

// verdict is a service that is ready, or answers why it is not.
type verdict struct{ answer service.Readiness }

func (v verdict) ready(context.Context) service.Readiness { return v.answer }

func TestHealth(t *testing.T) {
	for _, row := range []struct {
		why     string
		service verdict
		code    int
		says    string
	}{
		{"ready", verdict{service.Readiness{Ready: true}}, 0, "ready\n"},
		{"not ready", verdict{service.Readiness{Problems: []string{"not joined"}}}, 1, "tidemark: not ready: not joined\n"},
	} {
		t.Run(row.why, func(t *testing.T) {
			a, err := service.StartAdmin(service.AdminConfig{Address: ":0", Metrics: pipeline.NewMetrics(), Ready: row.service.ready, Log: zap.NewNop()})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Stop()
			// A container listens on all addresses; health asks on loopback.
			_, port, err := net.SplitHostPort(a.Addr())
			if err != nil {
				t.Fatal(err)
			}
			for _, admin := range []string{":" + port, "0.0.0.0:" + port, "[::]:" + port, "127.0.0.1:" + port} {
				got := tidemark(t, "health", "--admin", admin)
				if said := got.out + got.err; got.code != row.code || said != row.says {
					t.Errorf("%s: code %d, saying %q, want %d, %q", admin, got.code, said, row.code, row.says)
				}
			}
		})
	}
}

func TestHealthOfNobody(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	for admin, says := range map[string]string{
		listener.Addr().String(): "connection refused",
		"":                       "--admin: missing port",
		"localhost":              "--admin: address localhost: missing port",
	} {
		got := tidemark(t, "health", "--admin", admin)
		if got.code != 1 || got.out != "" || !strings.Contains(got.err, says) {
			t.Errorf("--admin %q: code %d, saying %q, want 1, and %q", admin, got.code, got.out+got.err, says)
		}
	}
}
