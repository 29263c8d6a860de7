package score

import (
	"tidemark/internal/event"
	"tidemark/internal/link"
)

// Messages returns what the id of a profile must tell other ids after x, in the order in which they must hear it. before and after are the
// profile before and after Apply, whatever the verdict. marks are the marks of the profile's home with x read: name of a partition of any
// input, the topic of links included, to next offset. The messages must be sent with the commit of after, or not at all.
//
// Call Messages for each event by itself if it is an ERASED, a MERGED_INTO or a *event.Link. Other events of one customer that come one after
// the other may be taken together: before is then the profile before the first, after the profile after the last, x the last.
//
// A message names x, or what caused x if x is itself a message; see event.Link. Its record time is that of x, until it has one of its own.
func (e *Engine) Messages(before, after *Profile, x event.Event, marks map[string]int64) []*event.Link {
	if before.links == nil && after.links == nil && !aboutLinks(x) {
		return nil
	}
	me := e.self(before)
	_, messages := e.step(before, x)
	messages = append(messages, me.Messages(before.own(), after.own(), link.Marks(marks))...)
	head := event.Head{ID: x.Common().ID, OccurredAt: x.At(), RecordedAt: x.Common().RecordedAt}
	if at, ok := event.ErasedAt(x); ok {
		head.OccurredAt = at
	}
	var all []*event.Link
	for _, m := range messages {
		all = append(all, wire(m, head))
	}
	return all
}

// Outgoing returns the histories that the id of p must have sent to the id that it is linked to, as they stand; nothing if it is not linked.
// marks are those of Messages. The messages name the word by which the id is linked.
func (e *Engine) Outgoing(p *Profile, marks map[string]int64) (all []*event.Link) {
	me, own := e.self(p), p.own()
	target, linked := me.Target(own.State)
	if !linked || target == "" { // empty: the other id was erased
		return nil
	}
	for _, part := range me.Outgoing(own, link.Marks(marks)) {
		head := event.Head{ID: part.Word.Event, OccurredAt: part.Word.At, RecordedAt: part.Word.At}
		all = append(all, wire(link.Message{To: target, Body: part}, head))
	}
	return all
}

// self names the customer of p to package link.
func (e *Engine) self(p *Profile) link.Self { return link.Self{ID: p.Customer, Hash: e.hash} }

// own is what p itself may have to send.
func (p *Profile) own() link.Own {
	own := link.Own{State: p.Links()}
	if p.links != nil { // else p is linked to nobody
		own.Content = p.History.Append(nil)
	}
	return own
}

// step returns the links of p after x, and the answers that follow from x itself. Events that are not about links change nothing.
func (e *Engine) step(p *Profile, x event.Event) (link.State, []link.Message) {
	me, s := e.self(p), p.Links()
	switch x := x.(type) {
	case *event.Interaction:
		if x.Kind == event.Erased {
			return me.Erase(s, x.RecordedAt)
		}
		if x.Kind == event.MergedInto {
			return me.Say(s, link.Word{Stamp: link.Stamp{At: x.At(), Event: x.ID}, Target: x.OtherCustomer}), nil
		}
	case *event.Link:
		if x.Referral == nil {
			return me.Receive(s, message(x))
		}
	case *event.Purchase, *event.Feedback:
	}
	return s, nil
}

// message returns a part or an erasure as package link has it.
func message(x *event.Link) link.Message {
	if p := x.Part; p != nil {
		return link.Message{To: x.Customer, Body: link.Part{
			Sender: p.Sender, Origin: p.Origin, Word: link.Stamp{At: p.WordAt, Event: p.WordID}, First: p.First,
			Marks: p.Marks, Path: p.Path, Content: p.Content,
		}}
	}
	e := x.Erasure
	return link.Message{To: x.Customer, Body: link.Erasure{From: e.From, At: e.At, Linked: e.Linked, Since: e.Since}}
}

// wire is the inverse of message. The receiver replaces the customer of the head.
func wire(m link.Message, head event.Head) *event.Link {
	head.Customer = m.To
	x := &event.Link{Head: head}
	switch body := m.Body.(type) {
	case link.Part:
		x.Part = &event.LinkPart{
			Sender: body.Sender, Origin: body.Origin, WordAt: body.Word.At, WordID: body.Word.Event, First: body.First,
			Marks: body.Marks, Path: body.Path, Content: body.Content,
		}
	case link.Erasure:
		x.Erasure = &event.LinkErasure{From: body.From, At: body.At, Linked: body.Linked, Since: body.Since}
	}
	return x
}
