package score_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/segment"
	"tidemark/internal/score/tier"
)

// oracle evaluates rules without the engine's search: it reads the public view of a customer, entry by entry, and walks the rule.
type oracle struct {
	engine   *score.Engine
	segments []segment.Segment
}

func (o *oracle) compare(c *segment.Comparison, v *catalogue.View, held map[uint32]bool) bool {
	entry := catalogue.Find(c.Entry)
	if entry.Kind == catalogue.Word {
		word, known := entry.Word(v)
		return known && (c.Op == segment.Known || slices.Contains(c.Words, word))
	}
	x, known := entry.Number(v)
	x = math.RoundToEven(x*1e6) / 1e6
	margin := 0.0
	if held[c.Key()] {
		margin = c.Margin
	}
	round := func(y float64) float64 { return math.RoundToEven(y*1e6) / 1e6 }
	switch {
	case !known:
		return false
	case c.Op == segment.Known:
		return true
	case c.Op == segment.AtLeast:
		return x >= round(c.Value-margin)
	case c.Op == segment.Above:
		return x > round(c.Value-margin)
	case c.Op == segment.AtMost:
		return x <= round(c.Value+margin)
	}
	return x < round(c.Value+margin)
}

func (o *oracle) rule(r *segment.Rule, v *catalogue.View, held, now map[uint32]bool) bool {
	is := r.And != nil
	for i := range r.And {
		is = o.rule(&r.And[i], v, held, now) && is
	}
	for i := range r.Or {
		is = o.rule(&r.Or[i], v, held, now) || is
	}
	if r.Not != nil {
		is = !o.rule(r.Not, v, held, now)
	}
	if c := r.Comparison; c != nil {
		if is = o.compare(c, v, held); is && c.Margin > 0 {
			now[c.Key()] = true
		}
	}
	return is
}

// look returns the segments of a customer at an instant, with the labels that p has, and the keys of the comparisons with a margin that hold.
func (o *oracle) look(p *score.Profile, at event.Instant) (in []string, keys []uint32) {
	s := o.engine.Score(*p, at)
	v := s.View()
	if !v.Bought {
		return nil, nil
	}
	held, now := map[uint32]bool{}, map[uint32]bool{}
	if p.Segments != nil {
		for _, key := range p.Segments.Held {
			held[key] = true
		}
	}
	for i := range o.segments {
		if o.rule(&o.segments[i].Rule, v, held, now) {
			in = append(in, o.segments[i].Name)
		}
	}
	for key := range now {
		keys = append(keys, key)
	}
	slices.Sort(in)
	slices.Sort(keys)
	return in, keys
}

// agrees reports whether p remembers what the oracle sees at an instant.
func (o *oracle) agrees(p *score.Profile, at event.Instant) bool {
	in, keys := o.look(p, at)
	var held []uint32
	if p.Segments != nil {
		held = p.Segments.Held
	}
	return slices.Equal(in, p.InSegments()) && slices.Equal(keys, held)
}

// ruled is the engine of the plain model with segments. The model is read once: many engines are made.
func ruled(t testing.TB, c event.Calendar, segments []segment.Segment) *score.Engine {
	t.Helper()
	m := plainModel()
	m.Segments = segments
	e, err := score.NewEngine(m, c, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var plainModel = sync.OnceValue(func() score.Model {
	m, err := model.Parse(model.Default())
	if err != nil {
		panic(err)
	}
	plain(&m)
	return m
})

// comparables are the entries that a rule may compare.
func comparables() []*catalogue.Entry {
	var all []*catalogue.Entry
	for _, e := range catalogue.All() {
		if e.Comparable() == nil {
			all = append(all, catalogue.Find(e.Name))
		}
	}
	return all
}

// drawComparison draws a comparison with a value that customers like these meet: that of one of them at some instant.
func drawComparison(r *rand.Rand, entries []*catalogue.Entry, views []*catalogue.View) *segment.Comparison {
	for {
		e, v := entries[r.IntN(len(entries))], views[r.IntN(len(views))]
		c := &segment.Comparison{Entry: e.Name}
		if r.IntN(12) == 0 {
			c.Op = segment.Known
			return c
		}
		if e.Kind == catalogue.Word {
			word, known := e.Word(v)
			switch e.Name {
			case "tier":
				word, known = (tier.Low + score.Tier(r.IntN(4))).String(), true
			case "churn_level":
				word, known = churn.Level(r.IntN(4)).String(), true
			}
			if !known {
				continue
			}
			c.Op, c.Words = segment.Is, []string{word}
			return c
		}
		x, known := e.Number(v)
		if !known || math.Abs(x) > 1e9 {
			continue
		}
		c.Op, c.Value = segment.AtLeast+segment.Op(r.IntN(4)), math.RoundToEven(x*1e6)/1e6
		if r.IntN(3) == 0 {
			c.Margin = math.RoundToEven(max(.01, math.Abs(x))*r.Float64()*.5*1e4) / 1e4
		}
		return c
	}
}

func drawRule(r *rand.Rand, depth int, leaf func() *segment.Comparison) segment.Rule {
	list := func() []segment.Rule {
		rules := make([]segment.Rule, 1+r.IntN(3))
		for i := range rules {
			rules[i] = drawRule(r, depth-1, leaf)
		}
		return rules
	}
	switch kind := r.IntN(4); {
	case depth == 0 || kind == 0:
		return segment.Rule{Comparison: leaf()}
	case kind == 1:
		return segment.Rule{And: list()}
	case kind == 2:
		return segment.Rule{Or: list()}
	}
	part := drawRule(r, depth-1, leaf)
	return segment.Rule{Not: &part}
}

// drawSegments draws up to four segments whose rules are not too long.
func drawSegments(t *testing.T, r *rand.Rand, views []*catalogue.View) []segment.Segment {
	t.Helper()
	entries := comparables()
	var all []segment.Segment
	for n := range 1 + r.IntN(4) {
		for {
			s := segment.Segment{Name: fmt.Sprint("s", n), Rule: drawRule(r, 2, func() *segment.Comparison { return drawComparison(r, entries, views) })}
			if segment.Check([]segment.Segment{s}, catalogue.CheckComparison) == nil {
				all = append(all, s)
				break
			}
		}
	}
	return all
}

// viewsOf are views of a life as it goes on, by which thresholds are drawn.
func viewsOf(t *testing.T, e *score.Engine, life []event.Event, r *rand.Rand) (views []*catalogue.View) {
	t.Helper()
	p := e.New("c")
	for _, x := range life {
		p, _, _ = e.Apply(p, x)
		for range 2 {
			s := e.Score(p, p.AsOf+event.Instant(r.Int64N(int64(120*day))))
			views = append(views, s.View())
		}
	}
	return views
}

// TestSegmentsAreExactInSilence: over drawn lives and drawn rules, the memberships that Review leaves are those that a walk over a fine grid sees, and
// between the instants that NextCrossing names nothing changes, a millisecond before each of them included.
func TestSegmentsAreExactInSilence(t *testing.T) {
	changes, crossings, kept := map[score.SegmentChange]int{}, 0, 0
	for seed := range uint64(scaled(2000)) {
		r := rand.New(rand.NewPCG(seed, 70))
		calendar := event.Calendar{}
		if seed%4 == 0 {
			calendar = inZone(t, "America/Sao_Paulo")
		}
		life := richer(r, newLife(r))
		views := viewsOf(t, ruled(t, calendar, nil), life, r)
		segments := drawSegments(t, r, views)
		e := ruled(t, calendar, segments)
		o := oracle{e, segments}
		p, told := e.New("c"), []score.Transition(nil)
		for _, x := range life[:1+r.IntN(len(life))] {
			p, told, _ = e.Apply(p, x)
			for _, x := range told {
				if s, ok := x.(*score.SegmentChanged); ok {
					changes[s.Change]++
				}
			}
			if p.AsOf > 0 && !o.agrees(&p, p.AsOf) {
				in, keys := o.look(&p, p.AsOf)
				t.Fatalf("life %d: after an event at %s the profile remembers %+v, the oracle sees %v %v\n%s", seed, p.AsOf, p.Segments, in, keys, rulesText(segments))
			}
		}
		for range 4 {
			until := p.AsOf + 60*day
			at, ok := e.NextCrossing(p, p.AsOf)
			if ok && at <= until {
				until = at - 1
			}
			for grid := p.AsOf; grid < until; grid = min(until, grid+16*hour+event.Instant(r.Int64N(int64(4*hour)))) {
				if !o.agrees(&p, grid) {
					in, keys := o.look(&p, grid)
					t.Fatalf("life %d: at %s, before the crossing at %s, %v, the oracle sees %v %v; the profile remembers %+v\n%s",
						seed, grid, at, ok, in, keys, p.Segments, rulesText(segments))
				}
			}
			if !o.agrees(&p, until) {
				t.Fatalf("life %d: at %s, before the crossing at %s, %v, the oracle disagrees with %+v\n%s", seed, until, at, ok, p.Segments, rulesText(segments))
			}
			if !ok || at > until+1 {
				break
			}
			q, told := e.Review(p, at)
			if !o.agrees(&q, at) {
				t.Fatalf("life %d: after the review at %s the oracle disagrees with %+v\n%s", seed, at, q.Segments, rulesText(segments))
			}
			wantChanges(t, &p, &q, told)
			same := func(a, b *score.Segments) bool {
				return a == nil && b == nil || a != nil && b != nil && slices.Equal(a.Held, b.Held)
			}
			if len(told) == 0 && same(p.Segments, q.Segments) && p.Shop == q.Shop && p.Test == q.Test && p.Second == q.Second && p.Update == q.Update {
				t.Fatalf("life %d: nothing changes at the crossing at %s\n%s", seed, at, rulesText(segments))
			}
			for _, x := range told {
				if s, ok := x.(*score.SegmentChanged); ok {
					changes[s.Change]++
					crossings++
				}
			}
			if len(told) == 0 {
				kept++
			}
			p = q
		}
	}
	t.Logf("%v, %d of them in silence; %d changes of a margin alone", changes, crossings, kept)
	if changes[score.Entered] < scaled(300) || changes[score.Left] < scaled(200) || crossings < scaled(200) || kept < scaled(20) {
		t.Errorf("%v, %d in silence, %d changes of a margin alone: want more", changes, crossings, kept)
	}
}

func rulesText(segments []segment.Segment) (text string) {
	for i := range segments {
		text += segments[i].Name + ": " + segments[i].Rule.String() + "\n"
	}
	return text
}

// wantChanges holds the transitions of a review to the difference of the memberships.
func wantChanges(t *testing.T, p, q *score.Profile, told []score.Transition) {
	t.Helper()
	var got, want []string
	for _, x := range told {
		if s, ok := x.(*score.SegmentChanged); ok {
			got = append(got, s.Change.String()+" "+s.Segment)
			if len(s.Crossings) == 0 || s.Rule == "" {
				t.Errorf("%s %s names no comparison", s.Change, s.Segment)
			}
		}
	}
	for _, name := range p.InSegments() {
		if !slices.Contains(q.InSegments(), name) {
			want = append(want, "LEFT "+name)
		}
	}
	for _, name := range q.InSegments() {
		if !slices.Contains(p.InSegments(), name) {
			want = append(want, "ENTERED "+name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

// TestSegmentsDoNotDependOnWhoLooks: reviews at any instants tell the same, and leave the same profile.
func TestSegmentsDoNotDependOnWhoLooks(t *testing.T) {
	told := 0
	for seed := range uint64(scaled(600)) {
		r := rand.New(rand.NewPCG(seed, 71))
		life := richer(r, newLife(r))
		segments := drawSegments(t, r, viewsOf(t, ruled(t, event.Calendar{}, nil), life, r))
		e := ruled(t, event.Calendar{}, segments)
		p, want := lived(t, e, life, nil)
		q, got := lived(t, e, life, r)
		if !slices.Equal(ids(want), ids(got)) {
			t.Fatalf("life %d: with looks between\n%v\nwant\n%v\n%s", seed, ids(got), ids(want), rulesText(segments))
		}
		p.Due, q.Due = 0, 0
		if !bytes.Equal(encode(p), encode(q)) {
			t.Fatalf("life %d: with looks between the profile is %+v, want %+v", seed, q, p)
		}
		for _, x := range want {
			if _, ok := x.(*score.SegmentChanged); ok {
				told++
			}
		}
	}
	if told < scaled(600) {
		t.Errorf("%d changes of segments, want more", told)
	}
}

// TestEveryComparableIsRead: what a rule reads of an entry is what the view of the customer shows. So an entry that needs more of a View than a
// search fills in is found.
func TestEveryComparableIsRead(t *testing.T) {
	known := map[string]bool{}
	for seed := range uint64(scaled(80)) {
		r := rand.New(rand.NewPCG(seed, 72))
		life := richer(r, newLife(r))
		base := ruled(t, event.Calendar{}, nil)
		p := fold(t, base, life)
		if p.AsOf == 0 {
			continue
		}
		s := base.Score(p, p.AsOf)
		v := s.View()
		var segments []segment.Segment
		for _, e := range comparables() {
			c := &segment.Comparison{Entry: e.Name, Op: segment.Known}
			if e.Kind == catalogue.Word {
				if word, ok := e.Word(v); ok && word != "" {
					c.Op, c.Words = segment.Is, []string{word}
					known[e.Name] = true
				}
			} else if x, ok := e.Number(v); ok {
				c.Op, c.Value = segment.AtLeast, math.RoundToEven(x*1e6)/1e6
				known[e.Name] = true
			}
			segments = append(segments, segment.Segment{Name: "is_" + e.Name, Rule: segment.Rule{Comparison: c}})
		}
		for some := range slices.Chunk(segments, segment.MaxSegments) {
			e := ruled(t, event.Calendar{}, some)
			q := fold(t, e, life)
			o := oracle{e, some}
			if !o.agrees(&q, q.AsOf) {
				in, _ := o.look(&q, q.AsOf)
				t.Fatalf("life %d: the view gives %v, the profile %v", seed, in, q.InSegments())
			}
		}
	}
	for _, e := range comparables() {
		if !known[e.Name] && !undrawn[e.Name] {
			t.Errorf("%s is known of nobody", e.Name)
		}
	}
	if len(comparables()) < 60 {
		t.Errorf("%d entries may be compared, want at least 60", len(comparables()))
	}
}
