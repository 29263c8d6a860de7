package redis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// Finding is the result of one check of a server.
type Finding struct {
	Name   string // what was checked
	OK     bool
	Detail string // what was found; empty if there is nothing to say
	Remedy string // what to do; empty when OK
}

// oldestMajor.oldestMinor is the oldest version of Redis that we accept: older versions are in little use. The scripts themselves
// need 5.0, which replicates the effects of a script rather than the script.
const oldestMajor, oldestMinor = 6, 2

// CheckServer checks a server, or every master of a cluster, before anybody relies on it: the server answers, its version is recent
// enough, it never evicts keys, it runs scripts, the user may call what a service calls, and it takes writes. The checks of rights and writes
// ask one master only. If a server does not tell its
// version or its settings, as an embedded one, the finding is OK and its Detail says so.
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
	findings = append(findings, s.eachMaster(ctx, checkScripts)...)
	return append(findings, s.checkRights(ctx), s.checkWritable(ctx))
}

// eachMaster checks a server, or every master of a cluster, and returns one finding per server. If a master of the cluster cannot
// be reached, one more finding says so.
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

// checkScripts runs a script that does nothing, by EVALSHA and by EVAL: every commit is a script. Servers may have these commands
// renamed, and users may lack the right to call them.
func checkScripts(ctx context.Context, node goredis.Cmdable) Finding {
	f := Finding{Name: "redis runs scripts", OK: true}
	nothing := newScript("return 1")
	err := node.EvalSha(ctx, nothing.digest, nil).Err()
	if err == nil || goredis.HasErrorPrefix(err, "NOSCRIPT") {
		err = node.Eval(ctx, nothing.source, nil).Err()
	}
	if err != nil {
		f.OK, f.Detail = false, err.Error()
		f.Remedy = "allow EVAL and EVALSHA: no rename-command for them, and for an ACL user +eval +evalsha (or +@scripting)"
	}
	return f
}

// checkEviction wants noeviction: any other policy silently deletes state when memory runs out. It asks CONFIG GET first, then
// INFO: a service's user may often not call CONFIG, but may call INFO.
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

// InfoField returns the value of a field in a reply of INFO, whose lines are name:value. It is empty if there is no such field.
func InfoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Ping returns nil if the server answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping redis: %w", err)
	}
	return nil
}

// probeLife is the time after which the key that Writable writes expires.
const probeLife = 10 * time.Second

// Writable returns nil if the server takes writes: it writes the key tm:probe, which has no meaning. A server without memory, disk
// or enough replicas answers a ping, but refuses writes. In a cluster Writable asks only the master that owns the key.
func (s *Store) Writable(ctx context.Context) error {
	if err := s.client.Set(ctx, s.key("probe"), "", probeLife).Err(); err != nil {
		return fmt.Errorf("write to redis: %w", err)
	}
	return nil
}
