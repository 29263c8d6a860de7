package main

import (
	"context"
	"errors"
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
	now   atomic.Pointer[inForce]
	// failed is why the active model cannot be read: then nothing is scored.
	failed atomic.Pointer[error]
}

// inForce is the engine that lanes score with, and the model that it follows.
type inForce struct {
	engine        pipeline.Engine
	version, hash string
	from          event.Instant
}

const (
	// modelInterval is the time between looks at which model is in force.
	modelInterval = time.Second
	// modelNotice is how long before a switch `model activate` announces it, so that all instances hear of it in time.
	modelNotice = 5 * time.Second
)

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

// load makes the engine of the model in force, with the one before it for what lies before the switch.
func (w *modelWatch) load(ctx context.Context) error {
	raw, hash, from, ok, err := w.store.Model(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("no model is in force: tidemark model activate FILE")
	}
	if now := w.now.Load(); now != nil && now.hash == hash && now.from == from {
		return nil
	}
	before, err := w.before(ctx)
	if err != nil {
		return err
	}
	engine, err := engineOf(raw, w.zone, before)
	if err != nil {
		return fmt.Errorf("model in force: %w", err)
	}
	engine = engine.Effective(from)
	next := &inForce{engine: engine, version: engine.Version(), hash: hash, from: from}
	if before != nil {
		next.engine = pipeline.Succession{Before: before, Now: engine}
	}
	w.now.Store(next)
	return nil
}

// before returns the engine of the model before the one in force; nil where there was none.
func (w *modelWatch) before(ctx context.Context) (*score.Engine, error) {
	raw, _, from, ok, err := w.store.PreviousModel(ctx)
	if err != nil || !ok {
		return nil, err
	}
	engine, err := engineOf(raw, w.zone, nil)
	if err != nil {
		return nil, fmt.Errorf("model before the one in force: %w", err)
	}
	return engine.Effective(from), nil
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
		if err != nil || hash == w.now.Load().hash && w.failed.Load() == nil {
			continue
		}
		if err := w.load(ctx); err != nil {
			if ctx.Err() == nil && w.failed.Swap(&err) == nil {
				log.Error("the model in force cannot be read: scoring stops", zap.Error(err))
			}
			continue
		}
		w.failed.Store(nil)
		now := w.now.Load()
		log.Info("another model", zap.String("version", now.version), zap.String("hash", now.hash), zap.Stringer("from", now.from))
	}
}

// engine is what lanes ask at every batch boundary.
func (w *modelWatch) engine() (pipeline.Engine, error) {
	if err := w.failed.Load(); err != nil {
		return nil, *err
	}
	return w.now.Load().engine, nil
}
