package link

import (
	"cmp"
	"slices"
)

// Survives reports whether the customer is scored under this id: the id is not linked, or it is the least id of a cycle of links.
func (me Self) Survives(s State) bool {
	_, linked := me.link(s)
	return !linked || me.rules(s)
}

// rules reports whether the id is the least of a cycle. A part that has passed the id itself shows the cycle: the ids of its path from
// this id on. If the part has left this id over another link than the one in force, the cycle stands no more, and the part is about to be
// withdrawn.
func (me Self) rules(s State) bool {
	w, _ := me.link(s)
	meets := false
	for _, from := range s.senders {
		for _, p := range from.parts {
			n := slices.Index(p.path, me.ID)
			if n < 0 || p.path[n+1] != w.Target {
				continue
			}
			if slices.Min(p.path[n:]) != me.ID {
				return false
			}
			meets = true
		}
	}
	return meets
}

// Foreign returns the parts of other ids that the state holds, one per origin, by origin. Whoever survives reads them together with its own
// history.
//
// While a link is being changed, an origin may come by two senders. The sender with the newer word then counts, and of two the lesser id.
func (me Self) Foreign(s State) []Part {
	best := map[string]Part{}
	for _, p := range s.Parts() {
		if slices.Contains(p.Path, me.ID) {
			continue
		}
		had, ok := best[p.Origin]
		if !ok || p.Word.Compare(had.Word) > 0 { // Parts are sorted: of equal words the lesser sender came first
			best[p.Origin] = p
		}
	}
	var all []Part
	for _, p := range best {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Part) int { return cmp.Compare(a.Origin, b.Origin) })
	return all
}
