package service

import (
	"context"

	"go.uber.org/zap"

	"tidemark/internal/redis"
)

// watchKeys looks each second, until ctx ends, after the keys that belong to no shard: a person may delete them, or put another type in their
// place. The log says so. The lanes write tm:lanes and tm:log again, models.follow writes tm:model.
func (s *Service) watchKeys(ctx context.Context) {
	every(ctx, rebuildInterval, func() { s.keepKeys(ctx) })
}

// keepKeys is one look. Its errors are those of a Redis that does not answer: the lanes report them, and the next look tries again.
func (s *Service) keepKeys(ctx context.Context) {
	d := s.data.Load()
	removed, err := d.store.RemoveForeign(ctx)
	for _, key := range removed {
		s.cfg.Log.Error("another type was in the place of a key: the key is removed, and written again", zap.String("key", key))
	}
	if err != nil {
		return
	}
	missing, _ := d.store.KeepMeta(ctx, redis.Meta{Model: s.models.now.Load().model.Hash, GivenUp: d.givenUp})
	if len(missing) > 0 {
		s.cfg.Log.Error("redis had lost fields of tm:meta: they are put back", zap.Strings("fields", missing))
	}
}
