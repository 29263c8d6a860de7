package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Stage is how far a rebuild has got.
type Stage string

// The stages. While a rebuild fills its shards, the edition in force serves. Then the rebuild stops the shards of that edition, catches
// up with what they have seen, and switches.
const (
	Filling  Stage = "fill"
	Stopping Stage = "stop"
)

// Rebuild is what tm:meta says of rebuilds.
type Rebuild struct {
	// Layout is the layout in force.
	Layout shard.Layout
	// Next is the layout of the rebuild under way, or of the last one; Next.Shards is 0 if there has been none.
	Next shard.Layout
	// Stage is empty if no rebuild is under way.
	Stage Stage
	// Until is the end of the owner's lease, by the clock of the server. After it anybody may give the rebuild up.
	Until event.Instant
	// GivenUp is the last edition whose rebuild was given up although it had stopped shards already; 0 for none.
	GivenUp int
}

var (
	// ErrRebuildBusy is the error of a rebuild while another one is under way.
	ErrRebuildBusy = errors.New("another rebuild is under way")
	// ErrRebuildGone is the error of a rebuild that others have given up, because its lease had ended.
	ErrRebuildGone = errors.New("the rebuild was given up: its lease had ended")
)

// nextPrefix begins the fields of tm:meta that hold the layout of a rebuild.
const nextPrefix = "next_"

// Rebuild reads the layout in force and the state of rebuilds. It returns false if the store holds no data.
func (s *Store) Rebuild(ctx context.Context) (r Rebuild, ok bool, err error) {
	fields, err := s.client.HGetAll(ctx, s.key("meta")).Result()
	if err == nil {
		r, ok, err = decodeRebuild(fields)
	}
	if ErrorClass(err) == "damaged" {
		err = fmt.Errorf("%w; if --redis-prefix is that of Tidemark's data, somebody has put another type in the place of the key: restore the key "+
			"from a backup, or remove it", err)
	}
	if err != nil {
		return Rebuild{}, false, fmt.Errorf("read %s: %w", s.key("meta"), err)
	}
	return r, ok, nil
}

func decodeRebuild(fields map[string]string) (r Rebuild, ok bool, err error) {
	if r.Layout, ok, err = decodeLayout(fields, ""); err != nil {
		return r, false, err
	}
	if r.Next, _, err = decodeLayout(fields, nextPrefix); err != nil {
		return r, false, err
	}
	r.Stage = Stage(fields["next_stage"])
	if until := fields["next_until"]; until != "" {
		ms, err := strconv.ParseInt(until, 10, 64)
		if err != nil {
			return r, false, fmt.Errorf("field next_until: %w", err)
		}
		r.Until = event.Instant(ms)
	}
	if given := fields["given_up"]; given != "" {
		if r.GivenUp, err = strconv.Atoi(given); err != nil {
			return r, false, fmt.Errorf("field given_up: %w", err)
		}
	}
	return r, ok, nil
}

// ClaimRebuild begins a rebuild of a layout, or renews the owner's lease and sets the stage. It fails with ErrRebuildBusy while the lease
// of another owner runs, and with ErrRebuildGone if the rebuild is no longer the owner's.
func (s *Store) ClaimRebuild(ctx context.Context, owner string, next shard.Layout, stage Stage, lease time.Duration) error {
	return s.rebuild(ctx, append([]any{"claim", owner, lease.Milliseconds(), string(stage)}, layoutArgs(nextPrefix, next)...))
}

// SwitchEdition puts the layout of a rebuild into force. It fails with ErrRebuildGone if the rebuild is no longer the owner's.
func (s *Store) SwitchEdition(ctx context.Context, owner string) error {
	args := []any{"switch", owner}
	for _, field := range layoutFields {
		args = append(args, field)
	}
	return s.rebuild(ctx, args)
}

// GiveUpRebuild ends the rebuild under way: the owner's own at once, another one when its lease has ended. Until then it fails with
// ErrRebuildBusy. Shards that the rebuild has stopped serve on.
func (s *Store) GiveUpRebuild(ctx context.Context, owner string) error {
	return s.rebuild(ctx, []any{"give up", owner})
}

func (s *Store) rebuild(ctx context.Context, args []any) error {
	answer, err := s.run(ctx, rebuildScript, []call{{[]string{s.key("meta")}, args}})[0].Text()
	switch {
	case err != nil:
	case answer == "done":
		return nil
	case answer == "busy":
		err = ErrRebuildBusy
	case answer == "gone":
		err = ErrRebuildGone
	default:
		err = errReply
	}
	return fmt.Errorf("%v a rebuild in %s: %w", args[0], s.key("meta"), err)
}

// Stop stops shards in favour of another edition, and returns their heads after that. A stopped shard takes no commit that was planned
// before.
func (s *Store) Stop(ctx context.Context, shards []int, edition int, token shard.Token) ([]shard.Meta, error) {
	calls := make([]call, len(shards))
	for i, n := range shards {
		if err := s.inRange(n); err != nil {
			return nil, shardError("stop", n, err)
		}
		calls[i] = call{s.keys(n)[:profilesKey], []any{string(token), edition, Format + stopped}}
	}
	metas := make([]shard.Meta, len(shards))
	for i, reply := range s.run(ctx, stopScript, calls) {
		head, err := reply.Slice()
		if err == nil {
			metas[i], err = decodeHead(head)
		}
		if err != nil {
			return nil, shardError("stop", shards[i], err)
		}
	}
	return metas, nil
}

// Retire removes what stopped shards hold, tombstones too, but for their heads. The heads tell a program that has been away that the shards have moved.
func (s *Store) Retire(ctx context.Context, shards []int) error {
	for _, n := range shards {
		if err := s.inRange(n); err != nil {
			return shardError("retire", n, err)
		}
		if err := s.client.Unlink(ctx, append(s.keys(n)[profilesKey:], s.erasedKey(n))...).Err(); err != nil {
			return shardError("retire", n, err)
		}
	}
	return nil
}
