package service

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
)

// models holds the engine that lanes score with. It reads tm:model every second and follows its changes.
type models struct {
	log *zap.Logger
	// data says where the data lies now.
	data func() *data
	// incidents hear of a Redis that does not tell the model.
	incidents *incidents
	// forget is the silence after which prospects are forgotten; zero forgets nobody.
	forget time.Duration
	now    atomic.Pointer[inForce]
	// failed is the error of a model in force that cannot be read. While it is set, nothing is scored.
	failed atomic.Pointer[error]
}

// inForce is the engine that lanes score with, and the models that the engine is made of.
type inForce struct {
	engine  pipeline.Engine
	version string
	model   redis.InForce
	zone    string
}

// errBadModel is the error of a model that is in force but cannot be used.
var errBadModel = errors.New("model in force")

const (
	// modelInterval is the time between two reads of tm:model.
	modelInterval = time.Second
	// ModelNotice is how long before a switch `model activate` announces the model. In this time every instance reads the announcement.
	ModelNotice = 5 * time.Second
)

// start puts the initial model into force if no model is, and loads the models from Redis. If several instances start at once on an
// empty Redis, the first one chooses the model. If the user named a model, it must be in force or announced: only `model activate`
// switches models, no flag does.
func (w *models) start(ctx context.Context, initial []byte, hash string, named bool) error {
	active, ok, err := w.data().store.Model(ctx)
	if err != nil {
		return err
	}
	first := !ok
	if first {
		if err := w.data().store.RestoreModel(ctx, redis.InForce{StoredModel: redis.StoredModel{Source: initial, Hash: hash}}); err != nil {
			return err
		}
		if active, _, err = w.data().store.Model(ctx); err != nil {
			return err
		}
	}
	if now := active.At(event.InstantOf(time.Now())); named && now.Hash != hash && active.Hash != hash {
		return fmt.Errorf("model %s is in force, --model is %s: switch with `tidemark model activate FILE`", now.Hash, hash)
	}
	if err := w.load(ctx); err != nil {
		return err
	}
	if now := w.now.Load(); first && now.model.Hash == hash { // another instance may have written its model first
		w.log.Info("no model was in force: this one is now", zap.String("version", now.version), zap.String("hash", hash))
	}
	return nil
}

// load makes the engine of the models in Redis. Before the switch the engine scores with the model before, from then on with the model
// activated last.
func (w *models) load(ctx context.Context) error {
	m, ok, err := w.data().store.Model(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return w.restore(ctx)
	}
	zone := w.data().layout.Zone
	if now := w.now.Load(); now != nil && now.model.ID() == m.ID() && now.zone == zone {
		return nil
	}
	engine, before, err := Engines(m, zone)
	if err != nil {
		return fmt.Errorf("%w: %w", errBadModel, err)
	}
	hash, err := w.data().store.Naming(ctx)
	if err != nil {
		return err
	}
	engine = engine.Forgetting(w.forget).Naming(hash)
	next := &inForce{engine: engine, version: engine.Version(), model: m, zone: zone}
	if before != nil {
		next.engine = pipeline.Succession{Before: before.Forgetting(w.forget).Naming(hash), Now: engine}
	}
	w.now.Store(next)
	return nil
}

// restore writes the layout and the models again after Redis was emptied while the service ran. The lanes rebuild the rest. Without
// restore, the next instance would start with another layout or another model.
func (w *models) restore(ctx context.Context) error {
	now := w.now.Load()
	if now == nil {
		return errors.New("no model is in force: tidemark model activate FILE")
	}
	if err := w.data().store.Open(ctx); err != nil {
		return err
	}
	if err := w.data().store.RestoreModel(ctx, now.model); err != nil {
		return err
	}
	w.log.Error("redis had lost the model in force: it is put back", zap.String("version", now.version), zap.String("hash", now.model.Hash))
	return nil
}

// noModel is the line of the log for a model in force that cannot be asked for.
const noModel = "look for another model"

// follow looks at tm:model every modelInterval, until ctx ends.
func (w *models) follow(ctx context.Context) { every(ctx, modelInterval, func() { w.look(ctx) }) }

// look reads tm:model, and loads changed models.
func (w *models) look(ctx context.Context) {
	before := w.now.Load()
	id, err := w.data().store.ModelID(ctx)
	if err == nil {
		if id == before.model.ID() && w.failed.Load() == nil {
			w.incidents.lonely(noModel, readModel, nil)
			return
		}
		err = w.load(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return
	case errors.Is(err, errBadModel), errors.Is(err, redis.ErrLayout):
		if w.failed.Swap(&err) == nil {
			w.log.Error("the model in force cannot be read: scoring stops", zap.Error(err))
		}
		return
	case err != nil: // Redis does not answer: the next tick tries again
		w.incidents.lonely(noModel, readModel, err)
		return
	}
	w.incidents.lonely(noModel, readModel, nil)
	w.failed.Store(nil)
	if now := w.now.Load(); now != before {
		w.log.Info("another model",
			zap.String("version", now.version), zap.String("hash", now.model.Hash), zap.Stringer("from", now.model.EffectiveAt))
	}
}

// engine returns the engine to score with. Lanes call it at every batch boundary.
func (w *models) engine() (pipeline.Engine, error) {
	if err := w.failed.Load(); err != nil {
		return nil, *err
	}
	return w.now.Load().engine, nil
}
