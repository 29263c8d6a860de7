package pipeline

import (
	"context"
	"fmt"
	"slices"

	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// viewsAtOnce bounds one call of Project.
const viewsAtOnce = 500

// projectDirty rewrites the public views of the customers that have changed, or that a redelivery or a leftover output
// shows may be stale. Coming once a checkpoint, it coalesces what happens within it.
func (l *Lane) projectDirty(ctx context.Context) error {
	for len(l.dirty) > 0 {
		var works []*work
		for n, customers := range l.dirty {
			w := &work{shard: l.states[n]}
			for customer := range customers {
				w.customers = append(w.customers, customer)
			}
			slices.Sort(w.customers)
			works = append(works, w)
		}
		slices.SortFunc(works, func(a, b *work) int { return a.shard.number - b.shard.number })
		if err := l.load(ctx, works); err != nil {
			return err
		}
		var views []shard.View
		for _, w := range works {
			for _, customer := range w.customers {
				delete(l.dirty[w.shard.number], customer)
				if k := w.shard.profiles[customer]; k.exists {
					views = append(views, l.view(k.profile))
				}
			}
			// Loading may have found leftovers of another: those come in the next turn.
			if len(l.dirty[w.shard.number]) == 0 {
				delete(l.dirty, w.shard.number)
			}
		}
		if err := l.project(ctx, views); err != nil {
			return err
		}
		if err := l.publishScores(ctx, views); err != nil {
			return err
		}
	}
	return nil
}

// publishScores publishes the public scores of those who have changed, where that is asked for. Offsets are committed only
// afterwards, so what a crash leaves out comes again with the events behind it.
func (l *Lane) publishScores(ctx context.Context, views []shard.View) error {
	if !l.cfg.PublishScores {
		return nil
	}
	for chunk := range slices.Chunk(views, viewsAtOnce) {
		outputs := make([]shard.Output, len(chunk))
		for i, v := range chunk {
			fields := make([]score.NamedValue, len(v.Fields))
			for j, f := range v.Fields {
				fields[j] = score.NamedValue{Name: f.Name, Value: f.Value}
			}
			var err error
			if outputs[i], err = l.cfg.Codec.EncodeScore(v.Customer, l.cfg.Layout.Base, fields); err != nil {
				return err
			}
		}
		if err := l.send(ctx, outputs); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lane) project(ctx context.Context, views []shard.View) error {
	for chunk := range slices.Chunk(views, viewsAtOnce) {
		err := l.retry(ctx, "project", func() error { return l.cfg.Store.Project(ctx, chunk) })
		if err != nil {
			return err
		}
	}
	return nil
}

// view is what dashboards see of p: as of W, or of p's own instant where that is later.
func (l *Lane) view(p score.Profile) shard.View {
	fields, detail := l.engine.View(p, max(p.AsOf, l.until))
	v := shard.View{Customer: p.Customer, Detail: detail}
	for _, f := range fields {
		v.Fields = append(v.Fields, shard.Field{Name: f.Name, Value: f.Value})
	}
	return v
}

// settle projects every customer at the as-of. It is the end of the event clock: by now all reviews have been run.
func (l *Lane) settle(ctx context.Context) error {
	for _, s := range l.states {
		if !s.own {
			continue
		}
		for cursor, begun := uint64(0), false; !begun || cursor != 0; begun = true {
			var err error
			if cursor, err = l.projectPage(ctx, s, cursor, viewsAtOnce); err != nil {
				return err
			}
			l.pulse.beat()
		}
	}
	l.settled = true
	return nil
}

// projectPage projects a page of a shard's profiles and returns the cursor of the next, 0 after the last.
func (l *Lane) projectPage(ctx context.Context, s *state, cursor uint64, count int) (uint64, error) {
	page, next, err := l.scan(ctx, s, cursor, count)
	if err != nil {
		return 0, err
	}
	views := make([]shard.View, len(page))
	for i, p := range page {
		views[i] = l.view(p)
	}
	return next, l.project(ctx, views)
}

// scan reads a page of a shard's profiles.
func (l *Lane) scan(ctx context.Context, s *state, cursor uint64, count int) (page []score.Profile, next uint64, err error) {
	var encoded [][]byte
	err = l.retry(ctx, "scan", func() (err error) {
		encoded, next, err = l.cfg.Store.Scan(ctx, s.number, cursor, count)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	page = make([]score.Profile, len(encoded))
	for i, b := range encoded {
		if page[i], err = l.decode(b); err != nil {
			return nil, 0, fmt.Errorf("shard %d: decode a profile: %w", s.number, err)
		}
	}
	return page, next, nil
}

// ownShards returns the states of the shards that this lane owns.
func (l *Lane) ownShards() []*state {
	var own []*state
	for _, s := range l.states {
		if s.own {
			own = append(own, s)
		}
	}
	return own
}
