package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
)

// AdminConfig configures an Admin.
type AdminConfig struct {
	// Address is host:port. If it is empty, no listener is opened.
	Address string
	// Pprof also serves the profiler, under /debug/pprof.
	Pprof bool
	// Version is the label of tidemark_build_info.
	Version string
	// Metrics are served on /metrics, beside the metrics of the process.
	Metrics prometheus.Collector
	// Ready says whether the service is ready, and why it is not.
	Ready func(context.Context) Readiness
	Log   *zap.Logger
}

// Admin serves /livez, /readyz and /metrics to operators. /livez depends on nothing else: with a dependency, an orchestrator would
// restart a healthy process whenever a server is down.
type Admin struct {
	addr   string
	server *http.Server
	done   chan struct{}
}

// StartAdmin opens the listener and serves until Stop.
func StartAdmin(c AdminConfig) (*Admin, error) {
	if c.Address == "" {
		return &Admin{}, nil
	}
	listener, err := net.Listen("tcp", c.Address)
	if err != nil {
		return nil, fmt.Errorf("admin address: %w", err)
	}
	registry := prometheus.NewRegistry()
	register(registry, c)
	a := &Admin{
		addr: listener.Addr().String(), done: make(chan struct{}),
		server: &http.Server{
			Handler:           answering(answerWithin, handler(registry, c)),
			ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
			WriteTimeout: 10 * time.Minute, // a profile is written for as long as it is taken
		},
	}
	go func() {
		defer close(a.done)
		if err := a.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			c.Log.Error("admin server ended", zap.Error(err))
		}
	}()
	return a, nil
}

// readyWithin bounds the answer of Ready, which asks Redis.
const (
	readyWithin = 2 * time.Second
	// answerWithin bounds how long an answer may take to be read, except that of the profiler.
	answerWithin = 30 * time.Second
)

// answering bounds the time that the answers of h take. The server's own bound must leave time for profiles. With that bound alone,
// clients that do not read would hold connections, and the memory of their answers, for ten minutes.
func answering(within time.Duration, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/debug/pprof/") {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(within)) // every connection of net/http has deadlines
		}
		h.ServeHTTP(w, r)
	})
}

// register adds all metrics of an Admin to a registry.
func register(registry *prometheus.Registry, c AdminConfig) {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "tidemark_build_info", Help: "1, labelled with the version.", ConstLabels: prometheus.Labels{"version": c.Version},
	})
	build.Set(1)
	ready := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tidemark_ready", Help: "1 if the service is ready, 0 if it is not: as /readyz says.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
		defer cancel()
		if c.Ready(ctx).Ready {
			return 1
		}
		return 0
	})
	registry.MustRegister(ready, c.Metrics, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build)
}

// handler returns the handler of all paths of an Admin.
func handler(registry *prometheus.Registry, c AdminConfig) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
		defer cancel()
		answer := c.Ready(ctx)
		w.Header().Set("Content-Type", "application/json")
		if !answer.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(answer) // who has gone away needs no answer
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	if c.Pprof {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	return mux
}

// Addr returns the address of the listener, empty without a listener.
func (a *Admin) Addr() string { return a.addr }

// Stop closes the listener and waits for the server.
func (a *Admin) Stop() {
	if a.server == nil {
		return
	}
	_ = a.server.Close()
	<-a.done
}
