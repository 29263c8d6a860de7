package pipeline

import (
	"context"
	"testing"
)

// damage changes a shard behind the back of whoever uses the store. What is in it is copied: the past stays as it was.
func (m *memory) damage(n int, change func(s *memoryShard)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.shards[n].clone()
	change(&s)
	m.shards[n] = s
}

// LoseProfile takes a profile away.
func (m *memory) LoseProfile(_ *testing.T, n int, customer string) {
	m.damage(n, func(s *memoryShard) { delete(s.profiles, customer) })
}

// LoseDue takes a due time away.
func (m *memory) LoseDue(_ *testing.T, n int, customer string) {
	m.damage(n, func(s *memoryShard) { delete(s.due, customer) })
}

// LoseOutput takes the newest output away.
func (m *memory) LoseOutput(_ *testing.T, n int) {
	m.damage(n, func(s *memoryShard) { s.outbox = s.outbox[:len(s.outbox)-1] })
}

// LoseShard takes everything away.
func (m *memory) LoseShard(_ *testing.T, n int) {
	m.damage(n, func(s *memoryShard) { *s = memoryShard{} })
}

// Spoil makes a key unfit to be written.
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

// Detail returns the rest of what is public of a customer.
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
}
