package pipeline

import (
	"maps"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// state is what a lane knows of one shard.
type state struct {
	number int
	own    bool
	// held says that token, profiles and confirmed are those of the shard as it was last read or committed. The commit
	// script proves it, or reports a conflict.
	held  bool
	token shard.Token
	// model is that under which all profiles have been reviewed, or the name of the last page that was taken over to another;
	// following is how far that is done.
	model     string
	following following
	counts    shard.Counts
	profiles  map[string]*known
	// confirmed counts the entries at the head of the outbox that are done with. After them come leftovers, and what was said
	// behind them: showing those whose customers are being projected, waiting those whose customers are still to be. Then those
	// just published, and those pending.
	confirmed, showing, waiting, published, pending int
	// acked are the marks that have been seen committed.
	acked shard.Marks
	// due is no later than the earliest review of the shard.
	due event.Instant
	// active says that it has been committed since the last checkpoint.
	active bool
}

// known is a cached profile, which nobody modifies; exists is false for a customer of whom the shard knows nothing. Stale
// says that the commit that left it changed what the public sees.
type known struct {
	profile       score.Profile
	exists, stale bool
}

func newState(number int, own bool) *state {
	return &state{number: number, own: own, acked: shard.Marks{}, due: unknown}
}

// forget drops all that a foreign commit may have changed.
func (s *state) forget() {
	s.held, s.token, s.profiles = false, "", nil
	s.confirmed, s.showing, s.waiting, s.published, s.pending = 0, 0, 0, 0, 0
	s.due = unknown
}

// adopt takes over the head of the shard as it was read.
func (s *state) adopt(m shard.Meta) {
	s.forget()
	if s.model != m.Model {
		s.following = following{} // another has got on with it, or what this lane has done is lost, which no mark may show
	}
	s.held, s.token, s.model, s.counts = true, m.Token, m.Model, m.Counts
	s.profiles = map[string]*known{}
}

// committed notes that p's commit is done.
func (s *state) committed(p *part, limit int) {
	s.token, s.active = p.commit.Token, true
	if p.commit.Model != "" {
		s.model = p.commit.Model
	}
	s.confirmed -= p.commit.Confirmed
	s.pending += len(p.commit.Outbox)
	maps.Copy(s.acked, p.commit.Marks)
	if len(s.profiles)+len(p.profiles) > limit {
		s.profiles = map[string]*known{}
	}
	maps.Copy(s.profiles, p.profiles)
	for _, u := range p.commit.Updates {
		s.due = min(s.due, u.Due)
	}
}

// seen reports whether the shard holds what the record said.
func (s *state) seen(x *item) bool { return x.record.Offset < s.acked[x.partition()] }
