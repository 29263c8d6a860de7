package kafka

import (
	"context"
	"fmt"
	"time"

	"tidemark/internal/shard"
)

// Insist is Publish for those who have nobody to repeat it for them: while the brokers are away, or refuse for the moment,
// it tries again. waiting hears of every such failure. It fails once nothing has been taken for as long as patience, and at
// once with what no waiting mends. Outputs of one key and topic keep their order whatever fails: again and again, some may
// stand in the log twice, but the first of each comes in order.
func (p *Publisher) Insist(ctx context.Context, outputs []shard.Output, patience time.Duration, waiting func(error)) error {
	for len(outputs) > 0 {
		n := piece(outputs)
		if err := p.insist(ctx, outputs[:n], patience, waiting); err != nil {
			return err
		}
		outputs = outputs[n:]
	}
	return nil
}

// piece is how many outputs surely make one batch per partition: of several the library writes on after one has failed.
func piece(outputs []shard.Output) int {
	bytes := 0
	for n, o := range outputs {
		bytes += size(o)
		if n == publishBatch || n > 0 && bytes > publishBytes {
			return n
		}
	}
	return len(outputs)
}

func (p *Publisher) insist(ctx context.Context, outputs []shard.Output, patience time.Duration, waiting func(error)) error {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	last := context.DeadlineExceeded
	for failures := 1; ; failures++ {
		err := p.Publish(limited, outputs)
		if err == nil {
			return nil
		}
		if limited.Err() != nil {
			break
		}
		if !passes(err) {
			return err
		}
		last = err
		waiting(err)
		if pause(limited, backoff(failures)) != nil {
			break
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("kafka took nothing for %v: %w", patience, last)
}

// passes tells whether an error is one that a restart of a broker brings, and ends.
func passes(err error) bool {
	switch ErrorClass(err) {
	case "network", "timeout", "retriable", "topic_missing":
		return true
	}
	return false
}
