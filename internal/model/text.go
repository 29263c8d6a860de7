package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// child returns the value of a key of a mapping; nil if there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// text is a file in lines, and the edits that are due.
type text struct {
	lines []string
	edits []edit
}

// edit replaces old by another text, at one place of a line.
type edit struct {
	line, from int
	old, text  string
}

func newText(raw []byte) *text { return &text{lines: strings.SplitAfter(string(raw), "\n")} }

// replace notes an edit: another value for a node.
func (t *text) replace(n *yaml.Node, value string) error {
	if n == nil || n.Kind != yaml.ScalarNode || n.Line > len(t.lines) {
		return fmt.Errorf("it cannot be replaced where it is an alias or merged in: write it out in the base")
	}
	from, old, found := t.find(n)
	if !found {
		return fmt.Errorf("line %d: it cannot be replaced: write it plainly, as %s", n.Line, value)
	}
	t.edits = append(t.edits, edit{n.Line - 1, from, old, value})
	return nil
}

// find returns the place in its line of a scalar, and the scalar as it is written. It is false where the scalar is written otherwise.
func (t *text) find(n *yaml.Node) (from int, old string, found bool) {
	line := t.lines[n.Line-1]
	from = len(string([]rune(line)[:min(n.Column-1, len([]rune(line)))]))
	for _, old := range []string{n.Value, "'" + n.Value + "'", `"` + n.Value + `"`} {
		if old != "" && strings.HasPrefix(line[from:], old) {
			return from, old, true
		}
	}
	return 0, "", false
}

// edited returns the text after all edits.
func (t *text) edited() string {
	lines := slices.Clone(t.lines)
	slices.SortFunc(t.edits, func(a, b edit) int { return b.from - a.from }) // the last of a line first
	for _, e := range t.edits {
		line := lines[e.line]
		lines[e.line] = line[:e.from] + e.text + line[e.from+len(e.old):]
	}
	return strings.Join(lines, "")
}

// setting is a key and a scalar.
type setting struct{ key, value string }

// settle makes a section of the file say some settings, and none of names besides. A setting whose key is there gets its value. Other
// settings take the places, one after the other, of the names that are not to be there any more: so the comments of the lines stay. What is
// left of the settings is added at the end of the section; what is left of the names goes.
func (t *text) settle(root *yaml.Node, section string, names []string, settings []setting) error {
	at := child(root, section)
	var surplus []int // places in at.Content
	for i := 0; at != nil && i+1 < len(at.Content); i += 2 {
		key := at.Content[i].Value
		if slices.Contains(names, key) && !slices.ContainsFunc(settings, func(s setting) bool { return s.key == key }) {
			surplus = append(surplus, i)
		}
	}
	var missing []setting
	for _, s := range settings {
		here := child(at, s.key)
		var err error
		switch {
		case here != nil:
			err = t.replace(here, s.value)
		case len(surplus) > 0:
			err = errors.Join(t.replace(at.Content[surplus[0]], s.key), t.replace(at.Content[surplus[0]+1], s.value))
			surplus = surplus[1:]
		default:
			missing = append(missing, s)
		}
		if err != nil {
			return fmt.Errorf("%s.%s: %w", section, s.key, err)
		}
	}
	for _, i := range surplus {
		if err := t.remove(at, i); err != nil {
			return fmt.Errorf("%s.%s: %w", section, at.Content[i].Value, err)
		}
	}
	if err := t.add(at, missing); err != nil {
		return fmt.Errorf("%s.%s: %w", section, missing[0].key, err)
	}
	return nil
}

// errPlain is the error of a section in a form that is not edited.
var errPlain = errors.New("the section cannot be edited: write it plainly, all in one line or a line for each key")

// remove notes an edit: the entry at a place of a mapping goes.
func (t *text) remove(of *yaml.Node, i int) error {
	key, value := of.Content[i], of.Content[i+1]
	if of.Style&yaml.FlowStyle == 0 {
		if value.Kind != yaml.ScalarNode || value.Line != key.Line {
			return errPlain
		}
		t.edits = append(t.edits, edit{key.Line - 1, 0, t.lines[key.Line-1], ""})
		return nil
	}
	if i == 0 { // names are never all surplus, nor first in the sections at hand
		return errPlain
	}
	before := of.Content[i-1]
	from, found := t.end(before)
	to, ends := t.end(value)
	if !found || !ends || before.Line != value.Line {
		return errPlain
	}
	t.edits = append(t.edits, edit{value.Line - 1, from, t.lines[value.Line-1][from:to], ""})
	return nil
}

// add notes an edit: settings come after the last entry of a mapping.
func (t *text) add(to *yaml.Node, settings []setting) error {
	if len(settings) == 0 {
		return nil
	}
	if to == nil || to.Kind != yaml.MappingNode || len(to.Content) == 0 {
		return errPlain
	}
	first, last := to.Content[0], to.Content[len(to.Content)-1]
	end, found := t.end(last)
	if !found {
		return errPlain
	}
	separator := ", "
	if to.Style&yaml.FlowStyle == 0 {
		line := strings.TrimRight(t.lines[last.Line-1], "\r\n")
		separator = t.lines[last.Line-1][len(line):]
		if separator == "" {
			separator = "\n"
		}
		end, separator = len(line), separator+strings.Repeat(" ", first.Column-1)
	}
	var text strings.Builder
	for _, s := range settings {
		text.WriteString(separator + s.key + ": " + s.value)
	}
	t.edits = append(t.edits, edit{last.Line - 1, end, "", text.String()})
	return nil
}

// end is the place in its line behind a scalar.
func (t *text) end(n *yaml.Node) (int, bool) {
	if n.Kind != yaml.ScalarNode || n.Line > len(t.lines) {
		return 0, false
	}
	from, old, found := t.find(n)
	return from + len(old), found
}
