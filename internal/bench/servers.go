package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/embed"
	"tidemark/internal/kafka"
	"tidemark/internal/redis"
	host "tidemark/internal/servers"
)

// hosts are the servers of a bench, its own or given ones.
type hosts struct {
	name  string
	kafka kafka.Config
	redis goredis.UniversalClient
	// broker is the process id of the broker; 0 for a given broker and for an embedded one.
	broker int
	// embedded says that the servers run in this process. The CPU of this process is then the CPU of all.
	embedded bool
	closers  []func() error
}

// startServers starts embedded or real servers, or takes the given ones.
func (b *bench) startServers(ctx context.Context) (*hosts, error) {
	s := &hosts{}
	switch {
	case b.Given != nil:
		s.name, s.kafka, s.redis = "given servers", b.Given.Kafka, b.Given.Redis
		return s, nil
	case b.Embedded:
		return s, s.startEmbedded()
	}
	return s, s.startReal(ctx)
}

func (s *hosts) startEmbedded() error {
	s.name, s.embedded = "embedded Kafka and Redis", true
	broker, err := embed.StartKafka(0)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() error { broker.Close(); return nil })
	server, err := embed.StartRedis(0)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() error { server.Close(); return nil })
	return s.reach(broker.Addr(), server.Addr())
}

// reach connects to servers that the bench has started.
func (s *hosts) reach(broker, server string) (err error) {
	s.kafka.Brokers = []string{broker}
	if s.redis, err = redis.Dial("redis://"+server, false); err != nil {
		return err
	}
	s.own(s.redis)
	return nil
}

func (s *hosts) startReal(ctx context.Context) error {
	server, err := host.StartRedis(ctx, host.RedisOptions{AppendOnly: true, Settings: []string{ // as in docker-compose.yml
		"auto-aof-rewrite-percentage", "400", "auto-aof-rewrite-min-size", "512mb",
	}})
	if err != nil {
		return lacking(err)
	}
	s.own(server)
	broker, err := host.StartKafka(ctx, host.KafkaOptions{JVM: host.JVMFast})
	if err != nil {
		return lacking(err)
	}
	s.own(broker)
	s.broker = broker.PID()
	if err := s.reach(broker.Addr(), server.Addr()); err != nil {
		return err
	}
	info, err := server.Client().Info(ctx, "server").Result()
	s.name = fmt.Sprintf("Apache Kafka %s and Redis %s (appendfsync everysec) on this machine", host.Kafka4, redis.InfoField(info, "redis_version"))
	return err
}

// lacking adds to the error of a server that is not installed how to measure without it.
func lacking(err error) error {
	if errors.Is(err, host.ErrMissing) {
		return fmt.Errorf("%w, or measure with --embedded, or on --given servers", err)
	}
	return err
}

func (s *hosts) own(server io.Closer) { s.closers = append(s.closers, server.Close) }

// close stops the bench's own servers, the last started first.
func (s *hosts) close() error {
	if s == nil {
		return nil
	}
	var errs []error
	for _, closer := range slices.Backward(s.closers) {
		errs = append(errs, closer())
	}
	return errors.Join(errs...)
}

// usage is the CPU and the memory used so far. A CPU is negative if the system does not report it.
type usage struct {
	process, redis, kafka time.Duration
	// redisIn is the bytes that Redis has received, redisMemory the bytes that it uses; 0 if Redis does not report them.
	redisIn, redisMemory int64
}

// less returns the CPU used since an earlier usage.
func (u usage) less(before usage) usage {
	minus := func(a, b time.Duration) time.Duration {
		if a < 0 || b < 0 {
			return -1
		}
		return a - b
	}
	return usage{process: u.process - before.process, redis: minus(u.redis, before.redis), kafka: minus(u.kafka, before.kafka)}
}

func (s *hosts) usage(ctx context.Context, client goredis.UniversalClient) (usage, error) {
	u := usage{redis: -1, kafka: -1}
	var self syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &self); err != nil {
		return u, fmt.Errorf("CPU of this process: %w", err)
	}
	u.process = time.Duration(self.Utime.Nano() + self.Stime.Nano())
	if s.embedded {
		return u, nil
	}
	if s.broker != 0 {
		u.kafka = cpuOf(s.broker)
	}
	info, err := client.Info(ctx).Result()
	if err != nil {
		return u, fmt.Errorf("CPU of Redis: %w", err)
	}
	u.redis = 0
	for _, field := range []string{"used_cpu_user", "used_cpu_sys", "used_cpu_user_children", "used_cpu_sys_children"} {
		seconds, err := strconv.ParseFloat(redis.InfoField(info, field), 64)
		if err != nil {
			u.redis = -1
			break
		}
		u.redis += time.Duration(seconds * float64(time.Second))
	}
	u.redisIn, _ = strconv.ParseInt(redis.InfoField(info, "total_net_input_bytes"), 10, 64)
	u.redisMemory, _ = strconv.ParseInt(redis.InfoField(info, "used_memory"), 10, 64)
	return u, nil
}

// cpuOf returns the CPU time of another process, negative if the system does not report it.
func cpuOf(pid int) time.Duration {
	process, err := procfs.NewProc(pid)
	if err != nil {
		return -1
	}
	stat, err := process.Stat()
	if err != nil {
		return -1
	}
	return time.Duration(stat.CPUTime() * float64(time.Second))
}
