package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// erase takes up that a customer is erased. p bears the instant, and nothing else of the customer but links that are younger. What the part was to announce of the
// customer is not announced any more, but for what ends with the erasure.
//
// The commit then removes profile and due time, leaves a tombstone, and overwrites the customer's entries in the outbox. The views have
// gone before: see complete.
func (d *draft) erase(customer string, p score.Profile, cause *item) error {
	s := d.session
	d.part.announcements = slices.DeleteFunc(d.part.announcements, func(a announcement) bool {
		return string(a.output.Key) == customer && a.cause != score.ByErasure.String() && a.output.Topic != schemas.Links
	})
	output, err := s.codec.EncodeErasure(customer, p.Erased)
	if err != nil {
		return fmt.Errorf("encode an erasure: %w", err)
	}
	output.Headers = append(output.Headers, ends)
	d.part.announcements = append(d.part.announcements, announcement{
		output: output, kind: "ERASURE", cause: score.ByErasure.String(), muted: s.told(customer, cause),
	})
	earlier := slices.DeleteFunc(d.part.commit.Erased, func(t shard.Tombstone) bool { return t.Customer == customer })
	d.part.commit.Erased = append(earlier, shard.Tombstone{Customer: customer, At: p.Erased})
	if p.Unknown() {
		d.forget(customer, p)
	} else {
		d.put(customer, p, true)
	}
	return nil
}

// ends is the header of what an erasure says. A later erasure of the same customer lets it stand in the outbox.
var ends = stream.Header{Key: "cause", Value: []byte(score.ByErasure.String())}

func tellsErasure(o *shard.Output) bool {
	return slices.ContainsFunc(o.Headers, func(h stream.Header) bool { return h.Key == ends.Key && bytes.Equal(h.Value, ends.Value) })
}

// overwrites returns a function that reports whether the part overwrites an output: one of a customer whom the part erases. A message of
// links stands, although its key is the customer: the receiver's tombstone answers it, so that the sender hears of the erasure.
func (p *part) overwrites() func(o *shard.Output) bool {
	erased := make(map[string]struct{}, len(p.commit.Erased))
	for _, t := range p.commit.Erased {
		erased[t.Customer] = struct{}{}
	}
	return func(o *shard.Output) bool {
		_, ok := erased[string(o.Key)]
		return ok && !tellsErasure(o) && o.Topic != schemas.Links
	}
}

// blank makes the commit of a part overwrite the outbox entries of the customers whom it erases. The positions are those of the outbox as
// it is now. If another commit comes in between, this one conflicts, and its part is planned again.
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
