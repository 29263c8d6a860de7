package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// evidence is what a proof of an erasure reads from Redis.
type evidence interface {
	// Erased returns the instant of the customer's last erasure, as the tombstone says; false if there is no tombstone.
	Erased(ctx context.Context, customer string) (event.Instant, bool, error)
	// Traces returns the names of all keys of our prefix whose name or content holds the id. It reads them all. An id of less
	// than redis.FramedFrom bytes is not looked for within messages and profiles.
	Traces(ctx context.Context, customer string) ([]string, error)

	Load(ctx context.Context, queries []shard.Query) ([]shard.Loaded, error)
	Outbox(ctx context.Context, shard int) (shard.Outbox, error)
	Score(ctx context.Context, customer string) (map[string]string, error)
	Detail(ctx context.Context, customer string) ([]byte, error)
}

// proof says whether a customer is erased.
type proof struct {
	evidence
	customer string
	shard    int
	// prefix is that of the keys.
	prefix string
	// since is the instant that the tombstone must have at least.
	since event.Instant
}

const (
	// askAgain is the time between two looks at the customer's own keys, scanAgain between two scans of all keys.
	askAgain, scanAgain = 200 * time.Millisecond, 2 * time.Second
	// keysNamed is how many of the keys that hold the id are named.
	keysNamed = 10
)

// await looks until everything is proved or ctx ends, and returns what it has seen last. The deadline of ctx is no error.
func (p proof) await(ctx context.Context) ([]finding, error) {
	for {
		seen, err := p.look(ctx)
		if err == nil && proved(seen) {
			return seen, nil
		}
		pause := askAgain
		if len(seen) > ownChecks {
			pause = scanAgain
		}
		select {
		case <-ctx.Done():
			// The last look may have been cut short. This one is not.
			return p.look(context.WithoutCancel(ctx))
		case <-time.After(pause):
		}
	}
}

// ownChecks is the number of checks of the customer's own keys. The scan follows them.
const ownChecks = 4

func proved(seen []finding) bool {
	fine := len(seen) == ownChecks+1
	for _, f := range seen {
		fine = fine && f.OK
	}
	return fine
}

// look checks the customer's own keys. If nothing is left there, it scans all keys of the prefix.
func (p proof) look(ctx context.Context) ([]finding, error) {
	var seen []finding
	fine := true
	for _, check := range [ownChecks]func(context.Context) (finding, error){p.tombstone, p.profile, p.views, p.outputs} {
		f, err := check(ctx)
		if err != nil {
			return nil, err
		}
		seen, fine = append(seen, f), fine && f.OK
	}
	if !fine {
		return seen, nil
	}
	f, err := p.everywhere(ctx)
	if err != nil {
		return nil, err
	}
	return append(seen, f), nil
}

func (p proof) tombstone(ctx context.Context) (finding, error) {
	f := finding{Name: "tombstone"}
	at, there, err := p.Erased(ctx, p.customer)
	switch {
	case err != nil:
		return f, err
	case !there:
		f.Detail = "none: the service has not applied the erasure"
	case at < p.since:
		f.Detail = fmt.Sprintf("of an erasure at %s: the service has not applied the one of %s", at, p.since)
	default:
		f.OK, f.Detail = true, fmt.Sprintf("erased at %s: what happened or was recorded until then is swallowed if it comes again", at)
	}
	return f, nil
}

func (p proof) profile(ctx context.Context) (finding, error) {
	f := finding{Name: "profile", OK: true, Detail: "gone"}
	loaded, err := p.Load(ctx, []shard.Query{{Shard: p.shard, Customers: []string{p.customer}}})
	if err != nil || loaded[0].Profiles[0] == nil {
		return f, err
	}
	left, err := score.Decode(loaded[0].Profiles[0])
	if err != nil {
		left = score.Profile{} // a damaged profile is still there
	}
	return p.left(&left), nil
}

// left says what a profile means that is there.
func (p proof) left(profile *score.Profile) finding {
	if profile.Erased == 0 || profile.Erased < p.since {
		return finding{Name: "profile", Detail: "still there"}
	}
	return finding{
		Name:   "profile",
		Detail: fmt.Sprintf("a new one: events of after the erasure at %s came. It holds nothing from before", profile.Erased),
		Remedy: "if nobody should send events of this id, find out who does; then erase again",
	}
}

func (p proof) views(ctx context.Context) (finding, error) {
	f := finding{Name: "public views", OK: true, Detail: "gone"}
	fields, err := p.Score(ctx, p.customer)
	if err != nil {
		return f, err
	}
	detail, err := p.Detail(ctx, p.customer)
	if len(fields) > 0 || len(detail) > 0 {
		f.OK, f.Detail = false, "still there: dashboards see a customer of this id"
	}
	return f, err
}

// outputs counts what still waits in the outbox under the customer's key.
func (p proof) outputs(ctx context.Context) (finding, error) {
	f := finding{Name: "outputs", OK: true, Detail: "none waits in the outbox: Kafka has confirmed all"}
	box, err := p.Outbox(ctx, p.shard)
	n := 0
	for _, o := range box.Outputs {
		if string(o.Key) == p.customer {
			n++
		}
	}
	if n > 0 {
		f.OK, f.Detail = false, numbered(n, "output")+" in the outbox: Kafka has not confirmed it"
		f.Remedy = "does Kafka take writes? see `tidemark doctor`"
	}
	return f, err
}

func (p proof) everywhere(ctx context.Context) (finding, error) {
	f := finding{Name: "all keys", OK: true}
	f.Detail = fmt.Sprintf("no key of Redis that begins with %s: holds the id, neither in its name nor in its content", p.prefix)
	if len(p.customer) < redis.FramedFrom {
		f.Detail += "; so short an id is not looked for within messages and profiles, where its bytes stand by chance"
	}
	keys, err := p.Traces(ctx, p.customer)
	if len(keys) > 0 {
		f.OK, f.Detail = false, fmt.Sprintf("the id is in %s: %s", numbered(len(keys), "key"), strings.Join(keys[:min(len(keys), keysNamed)], ", "))
		f.Remedy = "keys of another edition go when its rebuild ends; if none runs, see Interrupted rebuilds in deploy/README.md; keys of other programs are theirs to erase"
	}
	return f, err
}
