package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// Finding is the answer to one question about a server, and what to do where it is not OK.
type Finding struct {
	Name   string
	OK     bool
	Detail string
	Remedy string
}

// oldest is the first release whose line is in wide use; scripts replicate by their effects since 5.0.
const oldestMajor, oldestMinor = 6, 2

// CheckServer asks a server, or every master of a cluster, what must be so before anybody relies on it: that it answers,
// is recent enough, never evicts, and takes writes. What a server does not tell (an embedded one knows no settings) is
// OK, and said.
func (s *Store) CheckServer(ctx context.Context) []Finding {
	if err := s.Ping(ctx); err != nil {
		return []Finding{{
			Name: "redis answers", Detail: err.Error(),
			Remedy: "check the address, the password and TLS, and that the server runs",
		}}
	}
	findings := []Finding{{Name: "redis answers", OK: true}}
	findings = append(findings, s.eachMaster(ctx, checkVersion)...)
	findings = append(findings, s.eachMaster(ctx, checkEviction)...)
	return append(findings, s.checkWritable(ctx))
}

// eachMaster asks one question of a server, or of each master; the first bad answer counts, or else any.
func (s *Store) eachMaster(ctx context.Context, question func(context.Context, goredis.Cmdable) Finding) []Finding {
	cluster, ok := s.client.(*goredis.ClusterClient)
	if !ok {
		return []Finding{question(ctx, s.client)}
	}
	answers := make(chan Finding, 1024) // a cluster has at most 1,000 nodes
	err := cluster.ForEachMaster(ctx, func(ctx context.Context, node *goredis.Client) error {
		answer := question(ctx, node)
		answer.Name += " on " + node.Options().Addr
		answers <- answer
		return nil
	})
	close(answers)
	var findings []Finding
	for answer := range answers {
		findings = append(findings, answer)
	}
	if err != nil {
		findings = append(findings, Finding{
			Name: "redis cluster is whole", Detail: err.Error(), Remedy: "see CLUSTER INFO for what is missing",
		})
	}
	return findings
}

func checkVersion(ctx context.Context, node goredis.Cmdable) Finding {
	f := Finding{Name: "redis version", OK: true, Detail: "unknown: the server does not tell"}
	info, err := node.Info(ctx, "server").Result()
	version := InfoField(info, "redis_version")
	if err != nil || version == "" {
		return f
	}
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, _ := strconv.Atoi(major)
	b, _ := strconv.Atoi(minor)
	f.Detail = version
	if a < oldestMajor || a == oldestMajor && b < oldestMinor {
		f.OK = false
		f.Remedy = fmt.Sprintf("upgrade to %d.%d or later", oldestMajor, oldestMinor)
	}
	return f
}

// checkEviction wants noeviction: any other policy deletes state in silence when memory runs out. CONFIG is often
// forbidden to a service's user, INFO rarely.
func checkEviction(ctx context.Context, node goredis.Cmdable) Finding {
	f := Finding{Name: "redis eviction policy", OK: true, Detail: "unknown: the server does not tell"}
	policy := ""
	if config, err := node.ConfigGet(ctx, "maxmemory-policy").Result(); err == nil {
		policy = config["maxmemory-policy"]
	}
	if policy == "" {
		if info, err := node.Info(ctx, "memory").Result(); err == nil {
			policy = InfoField(info, "maxmemory_policy")
		}
	}
	if policy == "" {
		return f
	}
	f.Detail = policy
	if policy != "noeviction" {
		f.OK = false
		f.Remedy = "CONFIG SET maxmemory-policy noeviction, and in redis.conf: this one deletes customers when memory runs out"
	}
	return f
}

func (s *Store) checkWritable(ctx context.Context) Finding {
	err := s.Writable(ctx)
	if err == nil {
		return Finding{Name: "redis takes writes", OK: true}
	}
	f := Finding{Name: "redis takes writes", Detail: err.Error(), Remedy: "see the server's log"}
	switch ErrorClass(err) {
	case "oom":
		f.Remedy = "memory is full: raise maxmemory"
	case "readonly":
		f.Remedy = "this is a replica: use the address of its master"
	case "noreplicas":
		f.Remedy = "fewer replicas than min-replicas-to-write are connected: start them"
	case "loading":
		f.Remedy = "it is still reading its data from disk: wait"
	case "misconf":
		f.Remedy = "it cannot save its data: free the disk, see its log"
	case "clusterdown":
		f.Remedy = "slots without a master: see CLUSTER INFO"
	}
	return f
}

// InfoField returns a field of INFO, whose lines read name:value.
func InfoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Ping asks whether the server answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping redis: %w", err)
	}
	return nil
}

// probeLife is how long the key of Writable stays behind.
const probeLife = 10 * time.Second

// Writable writes a key of no meaning, tm:probe, to see whether the server takes writes: one without memory, disk or
// enough replicas answers a ping and refuses this. In a cluster it asks the one master that owns the key.
func (s *Store) Writable(ctx context.Context) error {
	if err := s.client.Set(ctx, s.key("probe"), "", probeLife).Err(); err != nil {
		return fmt.Errorf("write to redis: %w", err)
	}
	return nil
}
