package event

import "slices"

// Link is what one id tells another id. Its key, Head.Customer, is the receiving id. Exactly one of Part, Erasure and Referral is set.
// Package link says what the parts and the erasures mean. A referral has nothing to do with ids that mean one customer: it only travels the
// same way.
//
// Head.ID, Head.OccurredAt name the event of a customer that caused the message: the id of that event, and the instant at which it counts
// (At). An id that forwards a message keeps both. So the receiver's transitions name the event and have its instant, however long the
// message was on its way. Several messages may have one ID. Head.RecordedAt is the record time of the message itself.
type Link struct {
	Head
	Part     *LinkPart
	Erasure  *LinkErasure
	Referral *LinkReferral
}

// LinkPart is the history of one id, sent by an id that is linked to the receiver. A part without a Path is withdrawn: Sender sends Origin
// to the receiver no longer.
type LinkPart struct {
	// Sender is the id that sends the part, Origin the id whose history it is.
	Sender, Origin string
	// WordAt and WordID are the instant and the event id of the sender's last word.
	WordAt Instant
	WordID string
	// First says that this is the first part that the sender sends under the word.
	First bool
	// Marks are the marks of the sender's home at the state sent: name of an input partition to next offset.
	Marks map[string]int64
	// Path are the ids that the part has passed, from the origin to the sender.
	Path []string
	// Content is the encoded history, or nil.
	Content []byte
}

// LinkErasure says that From, who may be the same customer as the receiver, was erased.
type LinkErasure struct {
	From string
	// At is the instant of the erasure.
	At Instant
	// Linked says that From was linked to the receiver at that instant, by a word of the instant Since. Else Since is 0.
	Linked bool
	Since  Instant
}

// LinkReferral says that a customer has bought, and named the receiver as who had recommended us. Head names the order.
type LinkReferral struct {
	// Buyer is the customer who has bought: another than the receiver.
	Buyer string
}

// Topic is Links.
func (*Link) Topic() Topic { return Links }
func (*Link) sealed()      {}

// StatedAt is when the event counted that caused the message.
func (l *Link) StatedAt() Instant { return l.OccurredAt }

// At is StatedAt. The record time does not bound it: OccurredAt is no statement of a source, but has been held to a record time before.
func (l *Link) At() Instant { return l.OccurredAt }

func (l *Link) validate() error {
	switch {
	case l.Part != nil && l.Erasure == nil && l.Referral == nil:
		return l.Part.validate(l.Customer)
	case l.Part == nil && l.Erasure != nil && l.Referral == nil:
		return l.Erasure.validate(l.Customer)
	case l.Part == nil && l.Erasure == nil && l.Referral != nil:
		return l.Referral.validate(l.Customer)
	}
	return Invalidf(BadField, "a message of links is either a part, or an erasure, or a referral")
}

func (p *LinkPart) validate(receiver string) error {
	if err := validID("sender_id", p.Sender); err != nil {
		return err
	}
	if err := validID("origin_id", p.Origin); err != nil {
		return err
	}
	if err := validID("word_id", p.WordID); err != nil {
		return err
	}
	if p.Sender == receiver {
		return Invalidf(BadField, "%q sends a part to itself", receiver)
	}
	for n, id := range p.Path {
		if err := validID("path", id); err != nil {
			return err
		}
		if slices.Contains(p.Path[:n], id) {
			return Invalidf(BadField, "a part has passed %q twice", id)
		}
	}
	switch n := len(p.Path); {
	case n == 0 && len(p.Content) > 0:
		return Invalidf(BadField, "a part that is withdrawn has content")
	case n > 0 && (p.Path[0] != p.Origin || p.Path[n-1] != p.Sender):
		return Invalidf(BadField, "the path of a part does not lead from its origin to its sender")
	}
	return nil
}

func (e *LinkErasure) validate(receiver string) error {
	if err := validID("from_id", e.From); err != nil {
		return err
	}
	if e.From == receiver {
		return Invalidf(BadField, "%q tells itself of its erasure", receiver)
	}
	return nil
}

func (r *LinkReferral) validate(receiver string) error {
	if err := validID("buyer_id", r.Buyer); err != nil {
		return err
	}
	if r.Buyer == receiver {
		return Invalidf(BadField, "%q refers itself", receiver)
	}
	return nil
}
