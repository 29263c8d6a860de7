package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"tidemark/internal/avro"
	"tidemark/internal/embed"
	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/shop"
)

type demoCommand struct {
	Customers  int           `help:"Customers of the simulated shop." default:"3000"`
	Seed       uint64        `help:"Seed of the simulation: the same seed plays the same year." default:"1"`
	Days       int           `help:"Days to play, ending now." default:"365"`
	In         time.Duration `help:"Time in which to play them." default:"1m"`
	For        time.Duration `help:"Stop after this time, however far it has got; 0 plays to the end." default:"0s" placeholder:"DURATION"`
	Stay       bool          `help:"Keep the servers up after the end, until interrupted."`
	Partitions int           `help:"Partitions of every topic." default:"4"`
	KafkaPort  int           `help:"Port of the embedded Kafka; any free one where it is taken." default:"9092"`
	RedisPort  int           `help:"Port of the embedded Redis; any free one where it is taken." default:"6379"`
	Admin      string        `help:"Listen address of the metrics; any free port where it is taken." default:"127.0.0.1:9464"`
}

// demoStep is the real time between two movements of the simulated clock.
const demoStep = 100 * time.Millisecond

// demo is the whole service in one process, and a shop that feeds it.
//
//	shop.Shop ──> embed.Kafka ──> service (consumer group, lanes) ──> embed.Redis
//	    │              ^                      │
//	    │              └── tier changes, ─────┤
//	    │                  churn alerts       v
//	    └── simulated clock <── committed? ── view (the terminal)
type demo struct {
	shop      *shop.Shop
	service   *service
	publisher *kafka.Publisher
	codec     *avro.Codec
	view      *view
	clock     atomic.Int64 // event.Instant
	sent      int64
}

func (d *demo) now() event.Instant { return event.Instant(d.clock.Load()) }

// Run plays the shop until it ends, time is up, or somebody interrupts.
func (c *demoCommand) Run(ctx context.Context, s streams) error {
	if c.Days < 1 || c.In < demoStep || c.Partitions < 1 {
		return errors.New("demo: --days and --partitions must be positive, --in at least 100ms")
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	to := event.InstantOf(time.Now())
	config := shop.Default(to)
	config.Customers, config.Seed, config.From = c.Customers, c.Seed, to.Add(-time.Duration(c.Days)*24*time.Hour)
	trade, err := shop.Open(config)
	if err != nil {
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

	d := &demo{shop: trade, view: newView(s.out)}
	d.clock.Store(int64(config.From))
	stop, addr, err := c.start(ctx, d, broker.Addr(), server.Addr())
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "A simulated shop of %d customers plays %d days, ending now. While it runs:\n\n", c.Customers, c.Days)
	fmt.Fprintf(s.out, "  Kafka    %s   e.g. kcat -b %s -t customer.churn-alerts.v1 -C -f '%%k %%h\\n'\n", broker.Addr(), broker.Addr())
	fmt.Fprintf(s.out, "  Redis    %s   e.g. redis-cli -p %s HGETALL tm:score:c00042\n", server.Addr(), portOf(server.Addr()))
	fmt.Fprintf(s.out, "  metrics  http://%s/metrics\n\n", addr)

	err = d.play(ctx, config, c.In)
	d.view.finish()
	d.summary(s.out, config)
	if c.Stay && err == nil && ctx.Err() == nil {
		fmt.Fprintln(s.out, "\nThe servers stay up until interrupted (Ctrl-C).")
		<-ctx.Done()
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = nil // told to stop
	}
	return errors.Join(err, stop())
}

// start brings the service up on the embedded servers. The function that it returns drains it and returns its error.
func (c *demoCommand) start(ctx context.Context, d *demo, brokers, redisAddr string) (stop func() error, admin string, err error) {
	cluster, err := kafka.NewCluster(kafka.Config{
		Brokers: []string{brokers}, Group: "tidemark-demo", MaxWait: 20 * time.Millisecond, Linger: 2 * time.Millisecond, Now: d.now,
	})
	if err != nil {
		return nil, "", err
	}
	if err := cluster.CreateTopics(ctx, c.Partitions, 1); err != nil {
		return nil, "", err
	}
	client, err := redis.Dial("redis://"+redisAddr, false)
	if err != nil {
		return nil, "", err
	}
	if d.codec, err = avro.New(avro.Options{Source: "tidemark-demo"}); err != nil {
		return nil, "", err
	}
	if d.publisher, err = cluster.NewPublisher(shard.Murmur2); err != nil {
		return nil, "", err
	}
	log := zap.NewNop()
	d.service = &service{
		log: log, cluster: cluster, client: client, codec: d.codec, prefix: redis.DefaultPrefix, initialModel: model.Default(),
		layout: shard.Layout{Shards: 2 * c.Partitions, Partitioner: shard.Murmur2, Zone: "UTC"}, // few: the embedded Redis is slow at scripts
		lane: pipeline.Config{
			Clock: pipeline.SimulatedClock, Now: d.now, AlertMaxAge: 7 * 24 * time.Hour,
			Metrics: pipeline.NewMetrics(),
		},
	}
	d.service.watch = d.view.tell
	registry := prometheus.NewRegistry()
	registry.MustRegister(d.service.lane.Metrics)
	web, err := startAdmin(c.Admin, false, registry, d.service, log)
	if err != nil {
		web, err = startAdmin("127.0.0.1:0", false, registry, d.service, log)
	}
	if err != nil {
		return nil, "", err
	}
	// The service outlives ctx until it has drained.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- d.service.run(life) }()
	return func() error {
		end()
		err := <-done
		web.stop()
		err = errors.Join(err, d.publisher.Close(), client.Close())
		cluster.Close()
		return err
	}, web.addr, nil
}

// play moves the simulated clock from the beginning to the end, step by step: it sends what the shop sends until then, and
// waits until all of it has been committed.
func (d *demo) play(ctx context.Context, c shop.Config, in time.Duration) error {
	step := event.Instant(float64(c.To-c.From) * float64(demoStep) / float64(in))
	tick := time.NewTicker(demoStep)
	defer tick.Stop()
	message, more := d.shop.Next()
	for now := c.From; now < c.To; {
		now = min(now+step, c.To)
		var batch []shard.Output
		for ; more && message.SentAt() <= now; message, more = d.shop.Next() {
			out, err := d.encode(message)
			if err != nil {
				return err
			}
			batch = append(batch, out)
		}
		if len(batch) > 0 {
			if err := d.publisher.Publish(ctx, batch); err != nil {
				return fmt.Errorf("send events: %w", err)
			}
			d.sent += int64(len(batch))
		}
		if err := d.settled(ctx); err != nil {
			return err
		}
		d.clock.Store(int64(now))
		d.view.show(now, d.sent, d.sent-d.applied())
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return d.reviewed(ctx)
}

// settled waits until everything sent has been committed and published.
func (d *demo) settled(ctx context.Context) error {
	return d.await(ctx, func() bool { return d.applied() >= d.sent })
}

// reviewed waits until the reviews due by now have been run.
func (d *demo) reviewed(ctx context.Context) error {
	return d.await(ctx, func() bool {
		for _, p := range d.service.progress() {
			if p.Reviewed < d.now() {
				return false
			}
		}
		return true
	})
}

// await asks every few milliseconds, for a minute at most.
func (d *demo) await(ctx context.Context, done func() bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("the service does not keep up"))
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
	return nil
}

// applied counts the records that the lanes have committed: the logs begin at 0.
func (d *demo) applied() int64 {
	var n int64
	for _, p := range d.service.progress() {
		for _, offset := range p.Applied {
			n += offset
		}
	}
	return n
}

// encode makes the message, and breaks it where the shop says so.
func (d *demo) encode(m shop.Message) (shard.Output, error) {
	out, err := d.codec.EncodeEvent(m.Event)
	if err != nil {
		return out, fmt.Errorf("encode %s: %w", m.Event.Common().ID, err)
	}
	out.Time = m.SentAt()
	switch m.Broken {
	case shop.Truncated:
		out.Value = out.Value[:len(out.Value)/2]
	case shop.UnknownSchema:
		copy(out.Value[1:5], []byte{0x7f, 0xff, 0xff, 0xff})
	case shop.Intact, shop.FutureDate, shop.UnknownCurrency:
	}
	return out, nil
}

// summary says what came of it, and compares the alerts with the truth, which a simulation knows.
func (d *demo) summary(w io.Writer, c shop.Config) {
	var bought, left, alerted, right int
	for _, truth := range d.shop.Customers() {
		if truth.Purchases == 0 {
			continue
		}
		bought++
		gone := truth.LeftAt < d.now()
		level, ever := d.view.level(truth.ID)
		if gone {
			left++
		}
		if ever && level > 0 {
			alerted++
			if gone {
				right++
			}
		}
	}
	fmt.Fprintf(w, "\n%d events sent, %d applied; simulated time %s\n", d.sent, d.applied(), d.now())
	d.view.totals(w)
	if alerted > 0 {
		fmt.Fprintf(w, "of %d customers who bought, %d have left for good; %d are under alert now, %d of them rightly (%d %%)\n",
			bought, left, alerted, right, 100*right/alerted)
	}
	_ = c
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

func portOf(addr string) string {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return port
}

// telling is a codec that shows every transition to a watcher as it is told.
type telling struct {
	*avro.Codec
	watch func(score.Transition)
}

// Encode encodes t and shows it.
func (c telling) Encode(t score.Transition) (shard.Output, error) {
	c.watch(t)
	return c.Codec.Encode(t)
}
