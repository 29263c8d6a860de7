package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// erase takes up that a customer is erased. p bears the instant, and nothing else of the customer but links that are younger. What the part
// was to announce of the customer is not announced any more, but for ends. Of messages of links go those by which the customer was to send
// histories. Whoever would have got these hears of the erasure. Somebody whose links are younger goes on sending, and sends only what has
// changed: then the histories go out, and what has changed follows.
//
// The commit then removes profile and due time, leaves a tombstone, and overwrites the customer's entries in the outbox. The views have
// gone before: see complete.
func (d *draft) erase(customer string, p score.Profile, cause *item) error {
	s := d.session
	if p.Unknown() {
		if d.part.silenced == nil {
			d.part.silenced = map[string]bool{}
		}
		d.part.silenced[customer] = true
	}
	d.part.announcements = slices.DeleteFunc(d.part.announcements, func(a announcement) bool {
		return string(a.output.Key) == customer && !isEnd(&a.output) && a.output.Topic != schemas.Links ||
			p.Unknown() && senderOf(&a.output) == customer
	})
	output, err := s.codec.EncodeErasure(customer, p.Erased)
	if err != nil {
		return fmt.Errorf("encode an erasure: %w", err)
	}
	output.Headers = append(output.Headers, endHeader)
	d.part.announcements = append(d.part.announcements, announcement{
		output: output, kind: "ERASURE", cause: score.ByErasure.String(), muted: s.told(customer, cause),
	})
	earlier := slices.DeleteFunc(d.part.commit.Erased, func(t shard.Tombstone) bool { return t.Customer == customer })
	stone := shard.Tombstone{Customer: customer, At: p.Erased}
	if links := p.Links().Erased; links != p.Erased {
		stone.Links = links
	}
	d.part.commit.Erased = append(earlier, stone)
	if p.Unknown() {
		d.forget(customer, p)
	} else {
		d.put(customer, p, true)
	}
	return nil
}

// repeatsErasure reports whether x is the ERASED behind the tombstone of a customer of whom nothing is known. It comes again where a shard was
// dropped and is rebuilt from the log: the tombstone has stayed, but the outbox has gone, perhaps with what the erasure was to say. So the lane
// says it again, by the same id. The EXIT and the RESOLVED do not come again: what they would end is erased.
func (d *draft) repeatsErasure(customer string, k *known, x event.Event) bool {
	at, ok := event.ErasedAt(x)
	_, changed := d.after[customer]
	return ok && at == k.profile.Erased && !k.exists && !changed
}

// endHeader is the header of outputs that an erasure spares. They end what subscribers have heard: an episode, a window, a tier, the customer.
// Whoever has heard of a beginning and never hears of its end goes on for ever.
var endHeader = stream.Header{Key: "end", Value: []byte("true")}

func isEnd(o *shard.Output) bool {
	return slices.ContainsFunc(o.Headers, func(h stream.Header) bool { return h.Key == endHeader.Key && bytes.Equal(h.Value, endHeader.Value) })
}

// ends reports whether a transition ends what subscribers have heard.
func ends(t score.Transition) bool {
	switch t := t.(type) {
	case *score.TierChanged:
		return t.Direction == score.Exit
	case *score.ChurnAlert:
		return t.State == score.Resolved || t.State == score.Retracted
	case *score.TierWillChange:
		return t.State == score.Withdrawn
	case *score.SegmentChanged:
		return t.Change == score.Left
	case *score.WonBack:
	}
	return false
}

// overwrites returns a function that reports whether the part overwrites an output: one of a customer whom the part erases, or a history that
// such a customer sends. A message of links to the customer stands: the receiver's tombstone answers it, so that the sender hears of the
// erasure.
func (p *part) overwrites() func(o *shard.Output) bool {
	erased := make(map[string]struct{}, len(p.commit.Erased))
	for _, t := range p.commit.Erased {
		erased[t.Customer] = struct{}{}
	}
	return func(o *shard.Output) bool {
		_, ok := erased[string(o.Key)]
		return ok && !isEnd(o) && o.Topic != schemas.Links || p.silenced[senderOf(o)]
	}
}

// blank makes the commit of a part overwrite the outbox entries of the customers whom it erases. The positions are those of the outbox as
// it is now. If another commit comes in between, this one conflicts, and its part is planned again.
//
// blank returns shard.ErrConflict if the outbox is not of the token that the commit has read: another lane has committed, or another master
// has answered. In the outbox of another master, other customers' entries stand at these positions.
func (s *session) blank(ctx context.Context, p *part) error {
	p.commit.Blanked = nil
	if len(p.commit.Erased) == 0 {
		return nil
	}
	var waiting shard.Outbox
	err := s.retry(ctx, "outbox", func() (err error) {
		waiting, err = s.queues.Outbox(ctx, p.commit.Shard)
		return err
	})
	if err != nil {
		return err
	}
	if waiting.Token != p.commit.Read {
		return shard.ErrConflict
	}
	overwrites := p.overwrites()
	for i := range waiting.Outputs {
		if overwrites(&waiting.Outputs[i]) {
			p.commit.Blanked = append(p.commit.Blanked, i)
		}
	}
	return nil
}

// withhold drops what is committed, and not published yet, of the customers whom a part has erased: the part has overwritten it in the
// outbox. The outbox still counts the entries.
func (s *session) withhold(st *state, p *part) {
	if len(p.commit.Erased) == 0 {
		return
	}
	overwrites := p.overwrites()
	for i := range s.unpublished {
		if a := &s.unpublished[i]; a.state == st && overwrites(&a.output) {
			a.output = shard.Output{}
		}
	}
}
