package storetest

import (
	"fmt"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func testShards(t *testing.T, s harness) {
	var commits []shard.Commit
	for n := range layout.Shards {
		text := fmt.Sprint("shard ", n)
		commits = append(commits, shard.Commit{
			Shard: n, Token: shard.Token(text), Updates: []shard.Update{{Customer: "a", Profile: []byte(text), Due: event.Instant(n)}},
			Outbox: []shard.Output{output(text)}, Marks: shard.Marks{purchases: int64(n)}, Census: map[string]int64{"n": int64(n)},
		})
	}
	for i, err := range s.Commit(t.Context(), commits) {
		if err != nil {
			t.Fatalf("commit %d of one call: got error %v, want none", i, err)
		}
	}
	order := []int{5, 0, 7, 3}
	metas, err := s.Metas(t.Context(), order)
	if err != nil {
		t.Fatalf("heads: got error %v, want none", err)
	}
	audits, err := s.Audit(t.Context(), order)
	if err != nil {
		t.Fatalf("audits: got error %v, want none", err)
	}
	queries := make([]shard.Query, len(order))
	for i, n := range order {
		queries[i] = shard.Query{Shard: n, Customers: []string{"a"}}
	}
	loaded, err := s.Load(t.Context(), queries)
	if err != nil {
		t.Fatalf("load: got error %v, want none", err)
	}
	for i, n := range order {
		want := fmt.Sprint("shard ", n)
		if metas[i].Token != shard.Token(want) || metas[i].Marks[purchases] != int64(n) {
			t.Errorf("head %d: got %+v, want that of %s", i, metas[i], want)
		}
		if audits[i].Meta.Token != shard.Token(want) || !audits[i].Intact() {
			t.Errorf("audit %d: got %+v, want that of %s, intact", i, audits[i], want)
		}
		if got := string(loaded[i].Profiles[0]); got != want || loaded[i].Meta.Token != shard.Token(want) {
			t.Errorf("load %d: got %q under token %q, want %s", i, got, loaded[i].Meta.Token, want)
		}
		if got := s.outbox(n); !slices.Equal(got, []string{want}) {
			t.Errorf("outbox of shard %d: got %v, want %s", n, got, want)
		}
		if got := s.due(n, 10); !slices.Equal(got, []shard.Due{{Customer: "a", At: event.Instant(n)}}) {
			t.Errorf("due of shard %d: got %v, want a at %d", n, got, n)
		}
	}
}

func testAbsent(t *testing.T, s harness) {
	if got := s.meta(6); got.Token != "" || got.Sequence != 0 || len(got.Marks) != 0 || got.Counts != (shard.Counts{}) {
		t.Errorf("head: got %+v, want an empty one", got)
	}
	if got := s.audit(6); got.Meta.Token != "" || got.Actual != (shard.Counts{}) || !got.Intact() {
		t.Errorf("audit: got %+v, want an empty one, intact", got)
	}
	loaded := s.load(6, "a", "b")
	if loaded.Meta.Token != "" || loaded.Profiles[0] != nil || loaded.Profiles[1] != nil {
		t.Errorf("load: got %+v, want an empty head and no profiles", loaded)
	}
	if got := s.due(6, 10); len(got) != 0 {
		t.Errorf("due: got %v, want none", got)
	}
	if got := s.outbox(6); len(got) != 0 {
		t.Errorf("outbox: got %v, want none", got)
	}
	if profiles, next, err := s.Scan(t.Context(), 6, 0, 10); err != nil || len(profiles) != 0 || next != 0 {
		t.Errorf("scan: got %d profiles, cursor %d, error %v, want none, 0, none", len(profiles), next, err)
	}
	if got, err := s.Load(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("no queries: got %d answers and error %v, want none", len(got), err)
	}
	if got, err := s.Metas(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("no shards: got %d heads and error %v, want none", len(got), err)
	}
	if got, err := s.Audit(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("no shards: got %d audits and error %v, want none", len(got), err)
	}
	if got, err := s.Mark(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("no markers: got %d heads and error %v, want none", len(got), err)
	}
	s.must(shard.Commit{Shard: 6, Token: "one"})
	if got, want := s.audit(6).Actual, (shard.Counts{Profiles: 1, Due: 1, Outbox: 1}); got != want {
		t.Errorf("a shard of sentinels: got %+v, want %+v", got, want)
	}
	if loaded := s.load(6); loaded.Meta.Token != "one" {
		t.Errorf("a load of nobody: got token %q, want one", loaded.Meta.Token)
	}
}

func testOutOfRange(t *testing.T, s harness) {
	s.must(shard.Commit{Shard: 0, Token: "one"})
	for _, n := range []int{-1, layout.Shards} {
		if err := s.try(shard.Commit{Shard: n, Token: "one"}); err == nil {
			t.Errorf("commit shard %d of %d: got no error, want one", n, layout.Shards)
		}
		if _, err := s.Load(t.Context(), []shard.Query{{Shard: n}}); err == nil {
			t.Errorf("load shard %d of %d: got no error, want one", n, layout.Shards)
		}
		if _, err := s.Metas(t.Context(), []int{0, n}); err == nil {
			t.Errorf("heads of shard %d of %d: got no error, want one", n, layout.Shards)
		}
		if _, err := s.Audit(t.Context(), []int{0, n}); err == nil {
			t.Errorf("audit shard %d of %d: got no error, want one", n, layout.Shards)
		}
		if _, err := s.Mark(t.Context(), []shard.Marker{{Shard: n}}); err == nil {
			t.Errorf("mark shard %d of %d: got no error, want one", n, layout.Shards)
		}
		if _, err := s.Due(t.Context(), n, 1); err == nil {
			t.Errorf("due of shard %d of %d: got no error, want one", n, layout.Shards)
		}
		if _, err := s.Outbox(t.Context(), n); err == nil {
			t.Errorf("outbox of shard %d of %d: got no error, want one", n, layout.Shards)
		}
		if _, _, err := s.Scan(t.Context(), n, 0, 1); err == nil {
			t.Errorf("scan shard %d of %d: got no error, want one", n, layout.Shards)
		}
		if err := s.Drop(t.Context(), []int{0, n}); err == nil {
			t.Errorf("drop shard %d of %d: got no error, want one", n, layout.Shards)
		}
		if got := s.meta(0).Token; got != "one" {
			t.Errorf("shard 0, named beside shard %d of %d: got token %q, want it as it was", n, layout.Shards, got)
		}
	}
}

func testDrop(t *testing.T, s harness) {
	beside := first()
	beside.Shard = 2
	s.must(beside)
	want := s.state(2)
	s.must(first())
	if err := s.Drop(t.Context(), []int{3, 4}); err != nil { // shard 3 exists, shard 4 never existed
		t.Fatalf("drop: got error %v, want none", err)
	}
	if got := s.audit(3); got.Meta.Token != "" || got.Actual != (shard.Counts{}) {
		t.Errorf("the dropped shard: got %+v, want nothing", got)
	}
	if got := s.state(2); got != want {
		t.Errorf("the shard beside it:\n got %s\nwant %s", got, want)
	}
	s.conflicts(shard.Commit{Shard: 3, Read: "one", Token: "two"}) // from an owner that read the shard before the drop
	s.must(shard.Commit{Shard: 3, Token: "anew"})
	if got := s.audit(3).Actual; got != (shard.Counts{Profiles: 1, Due: 1, Outbox: 1}) {
		t.Errorf("the shard that begins again: got %+v, want only sentinels", got)
	}
	if got := s.load(3, "a"); got.Profiles[0] != nil || len(got.Meta.Marks) != 0 || got.Meta.Sequence != 1 {
		t.Errorf("the shard that begins again: got %+v, want no profile, no marks, sequence 1", got)
	}
}

// testCounts carries out commits of many shapes. After each commit, the counts in the head agree with the keys.
func testCounts(t *testing.T, s harness) {
	read, outbox := shard.Token(""), 0
	for step := range 60 {
		c := shard.Commit{Shard: 3, Read: read, Token: shard.Token(fmt.Sprint("step ", step))}
		for i := range step % 7 {
			due := event.Instant(step)
			if (step+i)%3 == 0 {
				due = event.Never
			}
			customer := fmt.Sprint("customer ", (step*5+i*3)%23)
			c.Updates = append(c.Updates, shard.Update{Customer: customer, Profile: []byte{1}, Due: due})
		}
		for i := range step % 4 {
			c.Outbox = append(c.Outbox, output(fmt.Sprint(step, i)))
		}
		c.Confirmed = min(outbox, step%5)
		outbox += len(c.Outbox) - c.Confirmed
		s.must(c)
		read = c.Token
		if audit := s.audit(3); !audit.Intact() || audit.Actual.Outbox != int64(outbox)+1 {
			t.Fatalf("step %d: got %+v in the head and %+v in the keys, want them equal and %d in the outbox",
				step, audit.Meta.Counts, audit.Actual, outbox+1)
		}
	}
	if got, want := s.audit(3).Actual.Profiles, int64(23+1); got != want {
		t.Errorf("profiles at the end: got %d, want %d", got, want)
	}
}
