package score_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/value"
)

// since makes a model explain changes of tier from the instant at which the tier was taken.
func since(m *score.Model) { m.SinceTaken = true }

// A change of tier is explained from the last one: the points of its parts add up to the difference of the two scores, and its values of then
// are those of then. What is explained from the last event says the same as without it.
func TestSinceTakenAddsUp(t *testing.T) {
	e, bare := newEngine(t, event.Calendar{}, since), newEngine(t, event.Calendar{}, nil)
	changes, withMore := 0, 0
	for seed := range uint64(lives / 3) {
		life := newLife(rand.New(rand.NewPCG(seed, 21)))
		l, plain := newLedger(t, e), newLedger(t, bare)
		for _, x := range life {
			l.apply(x)
			plain.apply(x)
		}
		l.advance(end(life) + 400*day)
		plain.advance(end(life) + 400*day)
		var last *score.TierChanged
		for i, x := range l.transitions {
			change, ok := x.(*score.TierChanged)
			if !ok {
				continue
			}
			if other := plain.transitions[i].(*score.TierChanged); other.After != change.After || len(other.Contributions) != len(change.Contributions) || other.SinceTaken != nil {
				t.Fatalf("life %d: the change at %s differs from that of the model that explains less", seed, change.AsOf)
			}
			known := last != nil && last.Tier != 0
			if (change.SinceTaken != nil) != known {
				t.Fatalf("life %d: at %s since_taken is %v, want it known: %v\n%s", seed, change.AsOf, change.SinceTaken, known, describe(life))
			}
			if known {
				changes++
				checkSince(t, last, change)
				if magnitude(change.After-change.Before) < 100 && magnitude(change.After-last.After) >= 100 {
					withMore++
				}
			}
			last = change
		}
		if t.Failed() {
			t.Fatalf("life %d:\n%s", seed, describe(life))
		}
	}
	t.Logf("%d changes, %d with a last step below a point that are explained by more", changes, withMore)
	if changes < lives/2 || withMore < 10 {
		t.Errorf("%d changes, %d of them explained by more than the last step: too few to prove anything", changes, withMore)
	}
}

func magnitude(n int32) int32 { return max(n, -n) }

func checkSince(t *testing.T, last, change *score.TierChanged) {
	t.Helper()
	s := change.SinceTaken
	sum := int32(0)
	for _, c := range s.Contributions {
		sum += c.Points
		if c.Cause != score.UnknownCause {
			t.Errorf("%s of %s is by %s, want all of it by events and silence together", c.Indicator, change.AsOf, c.Cause)
		}
		was := math.NaN() // the last part of an indicator says its value of then
		for _, part := range last.Contributions {
			if part.Indicator == c.Indicator {
				was = part.RawAfter
			}
		}
		beyond := c.NormalisedBefore == 0 || c.NormalisedBefore == 1 // no part tells of a change out there
		if !beyond && math.Abs(was-c.RawBefore) > 1e-6*max(1, math.Abs(was)) {
			t.Errorf("%s was %v at %s, not %v", c.Indicator, was, last.AsOf, c.RawBefore)
		}
	}
	if s.At != last.AsOf || s.Points != last.After || sum != change.After-last.After {
		t.Errorf("the change at %s: since %s at %d points, %d in all; want since %s at %d, %d in all", change.AsOf, s.At, s.Points, sum, last.AsOf, last.After, change.After-last.After)
	}
}

// What is remembered of the scorecard is stored, so live scoring says what a replay says.
func TestSinceTakenLiveEqualsReplay(t *testing.T) {
	liveEqualsReplay(t, newEngine(t, event.Calendar{}, since))
}

// Where the scorecard was another, what the new one has done to the score of then stands apart, and all still adds up. Where neither the
// scorecard in force nor the one before is that of then, nothing is said.
func TestSinceTakenAcrossScorecards(t *testing.T) {
	first := modelOf(t, kept, func(m *score.Model) { plain(m); since(m); m.ScorecardHash = kept })
	second := modelOf(t, tried, func(m *score.Model) {
		plain(m)
		since(m)
		m.ScorecardHash = tried
		lines := append([]value.Line{}, m.Scorecard.Lines[1:]...) // without the spend; the others are worth more
		for i := range lines {
			lines[i].Weight /= .7
		}
		m.Scorecard.Lines = lines
	})
	third := second
	third.Hash, third.Version, third.ScorecardHash = "cccccccccccccccc", "third", "cccccccccccccccc"
	told, byModel := 0, 0
	for seed := range uint64(lives / 5) {
		life := newLife(rand.New(rand.NewPCG(seed, 22)))
		from := life[len(life)-1].Common().OccurredAt + 10*day
		a := replacing(t, first, nil, 0)
		b := replacing(t, second, a, from)
		c := replacing(t, third, b, from+day)
		p := fold(t, a, life)
		p, _ = a.Review(p, from-1)
		if p.Standing.Tier == 0 {
			continue
		}
		q, transitions := b.Review(p, from+500*day)
		for _, x := range transitions {
			change, ok := x.(*score.TierChanged)
			if !ok {
				continue
			}
			told++
			if change.SinceTaken == nil {
				t.Fatalf("life %d: nothing is said of the change at %s", seed, change.AsOf)
			}
			sum, model := int32(0), false
			for _, part := range change.SinceTaken.Contributions {
				sum += part.Points
				model = model || part.Cause == score.ByModel
			}
			if sum != change.After-change.SinceTaken.Points {
				t.Fatalf("life %d: the parts add up to %d, want %d", seed, sum, change.After-change.SinceTaken.Points)
			}
			if change.SinceTaken.At < from != model {
				t.Fatalf("life %d: taken at %s, the model is of %s; a part is the model's: %v", seed, change.SinceTaken.At, from, model)
			}
			if model {
				byModel++
			}
		}
		if q.Taken == nil && q.Standing.Tier != 0 {
			t.Fatalf("life %d: nothing is remembered of %s", seed, q.Standing.Tier)
		}
		// Two scorecards on, nobody knows the lines of then.
		q, _ = b.Review(p, from)
		if q.Taken != p.Taken {
			continue
		}
		if _, transitions = c.Review(q, from+500*day); len(transitions) == 0 {
			continue
		}
		if change, ok := transitions[0].(*score.TierChanged); ok && change.AsOf >= from+day && change.SinceTaken != nil {
			t.Fatalf("life %d: it explains a scorecard that it cannot know", seed)
		}
	}
	if told < 20 || byModel < 10 {
		t.Errorf("%d changes, %d with a part of the model: too few to prove anything", told, byModel)
	}
}

// The section is some 45 bytes, and is written only where the model asks for it. Bytes that are none are refused.
func TestTakenIsStored(t *testing.T) {
	e, bare := newEngine(t, event.Calendar{}, since), newEngine(t, event.Calendar{}, nil)
	life := newLife(rand.New(rand.NewPCG(5, 23)))
	with, without := fold(t, e, life), fold(t, bare, life)
	if with.Standing.Tier == 0 || without.Taken != nil {
		t.Fatal("the test has lost its subject")
	}
	b, less := encode(with), encode(without)
	if more := len(b) - len(less); more < 40 || more > 50 {
		t.Errorf("%d bytes more, want 40 to 50", more)
	}
	got, err := score.Decode(b)
	if err != nil || got.Taken.At != with.Taken.At || got.Taken.Points != with.Taken.Points || !bytes.Equal(encode(got), b) {
		t.Errorf("got %+v, %v, want %+v", got.Taken, err, with.Taken)
	}
	for _, row := range []struct {
		why  string
		body []byte
	}{
		{"half a number", []byte{21, 6, 0, 0, 0, 1, 2, 3}},
		{"a number without an end", []byte{21, 7, 0, 0, 0, 0, 0, 0x80, 0x7f}},
		{"no number of ours", []byte{21, 7, 0, 0, 0, 1, 0, 0xc0, 0x7f}},
		{"points beyond all bounds", []byte{21, 7, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 1}},
		{"a name that is cut short", []byte{21, 4, 0, 0, 4, 1}},
	} {
		if _, err := score.Decode(seal(append([]byte{1}, row.body...))); !errors.Is(err, score.ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", row.why, err)
		}
	}
}
