package storetest

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// first is the commit with which most tests begin: it creates shard 3.
func first() shard.Commit {
	return shard.Commit{
		Shard: 3, Token: "one",
		Updates: []shard.Update{
			{Customer: "a", Profile: []byte("a1"), Due: 2000},
			{Customer: "b", Profile: []byte("b1"), Due: event.Never},
		},
		Marks:  shard.Marks{purchases: 10, feedbacks: 0},
		Outbox: []shard.Output{output("o1"), output("o2"), output("o3")},
		Census: map[string]int64{"customers": 2, "spend": 500},
		Model:  "m1",
	}
}

func testCreate(t *testing.T, s harness) {
	s.must(first())
	meta := s.meta(3)
	if meta.Token != "one" || meta.Sequence != 1 || meta.Model != "m1" || meta.Format < 1 {
		t.Errorf("head: got %+v, want token one, sequence 1, model m1 and a format", meta)
	}
	if want := (shard.Marks{purchases: 10, feedbacks: 0}); !maps.Equal(meta.Marks, want) {
		t.Errorf("marks: got %v, want %v", meta.Marks, want)
	}
	if want := (shard.Counts{Profiles: 3, Due: 2, Outbox: 4}); meta.Counts != want {
		t.Errorf("counts, sentinels included: got %+v, want %+v", meta.Counts, want)
	}
	loaded := s.load(3, "b", "nobody", "a")
	if got, want := fmt.Sprintf("%q", loaded.Profiles), `["b1" "" "a1"]`; got != want || loaded.Profiles[1] != nil {
		t.Errorf("profiles: got %s, want %s, nil for nobody", got, want)
	}
	if loaded.Meta.Token != meta.Token || !maps.Equal(loaded.Meta.Marks, meta.Marks) || loaded.Meta.Counts != meta.Counts {
		t.Errorf("head of a load: got %+v, want that of Metas, %+v", loaded.Meta, meta)
	}
	s.conflicts(shard.Commit{Shard: 3, Token: "two"})
}

func testUpdate(t *testing.T, s harness) {
	s.must(first())
	s.must(shard.Commit{
		Shard: 3, Read: "one", Token: "two",
		Updates: []shard.Update{{Customer: "b", Profile: []byte("b2"), Due: 900}, {Customer: "c", Profile: []byte("c2"), Due: event.Never}},
		Census:  map[string]int64{"customers": 1, "spend": -200},
	})
	if got := s.profile(3, "a"); got != "a1" {
		t.Errorf("a, who was not in the commit: got %q, want a1", got)
	}
	if got := s.profile(3, "b"); got != "b2" {
		t.Errorf("b: got %q, want b2", got)
	}
	meta := s.meta(3)
	if meta.Sequence != 2 || meta.Model != "m1" {
		t.Errorf("head: got sequence %d and model %q, want 2 and the m1 of before", meta.Sequence, meta.Model)
	}
	if c, ok := s.Store.(Counter); ok {
		census, err := c.Census(t.Context(), []int{3})
		if want := map[string]int64{"customers": 3, "spend": 300}; err != nil || !maps.Equal(census[0], want) {
			t.Errorf("census: got %v and error %v, want %v", census, err, want)
		}
	}
	s.must(shard.Commit{Shard: 3, Read: "two", Token: "three", Model: "m2"})
	if got := s.meta(3).Model; got != "m2" {
		t.Errorf("model: got %q, want m2", got)
	}
}

func testRetry(t *testing.T, s harness) {
	s.must(first())
	second := shard.Commit{
		Shard: 3, Read: "one", Token: "two", Outbox: []shard.Output{output("o4")}, Confirmed: 1,
		Updates: []shard.Update{{Customer: "a", Profile: []byte("a2"), Due: 5}}, Census: map[string]int64{"customers": 1},
	}
	s.must(second)
	want := s.state(3)
	s.must(second)
	if got := s.state(3); got != want {
		t.Errorf("after the retry:\n got %s\nwant %s", got, want)
	}
	s.must(shard.Commit{Shard: 3, Read: "two", Token: "three"})
	s.conflicts(second) // too late: another commit has followed
}

func testConflict(t *testing.T, s harness) {
	s.must(first())
	want := s.state(3)
	for _, read := range []shard.Token{"", "zero", "One"} {
		s.conflicts(shard.Commit{
			Shard: 3, Read: read, Token: "two", Updates: []shard.Update{{Customer: "a", Profile: []byte("a2"), Due: 1}},
			Marks: shard.Marks{purchases: 99}, Outbox: []shard.Output{output("o9")}, Census: map[string]int64{"customers": 1}, Model: "m9",
		})
	}
	if got := s.state(3); got != want {
		t.Errorf("after conflicts:\n got %s\nwant %s", got, want)
	}
	s.conflicts(shard.Commit{Shard: 4, Read: "one", Token: "two"}) // this commit has read a shard 4 that does not exist
	if got := s.meta(4).Token; got != "" {
		t.Errorf("a shard that is not there, after a conflict: got token %q, want none", got)
	}
}

func testConcurrent(t *testing.T, s harness) {
	const lanes, rounds = 8, 20
	read := shard.Token("")
	for round := range rounds {
		errs := make([]error, lanes)
		var wg sync.WaitGroup
		for lane := range lanes {
			wg.Go(func() {
				token := fmt.Sprintf("%d-%d", round, lane)
				errs[lane] = s.Commit(t.Context(), []shard.Commit{{
					Shard: 1, Read: read, Token: shard.Token(token),
					Updates: []shard.Update{{Customer: token, Profile: []byte(token), Due: 1}},
				}})[0]
			})
		}
		wg.Wait()
		winners := 0
		for lane, err := range errs {
			switch {
			case err == nil:
				winners++
				read = shard.Token(fmt.Sprintf("%d-%d", round, lane))
			case !errors.Is(err, shard.ErrConflict):
				t.Fatalf("round %d, lane %d: got error %v, want none or %v", round, lane, err, shard.ErrConflict)
			}
		}
		if winners != 1 {
			t.Fatalf("round %d: got %d winners, want 1", round, winners)
		}
	}
	if got, want := s.meta(1), (shard.Counts{Profiles: rounds + 1, Due: rounds + 1, Outbox: 1}); got.Token != read || got.Counts != want {
		t.Errorf("after all rounds: got token %q, counts %+v, want those of the winners, %q, %+v", got.Token, got.Counts, read, want)
	}
}

func testResults(t *testing.T, s harness) {
	s.must(shard.Commit{Shard: 2, Token: "one"})
	errs := s.Commit(t.Context(), []shard.Commit{
		{Shard: 0, Token: "x"},
		{Shard: 2, Token: "x"},
		{Shard: 1, Token: ""},
		{Shard: 5, Token: "x", Updates: []shard.Update{{Customer: "a", Profile: []byte("a1"), Due: 1}}},
	})
	if len(errs) != 4 {
		t.Fatalf("four commits: got %d results, want 4", len(errs))
	}
	if errs[0] != nil || errs[3] != nil {
		t.Errorf("commits beside failed ones: got errors %v and %v, want none", errs[0], errs[3])
	}
	if !errors.Is(errs[1], shard.ErrConflict) {
		t.Errorf("a forestalled commit: got error %v, want %v", errs[1], shard.ErrConflict)
	}
	if errs[2] == nil || errors.Is(errs[2], shard.ErrConflict) {
		t.Errorf("a commit without a token: got error %v, want one that is no conflict", errs[2])
	}
	if got := s.profile(5, "a"); got != "a1" {
		t.Errorf("shard 5: got profile %q, want a1", got)
	}
	if got := s.Commit(t.Context(), nil); len(got) != 0 {
		t.Errorf("no commits: got %d results, want none", len(got))
	}
}

func testRefused(t *testing.T, s harness) {
	s.must(first())
	want := s.state(3)
	good := shard.Update{Customer: "b", Profile: []byte("b2"), Due: 7}
	for name, change := range map[string]func(*shard.Commit){
		"no token":                func(c *shard.Commit) { c.Token = "" },
		"the token that was read": func(c *shard.Commit) { c.Token = c.Read },
		"no customer":             func(c *shard.Commit) { c.Updates = []shard.Update{good, {Profile: []byte("x"), Due: 1}} },
		"no profile":              func(c *shard.Commit) { c.Updates = []shard.Update{good, {Customer: "a", Due: 1}} },
		"one customer twice":      func(c *shard.Commit) { c.Updates = []shard.Update{good, good} },
		"a time that no double holds": func(c *shard.Commit) {
			c.Updates = []shard.Update{{Customer: "a", Profile: []byte("x"), Due: 1<<53 + 1}}
		},
		"a customer forgotten and updated":   func(c *shard.Commit) { c.Forgotten = []string{"b"} },
		"a customer forgotten twice":         func(c *shard.Commit) { c.Forgotten = []string{"a", "a"} },
		"nobody forgotten":                   func(c *shard.Commit) { c.Forgotten = []string{""} },
		"a mark below zero":                  func(c *shard.Commit) { c.Marks = shard.Marks{purchases: -1} },
		"a census counter without a name":    func(c *shard.Commit) { c.Census = map[string]int64{"": 1} },
		"less than nothing confirmed":        func(c *shard.Commit) { c.Confirmed = -1 },
		"more confirmed than the outbox has": func(c *shard.Commit) { c.Confirmed = 4 },
		"nobody erased":                      func(c *shard.Commit) { c.Erased = []shard.Tombstone{{At: 5}} },
		"one customer erased twice":          func(c *shard.Commit) { c.Erased = []shard.Tombstone{{Customer: "a", At: 5}, {Customer: "a", At: 6}} },
		"erased at no instant":               func(c *shard.Commit) { c.Erased = []shard.Tombstone{{Customer: "a"}} },
		"erased at a time that no double holds": func(c *shard.Commit) {
			c.Erased = []shard.Tombstone{{Customer: "b", At: 5}, {Customer: "a", At: 1<<53 + 1}}
		},
		"an output below zero blanked":        func(c *shard.Commit) { c.Blanked = []int{0, -1} },
		"an output blanked that is not there": func(c *shard.Commit) { c.Blanked = []int{0, 3} },
	} {
		c := shard.Commit{
			Shard: 3, Read: "one", Token: "two", Updates: []shard.Update{good}, Marks: shard.Marks{purchases: 11},
			Outbox: []shard.Output{output("o4")}, Census: map[string]int64{"customers": 1},
		}
		change(&c)
		err := s.try(c)
		if err == nil || errors.Is(err, shard.ErrConflict) {
			t.Errorf("%s: got error %v, want one that is no conflict", name, err)
		}
		if _, hopeless := errors.AsType[*shard.RefusedError](err); !hopeless && name != "more confirmed than the outbox has" && name != "an output blanked that is not there" { // which is damage
			t.Errorf("%s: got error %v, want one that says that no retry helps", name, err)
		}
		if got := s.state(3); got != want {
			t.Fatalf("after %s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func testLarge(t *testing.T, s harness) {
	const n = 2500
	c := shard.Commit{Shard: 3, Token: "one"}
	customers := make([]string, n)
	for i := range n {
		customers[i] = fmt.Sprintf("customer-%04d", i)
		due := event.Instant(i)
		if i%5 == 0 {
			due = event.Never
		}
		c.Updates = append(c.Updates, shard.Update{Customer: customers[i], Profile: []byte(strings.Repeat(customers[i], 20)), Due: due})
		if i%2 == 0 {
			c.Outbox = append(c.Outbox, output(customers[i]))
		}
	}
	s.must(c)
	for i, profile := range s.load(3, customers...).Profiles {
		if want := strings.Repeat(customers[i], 20); string(profile) != want {
			t.Fatalf("profile of %s: got %q, want %q", customers[i], profile, want)
		}
	}
	if got := s.outbox(3); len(got) != n/2 || got[0] != customers[0] || got[n/2-1] != customers[n-2] {
		t.Errorf("outbox: got %d, want %d from %s to %s", len(got), n/2, customers[0], customers[n-2])
	}
	if got := s.due(3, 2*n); len(got) != n*4/5 || got[0].Customer != customers[1] {
		t.Errorf("due: got %d, want %d beginning with %s", len(got), n*4/5, customers[1])
	}

	// Confirm the whole outbox. Clear all reviews but one in ten.
	next := shard.Commit{Shard: 3, Read: "one", Token: "two", Confirmed: n / 2, Outbox: []shard.Output{output("last")}}
	for i, u := range c.Updates {
		if i%10 != 1 {
			u.Due = event.Never
		}
		next.Updates = append(next.Updates, u)
	}
	s.must(next)
	if got := s.outbox(3); len(got) != 1 || got[0] != "last" {
		t.Errorf("outbox after all was confirmed: got %v, want only the last", got)
	}
	audit := s.audit(3)
	if want := (shard.Counts{Profiles: n + 1, Due: n/10 + 1, Outbox: 2}); audit.Actual != want || audit.Meta.Counts != want {
		t.Errorf("counts: got %+v in the head and %+v in the keys, want %+v", audit.Meta.Counts, audit.Actual, want)
	}
}

func testBytes(t *testing.T, s harness) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	ids := []string{
		"{", "}", "{}", "{07}", "a{b}c", "tm:{03}:meta", "Ünïcödé", "покупатель", "顧客", "🛒", "with space", "a:b", "\u00a0", "'\"\\",
		"-inf", "+inf", "0", "nil", strings.Repeat("x", 128),
	}
	c := shard.Commit{Shard: 3, Token: "one"}
	for i, id := range ids {
		c.Updates = append(c.Updates, shard.Update{Customer: id, Profile: append(all, byte(i)), Due: event.Instant(i)})
	}
	odd := output("o1")
	odd.Key, odd.Value, odd.Headers = []byte("{}顧客"), all, []stream.Header{{Key: "empty"}, {Key: "all", Value: all}}
	c.Outbox = []shard.Output{odd, {ID: "o2"}}
	s.must(c)
	for i, profile := range s.load(3, ids...).Profiles {
		if want := string(all) + string([]byte{byte(i)}); string(profile) != want {
			t.Errorf("profile of %q: got %q, want %q", ids[i], profile, want)
		}
	}
	for i, due := range s.due(3, 100) {
		if want := (shard.Due{Customer: ids[i], At: event.Instant(i)}); due != want {
			t.Errorf("due: got %+v, want %+v", due, want)
		}
	}
	outbox, err := s.Outbox(t.Context(), 3)
	outputs := outbox.Outputs
	if err != nil || len(outputs) != 2 {
		t.Fatalf("outbox: got %d and error %v, want 2", len(outputs), err)
	}
	if got, want := string(outputs[0].Append(nil)), string(odd.Append(nil)); got != want {
		t.Errorf("output: got %q, want %q", got, want)
	}
}

func testMemory(t *testing.T, s harness) {
	c := first()
	s.must(c)
	c.Updates[0].Profile[0] = 'X'
	c.Outbox[0].Value[0] = 'X'
	c.Marks[purchases] = 99
	c.Census["customers"] = 99
	loaded := s.load(3, "a")
	if got := string(loaded.Profiles[0]); got != "a1" {
		t.Errorf("a profile that the caller changed after the commit: got %q, want a1", got)
	}
	loaded.Profiles[0][0] = 'Y'
	loaded.Meta.Marks[purchases] = 98
	s.meta(3).Marks[purchases] = 97
	if got := s.profile(3, "a"); got != "a1" {
		t.Errorf("a profile that the caller changed after the load: got %q, want a1", got)
	}
	if got := s.meta(3).Marks[purchases]; got != 10 {
		t.Errorf("a mark that the caller changed: got %d, want 10", got)
	}
	outbox, err := s.Outbox(t.Context(), 3)
	outputs := outbox.Outputs
	if err != nil || len(outputs) != 3 || outputs[0].Value[0] != 0 {
		t.Errorf("an output that the caller changed: got %v and error %v, want it as it was", outputs, err)
	}
}
