package pipeline

import (
	"errors"
	"fmt"
	"maps"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// Ids that mean one customer tell each other their histories over the topic of links, which every lane reads as a fourth input. What an id
// has to send follows from each event by itself, and is committed with it:
//
//	lane of ann's shard                                 lane of bob's shard
//	ann's event ──> commit: profile of ann,   publish   customer.links.v1 ──> commit: profile of bob,
//	                outbox: ann's history for bob ──────>                            outbox: what bob sends on
//
// These messages are never muted, however old their event is, and whoever else has sent them before:
//
//   - Muting protects people from old news. A message of links is read by lanes, which must have it to know the histories.
//   - A rebuild reads the log of links from its beginning, too. It cannot count on the messages that it finds there: the edition before may
//     have ignored a MERGED_INTO, as versions without merges did; it may have encoded histories by another time zone; and the log may have
//     been begun anew. So it sends the messages of its own state, and reads them in its next round, or leaves them to the members.
//   - The edition in force ignores these messages: see editionHeader.
//
// A referral travels the same way: the home of a buyer tells that of the referrer whom an order names (score.Engine.Refers). It is sent once
// with the commit of its order, and counts once however often it arrives, so it needs no marks. It is not withheld when the buyer is erased:
// it bears no history, and the referrer keeps a hash of the buyer's id. Nobody waits for referrals that are still to come, because any home may
// send one: silence at the referrer waits for what is on the topic, and not for a buyer's lane that lags. A referral that comes late counts as
// any late event, at the instant of its order.

// errNoRoom names an id that so many others are merged into that it is no person.
var errNoRoom = fmt.Errorf("a history of a merged id is left out, because the id that it is merged into is read from too many others (%d, %d MiB)",
	score.MaxOrigins, score.MaxOriginBytes>>20)

// linked reports whether an event can be something to tell other ids.
func linked(before, after *score.Profile, x event.Event) bool {
	m, ok := x.(*event.Link)
	return before.Linked() || after.Linked() || ok && m.Referral == nil
}

// sendLinks takes up what an id has to send to others after item n of items. before and after are its profile.
func (d *draft) sendLinks(before, after *score.Profile, items []*item, n int) error {
	for _, m := range d.session.engine.Messages(before, after, items[n].event, d.read.until(d.state, items[:n+1])) {
		if err := d.send(m); err != nil {
			return err
		}
	}
	return nil
}

// send takes up a message of links.
func (d *draft) send(m *event.Link) error {
	s := d.session
	output, err := encodeLink(s.codec, s.cfg.Layout, m)
	if _, invalid := errors.AsType[*event.Invalid](err); invalid {
		// A history beyond what a message can hold is left out, and the receiver keeps the one that it has. It must not stop the lane.
		s.trouble("encode link", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("encode a message of links: %w", err)
	}
	d.part.announcements = append(d.part.announcements, announcement{output: output, kind: kindOfLink(m), ofLinks: true})
	return nil
}

// encodeLink returns a message of links, with the headers by which the lanes of another layout know it.
func encodeLink(codec Codec, l shard.Layout, m *event.Link) (shard.Output, error) {
	output, err := codec.EncodeLink(m)
	if err != nil {
		return output, err
	}
	output.Headers = append(output.Headers, linkHeaders(l)...)
	if m.Part != nil && len(m.Part.Content) > 0 {
		output.Headers = append(output.Headers, senderHeader(m.Part.Sender))
	}
	return output, nil
}

// Histories returns what a linked id of the shards of a layout sends to the id that it is linked to, as it stands: nothing for an id that
// is not linked. marks are those of the id's shard.
//
// A rebuild sends it. The receiver has read what the edition before has sent, with marks as great, and would keep it: but a history that was
// read in another order, or under another model, is another one. So the edition is one more mark. tooLarge says that a history was left out.
func Histories(e Engine, codec Codec, l shard.Layout, p *score.Profile, marks shard.Marks) (all []shard.Output, tooLarge bool, err error) {
	if !p.Linked() {
		return nil, false, nil
	}
	named := map[string]int64{editionHeader: int64(l.Edition)}
	for partition, mark := range marks {
		named[partition.String()] = mark
	}
	for _, m := range e.Outgoing(p, named) {
		output, err := encodeLink(codec, l, m)
		if _, invalid := errors.AsType[*event.Invalid](err); invalid {
			tooLarge = true
			continue
		}
		if err != nil {
			return nil, tooLarge, fmt.Errorf("encode a message of links: %w", err)
		}
		all = append(all, output)
	}
	return all, tooLarge, nil
}

// The kinds of messages of links, for metrics.
const linkPart, linkErasure, linkReferral = "PART", "ERASURE", "REFERRAL"

// senderHeader is the header of a message that bears a history: who sends it. An erasure of the sender finds the message by it.
func senderHeader(id string) stream.Header { return stream.Header{Key: "sender", Value: []byte(id)} }

// senderOf returns who sends a history; empty for an output that bears none.
func senderOf(o *shard.Output) string {
	if o.Topic != schemas.Links {
		return ""
	}
	for _, h := range o.Headers {
		if h.Key == "sender" {
			return string(h.Value)
		}
	}
	return ""
}

// kindOfLink names a message of links for metrics.
func kindOfLink(m *event.Link) string {
	switch {
	case m.Erasure != nil:
		return linkErasure
	case m.Referral != nil:
		return linkReferral
	}
	return linkPart
}

// homeMarks are the marks of a shard in the course of a draft: those that this lane has seen committed, raised by the items since. They order
// the states of the shard, so each state that a message tells of must have its own: marks of a whole commit would make the messages of two
// events in it equally new.
type homeMarks struct {
	// applied are the items of the parts before the draft.
	applied []*item
	// marks are the marks after the first n items of the draft; nil before anybody asked.
	marks shard.Marks
	n     int
}

// until returns the marks of st after items, by the name of the partition. items are those of the draft so far.
func (h *homeMarks) until(st *state, items []*item) map[string]int64 {
	if h.marks == nil {
		h.marks = maps.Clone(st.acked)
		h.raise(h.applied)
	}
	h.raise(items[h.n:])
	h.n = len(items)
	named := make(map[string]int64, len(h.marks))
	for p, mark := range h.marks {
		named[p.String()] = mark
	}
	return named
}

func (h *homeMarks) raise(items []*item) {
	for _, x := range items {
		h.marks[x.partition()] = max(h.marks[x.partition()], x.record.Offset+1)
	}
}
