package service

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

const (
	// rebuildInterval is the time between two looks at whether a rebuild takes over.
	rebuildInterval = time.Second
	// switchInterval is the time between two looks at whether the switch is done.
	switchInterval = 100 * time.Millisecond
)

// watchRebuild drains the lanes when a rebuild wants to take over, or has done so, until ctx ends.
func (s *Service) watchRebuild(ctx context.Context) {
	every(ctx, rebuildInterval, func() {
		data := s.data.Load()
		r, ok, err := data.store.Rebuild(ctx)
		if err != nil || !ok {
			return // the next look tries again; the lanes notice stopped shards by themselves
		}
		if r.Stage == redis.Stopping || r.Layout.Edition > data.layout.Edition {
			s.move(r)
		}
	})
}

// every calls a function after each interval, until ctx ends.
func every(ctx context.Context, interval time.Duration, do func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		do()
	}
}

// move drains the lanes in favour of a rebuild.
func (s *Service) move(r redis.Rebuild) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.moving || s.stopping || s.finishing || len(s.lanes) == 0 {
		return
	}
	s.moving, s.unfit = true, takesOver(r)
	s.cfg.Log.Info("a rebuild takes over: the lanes finish what they have in hand", zap.Int("edition", r.Next.Edition))
	for _, lane := range s.lanes {
		lane.Drain()
	}
}

func (s *Service) isMoving() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.moving
}

// stopShards stops the shards of drained lanes: so the rebuild knows that nothing is in hand any more. If that fails, the rebuild stops the
// shards itself.
func (s *Service) stopShards(d *data, indexes []int) error {
	ctx, cancel := context.WithTimeout(context.Background(), rebuildInterval)
	defer cancel()
	r, ok, err := d.store.Rebuild(ctx)
	if err == nil && ok && r.Stage == redis.Stopping {
		var own []int
		for _, index := range indexes {
			for n := index; n < d.layout.Shards; n += d.partitions {
				own = append(own, n)
			}
		}
		_, err = d.store.Stop(ctx, own, r.Next.Edition, shard.Token(rand.Text()))
	}
	if err != nil {
		s.cfg.Log.Warn("stop the shards for the rebuild", zap.Error(err))
	}
	return fmt.Errorf("%w %d", pipeline.ErrMoved, r.Next.Edition)
}

// awaitSwitch waits while a rebuild has stopped the shards and has not switched yet. A rebuild whose owner has died is given up, and the
// stopped shards serve on.
func (s *Service) awaitSwitch(ctx context.Context) error {
	for {
		d := s.data.Load()
		r, _, err := d.store.Rebuild(ctx)
		if err == nil && r.Stage != redis.Stopping {
			return nil
		}
		if err == nil {
			s.setUnfit(takesOver(r))
			err = s.giveUpDead(ctx, d.store, r)
		}
		if err != nil && ctx.Err() == nil {
			s.cfg.Log.Warn("wait for the switch to another edition", zap.Error(err))
		}
		if err := sleep(ctx, switchInterval); err != nil {
			return err
		}
	}
}

// takesOver says why a service is not ready while a rebuild takes over.
func takesOver(r redis.Rebuild) string {
	return fmt.Sprintf("the rebuild of edition %d takes over", r.Next.Edition)
}

func (s *Service) giveUpDead(ctx context.Context, store *redis.Store, r redis.Rebuild) error {
	now, err := store.Now(ctx)
	if err != nil || now < r.Until {
		return err
	}
	s.cfg.Log.Error("the rebuild has not renewed its lease: it is given up, and the shards serve on", zap.Int("edition", r.Next.Edition))
	return store.GiveUpRebuild(ctx, "")
}
