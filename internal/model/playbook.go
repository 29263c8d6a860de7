package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// playbook is the advice for a tier, or for a part of the lowest.
type playbook struct {
	ID      string   `yaml:"id"`
	Actions []action `yaml:"actions"`
	// The levels may be missing.
	Resources string `yaml:"resources"`
	Marketing string `yaml:"marketing"`
	Service   string `yaml:"service"`
	// Cost is what the answer costs, in major units of the base currency. It belongs to retainable alone.
	Cost *float64 `yaml:"cost"`
}

// The playbooks that split the lowest tier in two.
const (
	retainable = "LOW_RETAINABLE"
	lowValue   = "LOW_VALUE"
)

// playbooks fills in the playbooks: one for every tier, and two more where the lowest tier is split.
func (f *file) playbooks(m *score.Model) error {
	var errs []error
	names := map[string]bool{retainable: true, lowValue: true}
	for t := tier.Low; int(t) < tier.Tiers; t++ {
		name := t.String()
		names[name] = true
		book, err := f.playbook(name)
		errs = append(errs, err)
		m.Playbooks[t] = book
	}
	for _, name := range sorted(f.Playbooks) {
		if !names[name] {
			errs = append(errs, fmt.Errorf("playbooks.%s: no such tier; they are HIGH, POTENTIAL, GENERAL, LOW, and %s and %s, which split LOW", name, retainable, lowValue))
		}
		if name != retainable && f.Playbooks[name].Cost != nil {
			errs = append(errs, fmt.Errorf("playbooks.%s: only that of %s has a cost", name, retainable))
		}
	}
	return errors.Join(append(errs, f.split(m))...)
}

// split fills in the two playbooks of the lowest tier, if the file has them.
func (f *file) split(m *score.Model) error {
	_, one := f.Playbooks[retainable]
	_, other := f.Playbooks[lowValue]
	if !one && !other {
		return nil
	}
	low := &score.LowTier{}
	var oneErr, otherErr, costErr, upliftErr error
	low.Retainable, oneErr = f.playbook(retainable)
	low.LowValue, otherErr = f.playbook(lowValue)
	digits, _ := m.Base.Digits()
	if cost := f.Playbooks[retainable].Cost; cost == nil {
		costErr = fmt.Errorf("playbooks.%s: needs a cost, to tell whom it pays to win back", retainable)
	} else if minor := math.RoundToEven(*cost * math.Pow10(digits)); !(minor >= 0 && minor <= event.MaxMinor) {
		costErr = fmt.Errorf("playbooks.%s: cost %v is not in 0..%v", retainable, *cost, m.Base.Major(event.MaxMinor))
	} else {
		low.Cost = int64(minor)
	}
	if f.Uplift == 0 {
		upliftErr = fmt.Errorf("playbooks.%s: needs an uplift, to tell whom it pays to win back", retainable)
	}
	m.Low = low
	return errors.Join(oneErr, otherErr, costErr, upliftErr)
}

// playbook returns the playbook of a name.
func (f *file) playbook(name string) (score.Playbook, error) {
	var errs []error
	where := "playbooks." + name
	p := f.Playbooks[name]
	if p.ID == "" {
		errs = append(errs, fmt.Errorf("%s: missing, or without an id", where))
	}
	book := score.Playbook{ID: p.ID, Resources: p.Resources, Marketing: p.Marketing, Service: p.Service}
	for i, a := range p.Actions {
		errs = append(errs, a.check(fmt.Sprintf("%s action %d", where, i+1)))
		book.Actions = append(book.Actions, a.action())
	}
	for _, level := range []struct {
		name, value string
		known       []string
	}{
		{"resources", p.Resources, []string{"PRIORITY", "MODERATE", "REDUCED"}},
		{"marketing", p.Marketing, []string{"PREMIUM", "MASS", "PRECISION"}},
		{"service", p.Service, []string{"CUSTOM", "STANDARD", "BASIC"}},
	} {
		if level.value != "" && !slices.Contains(level.known, level.value) {
			errs = append(errs, fmt.Errorf("%s: %s %q is none of %s", where, level.name, level.value, strings.Join(level.known, ", ")))
		}
	}
	return book, errors.Join(errs...)
}
