package pipeline

import (
	"fmt"
	"maps"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/watch"
)

// draft collects what a part does to the profiles of a shard. The cached profiles stay as they are until the part is committed.
type draft struct {
	session *session
	state   *state
	earlier map[string]*known // what earlier parts leave
	after   map[string]*known // what this part leaves
	order   []string          // the customers changed, in order of first change
	part    *part
	// dueStands says that due times which stay the same need not be written: the shard holds them already. A review cannot rely on
	// that, because it also mends a due time that does not match its profile.
	dueStands bool
	// read are the marks of the shard as of the last item for which anybody asked; see links.
	read homeMarks
	// outcomes are the settled forecasts of the changed customers.
	outcomes []score.Outcome
}

// forget takes up that a customer is forgotten. A customer whom the shard does not know is left alone.
func (d *draft) forget(customer string, p score.Profile) {
	d.put(customer, p, true)
	d.after[customer].exists = false
}

// newDraft returns a draft after the parts that leave earlier. applied are the items of these parts.
func (s *session) newDraft(st *state, earlier map[string]*known, applied []*item) *draft {
	return &draft{session: s, state: st, earlier: earlier, read: homeMarks{applied: applied}, after: map[string]*known{}, part: &part{
		commit: shard.Commit{Shard: st.number, Marks: shard.Marks{}}, results: map[result]int{},
	}}
}

// before returns a customer's profile as it was before this part.
func (d *draft) before(customer string) *known {
	if k, ok := d.earlier[customer]; ok {
		return k
	}
	if k, ok := d.state.profiles[customer]; ok {
		return k
	}
	return &known{}
}

func (d *draft) profile(customer string) *known {
	if k, ok := d.after[customer]; ok {
		return k
	}
	return d.before(customer)
}

// put takes up a changed profile and its settled forecasts. stale says that the change shows in the customer's view.
func (d *draft) put(customer string, p score.Profile, stale bool) {
	d.outcomes = append(d.outcomes, p.Outcomes...)
	d.part.forgotten += p.Forgotten
	stale = stale || p.Forgotten > 0
	p.Outcomes, p.Forgotten = nil, 0
	if k, ok := d.after[customer]; ok { // this draft made it: nobody else reads it before the commit
		k.profile, k.exists, k.stale = p, true, k.stale || stale
		return
	}
	d.order = append(d.order, customer)
	d.after[customer] = &known{profile: p, exists: true, stale: stale}
}

// apply runs items through the engine until the part has as many profiles as a commit may hold.
func (d *draft) apply(items []*item) (int, error) {
	s := d.session
	for i, x := range items {
		if x.ofOthers(s.cfg.Layout) {
			d.part.results[result{x.record.Topic, "other_edition"}]++
			continue
		}
		customer := x.event.Common().Customer
		if _, ok := d.after[customer]; !ok && len(d.after) >= s.cfg.CommitProfiles {
			return i, nil
		}
		k := d.profile(customer)
		p, transitions, verdict := s.engine.Apply(k.profile, x.event)
		if p.LeftOut > 0 {
			s.trouble("links", fmt.Errorf("%w: %s", errNoRoom, customer))
			p.LeftOut = 0
		}
		var before *score.Profile // of who is linked: put may replace what k holds
		if linked(&k.profile, &p, x.event) {
			copied := k.profile
			before = &copied
		}
		erased := verdict == score.Accepted && (p.Unknown() || p.Erased > k.profile.Erased)
		if verdict == score.Accepted || len(transitions) > 0 {
			d.part.beyondCaps += max(0, p.History.Spilled()-k.profile.History.Spilled())
			if err := d.announce(&p, transitions, x); err != nil {
				return 0, fmt.Errorf("%s offset %d: %w", x.partition(), x.record.Offset, err)
			}
			if !erased && !p.Unknown() {
				shows := s.cfg.WholeDetail || s.engine.Shows(x.event) || p.MetAnew(&k.profile)
				d.put(customer, p, shows || len(transitions) > 0 || p.Model != k.profile.Model || before != nil)
			}
		}
		if before != nil {
			after := p // so that p need not live on the heap
			if err := d.sendLinks(before, &after, items, i); err != nil {
				return 0, fmt.Errorf("%s offset %d: %w", x.partition(), x.record.Offset, err)
			}
		}
		if m := s.engine.Refers(x.event, verdict); m != nil {
			if err := d.send(m); err != nil {
				return 0, fmt.Errorf("%s offset %d: %w", x.partition(), x.record.Offset, err)
			}
		}
		if erased || verdict == score.Repeated && d.repeatsErasure(customer, k, x.event) {
			if err := d.erase(customer, p, x); err != nil {
				return 0, fmt.Errorf("%s offset %d: %w", x.partition(), x.record.Offset, err)
			}
		}
		switch verdict {
		case score.Accepted, score.Repeated, score.Swallowed:
		case score.RefusedTooLate:
			d.part.letters = append(d.part.letters, letter(x.record, event.Invalidf(event.TooLate, "the history no longer holds the orders of its day singly")))
		case score.RefusedPart:
			d.part.letters = append(d.part.letters, letter(x.record, event.Invalidf(event.Malformed, "the part is no history that this program can read")))
		case score.RefusedTooOld:
			d.part.letters = append(d.part.letters, letter(x.record, event.Invalidf(event.TooOld, "%s lies before the oldest time that the model takes", event.Earliest(x.event))))
		case score.RefusedCurrency:
			missing := s.engine.Unrated(currencyOf(x.event))
			refused := letter(x.record, event.Invalidf(event.UnknownCurrency, "the model has no rate for %s, and the order is of %s: add the rate under rates in the model file",
				missing, x.event.Common().OccurredAt))
			refused.detail = missing
			d.part.letters = append(d.part.letters, refused)
		}
		d.part.results[result{x.record.Topic, verdict.String()}]++
	}
	return len(items), nil
}

// currencyOf is the currency of a purchase; only purchases have one.
func currencyOf(x event.Event) event.Currency {
	if p, ok := x.(*event.Purchase); ok {
		return p.Amount.Currency
	}
	return ""
}

// finish schedules and encodes the changed profiles, and returns the size of the commit in bytes.
func (d *draft) finish() int {
	size := 0
	p := d.part
	counters := map[string]int64{}
	watch.Count(counters, d.outcomes)
	for _, customer := range d.order {
		before, k := d.before(customer), d.after[customer]
		if !k.exists {
			census(counters, before, -1)
			countHomes(counters, d.session.cfg.Layout, before, -1)
			size += len(customer)
			p.commit.Forgotten = append(p.commit.Forgotten, customer)
			continue
		}
		k.profile = d.session.engine.Schedule(k.profile)
		dueStands := before.exists && before.profile.Due == k.profile.Due
		k.stale = k.stale || !dueStands
		encoded := d.session.cfg.encode(k.profile)
		size += len(customer) + len(encoded)
		update := shard.Update{Customer: customer, Profile: encoded, Due: k.profile.Due, DueStands: d.dueStands && dueStands}
		update.Worklist, update.Value = d.session.places(&k.profile, before.exists)
		p.commit.Updates = append(p.commit.Updates, update)
		if !before.exists || !countsLike(before, k) {
			census(counters, before, -1)
			census(counters, k, 1)
		}
		if before.profile.Linked() || k.profile.Linked() {
			countHomes(counters, d.session.cfg.Layout, before, -1)
			countHomes(counters, d.session.cfg.Layout, k, 1)
		}
	}
	maps.DeleteFunc(counters, func(_ string, n int64) bool { return n == 0 })
	p.commit.Census = counters
	for _, a := range p.announcements {
		if !a.muted {
			size += len(a.output.Value) + len(a.output.Key)
			p.commit.Outbox = append(p.commit.Outbox, a.output)
		}
	}
	if d.state.model == "" && len(p.commit.Updates) > 0 { // a new shard
		p.commit.Model = d.model()
	}
	p.profiles = d.after
	return size
}

// model names the model of the customers of a new shard. While another model is announced, that is the model before: so the shard is
// migrated when the switch comes.
func (d *draft) model() string {
	inForce := d.session.engine.Hash()
	for _, profiles := range []map[string]*known{d.earlier, d.after} {
		for _, k := range profiles {
			if k.exists && k.profile.Model != inForce {
				return k.profile.Model // all of them have the same: a model is announced only while another is in force
			}
		}
	}
	return inForce
}

// announce encodes transitions for the part's outbox, in order; cause is the event behind them, nil for silence. A transition that is too
// old is recorded without being published: package score decides, and remembers it in the profile.
func (d *draft) announce(p *score.Profile, transitions []score.Transition, cause *item) error {
	if len(transitions) == 0 {
		return nil
	}
	s := d.session
	now := s.present()
	told := s.told(p.Customer, cause)
	if told {
		// The edition in force has published them in their time, unless they were too old even then.
		now = unknown
		if cause != nil {
			now = cause.record.Time
		}
	}
	// Before any fetch has been answered, no transition is known to be old.
	public := p.Publish(transitions, max(now, 0), s.cfg.AlertMaxAge)
	for i, t := range transitions {
		a, err := s.announcement(t, ageOf(t.Common().AsOf, now))
		if err != nil {
			return err
		}
		a.muted = told || !public[i]
		d.part.announcements = append(d.part.announcements, a)
	}
	return nil
}

// told reports whether the edition in force has published what an event of a customer, or silence, causes.
func (s *session) told(customer string, cause *item) bool {
	if s.cfg.Told == nil || cause == nil {
		return s.cfg.Told != nil
	}
	return s.cfg.Told(customer, cause.partition(), cause.record.Offset)
}

// kindOf names a transition for metrics.
func kindOf(t score.Transition) string {
	switch t := t.(type) {
	case *score.TierChanged:
		return "TIER_" + t.Direction.String()
	case *score.ChurnAlert:
		return t.Kind.String() + "_" + t.State.String()
	case *score.WonBack:
		return "WON_BACK"
	case *score.TierWillChange:
		return "TIER_NOTICE_" + t.State.String()
	}
	return "UNKNOWN"
}
