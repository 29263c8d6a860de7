package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// memory is a store in memory. It keeps every earlier state of a shard, so that a test can restore one. A failover that drops
// acknowledged writes has this effect.
type memory struct {
	mu     sync.Mutex
	shards []memoryShard
	past   [][]memoryShard
	views  map[string]shard.View
	// projected counts, by customer, how often the view has been written.
	projected map[string]int
	// population is the public view of the population, rewrites the number of times that it has been written.
	population map[string]string
	rewrites   int
	// origins are the first records of the logs.
	origins map[shard.Partition]shard.Origin
	// lanes are what the lanes have told. clock is how far the store's clock is ahead of the clock of the bubble.
	lanes map[int]shard.Reading
	clock time.Duration
}

type memoryShard struct {
	meta     shard.Meta
	profiles map[string][]byte
	due      map[string]event.Instant
	outbox   [][]byte
	census   map[string]int64
	erased   map[string]event.Instant
	cut      map[string]event.Instant // the instants of shard.Tombstone.Links
	lists    [2]map[string]int64      // by shard.List
	// spoiled names the key that cannot be written, if there is one.
	spoiled string
}

func newMemory(shards int) *memory {
	return &memory{
		shards: make([]memoryShard, shards), past: make([][]memoryShard, shards),
		views: map[string]shard.View{}, projected: map[string]int{}, origins: map[shard.Partition]shard.Origin{}, lanes: map[int]shard.Reading{},
	}
}

func (s memoryShard) clone() memoryShard {
	s.meta.Marks = maps.Clone(s.meta.Marks)
	s.profiles, s.due, s.census, s.erased = maps.Clone(s.profiles), maps.Clone(s.due), maps.Clone(s.census), maps.Clone(s.erased)
	s.cut = maps.Clone(s.cut)
	s.outbox = slices.Clone(s.outbox)
	for i := range s.lists {
		s.lists[i] = maps.Clone(s.lists[i])
	}
	return s
}

// head returns a copy of the head of a shard. It is empty if the shard does not exist.
func (s memoryShard) head() shard.Meta {
	if s.meta.Token == "" {
		return shard.Meta{}
	}
	return s.clone().meta
}

func (m *memory) inRange(n int) error {
	if n < 0 || n >= len(m.shards) {
		return fmt.Errorf("no shard %d", n)
	}
	return nil
}

// refuse returns an error if a commit is invalid in itself, for any content of its shard.
func (m *memory) refuse(c shard.Commit) error {
	if err := m.inRange(c.Shard); err != nil {
		return err
	}
	if c.Token == "" || c.Token == c.Read || c.Confirmed < 0 {
		return errors.New("no new token, or fewer than no outputs confirmed")
	}
	named := map[string]bool{}
	for _, u := range c.Updates {
		if u.Customer == "" || len(u.Profile) == 0 || named[u.Customer] {
			return errors.New("an update without customer or profile, or the second of a customer")
		}
		named[u.Customer] = true
		const exact = 1 << 53
		if max(u.Worklist.Rank, u.Value.Rank) > shard.MaxRank || min(u.Worklist.Rank, u.Value.Rank) < -shard.MaxRank {
			return errors.New("a rank out of range")
		}
		if u.Due != event.Never && (u.Due > exact || u.Due < -exact) {
			return errors.New("a due time that no sorted set can hold")
		}
	}
	for _, customer := range c.Forgotten {
		if customer == "" || named[customer] {
			return errors.New("a forgotten customer without a name, or named twice")
		}
		named[customer] = true
	}
	for _, offset := range c.Marks {
		if offset < 0 {
			return errors.New("a mark below zero")
		}
	}
	if _, ok := c.Census[""]; ok {
		return errors.New("a counter without a name")
	}
	return refuseErased(c)
}

// remember saves the present state of a shard.
func (m *memory) remember(n int) { m.past[n] = append(m.past[n], m.shards[n].clone()) }

// states returns the number of saved states of all shards.
func (m *memory) states() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, past := range m.past {
		n += len(past)
	}
	return n
}

// lose restores a shard to an earlier state: it drops a number of the latest states.
func (m *memory) lose(n, states int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shards[n] = memoryShard{}
	if keep := len(m.past[n]) - states; keep > 0 {
		m.past[n] = m.past[n][:keep]
		m.shards[n] = m.past[n][keep-1].clone()
		return
	}
	m.past[n] = nil
}

func (m *memory) Audit(_ context.Context, shards []int) ([]shard.Audit, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	audits := make([]shard.Audit, len(shards))
	for i, n := range shards {
		if err := m.inRange(n); err != nil {
			return nil, err
		}
		s := m.shards[n]
		audits[i].Meta = s.head()
		if s.profiles != nil {
			audits[i].Actual = shard.Counts{Profiles: int64(len(s.profiles)) + 1, Due: int64(len(s.due)) + 1, Outbox: int64(len(s.outbox)) + 1}
		}
		audits[i].Actual.Erased = int64(len(s.erased))
	}
	return audits, nil
}

func (m *memory) Metas(_ context.Context, shards []int) ([]shard.Meta, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	metas := make([]shard.Meta, len(shards))
	for i, n := range shards {
		if err := m.inRange(n); err != nil {
			return nil, err
		}
		metas[i] = m.shards[n].head()
	}
	return metas, nil
}

func (m *memory) Load(_ context.Context, queries []shard.Query) ([]shard.Loaded, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	loaded := make([]shard.Loaded, len(queries))
	for i, q := range queries {
		if err := m.inRange(q.Shard); err != nil {
			return nil, err
		}
		s := m.shards[q.Shard]
		loaded[i] = shard.Loaded{Meta: s.head(), Profiles: make([][]byte, len(q.Customers)), Erased: s.tombstones(q.Customers), Cut: maps.Clone(s.cut)}
		if s.meta.Token == "" {
			continue
		}
		for j, customer := range q.Customers {
			loaded[i].Profiles[j] = bytes.Clone(s.profiles[customer])
		}
	}
	return loaded, nil
}

func (m *memory) Commit(_ context.Context, commits []shard.Commit) []error {
	m.mu.Lock()
	defer m.mu.Unlock()
	errs := make([]error, len(commits))
	named := map[int]bool{}
	for i, c := range commits {
		if named[c.Shard] {
			errs[i] = fmt.Errorf("shard %d is named twice", c.Shard)
			continue
		}
		named[c.Shard] = true
		errs[i] = m.commit(c)
	}
	return errs
}

func (m *memory) commit(c shard.Commit) error {
	if err := m.refuse(c); err != nil {
		err = &shard.RefusedError{Shard: c.Shard, Err: err}
		return err
	}
	s := m.shards[c.Shard].clone()
	switch {
	case s.meta.Token == c.Token:
		return nil
	case s.meta.Token != c.Read:
		return shard.ErrConflict
	case s.spoiled != "":
		return &shard.DamagedError{Shard: c.Shard, Err: fmt.Errorf("%s cannot be written", s.spoiled)}
	case c.Confirmed > len(s.outbox):
		return fmt.Errorf("%d outputs confirmed of %d", c.Confirmed, len(s.outbox))
	case slices.ContainsFunc(c.Blanked, func(i int) bool { return i >= len(s.outbox) }):
		return fmt.Errorf("outputs %d blanked of %d", c.Blanked, len(s.outbox))
	}
	if s.meta.Token == "" {
		s = memoryShard{
			meta:     shard.Meta{Format: 1, Marks: shard.Marks{}, Counts: shard.Counts{Profiles: 1, Due: 1, Outbox: 1, Erased: int64(len(s.erased))}},
			profiles: map[string][]byte{}, due: map[string]event.Instant{}, census: map[string]int64{}, erased: s.erased, cut: s.cut,
			lists: [2]map[string]int64{{}, {}},
		}
	}
	// As in Redis, the counts add up additions and removals, so an audit shows a lost entry.
	counts := &s.meta.Counts
	for _, u := range c.Updates {
		if _, ok := s.profiles[u.Customer]; !ok {
			counts.Profiles++
		}
		s.profiles[u.Customer] = bytes.Clone(u.Profile)
		_, scheduled := s.due[u.Customer]
		switch {
		case u.DueStands:
		case u.Due == event.Never && scheduled:
			delete(s.due, u.Customer)
			counts.Due--
		case u.Due != event.Never:
			s.due[u.Customer] = u.Due
			if !scheduled {
				counts.Due++
			}
		}
	}
	for _, customer := range c.Forgotten {
		if _, ok := s.profiles[customer]; ok {
			delete(s.profiles, customer)
			counts.Profiles--
		}
		if _, ok := s.due[customer]; ok {
			delete(s.due, customer)
			counts.Due--
		}
	}
	s.list(c)
	s.bury(c)
	for _, o := range c.Outbox {
		s.outbox = append(s.outbox, o.Append(nil))
	}
	s.outbox = s.outbox[c.Confirmed:]
	counts.Outbox += int64(len(c.Outbox) - c.Confirmed)
	for name, by := range c.Census {
		s.census[name] += by
	}
	for p, mark := range c.Marks {
		if !c.Rewind {
			mark = max(mark, s.meta.Marks[p])
		}
		s.meta.Marks[p] = mark
	}
	if c.Model != "" {
		s.meta.Model = c.Model
	}
	s.meta.Token = c.Token
	s.meta.Sequence++
	m.shards[c.Shard] = s
	m.remember(c.Shard)
	return nil
}

func (m *memory) Drop(_ context.Context, shards []int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range shards {
		if err := m.inRange(n); err != nil {
			return err
		}
	}
	for _, n := range shards {
		m.shards[n] = memoryShard{erased: m.shards[n].erased, cut: m.shards[n].cut}
		m.remember(n)
	}
	return nil
}

func (m *memory) Mark(_ context.Context, markers []shard.Marker) ([]shard.Meta, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	metas := make([]shard.Meta, len(markers))
	for i, marker := range markers {
		if err := m.inRange(marker.Shard); err != nil {
			return nil, err
		}
		s := &m.shards[marker.Shard]
		if s.meta.Token == "" {
			continue
		}
		moved := false
		for p, next := range marker.Next {
			acked, expected := marker.Acked[p]
			now, present := s.meta.Marks[p]
			if next < 0 {
				return nil, errors.New("a mark below zero")
			}
			if present == expected && now == acked && (now != next || !present) {
				s.meta.Marks[p] = next
				moved = true
			}
		}
		if moved {
			m.remember(marker.Shard)
		}
		metas[i] = s.head()
	}
	return metas, nil
}

func (m *memory) Due(_ context.Context, n, limit int) ([]shard.Due, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.inRange(n); err != nil {
		return nil, err
	}
	var due []shard.Due
	for customer, at := range m.shards[n].due {
		due = append(due, shard.Due{Customer: customer, At: at})
	}
	slices.SortFunc(due, func(a, b shard.Due) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Customer, b.Customer)) })
	return due[:min(limit, len(due))], nil
}

func (m *memory) Outbox(_ context.Context, n int) (shard.Outbox, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.inRange(n); err != nil {
		return shard.Outbox{}, err
	}
	outbox := shard.Outbox{Token: m.shards[n].meta.Token}
	for _, b := range m.shards[n].outbox {
		o, err := shard.DecodeOutput(b)
		if err != nil {
			return shard.Outbox{}, err
		}
		outbox.Outputs = append(outbox.Outputs, o)
	}
	return outbox, nil
}

// Scan returns pages in the order of customer ids.
func (m *memory) Scan(_ context.Context, n int, cursor uint64, count int) ([][]byte, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.inRange(n); err != nil {
		return nil, 0, err
	}
	customers := sortedKeys(m.shards[n].profiles)
	from := min(int(cursor), len(customers))
	to := min(from+count, len(customers))
	var page [][]byte
	for _, customer := range customers[from:to] {
		page = append(page, bytes.Clone(m.shards[n].profiles[customer]))
	}
	if to == len(customers) {
		return page, 0, nil
	}
	return page, uint64(to), nil
}

func (m *memory) Project(_ context.Context, views []shard.View) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range views {
		m.projected[v.Customer]++
		if len(v.Fields) == 0 && len(v.Detail) == 0 {
			delete(m.views, v.Customer)
			continue
		}
		if len(v.Fields) > 0 && len(v.Detail) == 0 {
			v.Detail = m.views[v.Customer].Detail
		}
		m.views[v.Customer] = v
	}
	return nil
}

func (m *memory) Census(_ context.Context, shards []int) ([]map[string]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	census := make([]map[string]int64, len(shards))
	for i, n := range shards {
		if err := m.inRange(n); err != nil {
			return nil, err
		}
		census[i] = map[string]int64{}
		maps.Copy(census[i], m.shards[n].census)
	}
	return census, nil
}

func (m *memory) ProjectPopulation(_ context.Context, fields map[string]string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.population = maps.Clone(fields)
	m.rewrites++
	return nil
}

// public returns the public view of the population.
func (m *memory) public() map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.population)
}

// rewritten returns how often the public view of the population has been written.
func (m *memory) rewritten() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rewrites
}
