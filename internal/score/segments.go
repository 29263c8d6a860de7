package score

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/segment"
	"tidemark/internal/score/value"
)

// Segments is the memory of the segments that a customer is in, and of the comparisons with a margin that hold. Nil stands for none of both.
// Nobody modifies it: a change makes a new one.
//
// A comparison without a margin needs no memory. One with a margin is named by its words, so it goes on where another model has the same comparison.
// A comparison that another model has changed begins anew.
type Segments struct {
	// In are the segments, by name.
	In []Membership
	// Held are the keys of the comparisons with a margin that hold, in ascending order.
	Held []uint32
}

// Membership is a segment that the customer is in.
type Membership struct {
	Name string
	// Since is the instant at which the customer entered, ID the id of the SegmentChanged that told it.
	Since event.Instant
	ID    string
}

// InSegments names the segments that the customer is in, in order.
func (p *Profile) InSegments() []string {
	if p.Segments == nil {
		return nil
	}
	names := make([]string, len(p.Segments.In))
	for i := range p.Segments.In {
		names[i] = p.Segments.In[i].Name
	}
	return names
}

// in are the memberships; none where s is nil.
func (s *Segments) in() []Membership {
	if s == nil {
		return nil
	}
	return s.In
}

// held are the keys of what holds; none where s is nil.
func (s *Segments) held() []uint32 {
	if s == nil {
		return nil
	}
	return s.Held
}

// find returns the membership of a name; nil where there is none.
func (s *Segments) find(name string) *Membership {
	in := s.in()
	i, found := slices.BinarySearchFunc(in, name, func(m Membership, name string) int { return strings.Compare(m.Name, name) })
	if !found {
		return nil
	}
	return &in[i]
}

// rules are the segments of a model, ready to be evaluated.
type rules struct {
	book  *segment.Book
	tests []test
	// reads are what the tests read of the facts. attributes says that one reads an attribute, score that one reads the score.
	reads             catalogue.Reads
	attributes, score bool
	// remembered are the tests with a margin.
	remembered segment.States
}

// test is a comparison and where its value comes from.
type test struct {
	*segment.Comparison
	entry *catalogue.Entry
	from  source
	// key stands for a comparison with a margin; 0 for one without.
	key uint32
	// smooth says that the value does not jump in silence.
	smooth bool
}

// source is where a value comes from.
type source uint8

const (
	fromNumber source = iota
	fromWord
	fromAttribute
	fromTier
	fromLevel
	fromScore
	fromR
	fromF
	fromM
)

var sources = map[string]source{"tier": fromTier, "churn_level": fromLevel, "value_score": fromScore, "r": fromR, "f": fromF, "m": fromM}

// rulesOf prepares the segments of a model that is in order; nil where it has none.
func rulesOf(m *Model) *rules {
	if len(m.Segments) == 0 {
		return nil
	}
	r := &rules{book: segment.NewBook(m.Segments)}
	r.tests = make([]test, len(r.book.Tests))
	for i := range r.tests {
		c := &r.book.Tests[i]
		entry := catalogue.Find(c.Entry)
		from, special := sources[c.Entry]
		switch {
		case special:
		case entry.Attribute != "":
			from, r.attributes = fromAttribute, true
		case entry.Kind == catalogue.Word:
			from = fromWord
		}
		if !special && from != fromAttribute {
			r.reads |= entry.Reads
		}
		r.score = r.score || from == fromScore
		r.tests[i] = test{Comparison: c, entry: entry, from: from, smooth: (from == fromNumber || from == fromScore) && entry.Kind != catalogue.Count}
		if c.Margin > 0 {
			r.tests[i].key = c.Key()
			r.remembered.Set(i, true)
		}
	}
	return r
}

// sight is a customer as rules see one, at one instant.
type sight struct {
	facts   *history.Facts
	pattern clv.Pattern
	points  Points
	tier    Tier
	level   Level
	whole   *history.Summary
}

// read returns the value of a test, a number rounded to millionths, or a word. known is false where the customer has none, and where no purchase
// of a customer who counts stands.
func (e *Engine) read(t *test, s *sight) (x float64, word string, known bool) {
	f := s.facts
	if f.PurchaseDays == 0 || f.TestAccount {
		return math.NaN(), "", false
	}
	switch t.from {
	case fromNumber:
		raw := e.weigh(t.entry, f, s.pattern)
		if x, known = micro(raw.Value), !raw.Missing; !known {
			x = math.NaN()
		}
		return x, "", known
	case fromWord:
		word, known = t.entry.Word(&catalogue.View{Base: e.model.Base, Bought: true, Shop: e.model.Shop.behaves(f), Facts: *f})
		return math.NaN(), word, known
	case fromAttribute:
		word = s.whole.Attribute(t.entry.Attribute)
		return math.NaN(), word, word != ""
	case fromTier:
		return math.NaN(), s.tier.String(), s.tier != 0
	case fromLevel:
		return math.NaN(), s.level.String(), true
	case fromScore:
		return float64(s.points) / 100, "", true
	case fromR, fromF, fromM:
		grades := e.model.RFM.Score(s.pattern.Age-s.pattern.Last, f.Orders365, f.Spend365)
		return float64([...]uint8{fromR: uint8(grades.R), fromF: uint8(grades.F), fromM: uint8(grades.M)}[t.from]), "", true
	}
	return math.NaN(), "", false
}

// holds reports whether a test holds, given whether it held before.
func (t *test) holds(x float64, word string, known, held bool) bool {
	switch {
	case !known:
		return false
	case t.Op == segment.Known:
		return true
	case t.Op == segment.Is:
		return t.HoldsWord(word)
	}
	return t.Holds(x, held)
}

// states says which tests hold for a customer, given which held before. Only those with a margin are asked for.
func (e *Engine) states(s *sight, before *segment.States) (now segment.States) {
	if s.facts.PurchaseDays == 0 || s.facts.TestAccount {
		return now
	}
	for i := range e.rules.tests {
		t := &e.rules.tests[i]
		x, word, known := e.read(t, s)
		now.Set(i, t.holds(x, word, known, before.Has(i)))
	}
	return now
}

// recall says which tests with a margin hold by the memory of a profile.
func (e *Engine) recall(s *Segments) (held segment.States) {
	keys := s.held()
	if len(keys) == 0 {
		return held
	}
	e.rules.remembered.Each(func(i int) {
		if _, found := slices.BinarySearch(keys, e.rules.tests[i].key); found {
			held.Set(i, true)
		}
	})
	return held
}

// keys are the keys of the tests with a margin that hold, in ascending order; nil for none.
func (r *rules) keys(now *segment.States) (keys []uint32) {
	r.remembered.Each(func(i int) {
		if now.Has(i) {
			keys = append(keys, r.tests[i].key)
		}
	})
	slices.Sort(keys)
	return keys
}

// inside reports for each segment of the model whether a customer of whom these tests hold is in it. A customer who does not count is in none.
func (r *rules) inside(s *sight, now *segment.States) (in uint32) {
	if s.facts.PurchaseDays == 0 || s.facts.TestAccount {
		return 0
	}
	for i := range r.book.Segments {
		if r.book.In(i, now) {
			in |= 1 << i
		}
	}
	return in
}

// member reports for each segment of the model whether a profile is in it. others says that the profile is in a segment that the model lacks.
func (e *Engine) member(s *Segments) (in uint32, others bool) {
	known := 0
	if e.rules != nil {
		for i := range e.rules.book.Segments {
			if s.find(e.rules.book.Segments[i].Name) != nil {
				in |= 1 << i
				known++
			}
		}
	}
	return in, known < len(s.in())
}

// placing is what an evaluation says of the segments of a customer.
type placing struct {
	// held are the keys of the tests with a margin that hold.
	held []uint32
	// now says which tests hold.
	now segment.States
	// leaves and enters are the names of the segments that the customer leaves and enters, in order.
	leaves, enters []string
}

func (x *placing) turns() bool { return len(x.leaves)+len(x.enters) > 0 }

// sightOf is a customer as evaluated, in a tier and at a churn level.
func sightOf(p *Profile, v *evaluation, t Tier, l Level) sight {
	return sight{facts: &v.facts, pattern: v.pattern, points: v.points, tier: t, level: l, whole: p.Whole()}
}

// place says in which segments p is, as evaluated.
func (e *Engine) place(p *Profile, v *evaluation, t Tier, l Level) (x placing) {
	if e.rules == nil && p.Segments == nil {
		return x
	}
	var in uint32
	if e.rules != nil {
		s := sightOf(p, v, t, l)
		held := e.recall(p.Segments)
		x.now = e.states(&s, &held)
		x.held, in = e.rules.keys(&x.now), e.rules.inside(&s, &x.now)
		for i := range e.rules.book.Segments {
			if name := e.rules.book.Segments[i].Name; in>>i&1 == 1 && p.Segments.find(name) == nil {
				x.enters = append(x.enters, name)
			}
		}
		slices.Sort(x.enters)
	}
	for _, m := range p.Segments.in() {
		if i := e.segment(m.Name); i < 0 || in>>i&1 == 0 {
			x.leaves = append(x.leaves, m.Name)
		}
	}
	return x
}

// segment is the place of a segment in the model; -1 where the model lacks it.
func (e *Engine) segment(name string) int {
	if e.rules == nil {
		return -1
	}
	return slices.IndexFunc(e.rules.book.Segments, func(s segment.Segment) bool { return s.Name == name })
}

// holding returns s with the memory of the tests with a margin that hold.
func (s *Segments) holding(keys []uint32) *Segments {
	if slices.Equal(keys, s.held()) {
		return s
	}
	return newSegments(s.in(), keys)
}

// newSegments is nil where nothing is remembered.
func newSegments(in []Membership, held []uint32) *Segments {
	if len(in)+len(held) == 0 {
		return nil
	}
	return &Segments{in, held}
}

// next returns the memory after a change.
func (s *Segments) next(t *SegmentChanged) *Segments {
	in := slices.Clone(s.in())
	i, _ := slices.BinarySearchFunc(in, t.Segment, func(m Membership, name string) int { return strings.Compare(m.Name, name) })
	if t.Change == Entered {
		in = slices.Insert(in, i, Membership{t.Segment, t.AsOf, t.ID})
	} else {
		in = slices.Delete(in, i, i+1)
	}
	return newSegments(in, s.held())
}

// tellSegments tells which segments the customer of a change leaves and enters.
func (e *Engine) tellSegments(c *change, add func(Transition) string) {
	p := c.p
	tell := func(name string, how SegmentChange) {
		t := e.segmentChanged(c, name, how)
		add(t)
		p.Segments = p.Segments.next(t)
	}
	for _, name := range c.leaves {
		tell(name, Left)
	}
	for _, name := range c.enters {
		tell(name, Entered)
	}
}

// segmentChanged explains a change of a segment.
func (e *Engine) segmentChanged(c *change, name string, how SegmentChange) *SegmentChanged {
	v := c.v
	t := &SegmentChanged{
		Change: how, Segment: name, Tier: c.tier, ChurnLevel: c.level, CurrentValue: e.minor(v.current), Currency: e.model.Base,
		PreferredChannel: preferredChannel(c.p, v), ContactableChannels: e.contactable(c.p.Whole()), Owner: c.p.Whole().Attribute("owner"),
	}
	cause, corrects := c.cause(0, "")
	if m := c.before.Segments.find(name); m != nil && how == Left {
		cause, corrects = c.cause(m.Since, m.ID)
		t.EnteredID, t.EnteredAt = m.ID, m.Since
	}
	t.Stamp, t.Corrects = e.stamp(c, cause), corrects
	if i := e.segment(name); i >= 0 {
		t.Rule = e.rules.book.Segments[i].Rule.String()
		e.crossings(c, i, t)
	}
	return t
}

// crossings fills in which comparisons of a rule have changed since the last event or transition; where none has, what all of them read. Where
// the score is among them, t says what moved it.
func (e *Engine) crossings(c *change, place int, t *SegmentChanged) {
	was := c.base.engine
	before, now := sightOf(c.before, &c.base.last, c.before.Standing.Tier, c.before.Episode.Level), sightOf(c.p, c.v, c.tier, c.level)
	held, tests := e.recall(c.before.Segments), e.rules.book.Of(place)
	var changed, all []Crossing
	scored := false
	tests.Each(func(i int) {
		test := &e.rules.tests[i]
		x := Crossing{Comparison: test.String(), Holds: c.now.Has(i)}
		var known bool
		x.Before, x.WordBefore, known = was.read(test, &before)
		if x.Held = test.holds(x.Before, x.WordBefore, known, held.Has(i)); test.key != 0 {
			x.Held = held.Has(i)
		}
		x.After, x.WordAfter, _ = e.read(test, &now)
		all = append(all, x)
		if x.Held != x.Holds {
			changed = append(changed, x)
			scored = scored || test.from == fromScore
		}
	})
	if t.Crossings = changed; len(changed) == 0 {
		t.Crossings = all
	}
	if scored {
		t.Contributions = e.contributions(c.base, c.v)
	}
}

// append writes the number of segments, each with its name, the time since the customer entered, and its id; then the keys of what holds.
func (s *Segments) append(b []byte, asOf event.Instant) []byte {
	if s == nil {
		return b
	}
	b = binary.AppendUvarint(b, uint64(len(s.In)))
	for i := range s.In {
		m := &s.In[i]
		b = append(binary.AppendUvarint(b, uint64(len(m.Name))), m.Name...)
		b = binary.AppendVarint(b, int64(asOf-m.Since))
		b = appendHex(binary.AppendUvarint(b, uint64(len(m.ID)/2)), m.ID)
	}
	for _, key := range s.Held {
		b = binary.LittleEndian.AppendUint32(b, key)
	}
	return b
}

var errSegments = errors.New("no memory of segments")

func readSegments(f *fields, asOf event.Instant) (*Segments, error) {
	// A model may have fewer segments than one before it, so the bounds are those of the bytes.
	in := make([]Membership, f.uvarint(uint64(len(f.b))))
	for i := range in {
		m := &in[i]
		m.Name = f.text(int(f.uvarint(uint64(len(f.b)))))
		m.Since = asOf - event.Instant(f.varint())
		m.ID = f.hex(int(f.uvarint(maxID)))
		if f.failed || m.Name == "" || i > 0 && m.Name <= in[i-1].Name {
			return nil, errSegments
		}
	}
	rest := f.b
	if f.b = nil; f.failed || len(rest)%4 != 0 || len(in)+len(rest) == 0 {
		return nil, errSegments
	}
	var held []uint32
	for quad := range slices.Chunk(rest, 4) {
		key := binary.LittleEndian.Uint32(quad)
		if len(held) > 0 && key <= held[len(held)-1] {
			return nil, errSegments
		}
		held = append(held, key)
	}
	if len(in) == 0 {
		in = nil
	}
	return &Segments{in, held}, nil
}

// text reads a text of a length.
func (f *fields) text(n int) string {
	if n > len(f.b) {
		f.failed, f.b = true, nil
		return ""
	}
	s := string(f.b[:n])
	f.b = f.b[n:]
	return s
}

// footprint estimates the bytes of heap behind s. Profiles share the names of segments only by chance, so they count.
func (s *Segments) footprint() int {
	if s == nil {
		return 0
	}
	n := segmentsBytes + cap(s.In)*membershipBytes + cap(s.Held)*4
	for i := range s.In {
		n += len(s.In[i].Name) + len(s.In[i].ID)
	}
	return n
}

// round is the score of a look of a walk, in hundredths of a point.
func (l *worthLook) round() Points { return value.Round(l.exact) }
