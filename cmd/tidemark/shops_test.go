package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/score"
	"tidemark/internal/service"
)

// guests are the orders of one id, so many a day for three days, as lines of JSON.
func guests(id string, perDay int) string {
	var lines strings.Builder
	for d := range 3 {
		for k := range perDay {
			order := fmt.Sprintf("%s-%d-%d", id, d, k)
			fmt.Fprintf(&lines, `{"topic":"customer.purchases.v1","event":{"event_id":%q,"customer_id":%q,"order_id":%q,`+
				`"occurred_at":"2026-03-0%dT10:%02d:%02dZ","kind":"ORDER","amount_minor":900,"currency":"USD"}}`+"\n",
				order, id, order, d+1, k/60, k%60)
		}
	}
	return lines.String()
}

// TestReplayNamesSharedIDs: the summary names each id that behaves like a shop, with its counts and what to do, the busiest first. It says
// nothing of that where there is none.
func TestReplayNamesSharedIDs(t *testing.T) {
	ordinary := guests("ann", 2)
	log := file(t, guests("till 7", 110)+guests("0", 150)+ordinary)
	said := must(t, "replay", log, "--format", "jsonl")
	for _, words := range []string{
		`shared ids   2 behave like a shop, and have no alerts: "0" with 450 orders on 3 days, "till 7" with 330 orders on 3 days`, "-> send these orders",
	} {
		if !strings.Contains(said, words) {
			t.Errorf("want %q in\n%s", words, said)
		}
	}
	var got summary
	if err := json.Unmarshal([]byte(must(t, "replay", log, "--format", "jsonl", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Shops) != 2 || got.Shops[0] != (sharedID{"0", 450, 3}) {
		t.Errorf("as JSON: got %+v, want two, the busiest first", got.Shops)
	}
	if said := must(t, "replay", file(t, ordinary), "--format", "jsonl"); strings.Contains(said, "shared ids") {
		t.Errorf("of a customer: want nothing said of shared ids\n%s", said)
	}
}

// pages are the profiles of shards, one a page. Reading from a broken shard fails.
type pages struct {
	of     [][][]byte
	broken int
	read   int
}

func (p *pages) Scan(_ context.Context, n int, cursor uint64, _ int) (profiles [][]byte, next uint64, err error) {
	if n == p.broken {
		return nil, 0, errors.New("no answer")
	}
	p.read++
	if next = cursor + 1; next == uint64(len(p.of[n])) {
		next = 0
	}
	return p.of[n][cursor : cursor+1], next, nil
}

// TestDoctorNamesSharedIDs: doctor reads the shards whose census counts such an id, and no others; it says how many it has not found.
func TestDoctorNamesSharedIDs(t *testing.T) {
	engine, err := service.NewEngine(model.Default(), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	profile := func(id string, perDay int) []byte {
		p := engine.New(id)
		for d := range 3 {
			for k := range perDay {
				at := event.InstantOf(time.Date(2026, 3, 1+d, 10, 0, k, 0, time.UTC))
				head := event.Head{ID: fmt.Sprint(d, "-", k), Customer: id, OccurredAt: at, RecordedAt: at}
				p, _, _ = engine.Apply(p, &event.Purchase{Head: head, Kind: event.Order, OrderID: head.ID, Amount: event.Money{Minor: 900, Currency: "USD"}})
			}
		}
		return p.Append(nil)
	}
	guest, till, ann := profile("0", 120), profile("till", 100), profile("ann", 2)
	counting := func(n int64) map[string]int64 { return map[string]int64{pipeline.Shops: n} }
	for _, row := range []struct {
		why    string
		census []map[string]int64
		pages  pages
		read   int
		want   string
	}{
		{"nobody", []map[string]int64{{"customers": 2}, counting(0)}, pages{of: [][][]byte{{ann}, {ann}}, broken: -1}, 0, "none found"},
		{
			"one in the second shard, found before its last page; and a damaged profile",
			[]map[string]int64{counting(0), counting(1)},
			pages{of: [][][]byte{{ann}, {[]byte("damaged"), guest, ann}}, broken: -1},
			2,
			`1 behave like a shop, and have no alerts: "0" with 360 orders on 3 days`,
		},
		{
			"two, of whom a scan returns one twice",
			[]map[string]int64{counting(2)},
			pages{of: [][][]byte{{till, till, ann, guest}}, broken: -1},
			4,
			`2 behave like a shop, and have no alerts: "0" with 360 orders on 3 days, "till" with 300 orders on 3 days`,
		},
		{
			"a shard that does not answer",
			[]map[string]int64{counting(1), counting(1)},
			pages{of: [][][]byte{{till}, {guest}}, broken: 1},
			1,
			`2 behave like a shop, and have no alerts: "till" with 300 orders on 3 days; 1 were not found within 1m0s`,
		},
	} {
		got := shopSearch{profiles: &row.pages, within: time.Minute}.find(t.Context(), row.census)
		if !got.OK || got.Detail != row.want || (got.Remedy == "") != (row.want == "none found") {
			t.Errorf("%s: got %+v, want %q, with a remedy where there is something to mend", row.why, got, row.want)
		}
		if row.pages.read != row.read {
			t.Errorf("%s: %d pages were read, want %d", row.why, row.pages.read, row.read)
		}
	}
	if !score.IsShop(guest) || score.IsShop(ann) {
		t.Error("the profiles are not what the test takes them for")
	}
}
