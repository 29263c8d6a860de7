package main

import (
	"context"
	"fmt"

	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
)

// looksAtLog bounds the tries to read the first record of a log: a busy broker may answer one fetch without records.
const looksAtLog = 3

// askLogs compares the input topics with the first records that the data remembers, as the service does at its start. A topic that was
// deleted and created again is found here before the service stops at it.
func (c *doctorCommand) askLogs(ctx context.Context, cluster *kafka.Cluster, layout shard.Layout, tell func(finding)) {
	const name = "logs"
	if layout.Shards == 0 {
		return // no data yet: every topic is new to it
	}
	progress, err := cluster.Progress(ctx)
	if err != nil {
		tell(finding{Name: name, Detail: err.Error(), Remedy: "see the topics above"})
		return
	}
	partitions := make([]shard.Partition, len(progress))
	for i, at := range progress {
		partitions[i] = at.Partition
	}
	remembered, marks, err := c.remembered(ctx, layout, partitions)
	if err != nil {
		tell(finding{Name: name, Detail: err.Error(), Remedy: "see redis above"})
		return
	}
	log := cluster.NewLog()
	defer log.Close()
	known, fine := 0, true
	for _, at := range progress {
		p := at.Partition
		sight, err := lookAtLog(ctx, log, p, remembered[p])
		if err != nil {
			tell(finding{Name: name, Detail: err.Error(), Remedy: "does the leader of the partition run?"})
			fine = false
			continue
		}
		if loss := sight.Loss(p, marks[p], at.Committed >= 0); loss != nil {
			tell(finding{Name: name, Detail: "a topic was deleted and created again: " + loss.Evidence(), Remedy: pipeline.RecreatedRemedy})
			fine = false
			continue
		}
		if _, ok := remembered[p]; ok {
			known++
		}
	}
	if fine {
		tell(finding{Name: name, OK: true, Detail: fmt.Sprintf("%d of %d input partitions have been read before, and are the same", known, len(progress))})
	}
}

// remembered returns the first records that the data remembers, and the highest mark of a shard for each partition.
func (c *doctorCommand) remembered(ctx context.Context, layout shard.Layout, partitions []shard.Partition) (
	origins map[shard.Partition]shard.Origin, marks shard.Marks, err error,
) {
	db, err := c.open()
	if err != nil {
		return nil, nil, err
	}
	defer db.close()
	store, err := db.laidOut(layout)
	if err != nil {
		return nil, nil, err
	}
	if origins, err = store.Origins(ctx, partitions); err != nil {
		return nil, nil, err
	}
	heads, err := store.Metas(ctx, layout.Numbers())
	return origins, shard.Highest(heads), err
}

// lookAtLog is pipeline.Look, tried a few times.
func lookAtLog(ctx context.Context, log *kafka.Log, p shard.Partition, remembered shard.Origin) (sight pipeline.Sight, err error) {
	for range looksAtLog {
		if sight, err = pipeline.Look(ctx, log, p, remembered); err == nil || ctx.Err() != nil {
			break
		}
	}
	return sight, err
}
