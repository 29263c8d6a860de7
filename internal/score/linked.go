package score

// Linked reports whether p knows anything of links: only then can an event of the customer be something to tell other ids.
func (p *Profile) Linked() bool { return p.links != nil }
