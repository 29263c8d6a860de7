// Package demo plays a simulated shop through the whole service in one process, on embedded servers, and shows what comes of it.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/avro"
	"tidemark/internal/embed"
	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/service"
	"tidemark/internal/shard"
	"tidemark/internal/shop"
	"tidemark/internal/terminal"
	"tidemark/schemas"
)

// Config is what is played, and where.
type Config struct {
	// Customers of the simulated shop, at least 1.
	Customers int
	// Seed of the simulation: the same seed plays the same year.
	Seed uint64
	// Days to play, ending now, at least 1.
	Days int
	// In is the time in which to play the days, at least 100 ms.
	In time.Duration
	// For ends the demo after a time, wherever it stands; 0 plays to the end.
	For time.Duration
	// Stay keeps the servers up after the end, until the context is done.
	Stay bool
	// Partitions of every topic, at least 1.
	Partitions int
	// KafkaPort and RedisPort are the ports of the embedded servers on loopback, Admin is the address of the metrics. Where one
	// is taken, any free port serves.
	KafkaPort, RedisPort int
	Admin                string
	// Version is the version that the metrics show.
	Version string
}

// Check says everything that is wrong with c, nil when nothing is.
func (c Config) Check() error {
	if c.Customers < 1 || c.Days < 1 || c.Partitions < 1 || c.In < step || c.For < 0 {
		return fmt.Errorf("--customers, --days and --partitions must be positive, --in at least %v, --for not negative", step)
	}
	return nil
}

// demo is the whole service in one process, and a shop that feeds it.
//
//	shop.Shop ──> embed.Kafka ──> service (consumer group, lanes) ──> embed.Redis
//	    │              ^                      │
//	    │              └── tier changes, ─────┤
//	    │                  churn alerts       v
//	    └── simulated clock <── committed? ── board ──> view (the terminal)
type demo struct {
	config    shop.Config
	shop      *shop.Shop
	service   *service.Service
	metrics   *pipeline.Metrics
	publisher *kafka.Publisher
	codec     *avro.Codec
	board     *board
	view      *view
	clock     atomic.Int64 // event.Instant
	began     time.Time
	// sent counts events; repeated and broken are how many of them the shop sent again, or damaged.
	sent, repeated, broken int64
	// ended is closed when the service has ended, with failed as its error.
	ended  chan struct{}
	failed error
}

func (d *demo) now() event.Instant { return event.Instant(d.clock.Load()) }

// Run plays the shop until it ends, time is up, or ctx is done. It shows the play on a writer, and then sums it up.
func Run(ctx context.Context, c Config, out io.Writer) error {
	d := &demo{config: c.shop(), board: newBoard(), view: newView(out), began: time.Now(), ended: make(chan struct{})}
	d.clock.Store(int64(d.config.From))
	var err error
	if d.shop, err = shop.Open(d.config); err != nil {
		return err
	}
	broker, err := embed.StartKafka(free(c.KafkaPort))
	if err != nil {
		return err
	}
	defer broker.Close()
	server, err := embed.StartRedis(free(c.RedisPort))
	if err != nil {
		return err
	}
	defer server.Close()
	admin, stop, err := c.start(ctx, d, broker.Addr(), server.Addr())
	if err != nil {
		return err
	}
	c.greet(out, broker.Addr(), server.Addr(), admin)

	playing, cancel := c.limit(ctx)
	defer cancel()
	err = d.play(playing, c.In)
	if err == nil {
		d.summary(out)
	}
	if c.Stay && err == nil && ctx.Err() == nil {
		fmt.Fprintln(out, "\nThe servers stay up until interrupted (Ctrl-C).")
		<-ctx.Done()
	}
	return errors.Join(err, stop())
}

// shop is the configuration of the simulated shop, whose last day is today.
func (c Config) shop() shop.Config {
	config := shop.Default(event.InstantOf(time.Now()))
	config.Customers, config.Seed = c.Customers, c.Seed
	config.From = config.To.Add(-time.Duration(c.Days) * 24 * time.Hour)
	return config
}

func (c Config) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.For > 0 {
		return context.WithTimeout(ctx, c.For)
	}
	return context.WithCancel(ctx)
}

func (c Config) greet(w io.Writer, kafkaAddr, redisAddr, admin string) {
	_, port, _ := net.SplitHostPort(redisAddr)
	fmt.Fprintf(w, "A simulated shop of %s customers plays %d days, ending now. Meanwhile, in another terminal:\n\n", terminal.Grouped(int64(c.Customers)), c.Days)
	fmt.Fprintf(w, "  redis-cli -p %s HGETALL tm:score:%s\n", port, "c00042")
	fmt.Fprintf(w, "  kcat -b %s -t %s -C -f '%%k %%h\\n'\n", kafkaAddr, schemas.ChurnAlerts)
	fmt.Fprintf(w, "  curl http://%s/metrics\n\n", admin)
}

// start brings the service up on the embedded servers, and returns the address of its metrics and a function that drains it
// and returns its error.
func (c Config) start(ctx context.Context, d *demo, brokers, redisAddr string) (admin string, stop func() error, err error) {
	cluster, err := kafka.NewCluster(kafka.Config{
		Brokers: []string{brokers}, Group: "tidemark", MaxWait: 20 * time.Millisecond, Linger: time.Millisecond, Now: d.now,
	})
	if err != nil {
		return "", nil, err
	}
	if err := cluster.CreateTopics(ctx, c.Partitions, 1); err != nil {
		return "", nil, err
	}
	client, err := redis.Dial("redis://"+redisAddr, false)
	if err != nil {
		return "", nil, err
	}
	if d.codec, err = avro.New(avro.Options{Source: "tidemark-demo"}); err != nil {
		return "", nil, err
	}
	if d.publisher, err = cluster.NewPublisher(shard.Murmur2); err != nil {
		return "", nil, err
	}
	log := zap.NewNop()
	d.metrics = pipeline.NewMetrics()
	d.service = service.New(service.Config{
		Log: log, Cluster: cluster, Redis: client, Codec: d.codec, Prefix: redis.DefaultPrefix, Model: model.Default(),
		Layout: shard.Layout{Shards: 2 * c.Partitions, Partitioner: shard.Murmur2, Zone: "UTC"}, // few: the embedded Redis is slow at scripts
		Lane: pipeline.Settings{
			Clock: pipeline.SimulatedClock, Now: d.now, AlertMaxAge: 7 * 24 * time.Hour, Metrics: d.metrics,
		},
		Watch: d.board.tell,
	})
	shown := service.AdminConfig{Address: c.Admin, Version: c.Version, Metrics: d.metrics, Ready: d.service.Ready, Log: log}
	web, err := service.StartAdmin(shown)
	if err != nil {
		shown.Address = "127.0.0.1:0"
		web, err = service.StartAdmin(shown)
	}
	if err != nil {
		return "", nil, err
	}
	// The service outlives ctx until it is told to drain.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(d.ended)
		d.failed = d.service.Run(life)
	}()
	return web.Addr(), func() error {
		end()
		<-d.ended
		web.Stop()
		err := errors.Join(d.failed, d.publisher.Close(), client.Close())
		cluster.Close()
		return err
	}, nil
}

// free returns the port, or 0 (any) where somebody listens on it.
func free(port int) int {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return 0
	}
	_ = listener.Close()
	return port
}
