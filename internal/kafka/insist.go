package kafka

import (
	"context"
	"fmt"
	"time"

	"tidemark/internal/shard"
)

// Insist is Publish that tries again while the brokers are away or refuse for the moment. waiting is called with every such
// failure. Insist fails if nothing was acknowledged for as long as patience, and at once with an error that waiting does not
// mend. Outputs of one key and topic keep their order: an output may stand in the log twice, but the first copies come in order.
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

// piece returns how many outputs surely fit one batch per partition. Of several batches the library writes on after one has
// failed.
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

// passes reports whether an error passes by itself: a restart of a broker brings it and ends it.
func passes(err error) bool {
	switch ErrorClass(err) {
	case "network", "timeout", "retriable", "topic_missing":
		return true
	}
	return false
}
