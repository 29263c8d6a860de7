package avro

import (
	"errors"
	"maps"

	"tidemark/internal/event"
)

// linkSetters lacks event_id, which names the message: a Link is named after the event that caused it.
var linkSetters = map[string]setter[event.Link]{
	"customer_id":    func(l *event.Link, v value) error { return v.text(&l.Customer) },
	"cause_event_id": func(l *event.Link, v value) error { return v.text(&l.ID) },
	"occurred_at":    func(l *event.Link, v value) error { return v.instant(&l.OccurredAt) },
}

var linkPartSetters = map[string]setter[event.LinkPart]{
	"sender_id":     func(p *event.LinkPart, v value) error { return v.text(&p.Sender) },
	"origin_id":     func(p *event.LinkPart, v value) error { return v.text(&p.Origin) },
	"word_at":       func(p *event.LinkPart, v value) error { return v.instant(&p.WordAt) },
	"word_event_id": func(p *event.LinkPart, v value) error { return v.text(&p.WordID) },
	"first":         func(p *event.LinkPart, v value) error { return v.truth(&p.First) },
	"path":          func(p *event.LinkPart, v value) error { return v.list(&p.Path) },
	"content":       func(p *event.LinkPart, v value) error { return v.copied(&p.Content) },
}

var linkErasureSetters = map[string]setter[event.LinkErasure]{
	"erased_id": func(e *event.LinkErasure, v value) error { return v.text(&e.From) },
	"erased_at": func(e *event.LinkErasure, v value) error { return v.instant(&e.At) },
	"linked_since_at": func(e *event.LinkErasure, v value) error {
		e.Linked = true
		return v.instant(&e.Since)
	},
}

var linkReferralSetters = map[string]setter[event.LinkReferral]{
	"buyer_id": func(r *event.LinkReferral, v value) error { return v.text(&r.Buyer) },
}

// linkMark is one of the marks of a part.
type linkMark struct {
	partition string
	offset    int64
}

var linkMarkSetters = map[string]setter[linkMark]{
	"partition": func(m *linkMark, v value) error { return v.text(&m.partition) },
	"offset":    func(m *linkMark, v value) error { return v.whole(&m.offset) },
}

var (
	errMarkTwice = errors.New("names a partition twice")
	errManyMarks = errors.New("are more than event.MaxLinkMarks")
)

func planLink(writer, ours *schema) (plan[event.Link], error) {
	setters := maps.Clone(linkSetters)
	setters["part"] = func(*event.Link, value) error { return errNoRecord }
	if part := writer.inside("part"); part != nil {
		parts, err := planLinkPart(part, ours.inside("part"))
		if err != nil {
			return plan[event.Link]{}, err
		}
		setters["part"] = func(l *event.Link, v value) error {
			l.Part = new(event.LinkPart)
			return parts.record(l.Part, v)
		}
	}
	setters["erasure"] = func(*event.Link, value) error { return errNoRecord }
	if erasure := writer.inside("erasure"); erasure != nil {
		erasures, err := bind(erasure, ours.inside("erasure"), linkErasureSetters)
		if err != nil {
			return plan[event.Link]{}, err
		}
		setters["erasure"] = func(l *event.Link, v value) error {
			l.Erasure = new(event.LinkErasure)
			return erasures.record(l.Erasure, v)
		}
	}
	setters["referral"] = func(*event.Link, value) error { return errNoRecord }
	if referral := writer.inside("referral"); referral != nil {
		referrals, err := bind(referral, ours.inside("referral"), linkReferralSetters)
		if err != nil {
			return plan[event.Link]{}, err
		}
		setters["referral"] = func(l *event.Link, v value) error {
			l.Referral = new(event.LinkReferral)
			return referrals.record(l.Referral, v)
		}
	}
	return bind(writer, ours, setters)
}

func planLinkPart(writer, ours *schema) (plan[event.LinkPart], error) {
	setters := maps.Clone(linkPartSetters)
	setters["marks"] = func(*event.LinkPart, value) error { return errNoList }
	if mark := writer.inside("marks"); mark != nil {
		marks, err := bind(mark, ours.inside("marks"), linkMarkSetters)
		if err != nil {
			return plan[event.LinkPart]{}, err
		}
		setters["marks"] = func(p *event.LinkPart, v value) error { return setMarks(p, v, marks) }
	}
	return bind(writer, ours, setters)
}

func setMarks(p *event.LinkPart, v value, marks plan[linkMark]) error {
	var all []linkMark
	if err := marks.list(&all, v); err != nil || len(all) == 0 {
		return err
	}
	if len(all) > event.MaxLinkMarks { // a map of as many as fit would take ten times the message
		return errManyMarks
	}
	p.Marks = make(map[string]int64, len(all))
	for _, m := range all {
		p.Marks[m.partition] = m.offset
	}
	if len(p.Marks) < len(all) {
		return errMarkTwice
	}
	return nil
}

// inside returns the record inside a field, or nil.
func (s *schema) inside(name string) *schema {
	if f := s.field(name); f != nil {
		return f.of.element()
	}
	return nil
}
