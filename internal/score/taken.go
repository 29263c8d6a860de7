package score

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/score/value"
)

// Taken is the scorecard as it was read when the customer took the tier. A change of tier is explained from there. It is stored when the tier
// is taken: what a history has forgotten depends on the newest day it has seen, so nobody could read the scorecard of then again.
type Taken struct {
	// At is the instant at which the tier was taken.
	At event.Instant
	// Scorecard is the ShortHash of the scorecard.
	Scorecard string
	// Points is the score of then.
	Points Points
	// Raw is the value of each line, in the unit of its indicator; NaN where it was missing. A float32 is exact to seven digits, which is far
	// less than a hundredth of a point.
	Raw []float32
}

// SinceTaken explains a change of tier by what has happened since the customer took the tier that ends.
type SinceTaken struct {
	// At is the instant at which the tier was taken, Points the score of then.
	At     event.Instant
	Points Points
	// Contributions add up to the score now − Points exactly. The cause is MODEL for what another scorecard has done to the score of then, and
	// UNKNOWN for all else: events and silence together.
	Contributions []Contribution
}

// takes returns what is to be remembered of an evaluation at which a tier is taken; nil where the model does not ask for it, or no tier is.
func (e *Engine) takes(v *evaluation, t Tier) *Taken {
	if !e.model.SinceTaken || t == 0 || !v.reading.Scored {
		return nil
	}
	taken := &Taken{At: v.at, Scorecard: ShortHash(e.model.ScorecardHash), Points: v.points, Raw: make([]float32, len(e.model.Scorecard.Lines))}
	for i := range taken.Raw {
		taken.Raw[i] = float32(micro(v.reading.Raw[i].Value))
		if v.reading.Raw[i].Missing {
			taken.Raw[i] = float32(math.NaN())
		}
	}
	return taken
}

// sinceTaken explains the score of v by what has happened since the tier before was taken. It is nil where the model does not ask for it, where
// nothing is remembered, and where neither the scorecard in force nor the one before is that of then.
func (e *Engine) sinceTaken(before *Profile, v *evaluation) *SinceTaken {
	taken := before.Taken
	if !e.model.SinceTaken || taken == nil {
		return nil
	}
	card := &e.model.Scorecard
	var t tally
	then, ok := e.readTaken(taken)
	if !ok {
		if e.previous == nil {
			return nil
		}
		was, ok := e.previous.readTaken(taken)
		if !ok {
			return nil
		}
		then = restate(&e.previous.model.Scorecard, card, &was)
		t.exchange(&e.previous.model.Scorecard, card, &was, &then)
	}
	t.change(UnknownCause, card, &then, &v.reading)
	for i, points := range value.Apportion(t.parts, v.points-taken.Points) {
		t.all[i].Points = points
	}
	return &SinceTaken{taken.At, taken.Points, t.all}
}

// readTaken fills in e's own scorecard from what is remembered. It is false where another scorecard is remembered.
func (e *Engine) readTaken(taken *Taken) (value.Reading, bool) {
	card := &e.model.Scorecard
	if taken.Scorecard != ShortHash(e.model.ScorecardHash) || len(taken.Raw) != len(card.Lines) {
		return value.Reading{}, false
	}
	var raw [value.MaxLines]value.Raw
	for i, x := range taken.Raw {
		raw[i] = value.Raw{Value: widened(x), Missing: x != x}
	}
	return card.Read(&raw), true
}

// restate fills in a scorecard from the reading of another. A line that the other lacks is missing.
func restate(was, is *value.Scorecard, r *value.Reading) value.Reading {
	var raw [value.MaxLines]value.Raw
	for i, line := range is.Lines {
		raw[i].Missing = true
		if j := place(was, line.Indicator); j >= 0 {
			raw[i] = r.Raw[j]
		}
	}
	return is.Read(&raw)
}

// widened is the shortest decimal that x stands for: 12.34, where a plain conversion gives 12.34000015.
func widened(x float32) float64 {
	if x != x {
		return 0
	}
	var buffer [24]byte
	wide, _ := strconv.ParseFloat(string(strconv.AppendFloat(buffer[:0], float64(x), 'g', -1, 32)), 64)
	return wide
}

// append writes what is remembered, with the instant as its distance from that of the standing, which is mostly the same.
func (t *Taken) append(b []byte, since event.Instant) []byte {
	if t == nil {
		return b
	}
	b = binary.AppendVarint(b, int64(since-t.At))
	b = binary.AppendVarint(b, int64(t.Points))
	b = append(b, byte(len(t.Scorecard)/2))
	b = appendHex(b, t.Scorecard)
	for _, x := range t.Raw {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

var errTaken = errors.New("no reading of a scorecard")

func readTaken(f *fields, since event.Instant) (*Taken, error) {
	t := &Taken{At: since - event.Instant(f.varint())}
	points := f.varint()
	t.Points = Points(points)
	size := int(f.uvarint(maxID))
	t.Scorecard = f.hex(size)
	rest := f.b
	f.b = nil
	if f.failed || int64(t.Points) != points || len(rest)%4 != 0 || len(rest) > 4*value.MaxLines {
		return nil, errTaken
	}
	t.Raw = make([]float32, 0, len(rest)/4)
	for quad := range slices.Chunk(rest, 4) {
		x := math.Float32frombits(binary.LittleEndian.Uint32(quad))
		if x != x && math.Float32bits(x) != math.Float32bits(float32(math.NaN())) || x-x != 0 && x == x {
			return nil, errTaken
		}
		t.Raw = append(t.Raw, x)
	}
	return t, nil
}

// footprint estimates the bytes of heap behind t. Profiles share the name of the scorecard.
func (t *Taken) footprint() int {
	if t == nil {
		return 0
	}
	return takenBytes + 4*cap(t.Raw)
}
