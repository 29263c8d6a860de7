package redis

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// framed is a text behind its length, as Avro writes it.
func framed(text string) []byte {
	return append(binary.AppendVarint([]byte{7, 0}, int64(len(text))), text+"rest"...)
}

// TestTraces finds an id wherever the program writes ids, in every edition, and nothing of others whose id is like it.
func TestTraces(t *testing.T) {
	ids := []string{"customer-1", "17850", "7", "{a}b", `with "quotes" & signs <>`, "顧客", "x*", `"all quoted"`, "00000000-0000-4000-8000-000000000000"}
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx := t.Context()
		second := testLayout
		second.Edition = 2
		s, e2 := newStore(t, client, testLayout), newStore(t, client, second)
		must(t, s.Open(ctx))
		for _, id := range ids {
			flush(t, client)
			must(t, s.Open(ctx))
			// Others: ids that begin or end like this one, and figures that look like it.
			other := shard.Commit{Shard: 1, Token: "one", Census: map[string]int64{"customers": 17850, "spend": 7}, Marks: shard.Marks{{Topic: event.Purchases, Index: 7}: 17850}}
			for i, like := range []string{id + "x", "x" + id, "9" + id + "9"} {
				must(t, s.Project(ctx, []shard.View{{Customer: like, Fields: []shard.Field{{Name: "orders_365d", Value: "7"}, {Name: "clv", Value: "17850"}}, Detail: []byte(`{"n":17850,"m":7}`)}}))
				other.Updates = append(other.Updates, shard.Update{Customer: like, Profile: framed(like), Due: 17850})
				other.Outbox = append(other.Outbox, shard.Output{ID: fmt.Sprint(i), Key: []byte(like), Value: framed(like)})
			}
			must(t, s.Commit(ctx, []shard.Commit{other})[0])
			must(t, s.Commit(ctx, []shard.Commit{{Shard: 9, Token: "e", Erased: []shard.Tombstone{{Customer: id, At: 7}}}})[0])
			if got, err := s.Traces(ctx, id); err != nil || len(got) != 0 {
				t.Errorf("%q: got %q and error %v, want no trace among others", id, got, err)
			}

			must(t, e2.Commit(ctx, []shard.Commit{{
				Shard: 2, Token: "one", Updates: []shard.Update{{Customer: id, Profile: []byte("p"), Due: 5}},
				Outbox: []shard.Output{{ID: "o", Key: []byte(id), Headers: []stream.Header{{Key: "n", Value: []byte("7x")}}}},
			}})[0])
			must(t, s.Project(ctx, []shard.View{{Customer: id, Fields: []shard.Field{{Name: "tier", Value: "HIGH"}}, Detail: []byte(`{}`)}}))
			into, err := json.Marshal(map[string]string{"merged_into": id})
			must(t, err)
			must(t, s.Project(ctx, []shard.View{{Customer: "merged", Fields: []shard.Field{{Name: "tier", Value: "HIGH"}}, Detail: into}}))
			want := []string{"tm:detail:" + id, "tm:detail:merged", "tm:score:" + id, "tm:{02}:e2:due", "tm:{02}:e2:outbox", "tm:{02}:e2:profiles"}
			if len(id) >= FramedFrom { // within what is kept of others
				must(t, s.Commit(ctx, []shard.Commit{{Shard: 3, Token: "one", Updates: []shard.Update{{Customer: "a", Profile: framed(id), Due: event.Never}}}})[0])
				must(t, s.Commit(ctx, []shard.Commit{{Shard: 4, Token: "one", Outbox: []shard.Output{{ID: "o", Key: []byte("a"), Value: framed(id)}}}})[0])
				must(t, s.Commit(ctx, []shard.Commit{{Shard: 5, Token: "one", Outbox: []shard.Output{{ID: "o", Headers: []stream.Header{{Key: "customer", Value: []byte(id)}}}}}})[0])
				want = append(want, "tm:{03}:profiles", "tm:{04}:outbox", "tm:{05}:outbox")
			}
			slices.Sort(want)
			if got, err := s.Traces(ctx, id); err != nil || !slices.Equal(got, want) {
				t.Errorf("%q:\n got %q and error %v,\nwant %q", id, got, err, want)
			}
		}
	})
}

// TestTracesOfMany: a search goes through many pages of keys and of entries.
func TestTracesOfMany(t *testing.T) {
	client := openRedis(t)
	ctx, s := t.Context(), newStore(t, client, testLayout)
	c := batch(3000)
	c.Token = "one"
	must(t, s.Commit(ctx, []shard.Commit{c})[0])
	var views []shard.View
	for _, u := range c.Updates {
		views = append(views, shard.View{Customer: u.Customer, Fields: []shard.Field{{Name: "tier", Value: "HIGH"}}})
	}
	must(t, s.Project(ctx, views))
	got, err := s.Traces(ctx, c.Updates[2500].Customer)
	if want := []string{"tm:score:customer-002500", "tm:{07}:due", "tm:{07}:profiles"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q and error %v, want %q", got, err, want)
	}
}

// TestTracesOfUnknownTypes: what cannot be searched is an error: a proof that has not looked everywhere is none.
func TestTracesOfUnknownTypes(t *testing.T) {
	client := openMiniredis(t)
	ctx, s := t.Context(), newStore(t, client, testLayout)
	must(t, client.SAdd(ctx, "tm:by-hand", "customer-1").Err())
	if _, err := s.Traces(ctx, "customer-1"); err == nil {
		t.Error("a set beside the keys: got no error, want one")
	}
	if _, err := s.Traces(ctx, ""); err == nil {
		t.Error("traces of nobody: got no error, want one")
	}
}
