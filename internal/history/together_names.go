package history

import (
	"cmp"
	"slices"
)

// uniteChannels makes the channels of the union, and each part's references to them.
func (u *union) uniteChannels() {
	names := u.names(maxChannels, otherChannel, func(p *part) int { return len(p.channels) }, func(p *part, i int) string { return p.channels[i].name },
		func(v *order) uint8 { return v.channel })
	u.channels = make([]channel, len(names))
	for i := range names {
		u.channels[i].name = names[i]
	}
	for k := range u.parts {
		p := &u.parts[k]
		for i := range p.channels {
			ref := reference(names, p.channels[i].name, otherChannel)
			p.channel[i+1] = ref
			p.renamedChannels = p.renamedChannels || int(ref) != i+1
			u.channels[ref-1].touches += p.channels[i].touches
		}
	}
}

// uniteCategories makes the categories of the union, and each part's references to them.
func (u *union) uniteCategories() {
	u.categories = u.names(maxCategories, otherCategory, func(p *part) int { return len(p.categories) }, func(p *part, i int) string { return p.categories[i] },
		func(v *order) uint8 { return v.category })
	for k := range u.parts {
		p := &u.parts[k]
		for i := range p.categories {
			ref := reference(u.categories, p.categories[i], otherCategory)
			p.category[i+1] = ref
			p.renamedCategories = p.renamedCategories || int(ref) != i+1
		}
	}
}

// names returns the names of all parts, those of the first part first. If they are more than most, it returns those of the most orders,
// the alphabetically first among equals, and other.
func (u *union) names(most int, other string, count func(*part) int, name func(*part, int) string, of func(*order) uint8) []string {
	var all []string
	for k := range u.parts {
		p := &u.parts[k]
		if all == nil {
			all = make([]string, 0, count(p))
		}
		for i := range count(p) {
			if !slices.Contains(all, name(p, i)) {
				all = append(all, name(p, i))
			}
		}
	}
	if len(all) <= most || len(all) == most+1 && slices.Contains(all, other) {
		return all
	}
	orders := map[string]int{}
	for k := range u.parts {
		p := &u.parts[k]
		for v := range p.orders.all {
			if ref := of(v); ref > 0 {
				orders[name(p, int(ref)-1)] += int(v.n)
			}
		}
	}
	all = slices.DeleteFunc(all, func(name string) bool { return name == other })
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(orders[b], orders[a]), cmp.Compare(a, b)) })
	u.spilled += int64(len(all) - most)
	return append(all[:most], other)
}

// reference is the place of a name plus one, or the place of the other names.
func reference(names []string, name, other string) uint8 {
	i := slices.Index(names, name)
	if i < 0 {
		i = slices.Index(names, other)
	}
	return uint8(i + 1)
}

// rename makes an order of p an order of the union.
func (p *part) rename(v *order) {
	if !p.renamedChannels && !p.renamedCategories {
		return
	}
	v.channel, v.category = p.channel[v.channel], p.category[v.category]
	if v.more == nil || len(v.more.ties) == 0 {
		return
	}
	more := *v.more
	more.ties = slices.Clone(more.ties)
	for i := range more.ties {
		t := &more.ties[i]
		t.channel, t.category = p.channel[t.channel], p.category[t.category]
	}
	v.more = &more
}
