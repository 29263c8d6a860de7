package pipeline

import (
	"context"

	"tidemark/internal/shard"
)

// followedAtOnce bounds the shards that take a step of a pass at a time: events are not starved.
const followedAtOnce = 4

// follow takes the own shards over to the model in force, a page of profiles at a time, once everything before the instant
// from which it is in force has been read. Each profile is reviewed once, at that instant or at its own; only when a lap over all
// of a shard's profiles finds nobody left does its head name the new model. A lap that was cut short begins again, and finds the
// profiles that are done by their model. It reports whether there may be more.
func (l *Lane) follow(ctx context.Context) (bool, error) {
	if l.until < l.engine.EffectiveAt() {
		return false, nil
	}
	var works []*work
	for _, s := range l.states {
		if !s.own || s.model == "" || s.model == l.engine.Hash() {
			continue
		}
		w, err := l.followPage(ctx, s)
		if err != nil {
			return false, err
		}
		if works = append(works, w); len(works) == followedAtOnce {
			break
		}
	}
	if len(works) == 0 {
		return false, nil
	}
	if err := l.carrySilent(ctx, works); err != nil {
		return false, err
	}
	l.pulse.beat()
	return true, nil
}

// followPage reads the next page of a shard and returns what is to be done about it. The plan of a lap's last page names the model
// where the lap found nobody. That of any other leaves a name of its own in the head, so that a page that gets lost shows there.
func (l *Lane) followPage(ctx context.Context, s *state) (*work, error) {
	model := l.engine.Hash()
	if s.following.model != model {
		s.following = following{model: model}
	}
	page, next, err := l.scan(ctx, s, s.following.cursor, l.cfg.CommitProfiles)
	if err != nil {
		return nil, err
	}
	w := &work{shard: s}
	for _, p := range page {
		if p.Model != model {
			w.customers = append(w.customers, p.Customer)
		}
	}
	lap := &s.following
	lap.cursor, lap.found = next, lap.found || len(w.customers) > 0
	done := next == 0 && !lap.found
	if next == 0 {
		lap.found = false
	}
	w.plan = func() ([]*part, error) {
		parts, err := l.planCustomers(s, w.customers, (*draft).adopt)
		switch {
		case done && s.following.model == model:
			parts = append(parts, &part{commit: shard.Commit{Shard: s.number, Model: model}})
		case len(parts) > 0:
			parts[len(parts)-1].commit.Model = model + " until " + string(l.cfg.NewToken())
		}
		return parts, err
	}
	return w, nil
}

// following is how far the lap over a shard's profiles has got that takes them over to a model, and whether it has found any that
// were of another. It holds as long as the head of the shard says of its model what this lane last read or wrote there.
type following struct {
	model  string
	cursor uint64
	found  bool
}

// adopt takes a profile over to the model in force.
func (d *draft) adopt(customer string) error {
	engine := d.lane.engine
	k := d.profile(customer)
	if !k.exists || k.profile.Model == engine.Hash() {
		return nil // another has come in between
	}
	p, told := engine.Review(k.profile, max(k.profile.AsOf, engine.EffectiveAt()))
	if err := d.tell(&p, told); err != nil {
		return err
	}
	d.put(customer, p, true)
	return nil
}
