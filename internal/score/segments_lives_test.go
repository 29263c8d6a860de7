package score_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/segment"
)

// coolingOff are three segments: of the silent, of the best, with a margin, and of who is not known to be asked.
func coolingOff() []segment.Segment {
	is := func(c segment.Comparison) segment.Rule { return segment.Rule{Comparison: &c} }
	asked := is(segment.Comparison{Entry: "nps", Op: segment.Known})
	return []segment.Segment{
		{Name: "silent", Rule: is(segment.Comparison{Entry: "recency_days", Op: segment.AtLeast, Value: 30})},
		{Name: "best", Rule: is(segment.Comparison{Entry: "value_score", Op: segment.AtLeast, Value: 60, Margin: 10})},
		{Name: "unasked", Rule: segment.Rule{Not: &asked}},
	}
}

// TestSegmentsOfWhoMeetsNoRuleCostNothing: under a model with segments that nobody is in, everything is byte for byte as without them.
func TestSegmentsOfWhoMeetsNoRuleCostNothing(t *testing.T) {
	nobody := []segment.Segment{{Name: "nobody", Rule: segment.Rule{Comparison: &segment.Comparison{Entry: "orders", Op: segment.Above, Value: 1e6, Margin: 5}}}}
	on, off := ruled(t, event.Calendar{}, nobody), ruled(t, event.Calendar{}, nil)
	for seed := range uint64(scaled(100)) {
		life := richer(rand.New(rand.NewPCG(seed, 73)), newLife(rand.New(rand.NewPCG(seed, 74))))
		p, got := lived(t, on, life, nil)
		q, want := lived(t, off, life, nil)
		if !slices.Equal(ids(got), ids(want)) || !bytes.Equal(encode(p), encode(q)) || p.Segments != nil {
			t.Fatalf("life %d: with segments that nobody is in\n%v\nwithout\n%v", seed, ids(got), ids(want))
		}
	}
}

// TestSegmentsHoldWhatTheySay follows drawn lives with a ledger: who enters was out, who leaves was in, and what a change says of itself adds up.
func TestSegmentsHoldWhatTheySay(t *testing.T) {
	told, corrected, contributed := 0, 0, 0
	for seed := range uint64(scaled(300)) {
		r := rand.New(rand.NewPCG(seed, 75))
		life := outspokenLife(r)
		l := newLedger(t, newEngine(t, event.Calendar{}, func(m *score.Model) { m.Segments = coolingOff() }))
		for i := range life {
			if j := i + r.IntN(3); r.IntN(4) == 0 && j < len(life) { // some come late
				life[i], life[j] = life[j], life[i]
			}
			l.apply(life[i])
		}
		l.advance(l.profile.AsOf + 100*day)
		for _, x := range l.transitions {
			if s, ok := x.(*score.SegmentChanged); ok {
				told++
				if s.Corrects != "" {
					corrected++
				}
				if len(s.Contributions) > 0 {
					contributed++
				}
			}
		}
	}
	t.Logf("%d changes, %d correct, %d say what moved the score", told, corrected, contributed)
	if told < scaled(300) || corrected < scaled(300)/30 || contributed < scaled(300)/10 {
		t.Errorf("%d changes, %d correct, %d say what moved the score; want more", told, corrected, contributed)
	}
}

// TestSegmentsOfMergedIDs: the old id leaves all segments by the word, and the new one is in those of what both have done. When the word is taken back,
// each has its own again.
func TestSegmentsOfMergedIDs(t *testing.T) {
	c := newCircle(t, newEngine(t, event.Calendar{}, func(m *score.Model) { m.Segments = coolingOff() }))
	end := c.bought("old", linkStart, 10)
	c.apply(c.order("new", end-60*linkDay, 900))
	c.apply(c.attributes("new", end+linkDay/2, "region", "north"))
	p, q := c.profile("old"), c.profile("new")
	if got, want := p.InSegments(), []string{"best", "unasked"}; !slices.Equal(got, want) {
		t.Fatalf("old is in %v, want %v", got, want)
	}
	review(c, "new", end+linkDay)
	q = c.profile("new")
	if got, want := q.InSegments(), []string{"silent", "unasked"}; !slices.Equal(got, want) {
		t.Fatalf("new is in %v, want %v", got, want)
	}
	word := c.word("old", "new", end+2*linkDay)
	c.apply(word)
	p, q = c.profile("old"), c.profile("new")
	if got := p.InSegments(); len(got) > 0 || p.Segments != nil {
		t.Errorf("old is in %v, want none", got)
	}
	if got, want := q.InSegments(), []string{"best", "unasked"}; !slices.Equal(got, want) {
		t.Errorf("new is in %v, want %v", got, want)
	}
	for id, want := range map[string][]string{"old": {"LEFT best", "LEFT unasked"}, "new": {"LEFT silent", "ENTERED best"}} {
		var got []string
		for _, x := range c.transitions[id] {
			if s, ok := x.(*score.SegmentChanged); ok && s.Cause == score.ByMerge && s.CauseEventID == word.ID {
				got = append(got, s.Change.String()+" "+s.Segment)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("of %s by the merger: %v, want %v", id, got, want)
		}
	}
	c.apply(c.word("old", "old", end+3*linkDay))
	p, q = c.profile("old"), c.profile("new")
	if got, want := p.InSegments(), []string{"best", "unasked"}; !slices.Equal(got, want) {
		t.Errorf("old is in %v again, want %v", got, want)
	}
	if got, want := q.InSegments(), []string{"silent", "unasked"}; !slices.Equal(got, want) {
		t.Errorf("new is in %v again, want %v", got, want)
	}
}

// review runs the reviews of a customer that are due by an instant.
func review(c *circle, id string, at event.Instant) {
	p, more := c.engine.Review(c.profile(id), at)
	c.profiles[id], c.transitions[id] = c.engine.Schedule(p), append(c.transitions[id], more...)
}

// TestSegmentsArePublishedByTheirAge: each change is published or not by its own age, as a change of tier; of an erasure however old.
func TestSegmentsArePublishedByTheirAge(t *testing.T) {
	now := 100 * day
	at := func(at event.Instant, cause score.Cause) score.Transition {
		return &score.SegmentChanged{Stamp: score.Stamp{AsOf: at, Cause: cause}, Change: score.Left}
	}
	var p score.Profile
	got := p.Publish([]score.Transition{at(now-8*day, score.ByTime), at(now-6*day, score.ByTime), at(now-90*day, score.ByErasure)}, now, 7*24*time.Hour)
	if want := []bool{false, true, true}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestSegmentsUnderATrial: a model without segments that is tried for a day ends them; when the model before comes back, the customers are looked at
// anew. A comparison with a margin that only its memory kept is then begun anew.
func TestSegmentsUnderATrial(t *testing.T) {
	with := func(m *score.Model) { m.Segments = coolingOff() }
	first := replacing(t, modelOf(t, kept, with), nil, 0)
	p := first.New("c")
	var last event.Instant
	for n := range 6 {
		last = 20_000*day + event.Instant(n)*20*day
		p, _, _ = first.Apply(p, &event.Purchase{
			Head: event.Head{ID: string(rune('a' + n)), Customer: "c", OccurredAt: last, RecordedAt: last},
			Kind: event.Order, OrderID: string(rune('a' + n)), Amount: event.Money{Minor: 6000, Currency: "USD"},
		})
	}
	if got, want := p.InSegments(), []string{"best", "unasked"}; !slices.Equal(got, want) {
		t.Fatalf("in %v, want %v", got, want)
	}
	off := replacing(t, modelOf(t, tried, nil), first, last+day)
	p, ended := off.Review(p, last+day)
	if p.Segments != nil || len(ended) != 2 || ended[0].Common().Cause != score.ByModel || ended[0].(*score.SegmentChanged).Rule != "" {
		t.Fatalf("under a model without segments: %+v, told %+v; want two that end", p.Segments, ended)
	}
	again := replacing(t, modelOf(t, kept, with), off, last+2*day)
	if !again.TakesBack() {
		t.Fatal("the model does not come back")
	}
	p, told := again.Review(p, last+2*day)
	if got, want := p.InSegments(), []string{"best", "unasked"}; !slices.Equal(got, want) || len(told) != 2 {
		t.Errorf("after the trial in %v, told %d; want %v anew", got, len(told), want)
	}
}

// TestSegmentsAreReadAgain: what Append writes Decode reads, and nothing else.
func TestSegmentsAreReadAgain(t *testing.T) {
	id := "00112233445566778899aabbccddeeff"
	full := score.Profile{Customer: "c", AsOf: 1000, Due: event.Never, Segments: &score.Segments{
		In: []score.Membership{{"best", 900, id}, {"silent", 1000, id}}, Held: []uint32{1, 1 << 31},
	}}
	for _, s := range []*score.Segments{full.Segments, {In: full.Segments.In[1:]}, {Held: []uint32{7}}, nil} {
		p := full
		p.Segments = s
		got, err := score.Decode(encode(p))
		if err != nil || !bytes.Equal(encode(got), encode(p)) || !slices.Equal(got.InSegments(), p.InSegments()) {
			t.Errorf("%+v: got %+v, %v", s, got.Segments, err)
		}
		if s != nil && (!slices.Equal(got.Segments.In, s.In) || !slices.Equal(got.Segments.Held, s.Held)) {
			t.Errorf("got %+v, want %+v", got.Segments, s)
		}
		if got, want := p.Footprint() > (&score.Profile{Customer: "c"}).Footprint(), s != nil; got != want {
			t.Errorf("%+v has a footprint beyond that of nobody: %t", s, got)
		}
	}
	for why, body := range map[string][]byte{
		"nothing remembered":        {0},
		"a name cut short":          {1, 9, 'a'},
		"an empty name":             {1, 0, 0, 0},
		"names out of order":        {2, 1, 'b', 0, 0, 1, 'a', 0, 0},
		"half a key":                {0, 1, 2},
		"keys out of order":         {0, 2, 0, 0, 0, 1, 0, 0, 0},
		"more segments than bytes":  {200, 1},
		"an id that is too long":    {1, 1, 'a', 0, 33},
	} {
		b := seal(append([]byte{1, score.TagSegments, byte(len(body))}, body...))
		if _, err := score.Decode(b); err == nil {
			t.Errorf("%s: no error", why)
		}
	}
}
