// Package demo runs a simulated shop and the whole service in one process, on embedded servers, and shows the transitions and the tiers
// while time passes.
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

// Config configures a demo.
type Config struct {
	// Customers is the number of customers of the simulated shop, at least 1.
	Customers int
	// Seed of the simulation: the same seed plays the same year.
	Seed uint64
	// Days is the number of simulated days, at least 1. The last one ends now.
	Days int
	// In is the real time that the simulated days take, at least 100 ms.
	In time.Duration
	// For is the real time after which the demo stops; 0 plays all days.
	For time.Duration
	// Stay keeps the servers up after the last day, until the context is done.
	Stay bool
	// Partitions is the number of partitions of every topic, at least 1.
	Partitions int
	// KafkaPort and RedisPort are the ports of the embedded servers on loopback, Admin is the address of the metrics. If a port is
	// taken, the demo uses any free port.
	KafkaPort, RedisPort int
	Admin                string
	// Version is the version that the metrics show.
	Version string
}

// Check returns all mistakes in c, nil if there is none.
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
	// sent counts the events of the shop, repeated the events sent a second time, broken the damaged events.
	sent, repeated, broken int64
	// ended is closed when the service has ended. failed is then the error of the service.
	ended  chan struct{}
	failed error
}

func (d *demo) now() event.Instant { return event.Instant(d.clock.Load()) }

// Run plays the shop until all days are played, the time in Config.For is over, or ctx is done. It draws pictures on out, and at the end
// prints a summary.
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
		fmt.Fprintln(out, "\nThe servers stay up until interrupted (Ctrl-C). One of the latest customers:")
		d.example(out, server.Addr())
		<-ctx.Done()
	}
	return errors.Join(err, stop())
}

// example prints how to look at a customer who has just been scored.
func (d *demo) example(w io.Writer, redisAddr string) {
	_, port, _ := net.SplitHostPort(redisAddr)
	if latest := d.board.latest(); len(latest) > 0 {
		fmt.Fprintf(w, "\n  redis-cli -p %s HGETALL tm:score:%s\n", port, latest[len(latest)-1].customer)
	}
}

// shop returns the configuration of the simulated shop, whose last day ends now.
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
	fmt.Fprintf(w, "  redis-cli -p %s HGETALL tm:population    # and tm:score:<customer>, of a customer in the picture below\n", port)
	fmt.Fprintf(w, "  kcat -b %s -t %s -C -f '%%k %%h\\n'\n", kafkaAddr, schemas.ChurnAlerts)
	fmt.Fprintf(w, "  curl http://%s/metrics\n\n", admin)
}

// start starts the service on the embedded servers. It returns the address of the metrics, and a function that drains the service and
// returns the error of the service.
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
		Observe: d.board.add,
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
	// The service has its own context: when ctx ends, the demo still needs the service, until stop.
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

// free returns the port, or 0 for any free port if the port is taken.
func free(port int) int {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return 0
	}
	_ = listener.Close()
	return port
}
