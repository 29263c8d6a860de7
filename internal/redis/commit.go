package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Hard limits of one commit: the Store refuses a larger one. A script blocks its server, so a lane commits far less at a time, some
// 500 profiles or 256 KB.
const (
	MaxEntries = 10_000   // updates, forgotten customers, outputs, census counters, marks, tombstones and blanked outputs together
	MaxMarks   = 1_000    // a lane has one per input topic; one call of the script reads them, which takes a limited number of values
	MaxBytes   = 16 << 20 // customers, profiles and encoded outputs together
)

// ErrTooLarge is the error of a commit beyond MaxEntries, MaxMarks or MaxBytes.
var ErrTooLarge = errors.New("commit too large for one script")

// maxExact is the largest due time, in ms; -maxExact is the smallest. The scores of a sorted set are doubles, which
// hold every integer up to 2^53.
const maxExact = 1 << 53

// Commit carries out commits of distinct shards, each by one run of commit.lua, in one pipeline per node. A commit only raises marks,
// unless it says Rewind. Commit returns one error per commit:
//
//   - nil: the commit is done, now or by an earlier try with the same token.
//   - shard.ErrConflict: the shard has another token than Read. Nothing was written.
//   - A *shard.RefusedError: the commit is too large (ErrTooLarge, or the server's limit), or its arguments are wrong. Nothing was
//     written.
//   - Any other error, of the connection or the server: the commit may be done or not. The caller may send the same commit again.
func (s *Store) Commit(ctx context.Context, commits []shard.Commit) []error {
	errs := make([]error, len(commits))
	var calls []call
	var sent []int // the commit of each call
	key, keyErr := s.keyOfTombstones(ctx, commits)
	for i, c := range commits {
		if keyErr != nil && len(c.Erased) > 0 {
			errs[i] = shardError("commit", c.Shard, keyErr)
			continue
		}
		args, err := s.commitArgs(c, key)
		if err != nil {
			errs[i] = refusal("commit", c.Shard, err)
			continue
		}
		calls, sent = append(calls, call{s.commitKeys(c), args}), append(sent, i)
	}
	for i, reply := range s.run(ctx, commitScript, calls) {
		outcome, err := reply.Text()
		switch {
		case err != nil:
		case outcome == "done":
			continue
		case outcome == "conflict":
			err = shard.ErrConflict
		default:
			err = errReply
		}
		err = shardError("commit", commits[sent[i]].Shard, err)
		if ErrorClass(err) == "too_large" {
			err = fmt.Errorf("%w: %s", err, heaviest(commits[sent[i]]))
		}
		errs[sent[i]] = err
	}
	return errs
}

// heaviest names the customer with the largest profile or output of a commit, so that a person can look at that customer.
func heaviest(c shard.Commit) string {
	customer, size := "", -1
	for _, u := range c.Updates {
		if len(u.Profile) > size {
			customer, size = u.Customer, len(u.Profile)
		}
	}
	for _, o := range c.Outbox {
		if len(o.Value) > size {
			customer, size = string(o.Key), len(o.Value)
		}
	}
	return fmt.Sprintf("the largest of %d profiles and %d outputs is of customer %q, %d bytes", len(c.Updates), len(c.Outbox), customer, size)
}

// commitArgs checks c, and returns the arguments of commit.lua. What it accepts cannot fail in the script after the first write. The key
// is that of the tombstones.
func (s *Store) commitArgs(c shard.Commit, key []byte) ([]any, error) {
	if err := s.inRange(c.Shard); err != nil {
		return nil, err
	}
	if c.Token == "" || c.Token == c.Read {
		return nil, fmt.Errorf("token %q does not tell the new state from the one read", c.Token)
	}
	if c.Confirmed < 0 {
		return nil, fmt.Errorf("%d outputs confirmed", c.Confirmed)
	}
	entries := len(c.Updates) + len(c.Forgotten) + len(c.Outbox) + len(c.Census) + len(c.Marks) + len(c.Erased) + len(c.Blanked)
	if entries > MaxEntries {
		return nil, fmt.Errorf("%w: %d entries, at most %d", ErrTooLarge, entries, MaxEntries)
	}

	if len(c.Marks) > MaxMarks {
		return nil, fmt.Errorf("%w: %d marks, at most %d", ErrTooLarge, len(c.Marks), MaxMarks)
	}

	rewind := 0
	if c.Rewind {
		rewind = 1
	}
	const lists = 6 // the index of the length of the first list
	args := make([]any, lists+13, lists+13+8*len(c.Updates)+4*len(c.Forgotten)+len(c.Outbox)+2*(len(c.Census)+len(c.Marks)+len(c.Erased)+len(c.Blanked)))
	copy(args, []any{string(c.Read), string(c.Token), Format, c.Model, c.Confirmed, rewind})
	list, end := lists, len(args)
	closeList := func() {
		args[list] = len(args) - end
		list, end = list+1, len(args)
	}

	size := 0
	seen := make(map[string]struct{}, len(c.Updates)+len(c.Forgotten))
	for _, u := range c.Updates {
		if _, twice := seen[u.Customer]; twice || u.Customer == "" || len(u.Profile) == 0 {
			return nil, errors.New("an update whose customer or profile is empty, or whose customer has another")
		}
		seen[u.Customer] = struct{}{}
		size += len(u.Customer) + len(u.Profile)
		args = append(args, u.Customer, u.Profile)
	}
	closeList()
	for _, u := range c.Updates {
		if u.DueStands || u.Due == event.Never {
			continue
		}
		if u.Due > maxExact || u.Due < -maxExact {
			return nil, fmt.Errorf("due time %d ms is out of range", int64(u.Due))
		}
		args = append(args, int64(u.Due), u.Customer)
	}
	closeList()
	for _, u := range c.Updates {
		if !u.DueStands && u.Due == event.Never {
			args = append(args, u.Customer)
		}
	}
	for _, customer := range c.Forgotten {
		if _, twice := seen[customer]; twice || customer == "" {
			return nil, errors.New("a forgotten customer who is empty, or whom the commit names twice")
		}
		seen[customer] = struct{}{}
		size += len(customer)
		args = append(args, customer)
	}
	closeList()
	for _, o := range c.Outbox {
		encoded := o.Append(nil)
		size += len(encoded)
		args = append(args, encoded)
	}
	closeList()
	for counter, increment := range c.Census {
		if counter == "" {
			return nil, errors.New("a census counter without a name")
		}
		args = append(args, counter, increment)
	}
	closeList()
	for p, offset := range c.Marks {
		if offset < 0 {
			return nil, fmt.Errorf("mark of %s is %d", p, offset)
		}
		args = append(args, markField(p), strconv.FormatInt(offset, 10))
	}
	closeList()
	for _, customer := range c.Forgotten {
		args = append(args, customer)
	}
	closeList()
	tombstones, err := s.tombstoneArgs(c, key)
	if err != nil {
		return nil, err
	}
	args = append(args, tombstones...)
	closeList()
	for _, position := range c.Blanked {
		if position < 0 {
			return nil, fmt.Errorf("the output at %d is to be blanked", position)
		}
		args = append(args, position, blank)
	}
	closeList()
	for _, list := range []func(shard.Update) shard.Place{
		func(u shard.Update) shard.Place { return u.Worklist },
		func(u shard.Update) shard.Place { return u.Value },
	} {
		for _, u := range c.Updates {
			place := list(u)
			if place.Listed && place.Unlisted || place.Rank > shard.MaxRank || place.Rank < -shard.MaxRank {
				return nil, fmt.Errorf("a place in a list that is no place, or at rank %d, which is out of range", place.Rank)
			}
			if place.Listed {
				args = append(args, place.Rank, u.Customer)
			}
		}
		closeList()
		for _, u := range c.Updates {
			if list(u).Unlisted {
				args = append(args, u.Customer)
			}
		}
		for _, customer := range c.Forgotten {
			args = append(args, customer)
		}
		closeList()
	}
	if size > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d: %s", ErrTooLarge, size, MaxBytes, heaviest(c))
	}
	return args, nil
}

// Drop removes shards with all that they hold but for their tombstones, so that the log can rebuild them: a commit with an empty Read
// creates a shard again. A commit that has read the shard before Drop gets shard.ErrConflict.
func (s *Store) Drop(ctx context.Context, shards []int) error {
	calls := make([]call, len(shards))
	for i, n := range shards {
		if err := s.inRange(n); err != nil {
			return shardError("drop", n, err)
		}
		calls[i] = call{keys: s.keys(n)}
	}
	for i, reply := range s.run(ctx, dropScript, calls) {
		if err := reply.Err(); err != nil {
			return shardError("drop", shards[i], err)
		}
	}
	return s.dropForeign(ctx, shards)
}
