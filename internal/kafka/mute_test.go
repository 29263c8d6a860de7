package kafka

import (
	"context"
	"net"
	"testing"
	"time"
)

// A broker that takes connections and never answers holds no call for longer than the request timeout, although the caller sets no
// deadline.
func TestMuteBrokerHoldsNobody(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }()
		}
	}()
	config := brisk(listener.Addr().String())
	config.RequestTimeout = 200 * time.Millisecond
	cluster := open(t, config)
	for name, call := range map[string]func(context.Context) error{
		"check topics":  func(ctx context.Context) error { _, err := cluster.CheckTopics(ctx); return err },
		"check limits":  func(ctx context.Context) error { _, err := cluster.CheckLimits(ctx, 1, 1); return err },
		"partitions":    func(ctx context.Context) error { _, err := cluster.Partitions(ctx); return err },
		"progress":      func(ctx context.Context) error { _, err := cluster.Progress(ctx); return err },
		"create topics": func(ctx context.Context) error { return cluster.CreateTopics(ctx, 1, 1) },
		"fetch": func(ctx context.Context) error {
			log := cluster.NewLog()
			defer log.Close()
			_, err := log.Fetch(ctx, purchases, 0)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan error, 1)
			go func() { ended <- call(context.Background()) }()
			if err := wait(t, "answer of "+name, ended); err == nil {
				t.Error("no error, want one: nobody answers")
			}
		})
	}
}
