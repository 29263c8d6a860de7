package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/service"
	"tidemark/internal/shard"
	"tidemark/internal/switchover"
	"tidemark/internal/terminal"
)

// Help is printed by model check --help.
func (*modelCheckCommand) Help() string {
	return `With --against-live the command reads the profiles of all customers from Redis, a page at a time, and does with each what the activation would do at the switch. It writes nothing. What it counts is what the activation publishes with cause MODEL, if the switch comes at the same instant and no event comes in between.`
}

// againstLive prints what the activation of a model would change for the live customers.
func (c *modelCheckCommand) againstLive(ctx context.Context, s streams, m score.Model, raw []byte) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	defer db.close()
	layout, err := liveLayout(ctx, db, m)
	if err != nil {
		return err
	}
	plan, err := planSwitch(ctx, db, m, raw, layout.Zone, event.Instant(c.EffectiveAt))
	if err != nil {
		return err
	}
	if !c.JSON {
		plan.print(s.out)
	}
	store, err := db.laidOut(layout)
	if err != nil {
		return err
	}
	report := switchReport{plan: plan}
	if !plan.stands {
		began, shown := time.Now(), terminal.NewProgress(s.err, "looking")
		report.outcome, err = switchover.Look(ctx, store, layout.Shards, plan.engines, func(done int) {
			shown.Show(int64(done), int64(layout.Shards), "shards")
		})
		shown.End()
		report.took = time.Since(began)
		if err != nil {
			return err
		}
	}
	if err := plan.holds(ctx, db, layout); err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(report.json())
	}
	return report.print(s.out)
}

// liveLayout returns the layout of the data, where the model can score the data.
func liveLayout(ctx context.Context, db *database, m score.Model) (shard.Layout, error) {
	layout, found, err := db.Layout(ctx)
	switch {
	case err != nil:
		return layout, fmt.Errorf("the edition in force cannot be read: %w", err)
	case !found:
		return layout, errors.New("there are no customers: no `tidemark run` has used this Redis, with this --redis-prefix")
	case layout.Base != m.Base:
		return layout, fmt.Errorf("the data is in %s, the model in %s: histories cannot change their currency", layout.Base, m.Base)
	}
	return layout, nil
}

// switchPlan is the switch that the activation of a model would make.
type switchPlan struct {
	model score.Model
	// read identifies the models in Redis when they were read; current is the one in force.
	read    string
	current redis.StoredModel
	version string // of current
	// withdrawn is the hash of a model that is announced; empty where none is.
	withdrawn string
	// stands says that the model is in force already, takesBack that the switch takes the last one back.
	stands, takesBack bool
	engines           switchover.Switch
}

// planSwitch returns the switch that the activation of a model would make at an instant, 0 for the instant that `model activate` chooses.
func planSwitch(ctx context.Context, db *database, m score.Model, raw []byte, zone string, at event.Instant) (switchPlan, error) {
	there, found, err := db.Model(ctx)
	if err != nil {
		return switchPlan{}, err
	}
	if !found {
		return switchPlan{}, errors.New("no model is in force yet: the first `tidemark run` activates one")
	}
	now, err := db.Now(ctx)
	if err != nil {
		return switchPlan{}, err
	}
	if at == 0 {
		at = now.Add(service.ModelNotice)
	}
	plan := switchPlan{model: m, read: there.ID(), current: there.At(now)}
	inForce, err := service.NewEngine(plan.current.Source, zone, nil)
	if err != nil {
		return plan, fmt.Errorf("the model in force, with hash %s, cannot be read by this program: %w", plan.current.Hash, err)
	}
	plan.version = inForce.Version()
	if there.Announced(now) && there.Hash != m.Hash {
		plan.withdrawn = there.Hash
	}
	if plan.current.Hash == m.Hash {
		plan.stands = true
		return plan, nil
	}
	then := there.Activated(redis.StoredModel{Source: raw, Hash: m.Hash, EffectiveAt: at}, now)
	next, before, err := service.Engines(then, zone)
	if err != nil {
		return plan, err
	}
	plan.engines = switchover.Switch{Now: before, Next: next, At: at}
	plan.takesBack = next.TakesBack()
	return plan, nil
}

// holds returns an error if the layout or the models in Redis have changed since they were read.
func (p *switchPlan) holds(ctx context.Context, db *database, layout shard.Layout) error {
	now, _, err := db.Layout(ctx)
	if err != nil {
		return err
	}
	id, err := db.ModelID(ctx)
	if err != nil {
		return err
	}
	if now != layout || id != p.read {
		return errors.New("another edition or another model has come into force meanwhile: check again")
	}
	return nil
}
