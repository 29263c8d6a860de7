package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// rebuildsAtMost bounds the rebuilds of one shard in the life of a lane: a shard that is damaged again and again has a cause that
// another rebuild does not mend.
const rebuildsAtMost = 3

// ErrDamagedAgain is the error of a lane that has rebuilt a shard several times, and finds it damaged again.
var ErrDamagedAgain = errors.New("a shard is damaged again after its rebuild")

// bringBack is what to do about lost tombstones. The rebuild of their shard does the first half.
const bringBack = "the rebuild brings back the erasures whose ERASED the log still holds; the others are lost: " +
	"send ERASED again for everybody who was erased before the log begins, or their old events, should they be sent again, make them known again"

// damage is which shards are to be rebuilt, and how often each has been. It lives for the generation.
type damage struct {
	found    map[int]error
	rebuilds map[int]int
}

// condemn notes that a shard is damaged and ends the session: the takeover of the next one rebuilds the shard.
func (b *base) condemn(e *shard.DamagedError) error {
	b.damage.found[e.Shard] = e.Err
	return b.takeOverAgain(Notice{Kind: Damaged, Shard: e.Shard, Err: e.Err})
}

// decodeProfile reads a stored profile of a shard. Bytes that have changed since they were written are damage. Bytes that have not
// changed, and that this program cannot read, come from a newer version.
func (b *base) decodeProfile(number int, encoded []byte) (score.Profile, error) {
	p, err := b.cfg.decode(encoded)
	if errors.Is(err, score.ErrChecksum) {
		return p, b.condemn(&shard.DamagedError{Shard: number, Err: fmt.Errorf("decode a profile: %w", err)})
	}
	if err != nil {
		return p, fmt.Errorf("shard %d: decode a profile: %w: %w", number, err, shard.ErrNewer)
	}
	return p, nil
}

// audit counts what the keys of own shards hold. What a person, an eviction or a bug has taken away shows here.
func (ss *states) audit(ctx context.Context) error {
	own := ss.own
	numbers := make([]int, len(own))
	for i, st := range own {
		numbers[i] = st.number
	}
	var audits []shard.Audit
	err := ss.retry(ctx, "audit", func() (err error) {
		audits, err = ss.shards.Audit(ctx, numbers)
		return err
	})
	if err != nil {
		return err
	}
	for i, a := range audits {
		if err := ss.examine(own[i], a.Meta); err != nil {
			return err
		}
		if !a.Intact() {
			return ss.condemn(&shard.DamagedError{Shard: numbers[i], Err: differs(a)})
		}
	}
	return nil
}

// differs says in what the keys of a shard differ from its head. Where tombstones are missing, the error is a shard.ErrTombstones.
func differs(a shard.Audit) error {
	head, keys := a.Meta.Counts, a.Actual
	err := fmt.Errorf("its keys hold %d profiles, %d due times and %d outputs, its head says %d, %d and %d",
		keys.Profiles, keys.Due, keys.Outbox, head.Profiles, head.Due, head.Outbox)
	switch {
	case keys.Erased < head.Erased:
		return fmt.Errorf("%w: %d are left of %d; %w", shard.ErrTombstones, keys.Erased, head.Erased, err)
	case keys.Erased > head.Erased:
		return fmt.Errorf("%w; it has %d tombstones, its head says %d", err, keys.Erased, head.Erased)
	}
	return err
}

// dropDamaged removes the shards that are damaged. They are rebuilt from the log. Their tombstones stay, as far as they are not lost: the
// log need not hold the events that made them.
func (s *session) dropDamaged(ctx context.Context) error {
	numbers := slices.Sorted(maps.Keys(s.damage.found))
	if len(numbers) == 0 {
		return nil
	}
	for _, n := range numbers {
		if s.damage.rebuilds[n]++; s.damage.rebuilds[n] > rebuildsAtMost {
			return fmt.Errorf("shard %d, %d rebuilds: %w: %w", n, rebuildsAtMost, ErrDamagedAgain, s.damage.found[n])
		}
		s.metrics.rebuilds.Inc()
		s.cfg.Report(Notice{Kind: Rebuild, Shard: n, Err: s.damage.found[n]})
		if errors.Is(s.damage.found[n], shard.ErrTombstones) {
			s.cfg.Report(Notice{Kind: TombstonesLost, Shard: n, Operation: bringBack, Err: s.damage.found[n]})
		}
	}
	if err := s.retry(ctx, "drop", func() error { return s.states.shards.Drop(ctx, numbers) }); err != nil {
		return err
	}
	clear(s.damage.found)
	return nil
}
