package servers

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strconv"

	goredis "github.com/redis/go-redis/v9"
)

// RedisOptions say how a Redis runs. The zero value is a master on a free port, which holds its data in memory only.
type RedisOptions struct {
	Port int    // 0 for a free port
	Dir  string // empty for a temporary folder, which Close removes

	AppendOnly bool   // with appendfsync everysec
	MaxMemory  string // such as "10mb"; empty for no bound
	// ReplicaOf is the address of a master, host:port. StartRedis then waits until the replica has copied the master's data.
	ReplicaOf string
	// Settings are lines of redis.conf: name, value, name, value. A setting here wins over the same setting of ours.
	Settings []string

	cluster bool
}

// Redis is a redis-server process.
type Redis struct {
	Process
	addr   string
	client *goredis.Client
}

// StartRedis starts a server and waits until it serves, up to a minute. If redis-server is not installed, the error is ErrMissing.
// The caller closes the server.
func StartRedis(ctx context.Context, options RedisOptions) (*Redis, error) {
	if options.Port != 0 {
		return startRedis(ctx, options)
	}
	return onFreePorts(func() (*Redis, error) { return startRedis(ctx, options) })
}

func startRedis(ctx context.Context, options RedisOptions) (*Redis, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, missing("redis-server is not installed")
	}
	args, err := options.args()
	if err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	port, _ := strconv.Atoi(args[1])
	dir, ours, err := folder(options.Dir, "redis")
	if err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	r := &Redis{addr: address(port)}
	r.client = goredis.NewClient(&goredis.Options{Addr: r.addr, MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true})
	r.Process = Process{name: "redis on " + r.addr, path: path, args: args, dir: dir, ours: ours, ready: r.answers}
	if options.ReplicaOf != "" {
		r.ready = r.linked
	}
	if err := r.Start(ctx); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// args returns the command line. It begins with --port and the port.
func (o RedisOptions) args() ([]string, error) {
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	if o.Port != 0 {
		ports[0] = o.Port
	}
	settings := []string{
		"port", strconv.Itoa(ports[0]), "bind", "127.0.0.1", "save", "", "maxmemory-policy", "noeviction",
		"repl-diskless-sync-delay", "0", // by default a master waits five seconds for more replicas before it sends its data
	}
	if o.AppendOnly {
		settings = append(settings, "appendonly", "yes", "appendfsync", "everysec")
	}
	if o.MaxMemory != "" {
		settings = append(settings, "maxmemory", o.MaxMemory)
	}
	var replica []string
	if o.ReplicaOf != "" {
		host, port, err := net.SplitHostPort(o.ReplicaOf)
		if err != nil {
			return nil, err
		}
		replica = []string{"--replicaof", host, port}
	}
	if o.cluster {
		settings = append(settings, "cluster-enabled", "yes", "cluster-port", strconv.Itoa(ports[1]), "cluster-node-timeout", meetingTimeout)
	}
	var args []string
	for setting := range slices.Chunk(append(settings, o.Settings...), 2) {
		args = append(args, "--"+setting[0])
		args = append(args, setting[1:]...)
	}
	return append(args, replica...), nil
}

// Addr returns the address, host:port.
func (r *Redis) Addr() string { return r.addr }

// Client returns a client of the server that never retries. Close closes the client too.
func (r *Redis) Client() *goredis.Client { return r.client }

// Promote makes a replica a master. The new master has the writes that had reached the replica.
func (r *Redis) Promote(ctx context.Context) error {
	if err := r.client.ReplicaOf(ctx, "NO", "ONE").Err(); err != nil {
		return fmt.Errorf("promote %s: %w", r.name, err)
	}
	r.ready = r.answers
	return nil
}

// CatchUp waits until the replica has everything that the master has at the call. It has no limit but ctx.
func (r *Redis) CatchUp(ctx context.Context, master *Redis) error {
	offset := func(of *Redis) (int64, error) {
		info, err := of.client.InfoMap(ctx, "replication").Result()
		if err != nil {
			return 0, err
		}
		return strconv.ParseInt(info["Replication"]["master_repl_offset"], 10, 64)
	}
	want, err := offset(master)
	if err != nil {
		return fmt.Errorf("ask %s for its offset: %w", master.name, err)
	}
	return await(ctx, func(context.Context) error {
		got, err := offset(r)
		if err == nil && got < want {
			err = fmt.Errorf("%s is at offset %d, its master was at %d", r.name, got, want)
		}
		return err
	})
}

// Close stops the server; see Process.Close.
func (r *Redis) Close() error {
	_ = r.client.Close()
	return r.Process.Close()
}

// answers returns nil when the server serves: it has loaded its data from disk, and it is our process, not
// another on the same port.
func (r *Redis) answers(ctx context.Context) error {
	conn, err := net.Dial("tcp", r.addr) // the client library writes a line to standard error for each dial that fails
	if err != nil {
		return err
	}
	_ = conn.Close()
	if err := r.client.Ping(ctx).Err(); err != nil {
		return err
	}
	info, err := r.client.InfoMap(ctx, "server").Result()
	if err != nil {
		return err
	}
	if got := info["Server"]["process_id"]; got != strconv.Itoa(r.PID()) {
		return fmt.Errorf("process %s answers, not %d", got, r.PID())
	}
	return nil
}

// linked returns nil when a replica has copied the data that its master had when they connected.
func (r *Redis) linked(ctx context.Context) error {
	if err := r.answers(ctx); err != nil {
		return err
	}
	info, err := r.client.InfoMap(ctx, "replication").Result()
	if err != nil {
		return err
	}
	if status := info["Replication"]["master_link_status"]; status != "up" {
		return fmt.Errorf("the link to its master is %q", status)
	}
	return nil
}
