package model

import (
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"

	"tidemark/internal/score/segment"
)

// segmentLines is one segment. A file without segments has none.
type segmentLines struct {
	Name string   `yaml:"name"`
	Rule ruleLine `yaml:"rule"`
}

// ruleLine is one of and, or, not and a comparison.
type ruleLine struct {
	And []ruleLine `yaml:"and"`
	Or  []ruleLine `yaml:"or"`
	Not *ruleLine  `yaml:"not"`
	// Entry is the name of an entry of the catalogue. Money is compared in major units.
	Entry   string   `yaml:"entry"`
	AtLeast *float64 `yaml:"at_least"`
	AtMost  *float64 `yaml:"at_most"`
	Above   *float64 `yaml:"above"`
	Below   *float64 `yaml:"below"`
	Is      words    `yaml:"is"`
	Known   *bool    `yaml:"known"`
	Margin  float64  `yaml:"margin"`
}

// words is a word or a list of words.
type words []string

// UnmarshalYAML reads a word or a list of words.
func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	var list []string
	err := n.Decode(&list)
	*w = list
	return err
}

// segments returns the segments of the file.
func (f *file) segments() ([]segment.Segment, error) {
	var all []segment.Segment
	var errs []error
	for i := range f.Segments {
		s := &f.Segments[i]
		rule, err := s.Rule.rule()
		if err != nil {
			errs = append(errs, fmt.Errorf("segments: segment %q: %w", s.Name, err))
		}
		all = append(all, segment.Segment{Name: s.Name, Rule: rule})
	}
	return all, errors.Join(errs...)
}

func (l *ruleLine) rule() (r segment.Rule, err error) {
	var errs []error
	each := func(lines []ruleLine) (rules []segment.Rule) {
		if lines != nil {
			rules = []segment.Rule{}
		}
		for i := range lines {
			part, err := lines[i].rule()
			rules, errs = append(rules, part), append(errs, err)
		}
		return rules
	}
	r.And, r.Or = each(l.And), each(l.Or)
	if l.Not != nil {
		part, err := l.Not.rule()
		r.Not, errs = &part, append(errs, err)
	}
	given := 0
	c := &segment.Comparison{Entry: l.Entry, Words: l.Is, Margin: l.Margin}
	for op, x := range map[segment.Op]*float64{segment.AtLeast: l.AtLeast, segment.AtMost: l.AtMost, segment.Above: l.Above, segment.Below: l.Below} {
		if x != nil {
			c.Op, c.Value = op, *x
			given++
		}
	}
	if l.Is != nil {
		c.Op = segment.Is
		given++
	}
	if l.Known != nil {
		c.Op = segment.Known
		given++
		if !*l.Known {
			errs = append(errs, fmt.Errorf("%s: known: false is written not: {entry: %s, known: true}", l.Entry, l.Entry))
		}
	}
	switch {
	case l.Entry == "" && (given > 0 || l.Margin != 0):
		errs = append(errs, errors.New("a comparison needs an entry"))
	case l.Entry != "" && given != 1:
		errs = append(errs, fmt.Errorf("%s: a comparison has one of at_least, at_most, above, below, is, known: this one has %d of them", l.Entry, given))
	case l.Entry != "":
		r.Comparison = c
	}
	return r, errors.Join(errs...)
}
