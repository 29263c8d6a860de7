package history

// Together returns the history of one customer whose events several ids have observed: each part is the history of one id. All that a
// Summary answers, Together answers as if one id had observed the events of all parts. The caller uses the answer for one evaluation and
// throws it away; the parts stay as they are, and are never united where they are stored.
//
// The order of the parts does not matter. H is the newest day of all parts. What is open in its own part, but too old for this H, is sealed
// or folded in the answer, as it would be in the history of one id. No answer about an instant from the day before H on depends on that; an
// earlier instant, at which a younger part is ahead of the others, is asked of totals that already hold what happened since.
//
// An event that several parts have observed counts once, as far as the parts still know its id. The answer differs from that of one id where a
// part has forgotten what one id would still have asked for:
//
//   - A sealed day that several parts know counts once for each part. Nothing in one part changes an order that another part has sealed.
//   - An interaction that several parts know counts once for each part that has folded it, after 7 days, and once for all others.
//   - An order with versions that occurred 365 days apart or more, in several parts. A version of one part is overruled by what another part has
//     forgotten only if that is an ORDER that occurred after the version was revised. Else the version stands as an order of its own.
//   - Versions of one order with the same revised_at, in several parts: 365 days after, a part knows no record times, and only the greatest.
//   - A pair of referrer and buyer beyond the cap counts once for each part that knows it.
//   - Beyond the caps of the package comment. The answer has the caps of one id for channels and categories (the names of the most orders stay),
//     for the versions of one order, and for refunds (the newest stay). For all else it has room for the facts of all parts.
func Together(own Summary, others ...Summary) Summary {
	known, only := 0, own
	for i := range others {
		if others[i].seen {
			known, only = known+1, others[i]
		}
	}
	switch {
	case known == 0:
		return own
	case known == 1 && !own.seen:
		return only
	}
	return unionOf(own, others).unite()
}

// union is the history of all parts, in the making.
type union struct {
	Summary
	parts []part
}

// part is a history that takes part in a union. Its facts name channels and categories by its own references.
type part struct {
	*Summary
	// channel and category are the references in the union, by the references in the part. They matter where renamed says so.
	channel                            [maxChannels + 2]uint8
	category                           [maxCategories + 2]uint8
	renamedChannels, renamedCategories bool
}

// unionOf starts the union of the parts that have observed anything.
func unionOf(own Summary, others []Summary) *union {
	u := &union{parts: make([]part, 0, 1+len(others))}
	u.add(&own)
	for i := range others {
		u.add(&others[i])
	}
	return u
}

func (u *union) add(s *Summary) {
	if !s.seen {
		return
	}
	u.parts = append(u.parts, part{Summary: s})
	if !u.seen || s.newest > u.newest {
		u.newest, u.seen = s.newest, true
	}
	u.spilled += s.spilled
	u.past = u.past.with(s.past.told(s.newest))
}

func (u *union) unite() Summary {
	u.uniteGaps()
	u.uniteFirstYears()
	u.uniteChannels()
	u.uniteCategories()
	u.uniteOrders()
	u.uniteRefunds()
	u.payments = unite(u.parts, func(p *part) []payment { return p.payments }, (*payment).greater, (*payment).pool)
	u.feedbacks = unite(u.parts, func(p *part) []feedback { return p.feedbacks }, (*feedback).saysMore, nil)
	u.uniteTouches()
	u.uniteReferrals()
	u.consents, _ = merged(u.parts, func(p *part) []consent { return p.consents }, compareConsents, (*consent).meet)
	u.attributes, _ = merged(u.parts, func(p *part) []attribute { return p.attributes }, compareAttributes, (*attribute).meet)
	u.link()
	u.forget()
	return u.Summary
}
