// Package segment holds rules that say which customers belong together: comparisons of what is known of a customer, joined by and, or, not.
//
//	           comparisons              rules              segments
//	numbers ──> States, which hold ──> And, Or, Not ──> in, or not in
//
// What a comparison reads, and at which instants, is the caller's.
package segment

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The bounds of a file: segments, comparisons of one rule, words of one comparison, and rules within rules.
const (
	MaxSegments    = 32
	MaxComparisons = 8
	MaxWords       = 64
	maxDepth       = 8
)

// Segment is a name and a rule.
type Segment struct {
	// Name names the segment for ever: lower case, digits, underscores.
	Name string
	Rule Rule
}

// Rule is one of four: all of And hold, one of Or holds, Not does not hold, or the Comparison holds.
type Rule struct {
	And, Or    []Rule
	Not        *Rule
	Comparison *Comparison
}

var name = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Check returns nil where a list of segments is valid, else an error that names everything that is wrong with it. entry checks what a comparison
// reads.
func Check(all []Segment, entry func(*Comparison) error) error {
	var errs []error
	if len(all) > MaxSegments {
		errs = append(errs, fmt.Errorf("%d segments: at most %d are evaluated", len(all), MaxSegments))
	}
	names := map[string]bool{}
	for i := range all {
		s := &all[i]
		if !name.MatchString(s.Name) {
			errs = append(errs, fmt.Errorf("segment %q: a name has 1 to 40 lower-case letters, digits and underscores, a letter first", s.Name))
		}
		if names[s.Name] {
			errs = append(errs, fmt.Errorf("segment %q: there are two of that name", s.Name))
		}
		names[s.Name] = true
		if err := s.Rule.check(maxDepth, entry); err != nil {
			errs = append(errs, fmt.Errorf("segment %q: %w", s.Name, err))
		} else if n := len(s.Rule.comparisons(nil)); n > MaxComparisons {
			errs = append(errs, fmt.Errorf("segment %q: %d comparisons, at most %d are evaluated: make two segments of it", s.Name, n, MaxComparisons))
		}
	}
	if len(errs) == 0 {
		errs = append(errs, collisions(all))
	}
	return errors.Join(errs...)
}

func (r *Rule) check(depth int, entry func(*Comparison) error) error {
	if depth == 0 {
		return fmt.Errorf("rules lie in rules, more than %d deep", maxDepth)
	}
	var errs []error
	parts := 0
	for _, list := range [][]Rule{r.And, r.Or} {
		if list != nil {
			parts++
		}
		if list != nil && len(list) == 0 {
			errs = append(errs, errors.New("an and, or an or, of nothing"))
		}
		for i := range list {
			errs = append(errs, list[i].check(depth-1, entry))
		}
	}
	if r.Not != nil {
		parts++
		errs = append(errs, r.Not.check(depth-1, entry))
	}
	if r.Comparison != nil {
		parts++
		if err := errors.Join(r.Comparison.check(), entry(r.Comparison)); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.Comparison, err))
		}
	}
	if parts != 1 {
		errs = append(errs, fmt.Errorf("a rule is one of and, or, not and a comparison: this one is %d of them", parts))
	}
	return errors.Join(errs...)
}

// comparisons appends the comparisons of a rule, from left to right.
func (r *Rule) comparisons(all []*Comparison) []*Comparison {
	for _, list := range [][]Rule{r.And, r.Or} {
		for i := range list {
			all = list[i].comparisons(all)
		}
	}
	if r.Not != nil {
		all = r.Not.comparisons(all)
	}
	if r.Comparison != nil {
		all = append(all, r.Comparison)
	}
	return all
}

// String is the rule in words: recency_days at least 30 and not (tier is LOW or nps is known).
func (r *Rule) String() string { return r.text(false) }

// text is the rule in words; within says that it stands in another one.
func (r *Rule) text(within bool) string {
	joined := func(list []Rule, word string) string {
		parts := make([]string, len(list))
		for i := range list {
			parts[i] = list[i].text(len(list) > 1)
		}
		if text := strings.Join(parts, word); !within || len(list) == 1 {
			return text
		}
		return "(" + strings.Join(parts, word) + ")"
	}
	switch {
	case r.And != nil:
		return joined(r.And, " and ")
	case r.Or != nil:
		return joined(r.Or, " or ")
	case r.Not != nil:
		return "not " + r.Not.text(true)
	case r.Comparison != nil:
		return r.Comparison.String()
	}
	return ""
}

// collisions returns an error where the keys of two comparisons with a margin are equal and the comparisons are not.
func collisions(all []Segment) error {
	known := map[uint32]string{}
	for i := range all {
		for _, c := range all[i].Rule.comparisons(nil) {
			text, key := c.String(), c.Key()
			if other, ok := known[key]; ok && other != text && c.Margin > 0 {
				return fmt.Errorf("%s and %s look alike by their keys: change the margin of one by a little", other, text)
			}
			if c.Margin > 0 {
				known[key] = text
			}
		}
	}
	return nil
}

// Names are the names of segments, in order.
func Names(all []Segment) []string {
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	slices.Sort(names)
	return names
}
