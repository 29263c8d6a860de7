package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// profileOf reads the profile of an id; nil where there is none.
type profileOf func(ctx context.Context, id string) (*score.Profile, error)

// profilesIn reads profiles from a store.
func profilesIn(store *redis.Store, layout shard.Layout) profileOf {
	return func(ctx context.Context, id string) (*score.Profile, error) {
		loaded, err := store.Load(ctx, []shard.Query{{Shard: layout.Of(id), Customers: []string{id}}})
		if err != nil || loaded[0].Profiles[0] == nil {
			return nil, err
		}
		p, err := score.Decode(loaded[0].Profiles[0])
		if err != nil {
			return nil, fmt.Errorf("profile of %q: %w", id, err)
		}
		return &p, nil
	}
}

// otherIDs returns the other ids that mean the same customer as id, sorted. It goes by the profiles: a MERGED_INTO that the service has not read
// yet does not show. It follows the links from id to the id that is scored. Each id on that way holds the histories of all that are linked to
// it, so those at the end hold the rest. With an error otherIDs returns what it has found so far.
func otherIDs(ctx context.Context, of profileOf, id string) ([]string, error) {
	met, found := map[string]bool{}, map[string]bool{}
	var err error
	for at := id; at != "" && !met[at]; {
		met[at], found[at] = true, true
		var p *score.Profile
		if p, err = of(ctx, at); err != nil || p == nil {
			break
		}
		for _, part := range p.Links().Parts() {
			for _, passed := range part.Path {
				found[passed] = true
			}
		}
		at = p.MergedInto()
	}
	delete(found, id)
	return slices.Sorted(maps.Keys(found)), err
}

// noteOtherIDs notes in an answer which other ids mean the customer: the answer to an access request holds what is held of each.
func (d *database) noteOtherIDs(ctx context.Context, held *heldCustomer) error {
	store, layout, err := d.data(ctx)
	if err != nil {
		return err
	}
	others, err := otherIDs(ctx, profilesIn(store, layout), held.Customer)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		held.Notes = append(slices.Clone(held.Notes), fmt.Sprintf("%s means the same customer as %s. Views, messages and histories are held by id: export each.",
			held.Customer, strings.Join(others, ", ")))
	}
	return nil
}
