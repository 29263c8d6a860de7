package pipeline

import (
	"context"
	"errors"

	"tidemark/internal/shard"
)

// identities are what a session knows of the identity of its logs.
type identities struct {
	// known are the first records that the store remembers, or is about to remember.
	known map[shard.Partition]shard.Origin
	// unwritten are the first records that the store is about to remember. The zero Origin forgets.
	unwritten map[shard.Partition]shard.Origin
	// awaited are, for logs that show no first record yet, their first offsets.
	awaited shard.Marks
	// recreated are the partitions whose topic was deleted and created again.
	recreated map[shard.Partition]bool
}

// recognize compares every log with the first record that is remembered. A mark says nothing of another log of the same name: the shards
// would skip all records below the mark.
//
//	remembered   the log                            verdict
//	a record     holds that record at its offset    the same log
//	a record     holds another one there, or none   recreated
//	a record     begins after its offset            the record has expired; remember the first record that is left
//	nothing      marks, but no committed offset     recreated: the marks come from a version that remembered nothing
//	nothing      any other                          remember the first record, as soon as there is one
func (s *session) recognize(ctx context.Context, audits []shard.Audit, bounds map[shard.Partition]bound) error {
	s.logs = identities{
		known: map[shard.Partition]shard.Origin{}, unwritten: map[shard.Partition]shard.Origin{}, awaited: shard.Marks{},
		recreated: map[shard.Partition]bool{},
	}
	remembered, err := s.rememberedOrigins(ctx)
	if err != nil {
		return err
	}
	var fatal error
	for _, p := range s.partitions {
		sight, err := s.look(ctx, p, bounds[p], remembered[p])
		if err != nil {
			return err
		}
		_, inGroup := s.lane.groupOffsets[p]
		loss := sight.Loss(p, highest(audits, p), inGroup)
		if loss == nil {
			s.learn(p, sight)
			continue
		}
		s.metrics.dataLoss.WithLabelValues(string(Recreated)).Inc()
		s.cfg.Report(Notice{Kind: DataLoss, Partition: p, Err: loss})
		if s.cfg.OnDataLoss == FailOnLoss {
			fatal = loss // after the others have been reported too
			continue
		}
		if err := s.beginAnew(ctx, p, bounds[p]); err != nil {
			return err
		}
	}
	return fatal
}

// highest is the highest mark that a shard has for a partition, 0 where no shard has one.
func highest(audits []shard.Audit, p shard.Partition) int64 {
	most := int64(0)
	for _, a := range audits {
		most = max(most, a.Meta.Marks[p])
	}
	return most
}

// look looks at a log until it shows whether it is the one that is remembered. Where nothing is remembered, look tries once: a first record
// that cannot be read now is remembered later.
func (s *session) look(ctx context.Context, p shard.Partition, b bound, remembered shard.Origin) (sight Sight, err error) {
	if remembered != (shard.Origin{}) {
		err = s.retry(ctx, "recognize", func() (err error) {
			sight, err = Look(ctx, s.source, p, remembered)
			return err
		})
		return sight, err
	}
	sight, err = Look(ctx, s.source, p, remembered)
	if ctx.Err() != nil {
		return sight, context.Cause(ctx)
	}
	if err != nil {
		s.trouble("recognize", err)
		return Sight{First: b.first, End: b.end}, nil
	}
	return sight, nil
}

// learn notes the first record of a log that is the same as before, or is seen for the first time.
func (s *session) learn(p shard.Partition, sight Sight) {
	switch {
	case sight.Found == shard.Origin{}:
		s.logs.awaited[p] = sight.First
		if sight.Remembered != (shard.Origin{}) {
			s.logs.known[p] = sight.Remembered // it has expired, and still tells the log from one that begins at offset 0
		}
	case sight.Found != sight.Remembered:
		s.logs.unwritten[p] = sight.Found
		s.logs.known[p] = sight.Found
	default:
		s.logs.known[p] = sight.Found
	}
}

// beginAnew makes the session read a log that took the place of another one from its first record on.
func (s *session) beginAnew(ctx context.Context, p shard.Partition, b bound) error {
	s.logs.recreated[p] = true
	delete(s.lane.groupOffsets, p) // an offset of the log before
	sight, err := s.look(ctx, p, b, shard.Origin{})
	if err != nil {
		return err
	}
	s.learn(p, sight)
	s.logs.unwritten[p] = sight.Found // which may be none: the record of the log before is forgotten all the same
	return nil
}

// rememberOrigins writes what the store does not remember yet. A takeover calls it when all marks are set: if it is cut off before, the
// next takeover comes to the same verdict.
func (s *session) rememberOrigins(ctx context.Context) error {
	if len(s.logs.unwritten) == 0 {
		return nil
	}
	err := s.retry(ctx, "remember", func() error { return s.origins.Remember(ctx, s.logs.unwritten) })
	if err == nil {
		clear(s.logs.unwritten)
	}
	return err
}

// keepOrigins remembers the first records of logs that held none at the takeover: the fetchers have seen them since. It writes again what
// the store has lost, or holds in a form that nobody can read. It does not replace what the store holds: another owner may know better.
func (s *session) keepOrigins(ctx context.Context) error {
	for _, i := range s.intake.inputs {
		p := i.partition
		if _, ok := s.logs.awaited[p]; ok && i.current.origin != s.logs.known[p] {
			s.logs.known[p], s.logs.unwritten[p] = i.current.origin, i.current.origin
			delete(s.logs.awaited, p)
		}
	}
	var remembered map[shard.Partition]shard.Origin
	var unreadable error
	err := s.retry(ctx, "origins", func() (err error) {
		remembered, err = s.origins.Origins(ctx, s.partitions)
		unreadable = nil
		if spoiled, ok := errors.AsType[*shard.SpoiledOriginError](err); ok {
			s.logs.unwritten[spoiled.Partition] = s.logs.known[spoiled.Partition] // the zero Origin, where the log holds no record, forgets it
			unreadable, err = err, nil
		}
		return err
	})
	if err != nil {
		return err
	}
	s.attempt("origins", unreadable)
	for p, o := range s.logs.known {
		if _, ok := remembered[p]; !ok {
			s.logs.unwritten[p] = o
		}
	}
	return s.rememberOrigins(ctx)
}

func (s *session) rememberedOrigins(ctx context.Context) (remembered map[shard.Partition]shard.Origin, err error) {
	err = s.retry(ctx, "origins", func() (err error) {
		remembered, err = s.origins.Origins(ctx, s.partitions)
		return err
	})
	return remembered, err
}
