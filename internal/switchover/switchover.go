// Package switchover says beforehand what a switch of the model would do to the live customers.
//
//	profiles, a page at a time ──> the model in force ──> Review at the switch ──> Outcome: who moves, and what is published
//
// It only reads. It does with each profile what the lanes do with it at the switch, and keeps nothing but counts.
package switchover

import (
	"context"
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// Profiles are the profiles of all shards. *redis.Store has them.
type Profiles interface {
	// Scan pages through the profiles of a shard. A scan begins and ends with the cursor 0. It may return a profile twice.
	Scan(ctx context.Context, shard int, cursor uint64, count int) (profiles [][]byte, next uint64, err error)
}

// Switch is a switch of the model.
type Switch struct {
	// Now is the engine in force. Next is the engine of the new model, whose previous engine is Now, in force from At.
	Now, Next *score.Engine
	// At is the instant of the switch.
	At event.Instant
}

const (
	// page is the number of profiles that one call asks for: so few that the server answers in about a millisecond.
	page = 200
	// movers is the number of customers who are named.
	movers = 10
)

// Look returns what a switch would do to the profiles of so many shards. shown hears how many shards are done.
//
// Look holds one page of profiles, and 8 bytes for each customer of one shard. Profiles that change while Look reads are taken as they are
// when they are read.
func Look(ctx context.Context, from Profiles, shards int, s Switch, shown func(done int)) (Outcome, error) {
	var all Outcome
	for n := range shards {
		seen := map[uint64]struct{}{} // a scan may return a customer twice
		for cursor, first := uint64(0), true; first || cursor != 0; first = false {
			encoded, next, err := from.Scan(ctx, n, cursor, page)
			if err != nil {
				return all, fmt.Errorf("read the profiles of shard %d: %w", n, err)
			}
			for _, b := range encoded {
				p, err := score.Decode(b)
				if err != nil {
					all.unreadable(n, err)
					continue
				}
				id := event.Hash(p.Customer)
				if _, twice := seen[id]; twice {
					continue
				}
				seen[id] = struct{}{}
				s.look(&all, p)
			}
			cursor = next
		}
		shown(n + 1)
	}
	return all, nil
}

// look adds what the switch would do to one customer. An id that is merged into another has no labels, and a test account has none before and
// after: neither is counted.
func (s Switch) look(all *Outcome, p score.Profile) {
	if p.Away() || p.Test {
		return
	}
	if p.Model != s.Now.Hash() {
		all.Behind++
		p, _ = s.Now.Review(p, max(p.AsOf, s.Now.EffectiveAt()))
	}
	at := max(p.AsOf, s.At)
	before, _ := s.Now.Review(p, at)
	after, transitions := s.Next.Review(p, at)
	all.Customers++
	if s.Next.Irregular(&after, at) {
		all.Irregular++
	}
	var told []score.Transition
	for _, t := range transitions {
		if t.Common().Cause == score.ByModel {
			told = append(told, t)
		}
	}
	all.add(&before, &after, told, after.Publish(told, at, 0))
}
