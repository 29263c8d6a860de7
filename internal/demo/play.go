package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
	"tidemark/internal/shop"
)

const (
	// step is the real time between two movements of the simulated clock.
	step = 100 * time.Millisecond
	// catchUp is the most steps that the clock makes at once when it is behind.
	catchUp = 5
	// patience is how long the service may take for a step, lastPatience how long for the last step, after ctx has ended.
	patience, lastPatience = time.Minute, 10 * time.Second
)

// errBehind is the error of a step for which the service took too long.
var errBehind = errors.New("the service does not keep up")

// play moves the simulated clock from the first day to the end, step by step. In each step it sends the events of the shop up to the new
// time, and waits until all events are committed. When ctx ends, play finishes the step and returns no error.
func (d *demo) play(ctx context.Context, in time.Duration) error {
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	unregister := context.AfterFunc(ctx, func() { time.AfterFunc(lastPatience, cut) })
	defer unregister()

	stride := event.Instant(float64(d.config.To-d.config.From) * float64(step) / float64(in)) // of the simulated clock
	tick := time.NewTicker(step)
	defer tick.Stop()
	began := time.Now()
	message, more := d.shop.Next()
	for now := d.config.From; now < d.config.To && ctx.Err() == nil; {
		// ideal is where the clock should be by now; it may be too far for one step.
		ideal := d.config.From + event.Instant(float64(stride)*float64(time.Since(began))/float64(step))
		now = min(max(ideal, now+stride), now+catchUp*stride, d.config.To)
		var batch []shard.Output
		for ; more && message.SentAt() <= now; message, more = d.shop.Next() {
			batch = append(batch, d.encode(message))
		}
		if err := d.send(work, batch); err != nil {
			return err
		}
		d.clock.Store(int64(now))
		if d.view.due() {
			d.show()
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	if err := d.await(work, d.reviewed); err != nil {
		return err
	}
	d.show()
	return nil
}

// send publishes a batch and waits until it has been committed and published.
func (d *demo) send(ctx context.Context, batch []shard.Output) error {
	if len(batch) > 0 {
		if err := d.publisher.Publish(ctx, batch); err != nil {
			return fmt.Errorf("send events: %w", err)
		}
		d.sent += int64(len(batch))
	}
	return d.await(ctx, func() bool { return d.applied() >= d.sent })
}

// reviewed reports whether the lanes have run all reviews that are due by the simulated clock.
func (d *demo) reviewed() bool {
	all, serving := d.service.Progress()
	for _, p := range all {
		serving = serving && p.Reviewed >= d.now()
	}
	return serving
}

// await calls done every 2 ms until it returns true. It returns an error if the service ends, ctx ends, or patience is over.
func (d *demo) await(ctx context.Context, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-d.ended:
			return errors.New("the service has ended")
		case <-ctx.Done():
			return errBehind
		case <-tick.C:
		}
	}
	return nil
}

// applied returns the number of records that the lanes have committed of what the shop has sent: the sum of their offsets, because each log begins at 0.
func (d *demo) applied() int64 {
	var n int64
	for _, p := range d.lanes() {
		for partition, offset := range p.Applied {
			if partition.Topic != event.Links { // of which the shop sends none
				n += offset
			}
		}
	}
	return n
}

func (d *demo) lanes() []pipeline.Progress {
	all, _ := d.service.Progress()
	return all
}

func (d *demo) show() {
	d.view.show(picture{
		from: d.config.From, now: d.now(), to: d.config.To, took: time.Since(d.began),
		sent: d.sent, lag: d.sent - d.applied(), standing: d.board.standing(), recent: d.board.latest(),
	})
}

// encode makes the message of an event, and damages it if the shop asks for that.
func (d *demo) encode(m shop.Message) shard.Output {
	out := d.codec.EncodeEvent(m.Event)
	out.Time = m.SentAt()
	if m.Repeated {
		d.repeated++
	}
	if m.Broken != shop.Intact {
		d.broken++
	}
	switch m.Broken {
	case shop.Truncated:
		out.Value = out.Value[:len(out.Value)/2]
	case shop.UnknownSchema:
		copy(out.Value[1:5], []byte{0x7f, 0xff, 0xff, 0xff})
	case shop.Intact, shop.FutureDate, shop.UnknownCurrency:
	}
	return out
}
