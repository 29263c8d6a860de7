package pipeline

import (
	"context"
	"maps"
	"slices"

	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// viewsAtOnce bounds one call of Project.
const viewsAtOnce = 500

// customers are customer ids by the number of their shard.
type customers map[int]map[string]struct{}

// display brings the public views up to date. Customers become dirty; at a checkpoint a turn begins, which takes up all dirty customers
// and projects them page by page, between batches. Coming once a checkpoint at most, a turn coalesces all changes of a customer
// within it.
type display struct {
	*base
	*moment
	states *states
	views  Views
	scores scoreFeed
	dirty  customers
	turn   turn
	// projectedUpTo are the offsets below which the views show everything.
	projectedUpTo shard.Marks
	rolling       rolling
}

// turn is one turn of projection.
type turn struct {
	begun bool
	// left are the customers who are still to be projected.
	left []*work
	// upTo is what had been applied when the turn began: when nobody is left, the views show everything below.
	upTo shard.Marks
}

func newDisplay(b *base, m *moment, ss *states, views Views, scores scoreFeed, dirty customers) *display {
	return &display{base: b, moment: m, states: ss, views: views, scores: scores, dirty: dirty}
}

// markDirty notes that a customer's view is out of date.
func (d *display) markDirty(st *state, customer string) {
	if d.dirty[st.number] == nil {
		d.dirty[st.number] = map[string]struct{}{}
	}
	d.dirty[st.number][customer] = struct{}{}
}

// markClean notes that a customer's view has just been rewritten.
func (d *display) markClean(st *state, customer string) {
	delete(d.dirty[st.number], customer)
	if len(d.dirty[st.number]) == 0 {
		delete(d.dirty, st.number)
	}
}

// unshown returns all customers whose views are out of date, those of the turn included: for the next session.
func (d *display) unshown() customers {
	for _, w := range d.turn.left {
		for _, customer := range w.customers {
			d.markDirty(w.state, customer)
		}
	}
	return d.dirty
}

// showing reports whether a turn is under way.
func (d *display) showing() bool { return d.turn.begun }

// beginTurn begins a turn with all dirty customers, unless one is under way. applied is what the views will show at its end.
func (d *display) beginTurn(applied shard.Marks) {
	if d.turn.begun {
		return
	}
	d.turn = turn{begun: true, upTo: maps.Clone(applied)}
	for _, n := range slices.Sorted(maps.Keys(d.dirty)) {
		w := &work{state: d.states.all[n], customers: slices.Sorted(maps.Keys(d.dirty[n]))}
		d.turn.left = append(d.turn.left, w)
	}
	clear(d.dirty)
	for _, st := range d.states.all {
		st.outbox.beginTurn()
	}
}

// show projects at most so many customers of the turn. It returns how many views stand now, and whether the turn has ended. No view
// stands where other owners have overtaken every shard of the page: then to try again at once would be in vain.
func (d *display) show(ctx context.Context, most int) (stand int, ended bool, err error) {
	var page []*work
	for _, w := range d.turn.left {
		if n := min(most, len(w.customers)); n > 0 {
			page = append(page, &work{state: w.state, customers: w.customers[:n]})
			most -= n
		}
	}
	if err := d.states.load(ctx, page); err != nil {
		return 0, false, err
	}
	var scores []score.Score
	var gone []string
	for _, w := range page {
		for _, customer := range w.customers {
			switch k := w.state.profiles[customer]; {
			case k == nil:
			case k.exists:
				scores = append(scores, d.score(k.profile))
			default:
				gone = append(gone, customer)
			}
		}
	}
	if err := d.reveal(ctx, scores); err != nil {
		return 0, false, err
	}
	if err := d.hide(ctx, gone); err != nil {
		return 0, false, err
	}
	overtaken, err := d.states.overtaken(ctx, page)
	if err != nil {
		return 0, false, err
	}
	for i, w := range page {
		if !overtaken[w.state] { // otherwise the next page shows them again
			stand += len(w.customers)
			d.turn.left[i].customers = d.turn.left[i].customers[len(w.customers):]
		}
	}
	d.states.trim()
	d.turn.left = slices.DeleteFunc(d.turn.left, func(w *work) bool { return len(w.customers) == 0 })
	if len(d.turn.left) > 0 {
		return stand, false, nil
	}
	d.projectedUpTo, d.turn = d.turn.upTo, turn{}
	for _, st := range d.states.all {
		st.outbox.endTurn()
	}
	return stand, true, nil
}

// showAll projects all dirty customers, and goes on until no output waits for a turn: the customers of such outputs may have been shown
// since.
func (d *display) showAll(ctx context.Context, applied shard.Marks) error {
	waits := func(st *state) bool { return st.outbox.unprojected > 0 }
	vain := 0
	for d.turn.begun || len(d.dirty) > 0 || slices.ContainsFunc(d.states.all, waits) {
		d.beginTurn(applied)
		stand, ended, err := d.show(ctx, viewsAtOnce)
		if err != nil {
			return err
		}
		if stand > 0 || ended {
			vain = 0
			d.pulse.beat()
			continue
		}
		if err := d.pauseBetweenTries(ctx, vain); err != nil {
			return err
		}
		vain++
	}
	return nil
}

// showAtOnce projects the customers of announcements outside any turn.
func (d *display) showAtOnce(ctx context.Context, announced []announcement) error {
	var scores []score.Score
	var page []*work
	shown := map[string]struct{}{}
	for _, a := range announced {
		customer := string(a.output.Key)
		if _, ok := shown[customer]; ok {
			continue
		}
		shown[customer] = struct{}{}
		// If the profile is not in the cache, another owner has committed. Then the entry is a leftover, and its customer dirty.
		if k, ok := a.state.profiles[customer]; ok && k.exists {
			scores = append(scores, d.score(k.profile))
			page = append(page, &work{state: a.state, customers: []string{customer}})
			d.markClean(a.state, customer)
		}
	}
	if err := d.reveal(ctx, scores); err != nil {
		return err
	}
	return d.markOvertaken(ctx, page)
}

// markOvertaken marks the customers of works dirty where another owner has committed meanwhile: their views may be older than the
// views that the other has written.
func (d *display) markOvertaken(ctx context.Context, works []*work) error {
	overtaken, err := d.states.overtaken(ctx, works)
	for _, w := range works {
		if overtaken[w.state] {
			for _, customer := range w.customers {
				d.markDirty(w.state, customer)
			}
		}
	}
	return err
}

// everybody projects every customer of the own shards at the watermark. It is the end of the event clock.
func (d *display) everybody(ctx context.Context) error {
	for _, st := range d.states.own {
		for cursor, begun := uint64(0), false; !begun || cursor != 0; begun = true {
			scores, next, err := d.projectPage(ctx, st, cursor, viewsAtOnce)
			if err != nil {
				return err
			}
			if err := d.scores.publish(ctx, scores); err != nil {
				return err
			}
			cursor = next
			d.pulse.beat()
		}
	}
	return nil
}

// projectPage projects a page of a shard's profiles. It returns the scores, and the cursor of the next page; 0 after the last one.
func (d *display) projectPage(ctx context.Context, st *state, cursor uint64, count int) (scores []score.Score, next uint64, err error) {
	page, next, err := d.states.scan(ctx, st, cursor, count)
	if err != nil {
		return nil, 0, err
	}
	w := &work{state: st}
	for _, p := range page {
		scores, w.customers = append(scores, d.score(p)), append(w.customers, p.Customer)
		if p.Model == d.engine.Hash() && d.engine.Schedule(p).Due < p.Due {
			st.overslept = append(st.overslept, p.Customer)
		}
	}
	if err := d.project(ctx, scores); err != nil {
		return nil, 0, err
	}
	return scores, next, d.markOvertaken(ctx, []*work{w})
}

// reveal rewrites the views of customers, and publishes their scores.
func (d *display) reveal(ctx context.Context, scores []score.Score) error {
	if err := d.project(ctx, scores); err != nil {
		return err
	}
	return d.scores.publish(ctx, scores)
}

func (d *display) project(ctx context.Context, scores []score.Score) error {
	for chunk := range slices.Chunk(scores, viewsAtOnce) {
		views := make([]shard.View, len(chunk))
		for i := range chunk {
			views[i] = d.view(&chunk[i])
		}
		err := d.retry(ctx, "project", func() error { return d.views.Project(ctx, views) })
		if err != nil {
			return err
		}
	}
	return nil
}

// hide removes the views of customers whom nobody knows: those who are forgotten or erased. Then it takes back their published scores.
func (d *display) hide(ctx context.Context, gone []string) error {
	for chunk := range slices.Chunk(gone, viewsAtOnce) {
		views := make([]shard.View, len(chunk))
		for i, customer := range chunk {
			views[i].Customer = customer
		}
		err := d.retry(ctx, "project", func() error { return d.views.Project(ctx, views) })
		if err != nil {
			return err
		}
	}
	return d.scores.retract(ctx, gone)
}

// score is what the public sees of p: as of the watermark, or of p's own instant where that is later.
func (d *display) score(p score.Profile) score.Score {
	return d.engine.Score(p, max(p.AsOf, d.watermark))
}

// view is a score as dashboards see it. Of who is merged into another there is only the detail, which says so.
func (d *display) view(s *score.Score) shard.View {
	fields := s.Fields()
	v := shard.View{Customer: s.Customer, Fields: make([]shard.Field, len(fields))}
	if d.cfg.WholeDetail {
		v.Detail = s.Whole()
	} else {
		v.Detail = s.Detail()
	}
	for i, f := range fields {
		v.Fields[i] = shard.Field(f)
	}
	return v
}
