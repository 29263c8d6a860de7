package score

import (
	"bytes"
	"fmt"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/link"
)

// MaxOrigins is how many other ids a customer is read from at most, MaxOriginBytes how long their histories are together.
const (
	MaxOrigins     = link.MaxParts
	MaxOriginBytes = link.MaxPartBytes
)

// links are the links of a profile, and what follows from them for its labels. Nobody modifies links: a change makes new ones.
type links struct {
	state link.State
	// away says that the customer is scored under another id.
	away bool
	// origins are the ids whose parts are read beside the own history, contents their parts, foreign their histories. All are empty for who
	// is away.
	origins  []string
	contents [][]byte
	foreign  []history.Summary
	// own are the customer's ids as the buyers of pairs; nil until an engine has named them: see Engine.recognize.
	own []history.Referral
}

// read returns the history of a part. It need not be decoded if it has not changed.
func (l *links) read(part *link.Part) (history.Summary, error) {
	if l != nil {
		if n, found := slices.BinarySearch(l.origins, part.Origin); found && bytes.Equal(l.contents[n], part.Content) {
			return l.foreign[n], nil
		}
	}
	return historyOf(part.Content)
}

// nothing is the history that is read of who is away. Nobody modifies it.
var nothing history.Summary

// Naming returns e with a keyed hash of ids, by which the links of a profile recognise ids that they must not name. The hash must be the
// same as long as profiles are kept. Without it e takes event.Hash, which has no key: a guess at an id can be proved right by it.
func (e *Engine) Naming(hash func(id string) uint64) *Engine {
	other := *e
	other.hash = hash
	if e.previous != nil {
		other.previous = e.previous.Naming(hash)
	}
	return &other
}

// Links is what p knows of links. A profile without links still has its tombstone.
func (p *Profile) Links() link.State {
	if p.links == nil {
		return link.State{Erased: p.Erased}
	}
	return p.links.state
}

// linked reports whether p knows more of links than its tombstone.
func (p *Profile) linked() bool { return p.links != nil && !p.links.state.Bare() }

// Away reports whether the customer is scored under another id: p has no scores and no labels, and counts nowhere.
func (p *Profile) Away() bool { return p.links != nil && p.links.away }

// MergedInto is the id that p is linked to; empty for who is not Away. The customer may be scored under a third id, which that one is linked
// to.
func (p *Profile) MergedInto() string {
	if !p.Away() {
		return ""
	}
	into, _ := link.Self{ID: p.Customer}.Target(p.links.state)
	return into
}

// Origins are the other ids whose histories p's labels are read from, sorted. They are empty for who is Away.
func (p *Profile) Origins() []string {
	if p.links == nil {
		return nil
	}
	return p.links.origins
}

// Whole is the history that p's labels are read from: the own one, together with those of the ids that are merged into it. Of who is away
// nothing is read. Nobody may modify it.
func (p *Profile) Whole() *history.Summary {
	if p.together != nil {
		return p.together
	}
	return &p.History
}

// grow sets the own history of p.
func (p *Profile) grow(h *history.Summary) {
	if p.History = *h; p.links != nil {
		p.unite()
	}
}

// relink sets the links of p. The error says that a part is no history; p is then as it was.
func (p *Profile) relink(s link.State) error {
	if s.Bare() && s.Erased == p.Erased {
		p.links = nil
		p.unite()
		return nil
	}
	me := link.Self{ID: p.Customer}
	l := &links{state: s, away: !me.Survives(s)}
	if !l.away {
		for _, part := range me.Foreign(s) {
			h, err := p.links.read(&part)
			if err != nil {
				return fmt.Errorf("the part of %q: %w", part.Origin, err)
			}
			l.origins, l.contents, l.foreign = append(l.origins, part.Origin), append(l.contents, part.Content), append(l.foreign, h)
		}
	}
	p.links = l
	p.unite()
	return nil
}

// unite sets what Whole returns. It is kept for as long as neither the own history nor the links change.
func (p *Profile) unite() {
	switch l := p.links; {
	case l == nil, !l.away && len(l.foreign) == 0:
		p.together = nil
	case l.away:
		p.together = &nothing
	default:
		h := history.Together(p.History, l.foreign...).Without(l.own)
		p.together = &h
	}
}

// recognize leaves out, of the pairs of p with buyers, those with an id of p's own: who buys under one id and names another as the referrer has
// referred nobody.
func (e *Engine) recognize(p *Profile) {
	l := p.links
	if l == nil || l.own != nil || len(l.foreign) == 0 || !p.together.HasPairs() {
		return
	}
	named := *l
	named.own = []history.Referral{history.ReferralOf(e.hash(p.Customer))}
	for _, id := range l.origins {
		named.own = append(named.own, history.ReferralOf(e.hash(id)))
	}
	h := p.together.Without(named.own)
	p.links, p.together = &named, &h
}

// sameSources reports whether the labels of two profiles are read from the histories of the same ids.
func (p *Profile) sameSources(q *Profile) bool {
	return p.Away() == q.Away() && slices.Equal(p.Origins(), q.Origins())
}

// link returns p after a word of the customer, or a message of links, and the transitions that follow. An erasure that comes so is erase's.
func (e *Engine) link(p Profile, x event.Event) (Profile, []Transition, Verdict) {
	was := p.Links()
	s, _ := e.step(&p, x)
	if e.leavesOut(&p, x) {
		p.LeftOut++
	}
	switch {
	case event.Earliest(x) < e.oldest && x.Topic() != event.Links:
		return p, nil, RefusedTooOld
	case s.Erased > was.Erased:
		return e.erase(p, x, max(s.Erased, x.Common().RecordedAt))
	case s.Equal(was) && swallowed(was, x):
		return p, nil, Swallowed
	case s.Equal(was):
		return p, nil, Repeated
	}
	if !readable(x) {
		return p, nil, RefusedPart
	}
	unlinked := p
	at := max(p.AsOf, x.At())
	if p.Unknown() {
		p.Muted, p.Second, p.Notice = false, SecondOrder{}, nil
		p.Drop, p.Unhappy = DropEpisode{}, UnhappyEpisode{}
	}
	if e.Forgets(&p) <= at {
		p = e.fresh(&p)
	}
	if p.Unknown() {
		p.Former = e.formerOfNobody(at)
	}
	next, transitions := e.Review(p, at)
	before := next
	if err := next.relink(s); err != nil {
		return unlinked, nil, RefusedPart
	}
	e.recognize(&next)
	next.LastChange, next.Uncontactable = at, next.Whole().Uncontactable()
	next.Former = e.follow(&before, &next, x)
	o := occasion{event: x.Common(), at: x.At(), news: e.mayBeNews(&before, x), merge: !next.sameSources(&before)}
	next, more := e.relabel(before, next, o)
	next.Due = Unscheduled
	return next, append(transitions, more...), Accepted
}

// leavesOut reports whether x brings a history for which p has no room.
func (e *Engine) leavesOut(p *Profile, x event.Event) bool {
	m, ok := x.(*event.Link)
	return ok && p.links != nil && e.self(p).LeavesOut(p.links.state, message(m))
}

// Crowded reports whether p may have no room for the histories of further ids.
func (p *Profile) Crowded() bool { return p.links != nil && p.links.state.Crowded() }

// readable reports whether x brings no part, or one that is a history. An older program does not read what a newer one has written.
func readable(x event.Event) bool {
	m, ok := x.(*event.Link)
	if !ok || m.Part == nil {
		return true
	}
	_, err := historyOf(m.Part.Content)
	return err == nil
}

// historyOf reads the content of a part. A part has none where its origin has done nothing yet, or is on a cycle with the receiver.
func historyOf(content []byte) (history.Summary, error) {
	if len(content) == 0 {
		return history.Summary{}, nil
	}
	return history.Decode(content)
}

// swallowed reports whether the tombstone swallows x.
func swallowed(s link.State, x event.Event) bool {
	switch x := x.(type) {
	case *event.Interaction:
		return s.Swallows(x.At())
	case *event.Link:
		return x.Part != nil && s.Swallows(x.Part.WordAt)
	case *event.Purchase, *event.Feedback:
	}
	return false
}

// aboutLinks reports whether x is about links: a word of the customer, or a message. A referral that comes as a message is not.
func aboutLinks(x event.Event) bool {
	if m, ok := x.(*event.Link); ok {
		return m.Referral == nil
	}
	_, ok := event.Merger(x)
	return ok
}

// linksFootprint estimates the bytes of heap that the links of p keep alive.
func (p *Profile) linksFootprint() int {
	l := p.links
	if l == nil {
		return 0
	}
	n := linksBytes + l.state.Footprint()
	for i := range l.foreign {
		n += summaryBytes + l.foreign[i].Footprint() + stringBytes + sliceBytes // the ids and contents are those of the state
	}
	if p.together != nil && p.together != &nothing {
		n += summaryBytes + p.together.Footprint()
	}
	return n
}
