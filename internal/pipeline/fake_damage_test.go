package pipeline

import (
	"context"
	"maps"
	"testing"
)

// damage changes a shard without a commit. It changes a copy, so that earlier states stay as they were.
func (m *memory) damage(n int, change func(s *memoryShard)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.shards[n].clone()
	change(&s)
	m.shards[n] = s
}

// LoseProfile removes a profile.
func (m *memory) LoseProfile(_ *testing.T, n int, customer string) {
	m.damage(n, func(s *memoryShard) { delete(s.profiles, customer) })
}

// LoseDue removes a due time.
func (m *memory) LoseDue(_ *testing.T, n int, customer string) {
	m.damage(n, func(s *memoryShard) { delete(s.due, customer) })
}

// LoseOutput removes the newest output.
func (m *memory) LoseOutput(_ *testing.T, n int) {
	m.damage(n, func(s *memoryShard) { s.outbox = s.outbox[:len(s.outbox)-1] })
}

// LoseTombstones removes all tombstones.
func (m *memory) LoseTombstones(_ *testing.T, n int) {
	m.damage(n, func(s *memoryShard) { s.erased = nil })
}

// LoseShard removes the whole shard.
func (m *memory) LoseShard(_ *testing.T, n int) {
	m.damage(n, func(s *memoryShard) { *s = memoryShard{} })
}

// Spoil makes every write of a key fail.
func (m *memory) Spoil(_ *testing.T, n int, key string) (mend func()) {
	m.damage(n, func(s *memoryShard) { s.spoiled = key })
	return func() { m.damage(n, func(s *memoryShard) { s.spoiled = "" }) }
}

// Score returns the public score of a customer.
func (m *memory) Score(_ context.Context, customer string) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fields := map[string]string{}
	for _, f := range m.views[customer].Fields {
		fields[f.Name] = f.Value
	}
	return fields, nil
}

// Detail returns the public detail of a customer.
func (m *memory) Detail(_ context.Context, customer string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.views[customer].Detail, nil
}

// copyTo makes another store a replica of this one, as it is now.
func (m *memory) copyTo(replica *memory) {
	m.mu.Lock()
	defer m.mu.Unlock()
	replica.mu.Lock()
	defer replica.mu.Unlock()
	for n, s := range m.shards {
		replica.shards[n] = s.clone()
	}
	replica.origins = maps.Clone(m.origins)
}
