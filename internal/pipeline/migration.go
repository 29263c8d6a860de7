package pipeline

import (
	"context"

	"tidemark/internal/shard"
)

// migratedAtOnce bounds the shards of which a step migrates a page, so that events are not starved.
const migratedAtOnce = 4

// migrate moves the own shards to the model in force, a page of profiles at a time. It begins when everything before the instant of the
// switch has been read. Each profile is reviewed once: at that instant, or at its own instant where that is later. migrate reports
// whether there may be more to do.
//
// The head of a shard names the new model only after a full scan of the profiles has found none of another model. An interrupted scan
// begins again. The model in a profile says whether the profile is done.
func (s *session) migrate(ctx context.Context) (bool, error) {
	if s.watermark < s.engine.EffectiveAt() {
		return false, nil
	}
	var works []*work
	for _, st := range s.states.all {
		if !st.own || st.model == "" || st.model == s.engine.Hash() {
			continue
		}
		w, err := s.migratePage(ctx, st)
		if err != nil {
			return false, err
		}
		if works = append(works, w); len(works) == migratedAtOnce {
			break
		}
	}
	if len(works) == 0 {
		return false, nil
	}
	if err := s.completeSilent(ctx, works); err != nil {
		return false, err
	}
	s.pulse.beat()
	return true, nil
}

// migratePage reads the next page of a shard and returns the work to be done. At the end of a scan that found no profile to move, the
// work names the model in the head. Every other page that moves profiles leaves a random name there: if the store loses the page,
// the head shows another name than this lane wrote, and the scan begins again.
func (s *session) migratePage(ctx context.Context, st *state) (*work, error) {
	model := s.engine.Hash()
	if st.migration.model != model {
		st.migration = migration{model: model}
	}
	page, next, err := s.states.scan(ctx, st, st.migration.cursor, s.cfg.CommitProfiles)
	if err != nil {
		return nil, err
	}
	w := &work{state: st}
	for _, p := range page {
		if p.Model != model {
			w.customers = append(w.customers, p.Customer)
		}
	}
	scan := &st.migration
	scan.cursor, scan.found = next, scan.found || len(w.customers) > 0
	done := next == 0 && !scan.found
	if next == 0 {
		scan.found = false
	}
	w.plan = func() ([]*part, error) {
		parts, err := s.planCustomers(st, w.customers, (*draft).adopt)
		switch {
		case done && st.migration.model == model:
			parts = append(parts, &part{commit: shard.Commit{Shard: st.number, Model: model}})
		case len(parts) > 0:
			parts[len(parts)-1].commit.Model = model + " until " + string(s.cfg.NewToken())
		}
		return parts, err
	}
	return w, nil
}

// migration is one scan of a shard's profiles: its cursor, and whether it has found profiles of another model. It is valid as long
// as the head of the shard has the model name that this lane last read or wrote.
type migration struct {
	model  string
	cursor uint64
	found  bool
}

// adopt moves a profile to the model in force.
func (d *draft) adopt(customer string) error {
	engine := d.session.engine
	k := d.profile(customer)
	if !k.exists || k.profile.Model == engine.Hash() {
		return nil // another owner has moved it meanwhile
	}
	p, transitions := engine.Review(k.profile, max(k.profile.AsOf, engine.EffectiveAt()))
	if p.Unknown() {
		d.forget(customer, p)
		return nil
	}
	if err := d.announce(&p, transitions, nil); err != nil {
		return err
	}
	d.put(customer, p, true)
	return nil
}
