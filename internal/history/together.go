package history

// Together returns the history of one customer whose events several ids have observed: each part is the history of one id. All that a
// Summary answers, Together answers as if one id had observed the events of all parts. The caller uses the answer for one evaluation and
// throws it away; the parts stay as they are, and are never united where they are stored.
//
// The order of the parts does not matter. H is the newest day of all parts. A day that is open in its own part, but 730 days older than H,
// is sealed in the answer, as it would be in the history of one id. No answer about an instant from the day before H on depends on that.
//
// An event that several parts have observed counts once, as far as the parts still know its id. The answer is not exact where a part has
// forgotten what one id would have asked for:
//
//   - A sealed day that several parts know counts once for each part. Nothing in one part changes an order that is sealed in another.
//   - An interaction that several parts know counts once for each part that has folded it, and once more for all others: after 7 days.
//   - Of an order whose versions lie in several parts, a part may have forgotten a version that would overrule a version of another part,
//     365 days or more before the newest. If the forgotten version is a CANCEL, or is revised before the other, the other still stands. Of
//     versions with the same revised_at, a part forgets the record times and all but the greatest after 365 days.
//   - Beyond a cap of the package comment. The answer has the caps of one id for channels, categories, the versions of an order, and
//     refunds: of these the newest 256 keep their order. It has the sum of the parts' caps for all else.
func Together(own Summary, others ...Summary) Summary {
	u := unionOf(own, others)
	switch len(u.parts) {
	case 0:
		return Summary{}
	case 1:
		return *u.parts[0].Summary
	}
	u.uniteChannels()
	u.uniteCategories()
	u.uniteOrders()
	u.uniteRefunds()
	u.payments = unite(lists(u.parts, func(p *part) []payment { return p.payments }), (*payment).greater, (*payment).pool)
	u.feedbacks = unite(lists(u.parts, func(p *part) []feedback { return p.feedbacks }), (*feedback).saysMore, nil)
	u.uniteTouches()
	u.consents = merged(lists(u.parts, func(p *part) []consent { return p.consents }), compareConsents, (*consent).meet)
	u.attributes = merged(lists(u.parts, func(p *part) []attribute { return p.attributes }), compareAttributes, (*attribute).meet)
	u.link()
	u.forget()
	return u.Summary
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
	for i := range 1 + len(others) {
		s := &own
		if i > 0 {
			s = &others[i-1]
		}
		if !s.seen {
			continue
		}
		u.parts = append(u.parts, part{Summary: s})
		if !u.seen || s.newest > u.newest {
			u.newest, u.seen = s.newest, true
		}
		u.spilled += s.spilled
		u.past = u.past.with(s.past)
	}
	return u
}
