// Servers starts a Kafka and a Redis, for people who try things by hand. It prints their addresses, and
// stops them when it is interrupted:
//
//	go run ./deploy/servers
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"tidemark/internal/servers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("servers", flag.ContinueOnError)
	version := flags.String("kafka", servers.Kafka4, "version of Apache Kafka")
	kafkaPort := flags.Int("kafka-port", 0, "port of Kafka, 0 for a free one")
	redisPort := flags.Int("redis-port", 0, "port of Redis, 0 for a free one")
	cluster := flags.Bool("cluster", false, "a Redis Cluster of three masters instead of one Redis")
	prepare := flags.Bool("prepare", false, "only fetch what the tests' brokers need, and start nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *prepare {
		return prepareAll(ctx, out)
	}

	started := &stack{}
	defer func() { err = errors.Join(err, started.close()) }()
	if *cluster {
		c, err := servers.StartRedisCluster(ctx, servers.RedisOptions{AppendOnly: true})
		if err != nil {
			return err
		}
		started.add(c)
		fmt.Fprintf(out, "redis cluster  %s\n", strings.Join(c.Addrs(), " "))
	} else {
		r, err := servers.StartRedis(ctx, servers.RedisOptions{Port: *redisPort, AppendOnly: true})
		if err != nil {
			return err
		}
		started.add(r)
		fmt.Fprintf(out, "redis          %s  (log: %s)\n", r.Addr(), r.LogFile())
	}
	k, err := servers.StartKafka(ctx, servers.KafkaOptions{Version: *version, Port: *kafkaPort, JVM: servers.JVMFast})
	if err != nil {
		return err
	}
	started.add(k)
	fmt.Fprintf(out, "kafka %s    %s  (log: %s)\nCtrl-C stops them and removes their data.\n", *version, k.Addr(), k.LogFile())
	<-ctx.Done()
	return nil
}

// prepareAll prepares every version of Kafka that the tests use. If a version lacks something on this machine, prepareAll prints
// what is missing, and goes on: the tests that need the version report it too.
func prepareAll(ctx context.Context, out io.Writer) error {
	for _, version := range []string{servers.Kafka4, servers.Kafka3} {
		err := servers.PrepareKafka(ctx, version)
		if errors.Is(err, servers.ErrMissing) {
			fmt.Fprintln(out, err)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stack holds the servers that were started, and closes them in reverse order.
type stack struct{ closers []io.Closer }

func (s *stack) add(c io.Closer) { s.closers = append(s.closers, c) }

func (s *stack) close() error {
	var errs []error
	for _, closer := range slices.Backward(s.closers) {
		errs = append(errs, closer.Close())
	}
	return errors.Join(errs...)
}
