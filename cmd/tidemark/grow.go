package main

import (
	"context"
	"fmt"

	"tidemark/internal/shard"
)

type topicsGrowCommand struct {
	Partitions int `help:"Partitions of every input topic after that. Kafka removes no partitions." required:""`
	kafkaSettings
	redisSettings
}

// Help is printed by topics grow --help.
func (*topicsGrowCommand) Help() string {
	return `A running service takes up the new partitions by itself within seconds. Stop the producers first, and let the service read all that is there: then no event of a customer overtakes an earlier one that waits in another partition.`
}

// Run grows the input topics, unless the shards of the data cannot serve so many partitions: then it says what can be done.
func (c *topicsGrowCommand) Run(ctx context.Context, s streams) error {
	if c.Partitions < 1 {
		return fmt.Errorf("--partitions is %d; it must be at least 1", c.Partitions)
	}
	cluster, err := c.cluster()
	if err != nil {
		return err
	}
	defer cluster.Close()
	now, err := cluster.Partitions(ctx)
	if err != nil {
		return err
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	defer db.close()
	layout, ok, err := db.Layout(ctx)
	if err != nil {
		return err
	}
	if ok && layout.Shards%c.Partitions != 0 {
		return fmt.Errorf("%w: %d shards are not a multiple of %d partitions; the topics can grow to %v. For %d: tidemark rebuild --shards %d, then this command again",
			shard.ErrShards, layout.Shards, c.Partitions, layout.Growth(now), c.Partitions, shard.ShardsToGrow(now, c.Partitions))
	}
	if err := cluster.GrowTopics(ctx, c.Partitions); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "the input topics have %d partitions, before %d\n", c.Partitions, now)
	return err
}

// servesPartitions is the finding whether the shards of the data can serve the partitions of the input topics, and to which numbers these
// can grow.
func servesPartitions(layout shard.Layout, partitions int) finding {
	const name = "shards and partitions"
	if layout.Shards%partitions != 0 {
		return finding{
			Name: name, Detail: fmt.Sprintf("%d shards are not a multiple of %d partitions: no instance can score", layout.Shards, partitions),
			Remedy: fmt.Sprintf("tidemark rebuild --shards %d", shard.DefaultShards(partitions)),
		}
	}
	detail := fmt.Sprintf("%d shards serve %d partitions", layout.Shards, partitions)
	if growth := layout.Growth(partitions); len(growth) > 0 {
		detail += fmt.Sprintf("; tidemark topics grow takes them to %v", growth)
	}
	return finding{Name: name, OK: true, Detail: detail}
}
