package link_test

import (
	"bytes"
	"fmt"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/link"
)

// spec says what all homes must hold in the end, from the logs of words and facts alone.
type spec struct {
	ids    []string
	erased map[string]event.Instant
	words  map[string][]link.Word // what stands, by Stamp
	facts  map[string]map[int]event.Instant
}

// asErased is the specification where each id was erased when it says that it was.
func asErased(n *network) spec {
	s := spec{n.ids, map[string]event.Instant{}, map[string][]link.Word{}, map[string]map[int]event.Instant{}}
	for _, id := range n.ids {
		s.erase(id, n.homes[id].state.Erased)
		for _, p := range []partition{words, facts} {
			for _, r := range n.homes[id].logs[p] {
				s.hear(id, r)
			}
		}
	}
	return s
}

// hear takes one record of a word or a fact.
func (s spec) hear(id string, r record) {
	if r.word.Event != "" && r.word.At > s.erased[id] {
		if said := s.words[id]; len(said) == 0 || older(said[len(said)-1], r.word) {
			s.words[id] = append(said, r.word)
		}
	}
	if r.fact != 0 && r.stated > s.erased[id] {
		s.facts[id][r.fact] = r.stated
	}
}

// older orders the words of one id by (occurred_at, event_id).
func older(a, b link.Word) bool { return a.At < b.At || a.At == b.At && a.Event < b.Event }

// specify reads the logs in the order of their record times. An erasure erases all ids that links join to the erased id at that instant.
func specify(n *network) spec {
	s := spec{n.ids, map[string]event.Instant{}, map[string][]link.Word{}, map[string]map[int]event.Instant{}}
	type recorded struct {
		id string
		record
	}
	var all []recorded
	for _, id := range n.ids {
		s.facts[id] = map[int]event.Instant{}
		for _, p := range []partition{words, facts} {
			for _, r := range n.homes[id].logs[p] {
				all = append(all, recorded{id, r})
			}
		}
	}
	slices.SortFunc(all, func(a, b recorded) int { return int(a.at - b.at) })
	for _, r := range all {
		if !r.erased {
			s.hear(r.id, r.record)
			continue
		}
		for _, id := range s.component(r.id) {
			s.erase(id, r.at)
		}
	}
	return s
}

func (s spec) erase(id string, at event.Instant) {
	s.erased[id], s.words[id], s.facts[id] = at, nil, map[int]event.Instant{}
}

// target returns the id that an id is linked to, "" for none.
func (s spec) target(id string) string {
	said := s.words[id]
	if len(said) == 0 || said[len(said)-1].Target == id {
		return ""
	}
	return said[len(said)-1].Target
}

// component returns all ids that links join to an id, sorted.
func (s spec) component(id string) []string {
	in := []string{id}
	for grown := true; grown; {
		grown = false
		for _, other := range s.ids {
			to := s.target(other)
			if to != "" && slices.Contains(in, other) != slices.Contains(in, to) {
				for _, x := range []string{other, to} {
					if !slices.Contains(in, x) {
						in = append(in, x)
					}
				}
				grown = true
			}
		}
	}
	slices.Sort(in)
	return in
}

// survivor follows the links from an id to the root, or to the least id of the cycle.
func (s spec) survivor(id string) string {
	var walk []string
	for !slices.Contains(walk, id) {
		walk = append(walk, id)
		to := s.target(id)
		if to == "" {
			return id
		}
		id = to
	}
	return slices.Min(walk[slices.Index(walk, id):])
}

// held returns what each id must hold: the part of an origin lies with every id on the walk from the origin along the links until the
// survivor, the survivor included. The survivor of a cycle sends its own part around the cycle, back to itself.
func (s spec) held() map[string][]link.Part {
	all := map[string][]link.Part{}
	for _, origin := range s.ids {
		end := s.survivor(origin)
		path := []string{origin}
		for at := origin; ; {
			to := s.target(at)
			if to == "" || at == end && at != origin {
				break
			}
			p := link.Part{Sender: at, Origin: origin, Path: slices.Clone(path)}
			if !slices.Contains(path, to) {
				p.Content = content(origin, s.facts[origin])
			}
			said := s.words[at]
			p.Word = said[len(said)-1].Stamp
			all[to] = append(all[to], p)
			if slices.Contains(path, to) {
				break
			}
			path, at = append(path, to), to
		}
	}
	for _, parts := range all {
		slices.SortFunc(parts, func(a, b link.Part) int {
			if a.Sender != b.Sender {
				return compare(a.Sender, b.Sender)
			}
			return compare(a.Origin, b.Origin)
		})
	}
	return all
}

func compare(a, b string) int { return bytes.Compare([]byte(a), []byte(b)) }

// check compares a network at rest with its specification. It returns what differs, "" for nothing.
func (s spec) check(n *network) string {
	held := s.held()
	for _, id := range s.ids {
		h := n.homes[id]
		if h.state.Erased != s.erased[id] {
			return fmt.Sprintf("%s erased at %d, want %d", id, h.state.Erased, s.erased[id])
		}
		if got, _ := h.me.Target(h.state); got != s.target(id) && !(got == id && s.target(id) == "") {
			return fmt.Sprintf("%s is linked to %q, want %q", id, got, s.target(id))
		}
		if got, want := content(id, h.facts), content(id, s.facts[id]); !bytes.Equal(got, want) {
			return fmt.Sprintf("%s has the history %s, want %s", id, got, want)
		}
		got := h.state.Parts()
		for i := range got {
			got[i].Marks = nil
		}
		if show(got) != show(held[id]) {
			return fmt.Sprintf("%s holds\n %s\nwant\n %s", id, show(got), show(held[id]))
		}
		if got, want := h.me.Survives(h.state), s.survivor(id) == id; got != want {
			return fmt.Sprintf("%s survives: %t, want %t", id, got, want)
		}
		if s.survivor(id) != id {
			continue
		}
		if wrong := s.reads(h); wrong != "" {
			return wrong
		}
	}
	return ""
}

// reads checks that a survivor reads every other id of its component once, as it is now.
func (s spec) reads(h *home) string {
	others := slices.DeleteFunc(s.component(h.me.ID), func(id string) bool { return id == h.me.ID })
	var got []string
	for _, p := range h.me.Foreign(h.state) {
		got = append(got, p.Origin)
		if want := content(p.Origin, s.facts[p.Origin]); !bytes.Equal(p.Content, want) {
			return fmt.Sprintf("%s reads %s of %s, want %s", h.me.ID, p.Content, p.Origin, want)
		}
	}
	if !slices.Equal(got, others) {
		return fmt.Sprintf("%s reads %q, want %q", h.me.ID, got, others)
	}
	return ""
}

func show(parts []link.Part) string {
	var all []string
	for _, p := range parts {
		all = append(all, fmt.Sprintf("%s from %s by %v: %v %s", p.Origin, p.Sender, p.Word, p.Path, p.Content))
	}
	return fmt.Sprintf("%q", all)
}
