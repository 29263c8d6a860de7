package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/replay"
)

// Lines come out in order of time, customer and sequence, whether they fit into memory, or are in many runs, or in one run a line.
func TestATimelineIsInOrder(t *testing.T) {
	const n = 5000
	for _, memory := range []int{0, 1, 1000, 20_000} {
		dir := t.TempDir()
		line := replay.Timeline{Dir: dir, Memory: memory}
		var want bytes.Buffer
		var all []replay.Line
		for i := range n {
			l := replay.Line{At: event.Instant(i/100 - 20), Customer: fmt.Sprintf("c%02d", i/10%10), Sequence: int64(i % 10)}
			l.Text = fmt.Appendf(nil, "%d %s %d %.*s\n", l.At, l.Customer, l.Sequence, i%30, "..............................")
			want.Write(l.Text)
			all = append(all, l)
		}
		rand.New(rand.NewPCG(1, 1)).Shuffle(n, func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, l := range all {
			if err := line.Add(l); err != nil {
				t.Fatal(err)
			}
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("memory of %d bytes: %d files with a name (%v), want none: a process that is killed would leave them behind", memory, len(left), err)
		}
		var got bytes.Buffer
		if err := line.Write(t.Context(), &got); err != nil {
			t.Fatal(err)
		}
		if err := line.Close(); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("memory of %d bytes: the %d bytes are not the %d bytes in order (%v)", memory, got.Len(), want.Len(), err)
		}
	}
}

func TestATimelineFails(t *testing.T) {
	nowhere := replay.Timeline{Dir: t.TempDir() + "/nowhere", Memory: 1}
	if err := nowhere.Add(replay.Line{Text: []byte("x\n")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a folder: got %v, want %v", err, os.ErrNotExist)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var line replay.Timeline
	if err := line.Add(replay.Line{Text: []byte("x\n")}); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := line.Write(ctx, &got); !errors.Is(err, context.Canceled) || got.Len() > 0 {
		t.Errorf("called off: got %v after %d bytes, want %v", err, got.Len(), context.Canceled)
	}
}
