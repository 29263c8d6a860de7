package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// blank is what takes the place of an output that is not to be published.
var blank = shard.Output{}.Append(nil)

// erasedKey returns the name of the key with the tombstones of a shard.
func (s *Store) erasedKey(n int) string { return s.tag(n) + "erased" }

// commitKeys returns the keys that commit.lua gets for a commit.
func (s *Store) commitKeys(c shard.Commit) []string {
	keys := s.keys(c.Shard)
	if c.Read == "" || len(c.Erased) > 0 {
		keys = append(keys, s.erasedKey(c.Shard))
	}
	return keys
}

// tombstone is the value of a tombstone: when its customer was erased, and the shard, out of how many, that the customer then belonged
// to. Shards 1 says that nobody knows the shard any more. A third word is the instant at which the links are cut, where that is another one.
type tombstone struct {
	at, links     event.Instant
	shard, shards int
}

func (t tombstone) String() string {
	text := fmt.Sprintf("%d %d/%d", int64(t.at), t.shard, t.shards)
	if t.links != 0 {
		text += fmt.Sprintf(" %d", int64(t.links))
	}
	return text
}

// parseTombstone reads what String wrote.
func parseTombstone(text string) (tombstone, error) {
	instant, place, _ := strings.Cut(text, " ")
	place, cut, isCut := strings.Cut(place, " ")
	number, shards, _ := strings.Cut(place, "/")
	at, err1 := strconv.ParseInt(instant, 10, 64)
	n, err2 := strconv.Atoi(number)
	of, err3 := strconv.Atoi(shards)
	var links int64
	var err4 error
	if isCut {
		links, err4 = strconv.ParseInt(cut, 10, 64)
	}
	if err := errors.Join(err1, err2, err3, err4); err != nil || n < 0 || n >= of {
		return tombstone{}, fmt.Errorf("tombstone %q is not as it was written: no rebuild can say what it was", text)
	}
	return tombstone{event.Instant(at), event.Instant(links), n, of}, nil
}

// tombstoneArgs checks the tombstones of a commit, and returns them as commit.lua wants them.
func (s *Store) tombstoneArgs(c shard.Commit, key []byte) ([]any, error) {
	var args []any
	named := make(map[string]bool, len(c.Erased))
	for _, t := range c.Erased {
		if t.Customer == "" || named[t.Customer] {
			return nil, errors.New("a tombstone without a customer, or whose customer has another")
		}
		named[t.Customer] = true
		if t.At < 1 || t.At > maxExact {
			return nil, fmt.Errorf("a tombstone of %d ms", int64(t.At))
		}
		if t.Links < 0 || t.Links > t.At {
			return nil, fmt.Errorf("a tombstone of %d ms whose links are cut at %d ms", int64(t.At), int64(t.Links))
		}
		args = append(args, tombstoneField(key, t.Customer), tombstone{t.At, t.Links, c.Shard, s.layout.Shards}.String())
	}
	return args, nil
}

// Erased returns when a customer was erased last, and false if the store knows of no erasure. It only reads.
func (s *Store) Erased(ctx context.Context, customer string) (event.Instant, bool, error) {
	n := s.layout.Of(customer)
	loaded := []shard.Loaded{{Profiles: make([][]byte, 1)}} // no head: so the tombstones are asked for
	if err := s.loadErased(ctx, []shard.Query{{Shard: n, Customers: []string{customer}}}, loaded); err != nil {
		return 0, false, err
	}
	if loaded[0].Erased == nil || loaded[0].Erased[0] == 0 {
		return 0, false, nil
	}
	return loaded[0].Erased[0], true, nil
}

// wanted is what is to be asked of the tombstones of one answer: the customers without a profile, by their place in the query.
type wanted struct {
	answer int
	places []int
}

// loadErased completes the answers of shards that may have tombstones: shards whose head counts some, and shards without a head. Where
// every customer has a profile, it asks nothing.
func (s *Store) loadErased(ctx context.Context, queries []shard.Query, loaded []shard.Loaded) error {
	var all []wanted
	for i, l := range loaded {
		if l.Meta.Token != "" && l.Meta.Counts.Erased == 0 {
			continue
		}
		w := wanted{answer: i}
		for j, profile := range l.Profiles {
			if profile == nil {
				w.places = append(w.places, j)
			}
		}
		if l.Meta.Counts.Erased > 0 {
			loaded[i].Erased = make([]event.Instant, len(l.Profiles))
		}
		if len(w.places) > 0 {
			all = append(all, w)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return s.readErased(ctx, queries, loaded, all)
}

// keyChanges is how often loadErased asks again because the key of the tombstones has changed meanwhile: once, when the server has come back
// empty and another program has made a key first.
const keyChanges = 3

func (s *Store) readErased(ctx context.Context, queries []shard.Query, loaded []shard.Loaded, all []wanted) error {
	key := s.erasures.get()
	if key == nil {
		var err error
		if key, err = s.readErasureKey(ctx); err != nil {
			return err
		}
	}
	if key == nil {
		shards := make([]int, len(all))
		for i, w := range all {
			shards[i] = queries[w.answer].Shard
		}
		var err error
		if key, err = s.absentKey(ctx, shards); err != nil || key == nil {
			return err
		}
	}
	for range keyChanges {
		pipe := s.client.Pipeline()
		there := pipe.HGet(ctx, s.key("meta"), erasureKeyField)
		replies := make([]*goredis.SliceCmd, len(all))
		for i, w := range all {
			q := queries[w.answer]
			fields := make([]string, len(w.places))
			for j, place := range w.places {
				fields[j] = tombstoneField(key, q.Customers[place])
			}
			replies[i] = pipe.HMGet(ctx, s.erasedKey(q.Shard), fields...)
		}
		_, _ = pipe.Exec(ctx) // every reply carries its own error
		same, err := s.sameKey(there, key)
		if err != nil {
			return fmt.Errorf("read %s of %s: %w", erasureKeyField, s.key("meta"), err)
		}
		if !same {
			key = s.erasures.get()
			continue
		}
		for i, w := range all {
			if err := w.take(replies[i], queries[w.answer].Customers, &loaded[w.answer]); err != nil {
				return shardError("load tombstones", queries[w.answer].Shard, err)
			}
		}
		return nil
	}
	return fmt.Errorf("read %s of %s: it changes all the time", erasureKeyField, s.key("meta"))
}

// take puts the tombstones of a reply into the answer.
func (w wanted) take(reply *goredis.SliceCmd, customers []string, l *shard.Loaded) error {
	values, err := reply.Result()
	if err != nil {
		return err
	}
	for j, value := range values {
		text, there := value.(string)
		if !there {
			continue
		}
		t, err := parseTombstone(text)
		if err != nil {
			return err
		}
		if l.Erased == nil {
			l.Erased = make([]event.Instant, len(l.Profiles))
		}
		l.Erased[w.places[j]] = t.at
		if t.links != 0 {
			if l.Cut == nil {
				l.Cut = map[string]event.Instant{}
			}
			l.Cut[customers[w.places[j]]] = t.links
		}
	}
	return nil
}
