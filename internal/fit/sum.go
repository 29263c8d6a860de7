package fit

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// chunk is the number of groups that one worker adds up at a stretch. It is fixed, so that rounding
// does not depend on the number of workers.
const chunk = 1024

// most is the largest number of parameters of a model.
const most = 4

// partial is the log-likelihood of a chunk, and its derivatives.
type partial struct {
	value float64
	by    [most]float64
}

// sum adds up f over the groups, chunk by chunk. Once ctx is done, it returns early with a
// meaningless result.
func sum[H any](ctx context.Context, groups []Group[H], workers int, f func(h H, by *[most]float64) float64) partial {
	chunks := inChunks(ctx, groups, workers, func(groups []Group[H]) partial {
		var s partial
		for _, g := range groups {
			var by [most]float64
			n := float64(g.Customers)
			s.value += float64(n * f(g.History, &by))
			for k := range by {
				s.by[k] += float64(n * by[k])
			}
		}
		return s
	})
	var all partial
	for _, s := range chunks {
		all.value += s.value
		for k := range all.by {
			all.by[k] += s.by[k]
		}
	}
	return all
}

// inChunks returns f of each chunk of items, in the order of the chunks. It uses a number of
// goroutines; 0 is one per processor. Once ctx is done, it leaves out the remaining chunks.
func inChunks[T, S any](ctx context.Context, items []T, workers int, f func(items []T) S) []S {
	chunks := make([]S, (len(items)+chunk-1)/chunk)
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(chunks)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(chunks) {
					return
				}
				chunks[i] = f(items[i*chunk : min(len(items), (i+1)*chunk)])
			}
		})
	}
	wg.Wait()
	return chunks
}
