package score

import (
	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
)

// What tests outside the package look at.

// TagsEnd is the tag after the last section of a profile.
const TagsEnd = tagsEnd

// The tags of the sections that the default model does not fill in.
const (
	TagTrail     = tagTrail
	TagReactions = tagReactions
	TagSegments  = tagSegments
)

// Same is e.feels.same.
func (e *Engine) Same(a, b *history.Facts) bool { return e.feels.same(a, b) }

// Quiet is e.feels.quiet.
func (e *Engine) Quiet(f *history.Facts) bool { return e.feels.quiet(f) }

// Bearing is what labels are decided on.
func (e *Engine) Bearing(f *history.Facts, at event.Instant) (churn.Signs, Points) {
	v := e.evaluateFacts(f, at, nil)
	return v.signs, v.points
}

// Behaves is s.behaves.
func (s Shop) Behaves(f *history.Facts) bool { return s.behaves(f) }

// Seen reports whether p holds the facts of its last evaluation.
func (p *Profile) Seen() bool { return p.seen != nil }

// Readers is what each reader shows of s from another table than the catalogue's.
func (s *Score) Readers(table []catalogue.Entry) (row []string, brief, whole []byte, numbers []NamedNumber, words []NamedValue) {
	numbers, words = s.maps(catalogue.ShownOf(table, catalogue.InTopic))
	return texts(s.View(), catalogue.ShownOf(table, catalogue.InFile)), s.object(catalogue.ShownOf(table, catalogue.InBrief)),
		s.object(catalogue.ShownOf(table, catalogue.InDetail)), numbers, words
}
