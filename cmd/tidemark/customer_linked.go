package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// survivor returns the id that survives once from leads into a chain. If the chain leads back to from, its ids are a cycle, whose least id
// survives: see package link.
func (l linking) survivor(chain []string) string {
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
	if l.back() {
		f, err := l.apart(ctx)
		return []finding{f}, err
	}
	survivor := l.survivor(chain)
	stays, err := l.stays(ctx, survivor)
	if err != nil || survivor == l.from {
		return []finding{stays}, err
	}
	goes, err := l.goes(ctx, survivor)
	return []finding{goes, stays}, err
}

// goes checks that the id that is merged has no score, and says into which id it is merged.
func (l linking) goes(ctx context.Context, survivor string) (finding, error) {
	f := finding{Name: "the id that goes"}
	target, err := l.target(ctx, l.from)
	if err != nil {
		return f, err
	}
	fields, err := l.Score(ctx, l.from)
	switch {
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

// stays checks that the id that survives has a score.
func (l linking) stays(ctx context.Context, survivor string) (finding, error) {
	f := finding{Name: "the id that stays"}
	fields, err := l.Score(ctx, survivor)
	if err != nil {
		return f, err
	}
	f.OK, f.Detail = len(fields) > 0, survivor+" has a score"
	if !f.OK {
		f.Detail = survivor + " has no score"
	}
	return f, nil
}

// apart checks that the id is merged into nobody any more.
func (l linking) apart(ctx context.Context) (finding, error) {
	f := finding{Name: "the id"}
	target, err := l.target(ctx, l.from)
	if err != nil {
		return f, err
	}
	fields, err := l.Score(ctx, l.from)
	switch {
	case err != nil:
		return f, err
	case target != "":
		f.Detail = fmt.Sprintf("the detail of %s still says merged_into %s", l.from, target)
	case len(fields) == 0:
		f.OK, f.Detail = true, l.from+" is merged into nobody. It has no score: no event that counts came under this id"
	default:
		f.OK, f.Detail = true, l.from+" is merged into nobody, and has a score of its own"
	}
	return f, nil
}

// question asks whether a link is meant.
func (l linking) question(chain []string) string {
	if l.back() {
		return fmt.Sprintf("This makes %s a customer of its own again. Type %s to go on: ", l.from, l.from)
	}
	return fmt.Sprintf("This makes %s one customer, who goes on as %s. Type %s to go on: ", l.all(chain), l.survivor(chain), l.from)
}

// all names from and the ids of the chain.
func (l linking) all(chain []string) string {
	ids := append([]string{l.from}, slices.DeleteFunc(slices.Clone(chain), func(id string) bool { return id == l.from })...)
	return strings.Join(ids, " and ")
}

// later says what becomes of a link that the views do not show yet.
func (l linking) later() string {
	return "the MERGED_INTO stays in the log, and is applied when the service comes to it. If " + l.from +
		" has a MERGED_INTO with a later occurred_at, that one counts: then wait until it has passed, and run this command again"
}

// explain says what the link means, and how it is taken back.
func (l linking) explain(w io.Writer, chain []string) error {
	lines := []string{"", "what this means"}
	if l.back() {
		lines = append(lines,
			l.from+" counts for itself alone. Both histories are what they would be without the link: each event stays with the id under which it came.",
			"The id that "+l.from+" was merged into loses the events of "+l.from+". Its score follows within seconds.",
			"Tiers and alerts that were told meanwhile are not taken back.",
			"", "to link the ids again: tidemark customer merge "+l.from+" ID",
		)
	} else {
		survivor := l.survivor(chain)
		lines = append(lines,
			l.all(chain)+" are one customer. Score, tier and alerts stand under "+survivor+", and count the events of all.",
			"Events may go on to come under each id.",
			"An erasure of one id erases all: tidemark customer forget.",
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
