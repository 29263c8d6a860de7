package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// survivor returns the id that survives once from leads into a chain; of a link that is taken back, the id that has survived until then. If
// the chain leads back to from, its ids are a cycle, whose least id survives: see package link.
func (l linking) survivor(chain []string) string {
	if len(chain) == 0 {
		return l.from
	}
	last := chain[len(chain)-1]
	if last == l.from {
		return slices.Min(chain)
	}
	return last
}

// await looks until the public views show the link or ctx ends, and returns what it has seen last. The deadline of ctx is no error.
func (l linking) await(ctx context.Context, chain []string) ([]finding, error) {
	for {
		seen, err := l.look(ctx, chain)
		if err == nil && !slices.ContainsFunc(seen, func(f finding) bool { return !f.OK }) {
			return seen, nil
		}
		select {
		case <-ctx.Done():
			// The last look may have been cut short. This one is not.
			return l.look(context.WithoutCancel(ctx), chain)
		case <-time.After(askAgain):
		}
	}
}

// look compares the public views with what is asked for.
func (l linking) look(ctx context.Context, chain []string) ([]finding, error) {
	first, survivor := l.goes, l.survivor(chain)
	if l.back() {
		first = l.apart
	}
	var all []finding
	if l.back() || survivor != l.from {
		f, err := first(ctx, survivor)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if l.back() && survivor == l.from {
		return all, nil // nobody else was scored
	}
	f, err := l.stays(ctx, survivor)
	return append(all, f), err
}

// goes checks that the id that is merged has no score, and says into which id it is merged.
func (l linking) goes(ctx context.Context, survivor string) (finding, error) {
	f := finding{Name: "the id that goes"}
	shown, err := l.shown(ctx, l.from)
	if err != nil {
		return f, err
	}
	fields, err := l.Score(ctx, l.from)
	switch target := shown.MergedInto; {
	case err != nil:
		return f, err
	case target != l.into && target != survivor:
		f.Detail = fmt.Sprintf("the detail of %s does not say that it is merged into %s", l.from, l.into)
	case len(fields) > 0:
		f.Detail = fmt.Sprintf("%s still has a score: dashboards still see two customers", l.from)
	default:
		f.OK, f.Detail = true, fmt.Sprintf("%s has no score any more, and its detail says merged_into %s", l.from, target)
	}
	return f, nil
}

// stays checks that the id that survives has a score, and that the score is read from the right histories: with that of from while it is linked,
// without it afterwards.
func (l linking) stays(ctx context.Context, survivor string) (finding, error) {
	f := finding{Name: "the id that stays"}
	if l.back() {
		f.Name = "the id that it leaves"
	}
	origins, err := l.origins(ctx, survivor)
	if err != nil {
		return f, err
	}
	shown, err := l.shown(ctx, survivor)
	if err != nil {
		return f, err
	}
	fields, err := l.Score(ctx, survivor)
	other := l.from
	if survivor == l.from {
		other = l.into
	}
	switch {
	case err != nil:
		return f, err
	case len(fields) == 0 && !l.back():
		f.Detail = survivor + " has no score"
	case l.back() && slices.Contains(origins, other):
		f.Detail = fmt.Sprintf("%s is still read from the history of %s too", survivor, other)
	case !l.back() && !slices.Contains(origins, other):
		f.Detail = fmt.Sprintf("%s is not read from the history of %s yet", survivor, other)
	case shown.MergedIDs != len(origins):
		f.Detail = fmt.Sprintf("the view of %s still shows %s, where it is read from %s", survivor, sources(shown.MergedIDs), sources(len(origins)))
	case len(fields) == 0:
		f.OK, f.Detail = true, survivor+" has no score: no event that counts came under this id, or it is merged itself"
	default:
		f.OK, f.Detail = true, fmt.Sprintf("%s has a score, and is read from %s", survivor, sources(len(origins)))
	}
	return f, nil
}

// sources says from how many histories an id is read that has so many other ids.
func sources(others int) string {
	if others == 0 {
		return "its own history alone"
	}
	return fmt.Sprintf("the histories of %d ids", others+1)
}

// apart checks that the id is merged into nobody any more.
func (l linking) apart(ctx context.Context, _ string) (finding, error) {
	f := finding{Name: "the id"}
	shown, err := l.shown(ctx, l.from)
	if err != nil {
		return f, err
	}
	fields, err := l.Score(ctx, l.from)
	switch {
	case err != nil:
		return f, err
	case shown.MergedInto != "":
		f.Detail = fmt.Sprintf("the detail of %s still says merged_into %s", l.from, shown.MergedInto)
	case len(fields) == 0:
		f.OK, f.Detail = true, l.from+" is merged into nobody. It has no score: no event that counts came under this id"
	default:
		f.OK, f.Detail = true, l.from+" is merged into nobody, and has a score of its own"
	}
	return f, nil
}

// question asks whether a link is meant. all names the ids that become one customer.
func (l linking) question(chain []string, all string) string {
	if l.back() {
		of := ""
		if survivor := l.survivor(chain); survivor != l.from {
			of = ", without " + survivor
		}
		return fmt.Sprintf("This makes %s a customer of its own again%s. Type %s to go on: ", l.from, of, l.from)
	}
	return fmt.Sprintf("This makes %s one customer, who goes on as %s. Type %s to go on: ", all, l.survivor(chain), l.from)
}

// all names from, the ids of the chain, and those that are merged already into from or into the end of the chain.
func (l linking) all(ctx context.Context, chain []string) (string, error) {
	merged, err := l.origins(ctx, l.from)
	if err != nil {
		return "", err
	}
	if len(chain) > 0 {
		more, err := l.origins(ctx, chain[len(chain)-1])
		if err != nil {
			return "", err
		}
		merged = slices.Concat(merged, more)
	}
	ids := []string{l.from}
	for _, id := range slices.Concat(chain, slices.Sorted(slices.Values(merged))) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, " and "), nil
}

// later says what becomes of a link that the views do not show yet.
func (l linking) later() string {
	return "the MERGED_INTO stays in the log, and is applied when the service comes to it. If " + l.from +
		" has a MERGED_INTO with a later occurred_at, that one counts: then wait until it has passed, and run this command again"
}

// explain says what the link means, and how it is taken back. all names the ids that are one customer.
func (l linking) explain(w io.Writer, chain []string, all string) error {
	lines := []string{"", "what this means"}
	if l.back() {
		lines = append(lines,
			l.from+" is a customer of its own. Both histories are what they would be without the link: each event stays with the id under which it came.",
			"What came under other ids that are merged into "+l.from+" goes with it.",
			"Tiers and alerts that were told meanwhile are not taken back.",
			"", "to link the ids again: tidemark customer merge "+l.from+" ID",
		)
	} else {
		survivor := l.survivor(chain)
		lines = append(lines,
			all+" are one customer. Score, tier and alerts stand under "+survivor+", and count the events of all.",
			"Events that still come under any of the ids count for "+survivor+".",
			"Subscribers hear that the tier and the open alerts of an id that is scored no more have ended: the cause is MERGED.",
			"An erasure of one id (tidemark customer forget) erases all.",
			"", "to take it back: tidemark customer unmerge "+l.from,
		)
		if slices.Contains(chain, l.from) {
			lines = append(lines, "the links lead in a circle: the least id by its bytes survives, "+survivor)
		}
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
