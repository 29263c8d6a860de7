package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/score"
)

const (
	// shopsShown bounds the ids that a line names.
	shopsShown = 8
	// shopsWithin bounds the search of doctor for the ids: who is not found by then is counted, and not named.
	shopsWithin = 20 * time.Second
	// shopsPage is the number of profiles that the search reads at once.
	shopsPage = 500
	// shareNoID is what to do about an id that many customers share.
	shareNoID = "send these orders with an id of their own each, as the order id, or leave them out; see shop in the model file for the lines"
)

// sharedID is an id that behaves like a shop: many customers seem to share it.
type sharedID struct {
	Customer     string `json:"customer_id"`
	Orders       int    `json:"orders"`
	PurchaseDays int    `json:"purchase_days"`
}

// sharedIDs are such ids. The busiest come first.
type sharedIDs []sharedID

func (s sharedIDs) sort() {
	slices.SortFunc(s, func(a, b sharedID) int {
		return cmp.Or(cmp.Compare(b.Orders, a.Orders), cmp.Compare(a.Customer, b.Customer))
	})
}

// String names the busiest ids with their counts.
func (s sharedIDs) String() string {
	names := make([]string, len(s))
	for i, id := range s {
		names[i] = fmt.Sprintf("%q with %d orders on %d days", id.Customer, id.Orders, id.PurchaseDays)
	}
	return someOf(names, shopsShown, ", ")
}

// profilePages are the profiles of shards, page by page; see redis.Store.Scan.
type profilePages interface {
	Scan(ctx context.Context, n int, cursor uint64, count int) (profiles [][]byte, next uint64, err error)
}

// shopSearch looks through profiles for ids that behave like a shop.
type shopSearch struct {
	profiles profilePages
	calendar event.Calendar
	within   time.Duration
}

// find names the ids that a census counts. Only shards that hold such an id are looked through, and only until it is found.
func (s shopSearch) find(ctx context.Context, census []map[string]int64) finding {
	f := finding{Name: "ids that many share", OK: true}
	counted := int64(0)
	for _, counters := range census {
		counted += counters[pipeline.Shops]
	}
	if counted == 0 {
		f.Detail = "none found"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, s.within)
	defer cancel()
	var found sharedIDs
	for n, counters := range census {
		ids, err := s.inShard(ctx, n, int(counters[pipeline.Shops]))
		if found = append(found, ids...); err != nil {
			break // who is left is counted
		}
	}
	found.sort()
	f.Detail = fmt.Sprintf("%d behave like a shop, and have no alerts: %s", counted, found)
	if left := counted - int64(len(found)); left > 0 {
		f.Detail += fmt.Sprintf("; %d were not found within %s", left, s.within)
	}
	f.Remedy = shareNoID
	return f
}

// inShard finds so many ids in a shard.
func (s shopSearch) inShard(ctx context.Context, n, wanted int) (found sharedIDs, err error) {
	seen := map[string]bool{} // a scan may return a profile more than once
	for cursor := uint64(0); len(found) < wanted; {
		page, next, err := s.profiles.Scan(ctx, n, cursor, shopsPage)
		if err != nil {
			return found, err
		}
		for _, encoded := range page {
			if !score.IsShop(encoded) {
				continue
			}
			p, err := score.Decode(encoded)
			if err != nil || seen[p.Customer] {
				continue // what is damaged is said elsewhere
			}
			seen[p.Customer] = true
			f := p.Whole().Facts(p.AsOf, s.calendar)
			found = append(found, sharedID{p.Customer, f.Orders, f.PurchaseDays})
		}
		if cursor = next; cursor == 0 {
			break
		}
	}
	return found, nil
}
