package chunk_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"

	"tidemark/internal/chunk"
)

// span is the places of a chunk.
type span struct{ first, end int }

func spanOf(first, end int) span { return span{first, end} }

func TestChunksComeInOrder(t *testing.T) {
	for _, row := range []struct {
		why     string
		n, size int
		want    []span
	}{
		{"nothing", 0, 3, nil},
		{"less than a chunk", 2, 3, []span{{0, 2}}},
		{"whole chunks", 6, 3, []span{{0, 3}, {3, 6}}},
		{"a short last chunk", 7, 3, []span{{0, 3}, {3, 6}, {6, 7}}},
	} {
		for _, processors := range []int{1, 2, 5} {
			before := runtime.GOMAXPROCS(processors)
			var got []span
			err := chunk.Ordered(t.Context(), row.n, row.size, spanOf, func(s span) error {
				got = append(got, s)
				return nil
			})
			runtime.GOMAXPROCS(before)
			if err != nil || !slices.Equal(got, row.want) {
				t.Errorf("%s, on %d processors: got %v (%v), want %v", row.why, processors, got, err, row.want)
			}
		}
	}
}

// A chunk that takes long holds back those after it.
func TestALaterChunkWaitsForAnEarlier(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	second := make(chan struct{})
	var got []int
	err := chunk.Ordered(t.Context(), 2, 1, func(first, _ int) int {
		if first == 0 {
			<-second
		} else {
			close(second)
		}
		return first
	}, func(first int) error {
		got = append(got, first)
		return nil
	})
	if err != nil || !slices.Equal(got, []int{0, 1}) {
		t.Errorf("got %v (%v), want 0 before 1", got, err)
	}
}

func TestChunksEndWithTheFirstError(t *testing.T) {
	wrong, taken := errors.New("wrong"), 0
	err := chunk.Ordered(t.Context(), 1_000_000, 1, spanOf, func(s span) error {
		taken++
		if s.first == 2 {
			return wrong
		}
		return nil
	})
	if !errors.Is(err, wrong) || taken != 3 {
		t.Errorf("got %v after %d chunks, want the error of the third", err, taken)
	}
}

func TestChunksEndWithTheContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	computed, taken := make(chan int, 1_000_000), 0
	err := chunk.Ordered(ctx, 1_000_000, 1, func(first, _ int) int {
		computed <- first
		return first
	}, func(first int) error {
		if taken++; first == 2 {
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || len(computed) > 100 || taken != 3 {
		t.Errorf("got %v after %d chunks, of which %d were taken, want the error of the context, no more than the chunks under way, and three", err, len(computed), taken)
	}
}
