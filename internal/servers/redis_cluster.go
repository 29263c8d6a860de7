package servers

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// masters are the nodes of a RedisCluster: the least that elects.
const masters = 3

// slots are the hash slots of any Redis Cluster.
const slots = 16384

// Node timeouts, in milliseconds. Nodes talk to each other every half of it: a short one has them meet sooner, a long one
// lets a busy machine be slow.
const (
	meetingTimeout = "500"
	lastingTimeout = "5000"
)

// RedisCluster is a Redis Cluster of three masters.
type RedisCluster struct {
	Nodes []*Redis
}

// StartRedisCluster starts three masters with a third of the slots each, and waits until all agree. options hold for
// each, but for port and folder. The caller closes it.
func StartRedisCluster(ctx context.Context, options RedisOptions) (*RedisCluster, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	options.Port, options.Dir, options.cluster = 0, "", true
	c := &RedisCluster{}
	for range masters {
		node, err := StartRedis(ctx, options)
		if err != nil {
			_ = c.Close()
			return nil, err
		}
		c.Nodes = append(c.Nodes, node)
	}
	if err := c.meet(ctx); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("start redis cluster: %w", err)
	}
	return c, nil
}

func (c *RedisCluster) meet(ctx context.Context) error {
	for i, node := range c.Nodes {
		// Distinct epochs from the start, or the nodes quarrel about them first.
		if err := node.client.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
			return err
		}
		if err := node.client.ClusterAddSlotsRange(ctx, i*slots/masters, (i+1)*slots/masters-1).Err(); err != nil {
			return err
		}
		for _, other := range c.Nodes[:i] {
			config, err := other.client.ConfigGet(ctx, "*port").Result()
			if err != nil {
				return err
			}
			if err := node.client.Do(ctx, "CLUSTER", "MEET", "127.0.0.1", config["port"], config["cluster-port"]).Err(); err != nil {
				return err
			}
		}
	}
	for _, node := range c.Nodes {
		if err := await(ctx, node.knowsAll); err != nil {
			return err
		}
	}
	for _, node := range c.Nodes {
		if err := node.client.ConfigSet(ctx, "cluster-node-timeout", lastingTimeout).Err(); err != nil {
			return err
		}
	}
	return nil
}

// knowsAll is nil once the node serves, and knows who has which slots.
func (r *Redis) knowsAll(ctx context.Context) error {
	info, err := r.client.ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, fmt.Sprintf("cluster_slots_ok:%d\r", slots)) {
		return errors.New(info)
	}
	return nil
}

// Addrs are the addresses of the nodes, host:port.
func (c *RedisCluster) Addrs() []string {
	var addrs []string
	for _, node := range c.Nodes {
		addrs = append(addrs, node.Addr())
	}
	return addrs
}

// Keep has Close leave the folders behind.
func (c *RedisCluster) Keep() {
	for _, node := range c.Nodes {
		node.Keep()
	}
}

// Close stops all nodes.
func (c *RedisCluster) Close() error {
	var errs []error
	for _, node := range c.Nodes {
		errs = append(errs, node.Close())
	}
	return errors.Join(errs...)
}
