// Package chunk computes something for each of many items on all processors. The chunks are the same however many processors there are,
// and are handed over in order: so sums over them are rounded alike on every machine.
//
//	items    0 … 255 │ 256 … 511 │ 512 … 767 │ …
//	             │ any processor, any order
//	take     0 … 255,  256 … 511,  512 … 767,  …       in order, one after the other, by the caller
package chunk

import (
	"context"
	"runtime"
	"sync"
)

// job is a chunk of items, and where what was computed of them goes.
type job[T any] struct {
	first, end int
	done       chan T
}

// ahead is how many chunks for each processor may be computed before they are taken. It bounds the memory.
const ahead = 4

// Ordered calls of with the places [first, end) of each chunk of n items, for several chunks at once, and take with each result in order.
// A chunk has size items, the last one perhaps fewer. Ordered returns the first error of take, and the error of ctx: then it waits for the
// chunks that are being computed, and begins no other. A size below 1 is a panic.
func Ordered[T any](ctx context.Context, n, size int, of func(first, end int) T, take func(T) error) error {
	if size < 1 {
		panic("chunk: a chunk needs an item")
	}
	working, stop := context.WithCancel(ctx)
	workers := min(runtime.GOMAXPROCS(0), (n+size-1)/size)
	jobs, queue := make(chan job[T]), make(chan job[T], ahead*workers)
	var wait sync.WaitGroup
	defer func() {
		stop()
		wait.Wait()
	}()
	for range workers {
		wait.Go(func() {
			for j := range jobs {
				j.done <- of(j.first, j.end)
			}
		})
	}
	wait.Go(func() {
		defer close(jobs)
		defer close(queue)
		for first := 0; first < n; first += size {
			j := job[T]{first, min(n, first+size), make(chan T, 1)}
			for _, to := range []chan<- job[T]{queue, jobs} {
				select {
				case to <- j:
				case <-working.Done():
					return
				}
			}
		}
	})
	for j := range queue {
		select {
		case t := <-j.done:
			if ctx.Err() != nil { // both may be ready
				return ctx.Err()
			}
			if err := take(t); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}
