package pipeline

import (
	"maps"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// state is what a session knows of one shard.
type state struct {
	number int
	// own says that this lane owns the shard. A lane keeps marks for the shards of other lanes, and now and then applies an event of
	// theirs, but it runs no reviews and no migration there.
	own bool
	// loaded says that token, counts, profiles and outbox are those of the shard as it was last read or committed. Whether they
	// still are, the commit script finds out: it answers with a conflict.
	loaded bool
	token  shard.Token
	counts shard.Counts
	// profiles are the cached profiles; recent counts them.
	profiles map[string]*known
	recent   *recent
	outbox   outbox
	// sent are the ids of outputs that the session has published, of an outbox that it has forgotten since.
	sent map[string]struct{}
	// model is the hash of the model under which all profiles have been reviewed, or the name of the last page of a migration.
	model     string
	migration migration
	// acked are the marks that this lane has seen committed.
	acked shard.Marks
	// due is no later than the earliest review of the shard.
	due event.Instant
	// overslept are customers whose review is due earlier than their profile says: it was scheduled before --forget-prospects was given.
	overslept []string
	// confirmed is the least watermark of the shard's strangers and of the homes of received histories, event.Never where it has none. stranger is the partition index of that lane.
	confirmed event.Instant
	stranger  int
	// homes counts the histories of other ids from which the shard's customers are read. It is known for own shards only.
	homes      map[home]int64
	homesKnown bool
	// active says that the shard has been committed since the last checkpoint.
	active bool
}

// known is a cached profile, which nobody modifies; the place belongs to recent.
type known struct {
	profile score.Profile
	// exists is false for a customer whom the shard does not know.
	exists bool
	// stale says that the commit of this profile has changed what the public sees.
	stale bool
	place
}

func newState(number int, own bool, r *recent) *state {
	return &state{number: number, own: own, recent: r, acked: shard.Marks{}, due: unknown, confirmed: event.Never}
}

// forget drops all that a commit of another owner may have changed. What has been published stays known: when the outbox is read again,
// these entries need not be published once more.
func (s *state) forget() {
	for _, id := range s.outbox.sent() {
		if s.sent == nil {
			s.sent = map[string]struct{}{}
		}
		s.sent[id] = struct{}{}
	}
	for _, k := range s.profiles {
		s.recent.remove(k)
	}
	s.loaded, s.token, s.profiles, s.outbox = false, "", nil, outbox{}
	s.due = unknown
	s.homes, s.homesKnown = nil, false
}

// adopt takes over the head of the shard as it was read.
func (s *state) adopt(m shard.Meta) {
	s.forget()
	if s.model != m.Model {
		s.migration = migration{} // another owner has got on with it, or writes of this lane are lost, which no mark need show
	}
	s.loaded, s.token, s.model, s.counts = true, m.Token, m.Model, m.Counts
	s.profiles = map[string]*known{}
}

// keep puts a profile into the cache.
func (s *state) keep(customer string, k *known) {
	if old, ok := s.profiles[customer]; ok {
		s.recent.remove(old)
	}
	s.profiles[customer] = k
	s.recent.add(s, customer, k)
}

// committed notes that the commit of p is done.
func (s *state) committed(p *part) {
	s.token, s.active = p.commit.Token, true
	if p.commit.Model != "" {
		s.model = p.commit.Model
	}
	if s.own {
		s.outbox.commit(p.commit.Outbox, p.commit.Confirmed)
	}
	if s.homesKnown && s.takeHomes(p.commit.Census) {
		s.confirmed = unknown // until the lanes are heard next
	}
	maps.Copy(s.acked, p.commit.Marks)
	for customer, k := range p.profiles {
		s.keep(customer, k)
	}
	for _, customer := range p.commit.Forgotten { // whoever asks for it again gets a new one, of the model in force then
		if old, ok := s.profiles[customer]; ok {
			s.recent.remove(old)
			delete(s.profiles, customer)
		}
	}
	for _, u := range p.commit.Updates {
		s.due = min(s.due, u.Due)
	}
}

// seen reports whether the shard holds the effect of a record.
func (s *state) seen(x *item) bool { return x.record.Offset < s.acked[x.partition()] }

// missing returns the customers whose profiles are not in the cache. The others count as used.
func (s *state) missing(customers []string) []string {
	if !s.loaded {
		return customers
	}
	var missing []string
	for _, customer := range customers {
		if k, ok := s.profiles[customer]; ok {
			s.recent.use(k)
			continue
		}
		missing = append(missing, customer)
	}
	return missing
}
