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
	// catchUp is how many steps the clock makes at once, at most, when it has fallen behind.
	catchUp = 5
	// patience is how long the service may take for a step, lastPatience once the demo is to end.
	patience, lastPatience = time.Minute, 10 * time.Second
)

// errBehind is the error of a service that does not keep up.
var errBehind = errors.New("the service does not keep up")

// play moves the simulated clock from the beginning to the end, step by step: it sends what the shop sends until then, and
// waits until all of it has been committed. An end of ctx is no error: the step in hand is finished.
func (d *demo) play(ctx context.Context, in time.Duration) error {
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	waved := context.AfterFunc(ctx, func() { time.AfterFunc(lastPatience, cut) })
	defer waved()

	stride := event.Instant(float64(d.config.To-d.config.From) * float64(step) / float64(in)) // of the simulated clock
	tick := time.NewTicker(step)
	defer tick.Stop()
	began := time.Now()
	message, more := d.shop.Next()
	for now := d.config.From; now < d.config.To && ctx.Err() == nil; {
		// Where it should be by now, if it can be got there.
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

// reviewed reports whether the reviews due by now have been run.
func (d *demo) reviewed() bool {
	all, serving := d.service.Progress()
	for _, p := range all {
		serving = serving && p.Reviewed >= d.now()
	}
	return serving
}

// await asks every few milliseconds until it is done, the service has ended, or patience has.
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

// applied counts the records that the lanes have committed: the logs begin at 0.
func (d *demo) applied() int64 {
	var n int64
	for _, p := range d.lanes() {
		for _, offset := range p.Applied {
			n += offset
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

// encode makes the message, and breaks it where the shop says so.
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
