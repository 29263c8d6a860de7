package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"tidemark/internal/dataset"
	"tidemark/internal/shard"
)

type importCommand struct {
	logSettings
	kafkaSettings
	registrySettings
	Partitioner string `help:"Hash by which keys choose a partition: ${enum}." enum:"murmur2,crc32,fnv1a" default:"murmur2"`
}

// importBatch is how many events are published and acknowledged at a time.
const importBatch = 5000

// Run publishes the log in canonical order, keyed by customer, each event under the time at which it occurred.
func (c *importCommand) Run(ctx context.Context, s streams) error {
	cluster, err := c.cluster()
	if err != nil {
		return err
	}
	defer cluster.Close()
	if _, err := cluster.Partitions(ctx); err != nil {
		return err
	}
	codec, err := c.codec(ctx)
	if err != nil {
		return err
	}
	publisher, err := cluster.NewPublisher(shard.Partitioner(c.Partitioner))
	if err != nil {
		return err
	}
	log, err := c.read(s)
	if err != nil {
		return errors.Join(err, publisher.Close())
	}
	dataset.Sort(log.Events)
	bar := newProgress(s.err, len(log.Events))
	for done := 0; done < len(log.Events); {
		end := min(done+importBatch, len(log.Events))
		batch := make([]shard.Output, 0, end-done)
		for _, x := range log.Events[done:end] {
			out, err := codec.EncodeEvent(x)
			if err != nil {
				return errors.Join(fmt.Errorf("encode event %d: %w", done, err), publisher.Close())
			}
			batch = append(batch, out)
		}
		if err := publisher.Publish(ctx, batch); err != nil {
			return errors.Join(fmt.Errorf("publish events %d to %d: %w", done, end, err), publisher.Close())
		}
		done = end
		bar.show(done)
	}
	bar.end()
	fmt.Fprintf(s.out, "%d events published\n", len(log.Events))
	return publisher.Close()
}

// progress is a bar on a terminal, and nothing elsewhere.
type progress struct {
	w     io.Writer
	total int
	began time.Time
}

func newProgress(w io.Writer, total int) *progress {
	if f, ok := w.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		w = nil
	}
	return &progress{w: w, total: total, began: time.Now()}
}

func (p *progress) show(done int) {
	if p.w == nil || p.total == 0 {
		return
	}
	const width = 40
	full := width * done / p.total
	rate := float64(done) / time.Since(p.began).Seconds()
	fmt.Fprintf(p.w, "\r[%s%s] %3d %%  %.0f events/s ", strings.Repeat("=", full), strings.Repeat(" ", width-full), 100*done/p.total, rate)
}

func (p *progress) end() {
	if p.w != nil {
		fmt.Fprintln(p.w)
	}
}
