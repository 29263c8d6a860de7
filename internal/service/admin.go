package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
)

// AdminConfig is what an Admin listens on and shows.
type AdminConfig struct {
	// Address is host:port; empty is no listener at all.
	Address string
	// Pprof serves the profiler too.
	Pprof bool
	// Version is the label of tidemark_build_info.
	Version string
	// Metrics are shown beside those of the process.
	Metrics prometheus.Collector
	// Ready says why the service is not ready; nil when it is.
	Ready func(context.Context) error
	Log   *zap.Logger
}

// Admin serves what operators look at. /livez depends on nothing: a dependency in it would make an orchestrator restart a
// healthy process because a server is down.
type Admin struct {
	addr   string
	server *http.Server
	done   chan struct{}
}

// StartAdmin listens until Stop.
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
		server: &http.Server{Handler: handler(registry, c), ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 16 << 10},
	}
	go func() {
		defer close(a.done)
		if err := a.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			c.Log.Error("admin server ended", zap.Error(err))
		}
	}()
	return a, nil
}

// register adds all metrics that an Admin shows.
func register(registry *prometheus.Registry, c AdminConfig) {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "tidemark_build_info", Help: "1, labelled with the version.", ConstLabels: prometheus.Labels{"version": c.Version},
	})
	build.Set(1)
	registry.MustRegister(c.Metrics, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build)
}

// handler answers what operators ask.
func handler(registry *prometheus.Registry, c AdminConfig) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := c.Ready(ctx); err != nil {
			http.Error(w, "not ready: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
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

// Addr is the address that it listens on, empty where there is none.
func (a *Admin) Addr() string { return a.addr }

// Stop closes the listener and waits for the server.
func (a *Admin) Stop() {
	if a.server == nil {
		return
	}
	_ = a.server.Close()
	<-a.done
}
