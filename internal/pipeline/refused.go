package pipeline

import (
	"errors"
	"fmt"
	"time"

	"tidemark/internal/shard"
)

// What a lane does about an error of the store. Waiting mends most of them, so they are retried for as long as they last: a server that is
// away, loads, has no memory, disk, replicas or slots. Waiting does not mend these:
//
//	error                    meaning                                     the lane
//	*shard.DamagedError      a shard does not hold what it must          takes over again, and rebuilds the shard from the log
//	*shard.RefusedError      a call is too large for the store           takes over again, and commits less at a time
//	class readonly           for long: the server stays a replica        takes over again, on new connections
//	shard.ErrNewer           a newer program has written the shard       ends
const (
	classReadOnly = "readonly"
	// readOnlyAfter is how long a lane retries a store that is read-only before it takes over again. A failover takes seconds.
	readOnlyAfter = 30 * time.Second
	// smallerProfiles and smallerBytes divide the bounds of a commit after a refusal: 500 profiles and 256 KiB are down to one customer in three steps.
	smallerProfiles, smallerBytes = 8, 64
)

// ErrRefused is the error of a lane whose store refuses a commit that cannot be made smaller. Its text names the customer.
var ErrRefused = errors.New("the store refuses a commit of one customer")

// shrink ends the session after a refused call. The next session commits less at a time, for as long as the generation lasts. A commit
// of one customer cannot be made smaller: then the lane ends.
func (b *base) shrink(e *shard.RefusedError) error {
	if b.cfg.CommitProfiles == 1 && b.cfg.CommitBytes == 1 {
		return fmt.Errorf("shard %d: %w: %w", e.Shard, ErrRefused, e.Err)
	}
	b.cfg.CommitProfiles = max(1, b.cfg.CommitProfiles/smallerProfiles)
	b.cfg.CommitBytes = max(1, b.cfg.CommitBytes/smallerBytes)
	return b.takeOverAgain(Notice{Kind: Refused, Shard: e.Shard, Err: e.Err})
}

// hopeless returns the error that ends the session where no retry mends err; nil where waiting may. since is when the call has begun to
// fail with errors of the class readonly alone; it is zero before.
func (b *base) hopeless(operation string, err error, since time.Time) error {
	if damaged := (*shard.DamagedError)(nil); errors.As(err, &damaged) {
		return b.condemn(damaged)
	}
	if errors.Is(err, shard.ErrNewer) {
		return err
	}
	if refused := (*shard.RefusedError)(nil); errors.As(err, &refused) {
		return b.shrink(refused)
	}
	if !since.IsZero() && time.Since(since) >= readOnlyAfter {
		b.failures.keep(operation)
		return b.takeOverAgain(Notice{Kind: ReadOnly, Operation: operation, Err: err})
	}
	return nil
}
