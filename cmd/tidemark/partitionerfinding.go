package main

import (
	"fmt"

	"tidemark/internal/kafka"
	"tidemark/internal/shard"
)

// partitionerFinding compares the partitioner that the keys show with that of the data. Before the first start it says what the first
// start will choose: both ask kafka.Sample.Choose.
func partitionerFinding(choice kafka.Choice, layout shard.Layout) finding {
	const name, slower = "partitioner", "; scores are right all the same, only slower"
	first := layout.Shards == 0
	switch {
	case choice.Mixed:
		return finding{Name: name, Detail: choice.Why, Remedy: "let all producers key by customer id with one partitioner" + slower}
	case first:
		return finding{Name: name, OK: true, Detail: fmt.Sprintf("%s: the first start lays the customers out by %s", choice.Why, choice.Partitioner)}
	case choice.Known && choice.Partitioner != layout.Partitioner:
		return finding{
			Name: name, Detail: fmt.Sprintf("producers use %s, the data is laid out by %s", choice.Partitioner, layout.Partitioner),
			Remedy: "tidemark rebuild --partitioner " + string(choice.Partitioner) + slower,
		}
	}
	return finding{Name: name, OK: true, Detail: choice.Why}
}
