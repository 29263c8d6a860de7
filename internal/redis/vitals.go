package redis

import (
	"context"
	"fmt"
	"strconv"

	goredis "github.com/redis/go-redis/v9"
)

// Vitals are what a server says of its own health. A server that does not tell leaves the fields zero.
type Vitals struct {
	// Server is the address of a master of a cluster; empty otherwise.
	Server string
	// RunID changes when the server is started again, or another server answers at the address.
	RunID string
	// Evicted is the number of keys that the server has deleted for want of memory since its start.
	Evicted int64
	// UsedMemory and MaxMemory are in bytes. MaxMemory 0 is no bound.
	UsedMemory, MaxMemory int64
	// Unsaved names what the server could not write to its disk; empty if it writes, or need not.
	Unsaved string
}

// Vitals asks a server, or every master of a cluster.
func (s *Store) Vitals(ctx context.Context) []Vitals {
	cluster, ok := s.client.(*goredis.ClusterClient)
	if !ok {
		return []Vitals{vitals(ctx, s.client)}
	}
	answers := make(chan Vitals, 1024) // a cluster has at most 1,000 nodes
	_ = cluster.ForEachMaster(ctx, func(ctx context.Context, node *goredis.Client) error {
		v := vitals(ctx, node)
		v.Server = node.Options().Addr
		answers <- v
		return nil
	}) // CheckServer reports a master that cannot be reached
	close(answers)
	var all []Vitals
	for v := range answers {
		all = append(all, v)
	}
	return all
}

func vitals(ctx context.Context, node goredis.Cmdable) Vitals {
	info, err := node.Info(ctx).Result()
	if err != nil {
		return Vitals{}
	}
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(InfoField(info, name), 10, 64)
		return n
	}
	v := Vitals{RunID: InfoField(info, "run_id"), Evicted: number("evicted_keys"), UsedMemory: number("used_memory"), MaxMemory: number("maxmemory")}
	for _, field := range []string{"aof_last_write_status", "rdb_last_bgsave_status"} {
		if status := InfoField(info, field); status != "" && status != "ok" {
			v.Unsaved = fmt.Sprintf("%s is %s", field, status)
		}
	}
	return v
}
