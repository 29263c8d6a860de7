package pipeline

import (
	"context"
	"slices"

	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// states are the states of all shards. They read the shards, and notice what other owners and failovers have done to them.
type states struct {
	*base
	*moment
	shards Shards
	recent recent
	// all are in order of the shard's number; own are those of the shards that this lane owns, foreign the others.
	all, own, foreign []*state
	// nextForeign is the index, among the foreign ones, of the shard whose marks are moved next.
	nextForeign int
	// leftovers publishes what another owner has left in the outbox of a shard.
	leftovers func(ctx context.Context, st *state) error
	// blind switches the checking of marks off, so that a test can show what the checking is for.
	blind bool
}

func newStates(b *base, m *moment, shards Shards) *states {
	ss := &states{base: b, moment: m, shards: shards, recent: recent{cache: b.cfg.Cache}}
	for n := range b.cfg.Layout.Shards {
		st := newState(n, n%b.cfg.Partitions == b.cfg.Index, &ss.recent)
		ss.all = append(ss.all, st)
		if st.own {
			ss.own = append(ss.own, st)
		} else {
			ss.foreign = append(ss.foreign, st)
		}
	}
	return ss
}

// lowest is the least mark of a partition over some shards, at least one.
func lowest(of []*state, p shard.Partition) int64 {
	least := of[0].acked[p]
	for _, st := range of[1:] {
		least = min(least, st.acked[p])
	}
	return least
}

// load reads the profiles that works need and the cache does not hold: one read per shard. Where a shard changes between two reads, or
// two masters answer by turns, load pauses and reads again.
func (ss *states) load(ctx context.Context, works []*work) error {
	for attempt := 0; ; attempt++ {
		if attempt > 1 {
			if err := ss.pauseBetweenTries(ctx, attempt-2); err != nil {
				return err
			}
		}
		var queries []shard.Query
		for _, w := range works {
			missing := w.state.missing(w.customers)
			if len(missing) > 0 || !w.state.loaded {
				queries = append(queries, shard.Query{Shard: w.state.number, Customers: missing})
			}
			if attempt == 0 {
				ss.metrics.cache.asked(len(w.customers), len(missing))
			}
		}
		if len(queries) == 0 {
			return nil
		}
		var loaded []shard.Loaded
		err := ss.retry(ctx, "load", func() (err error) {
			loaded, err = ss.shards.Load(ctx, queries)
			return err
		})
		if err != nil {
			return err
		}
		for i, answer := range loaded {
			st := ss.all[queries[i].Shard]
			if err := ss.refresh(ctx, st, answer.Meta); err != nil {
				return err
			}
			if !st.loaded {
				continue // another commit came between two reads: the next round reads again
			}
			// Another owner may have committed while refresh published leftovers. Then our commit conflicts.
			if err := ss.remember(st, queries[i].Customers, answer); err != nil {
				return err
			}
		}
	}
}

func (ss *states) remember(st *state, customers []string, answer shard.Loaded) error {
	for i, customer := range customers {
		if answer.Profiles[i] == nil {
			k := &known{profile: ss.engine.New(customer)}
			if answer.Erased != nil {
				k.profile = k.profile.Buried(answer.Erased[i], answer.Cut[customer])
			}
			st.keep(customer, k)
			continue
		}
		p, err := ss.decodeProfile(st.number, answer.Profiles[i])
		if err != nil {
			return err
		}
		if hash := ss.engine.Hash(); p.Model == hash {
			p.Model = hash // all profiles share one text
		}
		st.keep(customer, &known{profile: p, exists: true})
	}
	return nil
}

// trim evicts profiles while the lanes of the process keep too many. No work may be in hand.
func (ss *states) trim() { ss.metrics.cache.trimmed(ss.recent.trim(), ss.cfg.Cache) }

// evictAll gives back all the memory of profiles.
func (ss *states) evictAll() { ss.metrics.cache.trimmed(ss.recent.clear(), ss.cfg.Cache) }

// close forgets all profiles: the session is over.
func (ss *states) close() {
	ss.recent.forget()
	ss.metrics.cache.trimmed(0, ss.cfg.Cache)
}

// scan reads a page of a shard's profiles, and returns the cursor of the next page; 0 after the last one.
func (ss *states) scan(ctx context.Context, st *state, cursor uint64, count int) (page []score.Profile, next uint64, err error) {
	var encoded [][]byte
	err = ss.retry(ctx, "scan", func() (err error) {
		encoded, next, err = ss.shards.Scan(ctx, st.number, cursor, count)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	page = make([]score.Profile, len(encoded))
	for i, b := range encoded {
		if page[i], err = ss.decodeProfile(st.number, b); err != nil {
			return nil, 0, err
		}
	}
	return page, next, nil
}

// refresh brings a state up to a head that was just read. Where another owner has committed to an own shard, refresh first publishes
// what the other has left in the outbox, so that everything before our next commit is known to be published. If the shard changes
// meanwhile, the state is not loaded afterwards.
func (ss *states) refresh(ctx context.Context, st *state, m shard.Meta) error {
	if err := ss.examine(st, m); err != nil {
		return err
	}
	if st.loaded && st.token == m.Token {
		return nil
	}
	st.adopt(m)
	return ss.leftovers(ctx, st)
}

// overtaken returns the shards of works to which another owner has committed since this lane last read or wrote them. A view that
// this lane has just projected there may be older than the view that the other has projected. Their states are refreshed.
func (ss *states) overtaken(ctx context.Context, works []*work) (map[*state]bool, error) {
	var numbers []int
	for _, w := range works {
		numbers = append(numbers, w.state.number)
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	if len(numbers) == 0 {
		return nil, nil
	}
	var metas []shard.Meta
	err := ss.retry(ctx, "metas", func() (err error) {
		metas, err = ss.shards.Metas(ctx, numbers)
		return err
	})
	if err != nil {
		return nil, err
	}
	overtaken := map[*state]bool{}
	for i, n := range numbers {
		st := ss.all[n]
		overtaken[st] = !st.loaded || st.token != metas[i].Token
		if err := ss.refresh(ctx, st, metas[i]); err != nil {
			return nil, err
		}
	}
	return overtaken, nil
}
