package storetest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func testDue(t *testing.T, s harness) {
	update := func(customer string, due event.Instant) shard.Update {
		return shard.Update{Customer: customer, Profile: []byte(customer), Due: due}
	}
	at := func(customer string, due event.Instant) shard.Due { return shard.Due{Customer: customer, At: due} }
	s.must(shard.Commit{Shard: 3, Token: "one", Updates: []shard.Update{
		update("d", 300), update("b", 200), update("before 1970", -5), update("c", 200), update("a", 200),
		update("never", event.Never), update("far", 1<<53),
	}})
	all := []shard.Due{at("before 1970", -5), at("a", 200), at("b", 200), at("c", 200), at("d", 300), at("far", 1<<53)}
	for _, limit := range []int{0, 1, 3, 6, 7, 1000} {
		want := all[:min(limit, len(all))]
		if got := s.due(3, limit); !slices.Equal(got, want) {
			t.Errorf("limit %d: got %v, want %v", limit, got, want)
		}
	}
	s.must(shard.Commit{Shard: 3, Read: "one", Token: "two", Updates: []shard.Update{
		update("b", 400), update("c", event.Never), update("never", 1), update("never again", event.Never),
	}})
	want := []shard.Due{at("before 1970", -5), at("never", 1), at("a", 200), at("d", 300), at("b", 400), at("far", 1<<53)}
	if got := s.due(3, 1000); !slices.Equal(got, want) {
		t.Errorf("after moves: got %v, want %v", got, want)
	}

	stands := func(u shard.Update) shard.Update {
		u.DueStands = true
		return u
	}
	s.must(shard.Commit{Shard: 3, Read: "two", Token: "three", Updates: []shard.Update{
		stands(update("a", 200)), stands(update("c", event.Never)), update("d", 100),
	}})
	want = []shard.Due{at("before 1970", -5), at("never", 1), at("d", 100), at("a", 200), at("b", 400), at("far", 1<<53)}
	if got := s.due(3, 1000); !slices.Equal(got, want) {
		t.Errorf("after times that stand: got %v, want %v", got, want)
	}
}

func testOutbox(t *testing.T, s harness) {
	read := shard.Token("")
	step := func(token shard.Token, confirmed int, outputs ...string) {
		t.Helper()
		c := shard.Commit{Shard: 3, Read: read, Token: token, Confirmed: confirmed}
		for _, id := range outputs {
			c.Outbox = append(c.Outbox, output(id))
		}
		s.must(c)
		read = token
	}
	holds := func(want ...string) {
		t.Helper()
		if got := s.outbox(3); !slices.Equal(got, want) {
			t.Errorf("outbox after commit %s: got %v, want %v", read, got, want)
		}
		if outbox, err := s.Outbox(t.Context(), 3); err != nil || outbox.Token != read {
			t.Errorf("token beside the outbox after commit %s: got %q and error %v", read, outbox.Token, err)
		}
		if got := s.audit(3).Actual.Outbox; got != int64(len(want))+1 {
			t.Errorf("outbox entries after commit %s, sentinel included: got %d, want %d", read, got, len(want)+1)
		}
	}
	step("one", 0, "z", "a", "m")
	holds("z", "a", "m")
	step("two", 0, "b")
	holds("z", "a", "m", "b")
	step("three", 2, "c")
	holds("m", "b", "c")
	step("four", 3)
	holds()
	step("five", 0)
	holds()
	step("six", 0, "d")
	step("seven", 1, "e")
	holds("e")
	outbox, err := s.Outbox(t.Context(), 3)
	outputs := outbox.Outputs
	if err != nil || len(outputs) != 1 || fmt.Sprint(outputs[0]) != fmt.Sprint(output("e")) {
		t.Errorf("output: got %v and error %v, want %v", outputs, err, output("e"))
	}
}

func testScan(t *testing.T, s harness) {
	const n = 1200
	c := shard.Commit{Shard: 3, Token: "one"}
	want := map[string]bool{}
	for i := range n {
		profile := fmt.Sprintf("profile %d", i)
		want[profile] = true
		c.Updates = append(c.Updates, shard.Update{Customer: fmt.Sprint("customer ", i), Profile: []byte(profile), Due: event.Never})
	}
	s.must(c)
	got := map[string]bool{}
	cursor := uint64(0)
	for page := 0; ; page++ {
		profiles, next, err := s.Scan(t.Context(), 3, cursor, 100)
		if err != nil {
			t.Fatalf("scan, page %d: got error %v, want none", page, err)
		}
		for _, profile := range profiles {
			got[string(profile)] = true
		}
		if cursor = next; cursor == 0 {
			break
		}
		if page > n {
			t.Fatalf("scan: got more than %d pages, want an end", n)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("scan: got %d distinct profiles, want the %d that there are and nothing else", len(got), n)
	}
}
