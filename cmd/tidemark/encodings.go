package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tidemark/internal/redis"
	"tidemark/internal/score"
)

// profilesPerShard bounds the profiles per shard that the doctor looks at.
const profilesPerShard = 50

// sampleProfiles reads some encoded profiles of each of the shards.
func sampleProfiles(ctx context.Context, store *redis.Store, numbers []int) (profiles [][]byte, err error) {
	for _, n := range numbers {
		page, _, err := store.Scan(ctx, n, 0, profilesPerShard)
		if err != nil {
			return nil, err
		}
		profiles = append(profiles, page[:min(len(page), profilesPerShard)]...) // Redis may return a small hash as a whole
	}
	return profiles, nil
}

// encodings counts profiles by how they are encoded.
type encodings struct {
	looked, damaged int
	of              map[score.Encoding]int
}

func encodingsOf(profiles [][]byte) encodings {
	e := encodings{looked: len(profiles), of: map[score.Encoding]int{}}
	for _, encoded := range profiles {
		encoding, err := score.EncodingOf(encoded)
		if err != nil {
			e.damaged++
			continue
		}
		e.of[encoding]++
	}
	return e
}

func (e encodings) findings() []finding {
	const name = "profiles"
	var newer, older, unknown int
	histories := map[int]int{}
	for encoding, n := range e.of {
		switch {
		case encoding.Version > score.TodaysEncoding.Version || encoding.History > score.TodaysEncoding.History:
			newer += n
		case encoding.Version < score.TodaysEncoding.Version:
			older += n
		case encoding.History < score.TodaysEncoding.History:
			histories[encoding.History] += n
		}
		if encoding.Unknown > 0 {
			unknown += n
		}
	}
	var all []finding
	if e.damaged > 0 {
		all = append(all, finding{
			Name: name, Detail: fmt.Sprintf("%d of %d that were looked at are damaged", e.damaged, e.looked),
			Remedy: "a running service rebuilds a damaged shard by itself; " + rebuild,
		})
	}
	if newer > 0 {
		all = append(all, finding{
			Name: name, Detail: fmt.Sprintf("%d of %d that were looked at have an encoding that this program does not know", newer, e.looked),
			Remedy: upgrade,
		})
	}
	if older > 0 {
		all = append(all, finding{
			Name: name, Detail: fmt.Sprintf("%d of %d that were looked at are older than version %d", older, e.looked, score.TodaysEncoding.Version),
			Remedy: rebuild,
		})
	}
	for _, format := range slices.Sorted(maps.Keys(histories)) {
		all = append(all, finding{
			Name: name, OK: true,
			Detail: fmt.Sprintf("%d of %d that were looked at have a history of format %d, this program writes %d: what it adds is known of new events only",
				histories[format], e.looked, format, score.TodaysEncoding.History),
			Remedy: rebuild + ", and completes them",
		})
	}
	if unknown > 0 {
		all = append(all, finding{
			Name: name, OK: true,
			Detail: fmt.Sprintf("%d of %d that were looked at hold sections of a newer version: this program keeps them, and does not use them", unknown, e.looked),
			Remedy: "upgrade this program",
		})
	}
	if len(all) == 0 {
		all = append(all, finding{Name: name, OK: true, Detail: fmt.Sprintf("%d were looked at: encoded as this program writes them", e.looked)})
	}
	return all
}
