package pipeline

import (
	"context"
	"time"
)

// rolling is how far the rolling pass has got. The pass projects every customer of the own shards once a cycle, evenly spread. So it
// mends every view that a crash, a zombie or a failover has left out of date. It changes no profile, but for the due time of a prospect who
// was scheduled before --forget-prospects was given, or with a longer silence.
type rolling struct {
	began  time.Time // of the cycle
	shard  int       // index among the own shards
	cursor uint64
	// later says that the first cycle is over.
	later bool
}

// wakeOverslept writes the due times of the customers whom the rolling pass has found scheduled too late.
func (s *session) wakeOverslept(ctx context.Context) error {
	var works []*work
	for _, st := range s.states.own {
		if len(st.overslept) == 0 {
			continue
		}
		w := &work{state: st, customers: st.overslept}
		st.overslept = nil
		w.plan = func() ([]*part, error) {
			return s.planCustomers(st, w.customers, func(d *draft, customer string) error {
				if k := d.profile(customer); k.exists {
					d.put(customer, k.profile, false) // finish schedules it
				}
				return nil
			})
		}
		works = append(works, w)
	}
	if len(works) == 0 {
		return nil
	}
	return s.completeSilent(ctx, works)
}

// pagesAtOnce bounds the pages of one checkpoint.
const pagesAtOnce = 8

// roll projects as many profiles as the time since the last checkpoint asks for.
func (d *display) roll(ctx context.Context) error {
	if d.cfg.RollingCycle < 0 || d.cfg.Clock == EventClock {
		return nil
	}
	own := d.states.own
	r := &d.rolling
	slot := d.cfg.RollingCycle / time.Duration(len(own))
	if slot <= 0 {
		slot = 1
	}
	now := time.Now()
	if r.began.IsZero() {
		r.began = now
	}
	hurry := d.cfg.Unshown && !r.later
	for range pagesAtOnce {
		// A shard's turn comes at the beginning of its slot, and it is paged through evenly.
		if !hurry && now.Sub(r.began) < time.Duration(r.shard)*slot {
			return nil
		}
		st := own[r.shard]
		count := max(10, int(float64(st.counts.Profiles)*float64(d.cfg.Checkpoint)/float64(slot)))
		if hurry {
			count = viewsAtOnce
		}
		_, next, err := d.projectPage(ctx, st, r.cursor, min(count, viewsAtOnce))
		if err != nil {
			return err
		}
		r.cursor = next
		if next != 0 {
			if slot > d.cfg.Checkpoint && !hurry {
				return nil
			}
			continue
		}
		if r.shard++; r.shard == len(own) {
			// The next cycle begins when this one's time is over.
			*r = rolling{began: r.began.Add(d.cfg.RollingCycle), later: true}
			if r.began.Before(now) {
				r.began = now
			}
			hurry = false
		}
	}
	return nil
}
