package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

const (
	rebuild = "`tidemark rebuild` reads everything from the log again"
	upgrade = "upgrade this program: a newer version has written them; to go back to this version, stop the newer instances, then run `tidemark rebuild`"
)

// askUpgrade checks whether this version of the program can go on from the data, and says what only a rebuild completes.
func (c *doctorCommand) askUpgrade(ctx context.Context, db *database, layout shard.Layout, model redis.InForce, tell func(finding)) {
	store, err := db.laidOut(layout)
	if err != nil {
		tell(finding{Name: "data of this version", Detail: err.Error(), Remedy: "is --redis-prefix that of Tidemark's data?"})
		return
	}
	all := layout.Numbers()
	format, err := db.LayoutFormat(ctx)
	formats, wrong := store.Formats(ctx, all)
	if err = errors.Join(err, wrong); err != nil {
		tell(finding{Name: "formats", Detail: err.Error(), Remedy: rebuild})
		return
	}
	f := checkFormats(format, formats)
	tell(f)
	if !f.OK {
		return // nobody knows what the rest means
	}
	metas, err := store.Metas(ctx, all)
	if err != nil {
		tell(finding{Name: "heads", Detail: err.Error(), Remedy: "a running service rebuilds a damaged shard by itself; " + rebuild})
		return
	}
	tell(checkModels(metas, model))
	census, err := store.Census(ctx, all)
	after, wrong := store.Metas(ctx, all)
	if err = errors.Join(err, wrong); err != nil {
		tell(finding{Name: "census", Detail: err.Error(), Remedy: rebuild})
		return
	}
	tell(checkCensus(metas, census, after))
	sample, err := sampleProfiles(ctx, store, all)
	if err != nil {
		tell(finding{Name: "profiles", Detail: err.Error(), Remedy: rebuild})
		return
	}
	for _, f := range encodingsOf(sample).findings() {
		tell(f)
	}
	tell(beyondCaps(sample))
	if f, ok := testWords(sample); ok {
		tell(f)
	}
	if f, ok := mergersWithoutEffect(sample); ok {
		tell(f)
	}
}

// checkFormats compares the format of the layout, and the formats of heads by shard, with the format that this program writes.
func checkFormats(layout string, heads []int64) finding {
	f := finding{Name: "formats"}
	if n, err := strconv.Atoi(layout); err != nil || n != redis.Format {
		f.Detail, f.Remedy = fmt.Sprintf("tm:meta has format %q, this program knows %d", layout, redis.Format), rebuild
		if n > redis.Format {
			f.Remedy = upgrade
		}
		return f
	}
	var newer, older []int
	for n, format := range heads {
		switch {
		case format > redis.Format:
			newer = append(newer, n)
		case format > 0 && format < redis.Format:
			older = append(older, n)
		}
	}
	switch {
	case len(newer) > 0:
		f.Detail = fmt.Sprintf("format %d in %s, this program knows %d", heads[newer[0]], shards(newer), redis.Format)
		f.Remedy = upgrade
		return f
	case len(older) > 0:
		f.Detail = fmt.Sprintf("format %d in %s: the next commit of a shard writes format %d", heads[older[0]], shards(older), redis.Format)
		f.Remedy = "nothing to do; " + rebuild + ", and writes all at once"
	default:
		f.Detail = fmt.Sprintf("data of format %d, as this program writes it", redis.Format)
	}
	f.OK = true
	return f
}

// checkModels finds heads that name a model which tm:model does not hold: a service that runs moves the customers of such shards to the
// model in force.
func checkModels(metas []shard.Meta, model redis.InForce) finding {
	f := finding{Name: "models of shards"}
	unknown, waiting := map[string][]int{}, []int{}
	for n, meta := range metas {
		name, _, moving := strings.Cut(meta.Model, " until ") // a migration in progress
		switch {
		case name == "" || name == model.Hash && !moving:
		case name == model.Hash || model.Before != nil && name == model.Before.Hash:
			waiting = append(waiting, n)
		default:
			unknown[name] = append(unknown[name], n)
		}
	}
	if len(unknown) > 0 {
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(unknown)) {
			parts = append(parts, fmt.Sprintf("model %s in %s", name, shards(unknown[name])))
		}
		f.Detail = strings.Join(parts, ", ") + ": unknown to tm:model"
		f.Remedy = "`tidemark run` moves their customers to the model in force; if they stay, " + rebuild
		return f
	}
	f.OK, f.Detail = true, "of the model in force"
	if len(waiting) > 0 {
		f.Detail = "not yet the model in force in " + shards(waiting) + ": a running service moves the customers"
	}
	return f
}

// checkCensus finds shards whose census lacks what this version counts: every profile counts as a customer, as a test account or as a merged
// id, and every customer has a tier and a level. The heads were read before and after the census: a shard that changed between them is left out.
func checkCensus(before []shard.Meta, census []map[string]int64, after []shard.Meta) finding {
	f := finding{Name: "census"}
	var lacking, changed []int
	what := ""
	for n, counters := range census {
		if before[n].Token != after[n].Token {
			changed = append(changed, n)
			continue
		}
		if before[n].Token == "" {
			continue
		}
		profiles := before[n].Counts.Profiles - 1 - counters[pipeline.TestAccounts] - counters[pipeline.Merged] // without the sentinel
		sums, negative := map[string]int64{}, ""                                                                // a version without links takes merged ids off counters that they are not in
		for name, count := range counters {
			kind, _, _ := strings.Cut(name, ":")
			if sums[kind] += count; count < 0 && slices.Contains(everyCustomer, kind) {
				negative = fmt.Sprintf("%s counts %d in shard %d", name, count, n)
			}
		}
		if negative != "" {
			lacking, what = append(lacking, n), negative
			continue
		}
		for _, kind := range everyCustomer {
			if sums[kind] != profiles {
				lacking = append(lacking, n)
				what = fmt.Sprintf("%s counts %d of %d customers in shard %d", kind, sums[kind], profiles, n)
				break
			}
		}
	}
	if len(lacking) > 0 {
		f.Detail, f.Remedy = fmt.Sprintf("incomplete in %s: %s", shards(lacking), what), rebuild
		return f
	}
	f.OK, f.Detail = true, "every customer is counted"
	if len(changed) > 0 {
		f.Detail += "; not looked at because they changed meanwhile: " + shards(changed)
	}
	return f
}

// everyCustomer are the kinds of counters of which each customer is in one.
var everyCustomer = []string{"customers", "tier", "level"}

// shards names shards: the first ones, and how many there are.
func shards(numbers []int) string {
	const most = 8
	var names []string
	for _, n := range numbers[:min(len(numbers), most)] {
		names = append(names, strconv.Itoa(n))
	}
	text := strings.Join(names, ", ")
	switch {
	case len(numbers) > most:
		return fmt.Sprintf("%d shards (%s, …)", len(numbers), text)
	case len(numbers) == 1:
		return "shard " + text
	}
	return "shards " + text
}
