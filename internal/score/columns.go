package score

import (
	"encoding/json"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
)

// What each reader shows of a customer: entries of the catalogue, in its order.
var (
	file = catalogue.Shown(catalogue.InFile)
	// visible are the fields of tm:score, detailed the members of tm:detail, whole the members with Full.
	visible  = inOrder("as_of", "tier", "value_score", "churn_level", "churn_risk", "clv", "p_alive", "segment", "orders_365d", "spend_365d", "last_purchase", "model_version")
	detailed = catalogue.Shown(catalogue.InBrief)
	whole    = catalogue.Shown(catalogue.InDetail)
	// merged are the members of tm:detail of who is merged into another.
	merged = inOrder("as_of", "merged_into")
)

func inOrder(names ...string) []catalogue.Entry {
	entries := make([]catalogue.Entry, len(names))
	for i, name := range names {
		entries[i] = *catalogue.Find(name)
	}
	return entries
}

// Columns are the columns of the scores file, in order.
func Columns() []string { return namesOf(file) }

func namesOf(entries []catalogue.Entry) []string {
	names := make([]string, len(entries))
	for i := range entries {
		names[i] = entries[i].Name
	}
	return names
}

// Row returns s as the columns of the scores file.
func (s *Score) Row() []string { return texts(s.View(), file) }

// texts are the values of entries, cut from one string.
func texts(v *catalogue.View, entries []catalogue.Entry) []string {
	var buffer [1024]byte
	b, ends := buffer[:0], make([]int, len(entries))
	for i := range entries {
		b = entries[i].Format(b, v)
		ends[i] = len(b)
	}
	all, from := string(b), 0
	texts := make([]string, len(entries))
	for i := range entries {
		texts[i], from = all[from:ends[i]], ends[i]
	}
	return texts
}

// NamedValue is one field of the public score.
type NamedValue struct{ Name, Value string }

// Fields returns the 12 fields of tm:score, formatted as in the scores file; none for who is merged into another.
func (s *Score) Fields() []NamedValue {
	if s.MergedInto != "" {
		return nil
	}
	fields := make([]NamedValue, len(visible))
	for i, text := range texts(s.viewFor(visible), visible) {
		fields[i] = NamedValue{visible[i].Name, text}
	}
	return fields
}

// Shows reports whether an event may change what tm:score and the brief tm:detail say of a customer; see also MetAnew. The passing of time
// changes it without an event.
func (e *Engine) Shows(x event.Event) bool {
	if _, ok := x.(*event.Feedback); ok { // of which satisfaction and complaints may bear on no label
		return true
	}
	said, ok := x.(*event.Interaction)
	says := ok && (said.Kind == event.ConsentChanged || said.Kind == event.Unsubscribe || said.Kind == event.Attributes)
	return says || e.learntShows(x) || e.bears(x)
}

// MetAnew reports whether p has used a channel that the profile before had not: the customer may be contactable there.
func (p *Profile) MetAnew(before *Profile) bool {
	return p.History.ChannelCount() != before.History.ChannelCount()
}

// Detail returns the JSON of tm:detail: an object of the entries that are no fields of tm:score. What does not apply is left out. Of who is
// merged into another the object says only that, and when.
func (s *Score) Detail() []byte { return s.object(detailed) }

// Whole is Detail with every entry of the catalogue.
func (s *Score) Whole() []byte { return s.object(whole) }

func (s *Score) object(entries []catalogue.Entry) []byte {
	if s.MergedInto != "" {
		entries = merged
	}
	v, b := s.viewFor(entries), append(make([]byte, 0, 512), '{')
	for i := range entries {
		e, before := &entries[i], len(b)
		if before > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), e.Name...), `":`...)
		value := len(b)
		if b = member(b, e, v); len(b) == value {
			b = b[:before]
		}
	}
	return append(b, '}')
}

// member appends the value of an entry as JSON; nothing where it is not known.
func member(b []byte, e *catalogue.Entry, v *catalogue.View) []byte {
	switch e.Kind {
	case catalogue.Word:
		word, known := e.Word(v)
		if !known || word == "" {
			return b
		}
		quoted, err := json.Marshal(word)
		if err != nil { // of a string: never
			return b
		}
		return append(b, quoted...)
	case catalogue.Instant:
		start := len(b)
		if b = e.Format(append(b, '"'), v); len(b) == start+1 {
			return b[:start]
		}
		return append(b, '"')
	case catalogue.Number, catalogue.Count, catalogue.Money, catalogue.Flag:
	}
	return e.Format(b, v)
}

// FieldNames returns the names of the fields of tm:score, then the members of tm:detail.
func FieldNames() []string { return append(namesOf(visible), namesOf(detailed)...) }
