package servers

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// masters is the number of nodes of a RedisCluster: the smallest number that can elect.
const masters = 3

// slots is the number of hash slots of a Redis Cluster.
const slots = 16384

// Node timeouts, in milliseconds. Nodes ping each other once in half the timeout. The short timeout makes the nodes meet sooner;
// the long timeout keeps a slow machine from taking a node for dead.
const (
	meetingTimeout = "500"
	lastingTimeout = "5000"
)

// RedisCluster is a Redis Cluster of three masters.
type RedisCluster struct {
	Nodes []*Redis
}

// StartRedisCluster starts three masters with a third of the slots each, and waits until every node serves and knows all slots, up
// to a minute. options hold for each node, without Port and Dir. If redis-server is not installed, the error is ErrMissing. The
// caller closes the cluster.
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
		// Give each node an epoch of its own. Otherwise all nodes begin with the same epoch, and must first resolve the collision.
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

// knowsAll returns nil when the node serves, and knows the owner of every slot.
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

// Addrs returns the addresses of the nodes, host:port.
func (c *RedisCluster) Addrs() []string {
	var addrs []string
	for _, node := range c.Nodes {
		addrs = append(addrs, node.Addr())
	}
	return addrs
}

// Keep makes Close leave the nodes' folders.
func (c *RedisCluster) Keep() {
	for _, node := range c.Nodes {
		node.Keep()
	}
}

// Close stops all nodes; see Process.Close.
func (c *RedisCluster) Close() error {
	var errs []error
	for _, node := range c.Nodes {
		errs = append(errs, node.Close())
	}
	return errors.Join(errs...)
}
