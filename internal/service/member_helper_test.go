package service_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
	"tidemark/internal/watch"
)

// pool holds the real servers that the tests share.
var pool serverstest.Pool

func TestMain(m *testing.M) { os.Exit(pool.Run(m)) }

// settings are the settings of a service that tests choose. The others have the defaults of `tidemark run`.
type settings struct {
	// redisOptions are added to the URL of Redis, such as "?max_retries=1". registry is the URL of a schema registry.
	redisOptions, registry string
	// model is the source of a model that the user names; empty is the default model, unnamed.
	model string
	// asOf is the end of an event clock; 0 is the wall clock.
	asOf        event.Instant
	alertMaxAge time.Duration
	shards      int
	// zone is that of calendar days; empty is UTC.
	zone string
	// anyPartitioner leaves the partitioner open; otherwise it is murmur2.
	anyPartitioner bool
	batch          int
	drainWithin    time.Duration
	// requestTimeout is that of Kafka; 0 is the default. startWithin bounds the wait for servers at the start.
	requestTimeout, startWithin time.Duration
	// untilCaughtUp ends the service when the group has caught up.
	untilCaughtUp bool
	// forget is the silence after which prospects are forgotten.
	forget  time.Duration
	between func(pipeline.Store) pipeline.Store
}

// usual are the settings of a service on the wall clock.
func usual() settings {
	return settings{alertMaxAge: 7 * 24 * time.Hour, batch: 2000, drainWithin: 30 * time.Second}
}

// member is a service in this process.
type member struct {
	name  string
	admin *service.Admin
	stop  context.CancelFunc
	done  chan struct{} // closed when it has ended
	err   error

	mu  sync.Mutex
	log bytes.Buffer
}

// Write collects the lines of the log.
func (m *member) Write(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.log.Write(b)
}

// start starts a service on servers. If it still runs at the end of the test, start's cleanup drains it and waits.
func start(t *testing.T, name string, s *servicetest.Servers, c settings) *member {
	t.Helper()
	m := &member{name: name, done: make(chan struct{})}
	config := kafka.Config{Brokers: []string{s.Kafka}, ClientID: name, SessionTimeout: 10 * time.Second, RequestTimeout: c.requestTimeout}
	cluster, err := kafka.NewCluster(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	client, err := redis.Dial("redis://"+s.Redis+c.redisOptions, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	metrics := pipeline.NewMetrics()
	// At debug the log holds a line for each try that fails.
	log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(m), zap.DebugLevel))
	lane := pipeline.Settings{
		AlertMaxAge: c.alertMaxAge, BatchEvents: c.batch, RollingCycle: time.Hour, DrainWithin: c.drainWithin,
		Drift: watch.DefaultBounds(), Metrics: metrics,
	}
	if c.asOf != 0 {
		lane.Clock, lane.AsOf = pipeline.EventClock, c.asOf
	}
	source := model.Default()
	if c.model != "" {
		source = []byte(c.model)
	}
	partitioner := shard.Murmur2
	if c.anyPartitioner {
		partitioner = ""
	}
	running := service.New(service.Config{
		Log: log, Cluster: cluster, Redis: client, Codec: codec(t, c.registry), Model: source, ModelGiven: c.model != "",
		Layout:           shard.Layout{Shards: c.shards, Partitioner: partitioner, Zone: cmp.Or(c.zone, "UTC")},
		ExitWhenCaughtUp: c.untilCaughtUp, StartWithin: c.startWithin, ForgetProspects: c.forget, Lane: lane, Between: c.between,
	})
	m.admin, err = service.StartAdmin(service.AdminConfig{Address: "127.0.0.1:0", Metrics: metrics, Ready: running.Ready, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.admin.Stop)
	// The service outlives the test's context, so that it can drain.
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	m.stop = stop
	go func() {
		defer close(m.done)
		m.err = running.Run(ctx)
	}()
	t.Cleanup(func() {
		m.stop()
		<-m.done
		if t.Failed() {
			t.Logf("%s ended with %v, and said:\n%s", name, m.err, m.said())
		}
	})
	return m
}

// maxRecord is the largest record that the services of these tests accept, in bytes: a larger one still fits whole into its dead letter.
const maxRecord = 64 << 10

// codec returns the codec of all messages. If a registry is set, the codec uses the schemas of the registry.
func codec(t *testing.T, registry string) *avro.Codec {
	t.Helper()
	options := avro.Options{MaxBytes: maxRecord}
	if registry != "" {
		client, err := avro.NewRegistry(avro.RegistryOptions{URLs: []string{registry}})
		if err != nil {
			t.Fatal(err)
		}
		if options.IDs, err = client.Register(t.Context()); err != nil {
			t.Fatal(err)
		}
		options.Registry = client
	}
	codec, err := avro.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

// serve runs a service until the test is over. Then it must drain.
func serve(t *testing.T, s *servicetest.Servers, c settings) {
	t.Helper()
	m := start(t, "the service", s, c)
	t.Cleanup(func() {
		if err := m.end(); err != nil {
			t.Errorf("the service ended with %v, want no error", err)
		}
	})
}

// run runs a service to its end.
func run(t *testing.T, s *servicetest.Servers, c settings) error {
	t.Helper()
	m := start(t, "the service", s, c)
	select {
	case <-m.done:
	case <-time.After(servicetest.Longest):
		t.Fatalf("the service still runs after %v", servicetest.Longest)
	}
	return m.err
}

// end drains a member, waits for its end, and returns its error.
func (m *member) end() error {
	m.stop()
	<-m.done
	return m.err
}

func (m *member) running() bool {
	select {
	case <-m.done:
		return false
	default:
		return true
	}
}

func (m *member) said() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.log.String()
}

// notice is a line of the service's log.
type notice struct {
	Message   string `json:"msg"`
	Operation string
	Partition int
	Error     string
}

// notices returns the lines of the log so far whose message begins with a text.
func (m *member) notices(begin string) []notice {
	var all []notice
	for line := range strings.Lines(m.said()) {
		var n notice
		if json.Unmarshal([]byte(line), &n) == nil && strings.HasPrefix(n.Message, begin) {
			all = append(all, n)
		}
	}
	return all
}

// look sends a request to the service's admin address, and returns the status and the answer.
func (m *member) look(t *testing.T, path string) (int, string) {
	t.Helper()
	answer, err := http.Get("http://" + m.admin.Addr() + path)
	if err != nil {
		t.Fatalf("%s of %s: %v", path, m.name, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s of %s: %v", path, m.name, err)
	}
	return answer.StatusCode, string(body)
}

// metric returns servicetest.Metric of this member.
func (m *member) metric(t *testing.T, name string, labels ...string) float64 {
	t.Helper()
	return servicetest.Metric(t, m.admin.Addr(), name, labels...)
}

// awaitEnd waits until the group has caught up, and ends the service.
func (m *member) awaitEnd(t *testing.T, s *servicetest.Servers) {
	t.Helper()
	s.AwaitCaughtUp(t)
	if err := m.end(); err != nil {
		t.Errorf("the service ended with %v, want no error after a graceful end", err)
	}
}
