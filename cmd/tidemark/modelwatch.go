package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/score"
)

// modelWatch holds the engine of the model in force, and follows it.
type modelWatch struct {
	store *redis.Store
	zone  string
	now   atomic.Pointer[score.Engine]
	// failed is why the active model cannot be read: then nothing is scored.
	failed atomic.Pointer[error]
}

// modelInterval is the time between looks at which model is in force.
const modelInterval = time.Second

// start puts the initial model into force where none is, and loads the one in force. A model that the user gave must be it:
// `model activate` switches, a flag does not.
func (w *modelWatch) start(ctx context.Context, initial []byte, hash string, given bool) error {
	_, active, _, ok, err := w.store.Model(ctx)
	if err != nil {
		return err
	}
	if !ok {
		if err := w.store.ActivateModel(ctx, initial, hash, 0); err != nil {
			return err
		}
	}
	if ok && given && active != hash {
		return fmt.Errorf("model %s is in force, --model is %s: switch with `tidemark model activate FILE`", active, hash)
	}
	return w.load(ctx)
}

// load makes the engine of the model in force. A model that is not effective yet is left for later; who starts meanwhile
// takes it at once, because no other is known.
func (w *modelWatch) load(ctx context.Context) error {
	raw, hash, effective, ok, err := w.store.Model(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("no model is in force: tidemark model activate FILE")
	}
	previous := w.now.Load()
	if previous != nil && (previous.Hash() == hash || event.InstantOf(time.Now()) < effective) {
		return nil
	}
	engine, err := engineOf(raw, w.zone, previous)
	if err != nil {
		return fmt.Errorf("model in force: %w", err)
	}
	w.now.Store(engine)
	return nil
}

// follow looks for another model until ctx ends.
func (w *modelWatch) follow(ctx context.Context, log *zap.Logger) {
	tick := time.NewTicker(modelInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		hash, err := w.store.ModelHash(ctx)
		if err != nil || hash == w.now.Load().Hash() {
			continue
		}
		if err := w.load(ctx); err != nil && ctx.Err() == nil {
			log.Error("the model in force cannot be read: scoring stops", zap.Error(err))
			w.failed.Store(&err)
			continue
		}
		w.failed.Store(nil)
		if w.now.Load().Hash() != hash {
			continue // not effective yet
		}
		log.Info("model in force", zap.String("version", w.now.Load().Version()), zap.String("hash", w.now.Load().Hash()))
	}
}

// engine is what lanes ask at every batch boundary.
func (w *modelWatch) engine() (pipeline.Engine, error) {
	if err := w.failed.Load(); err != nil {
		return nil, *err
	}
	return w.now.Load(), nil
}
