package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// viewsAtOnce bounds one call of Project.
const viewsAtOnce = 500

// showing is a turn of projection: the customers who had changed when it began.
type showing struct {
	begun bool
	left  []*work
	// upTo is the position when it began: once nobody is left, all below is projected.
	upTo shard.Marks
}

// beginShowing begins a turn with the customers that have changed since the last one began, or that a redelivery or a leftover
// output shows may be stale. Coming once a checkpoint at most, it coalesces what happens within it.
func (l *Lane) beginShowing() {
	l.showing = showing{begun: true, upTo: maps.Clone(l.position)}
	for _, n := range slices.Sorted(maps.Keys(l.dirty)) {
		w := &work{shard: l.states[n], customers: slices.Sorted(maps.Keys(l.dirty[n]))}
		l.showing.left = append(l.showing.left, w)
	}
	clear(l.dirty)
	for _, s := range l.states {
		s.showing, s.waiting = s.waiting, 0
	}
}

// show rewrites the public views of some of those who are left. It reports whether that was the end of the turn.
func (l *Lane) show(ctx context.Context, most int) (bool, error) {
	var page []*work
	for _, w := range l.showing.left {
		if n := min(most, len(w.customers)); n > 0 {
			page = append(page, &work{shard: w.shard, customers: w.customers[:n]})
			most -= n
		}
	}
	if err := l.load(ctx, page); err != nil {
		return false, err
	}
	var scores []score.Score
	for _, w := range page {
		for _, customer := range w.customers {
			if k := w.shard.profiles[customer]; k != nil && k.exists {
				scores = append(scores, l.score(k.profile))
			}
		}
	}
	if err := l.reveal(ctx, scores); err != nil {
		return false, err
	}
	overtaken, err := l.overtaken(ctx, page)
	if err != nil {
		return false, err
	}
	for i, w := range page {
		if !overtaken[w.shard] { // else they are shown again
			l.showing.left[i].customers = l.showing.left[i].customers[len(w.customers):]
		}
	}
	l.showing.left = slices.DeleteFunc(l.showing.left, func(w *work) bool { return len(w.customers) == 0 })
	if len(l.showing.left) > 0 {
		return false, nil
	}
	l.shown, l.showing = l.showing.upTo, showing{}
	l.confirmShown()
	return true, nil
}

// carrySilent carries works that have no event behind them, and shows at once whom they spoke of.
func (l *Lane) carrySilent(ctx context.Context, works []*work) error {
	if err := l.carry(ctx, works); err != nil {
		return err
	}
	return l.showSpoken(ctx)
}

// showSpoken rewrites the public views of the customers of whom something was said without an event behind it, which would
// come again, and confirms what was said.
func (l *Lane) showSpoken(ctx context.Context) error {
	var scores []score.Score
	var page []*work
	shown := map[string]struct{}{}
	for _, o := range l.spoken {
		customer := string(o.output.Key)
		if _, ok := shown[customer]; ok {
			continue
		}
		shown[customer] = struct{}{}
		// Where it is not at hand another has committed: then its entry is a leftover, and it is touched.
		if k, ok := o.shard.profiles[customer]; ok && k.exists {
			scores = append(scores, l.score(k.profile))
			page = append(page, &work{shard: o.shard, customers: []string{customer}})
			l.clean(o.shard, customer)
		}
	}
	if err := l.reveal(ctx, scores); err != nil {
		return err
	}
	if err := l.touchOvertaken(ctx, page); err != nil {
		return err
	}
	l.confirm()
	return nil
}

// overtaken returns the shards of works that another has committed to since this lane last read or wrote them: what was just shown
// of them may have come after what the other showed, and be older. They are up to date on return.
func (l *Lane) overtaken(ctx context.Context, works []*work) (map[*state]bool, error) {
	var shards []int
	for _, w := range works {
		shards = append(shards, w.shard.number)
	}
	slices.Sort(shards)
	shards = slices.Compact(shards)
	if len(shards) == 0 {
		return nil, nil
	}
	var metas []shard.Meta
	err := l.retry(ctx, "metas", func() (err error) {
		metas, err = l.cfg.Store.Metas(ctx, shards)
		return err
	})
	if err != nil {
		return nil, err
	}
	overtaken := map[*state]bool{}
	for i, n := range shards {
		s := l.states[n]
		overtaken[s] = !s.held || s.token != metas[i].Token
		if err := l.refresh(ctx, s, metas[i]); err != nil {
			return nil, err
		}
	}
	return overtaken, nil
}

// touchOvertaken sees to it that the customers of works who may have been shown as they no longer are will be shown again.
func (l *Lane) touchOvertaken(ctx context.Context, works []*work) error {
	overtaken, err := l.overtaken(ctx, works)
	for _, w := range works {
		if overtaken[w.shard] {
			for _, customer := range w.customers {
				l.touch(w.shard, customer)
			}
		}
	}
	return err
}

// showAll projects everybody who has changed, and waits for nothing more: of outputs that waited for a turn to end, the customers may
// have been shown since.
func (l *Lane) showAll(ctx context.Context) error {
	waits := func(s *state) bool { return s.waiting > 0 }
	for l.showing.begun || len(l.dirty) > 0 || slices.ContainsFunc(l.states, waits) {
		if !l.showing.begun {
			l.beginShowing()
		}
		if _, err := l.show(ctx, viewsAtOnce); err != nil {
			return err
		}
		l.pulse.beat()
	}
	return nil
}

// reveal rewrites the public views of customers, and publishes their scores.
func (l *Lane) reveal(ctx context.Context, scores []score.Score) error {
	if err := l.project(ctx, scores); err != nil {
		return err
	}
	return l.publishScores(ctx, scores)
}

// publishScores publishes the public scores of those who have changed, where that is asked for. Offsets are committed only
// afterwards, so what a crash leaves out comes again with the events behind it.
func (l *Lane) publishScores(ctx context.Context, scores []score.Score) error {
	if !l.cfg.PublishScores {
		return nil
	}
	for chunk := range slices.Chunk(scores, viewsAtOnce) {
		outputs := make([]shard.Output, len(chunk))
		for i := range chunk {
			var err error
			if outputs[i], err = l.cfg.Codec.EncodeScore(&chunk[i]); err != nil {
				return err
			}
		}
		if err := l.send(ctx, outputs); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lane) project(ctx context.Context, scores []score.Score) error {
	for chunk := range slices.Chunk(scores, viewsAtOnce) {
		views := make([]shard.View, len(chunk))
		for i := range chunk {
			views[i] = viewOf(&chunk[i])
		}
		err := l.retry(ctx, "project", func() error { return l.cfg.Store.Project(ctx, views) })
		if err != nil {
			return err
		}
	}
	return nil
}

// score is what the public sees of p: as of W, or of p's own instant where that is later.
func (l *Lane) score(p score.Profile) score.Score {
	return l.engine.Score(p, max(p.AsOf, l.until))
}

// viewOf is a score as dashboards see it.
func viewOf(s *score.Score) shard.View {
	fields := s.Fields()
	v := shard.View{Customer: s.Customer, Detail: s.Detail(), Fields: make([]shard.Field, len(fields))}
	for i, f := range fields {
		v.Fields[i] = shard.Field(f)
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
			scores, next, err := l.projectPage(ctx, s, cursor, viewsAtOnce)
			if err != nil {
				return err
			}
			if err := l.publishScores(ctx, scores); err != nil {
				return err
			}
			cursor = next
			l.pulse.beat()
		}
	}
	l.settled = true
	return nil
}

// projectPage projects a page of a shard's profiles, and returns what it showed and the cursor of the next, 0 after the last.
func (l *Lane) projectPage(ctx context.Context, s *state, cursor uint64, count int) (scores []score.Score, next uint64, err error) {
	page, next, err := l.scan(ctx, s, cursor, count)
	if err != nil {
		return nil, 0, err
	}
	w := &work{shard: s}
	for _, p := range page {
		scores, w.customers = append(scores, l.score(p)), append(w.customers, p.Customer)
	}
	if err := l.project(ctx, scores); err != nil {
		return nil, 0, err
	}
	return scores, next, l.touchOvertaken(ctx, []*work{w})
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
