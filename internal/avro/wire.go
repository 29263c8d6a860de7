package avro

import (
	"encoding/binary"
	"fmt"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// wire is the binary encoding of Avro, written without a detour over native maps, which cost several times as much, most of
// it memory. What it writes of a transition is, to the byte, what the record and its schema give; a test holds it to that.
type wire struct {
	b []byte
	// err is the first number that no record can hold.
	err error
}

// transition appends a transition's record under an id and the id of its episode.
func (w *wire) transition(t score.Transition, id, episode string) {
	w.text(id)
	switch t := t.(type) {
	case *score.TierChanged:
		w.tierChanged(t)
	case *score.ChurnAlert:
		w.text(episode)
		w.churnAlert(t)
	case *score.WonBack:
		w.text(episode)
		w.wonBack(t)
	}
}

func (w *wire) stamp(s *score.Stamp) {
	w.text(s.Customer)
	w.int(int64(s.AsOf))
	w.int(int64(s.Cause))
	w.maybeText(s.CauseEventID)
	w.text(s.ModelVersion)
	w.text(s.ScorecardHash)
	w.text(s.PopulationVersion)
	w.bool(s.ControlGroup)
}

func (w *wire) tierChanged(t *score.TierChanged) {
	w.stamp(&t.Stamp)
	w.maybeTier(t.Previous)
	w.maybeTier(t.Tier)
	w.int(int64(t.Direction))
	w.int(int64(t.DaysInPrevious))
	w.int(int64(t.Before))
	w.int(int64(t.After))
	if w.some(t.LineCrossed != 0) {
		w.int(int64(t.LineCrossed))
	}
	w.double(t.Coverage)
	w.maybeText(t.Corrects)
	w.list(len(t.Contributions), func(i int) { w.contribution(&t.Contributions[i]) })
	w.some(true)
	w.int(t.CurrentValue)
	w.int(t.Spend365)
	w.text(string(t.Currency))
	w.int(int64(t.ChurnLevel) + 1)
	if w.some(t.KeepBy != (score.KeepBy{})) {
		w.int(int64(t.KeepBy.Day))
		w.int(t.KeepBy.Amount)
	}
	w.maybeText(t.PreferredChannel)
	w.maybeTexts(t.ContactableChannels)
	w.maybeText(t.TopCategory)
	if w.some(t.Playbook.ID != "") {
		w.text(t.Playbook.ID)
		w.list(len(t.Playbook.Actions), func(i int) {
			a := &t.Playbook.Actions[i]
			w.action(a)
			w.int(int64(a.DueHours))
		})
	}
}

func (w *wire) contribution(c *score.Contribution) {
	nowhere := math.NaN()
	before, rawAfter, after := c.NormalisedBefore, c.RawAfter, c.NormalisedAfter
	if !isFinite(c.RawBefore) {
		before = nowhere
	}
	if !isFinite(c.RawAfter) || c.Missing {
		rawAfter, after = nowhere, nowhere
	}
	w.text(c.Indicator)
	w.int(int64(c.Cause))
	w.maybeDouble(c.RawBefore)
	w.maybeDouble(rawAfter)
	w.maybeDouble(before)
	w.maybeDouble(after)
	w.double(c.Weight)
	w.int(int64(c.Points))
	w.bool(c.Capped)
	w.bool(c.Missing)
}

func (w *wire) churnAlert(a *score.ChurnAlert) {
	w.stamp(&a.Stamp)
	w.int(int64(a.State))
	if w.some(a.Resolve != score.UnknownReason) {
		w.int(int64(a.Resolve))
	}
	w.int(int64(a.Kind))
	w.int(int64(a.LevelBefore) + 1)
	w.int(int64(a.Level) + 1)
	w.maybeDouble(a.RiskBefore)
	w.double(a.Risk)
	w.maybeDouble(a.RiskNormal)
	w.int(int64(a.HorizonDays))
	w.maybeInstant(a.LastPurchaseAt)
	silent, gap := a.DaysSilent, a.UsualGapDays
	if a.LastPurchaseAt == 0 {
		silent = math.NaN()
	}
	if gap == 0 {
		gap = math.NaN()
	}
	w.maybeDouble(silent)
	w.maybeDouble(gap)
	if w.some(isInstant(a.ExpectedNextP50) || isInstant(a.ExpectedNextP90)) {
		w.maybeInstant(a.ExpectedNextP50)
		w.maybeInstant(a.ExpectedNextP90)
	}
	w.maybeTier(a.Tier)
	w.some(true)
	w.int(a.ValueAtStake)
	w.text(string(a.Currency))
	w.list(len(a.Factors), func(i int) {
		f := &a.Factors[i]
		w.text(f.Name)
		w.int(int64(f.LogOdds))
		w.maybeDouble(f.Raw)
	})
	if w.some(a.LikelyCause != 0) {
		w.int(int64(a.LikelyCause))
	}
	if w.some(a.LikelyCause != 0) {
		w.list(len(a.Evidence), func(i int) { w.evidence(&a.Evidence[i]) })
	}
	w.some(true)
	w.int(int64(a.OpenComplaints))
	if w.some(a.Action.Code != "") {
		w.action(&a.Action)
	}
	w.maybeMinor(a.Action.Cost)
	w.maybeMinor(a.MaxOffer)
	w.maybeInstant(a.ActBy)
	w.maybeTexts(a.Contactable)
	w.maybeText(a.Owner)
	w.maybeText(a.Corrects)
}

func (w *wire) wonBack(t *score.WonBack) {
	w.stamp(&t.Stamp)
	w.int(int64(t.LapsedDays))
	w.maybeText(t.ActionID)
	w.int(t.OrderValue)
	w.text(string(t.Currency))
	w.maybeMinor(t.Margin)
}

func (w *wire) evidence(v *score.Evidence) {
	w.text(v.ID)
	if w.some(v.About != event.UnknownSubject) {
		w.int(int64(v.About))
	}
	w.maybeDouble(v.Score)
	w.int(int64(v.At))
}

func (w *wire) action(a *score.Action) {
	w.text(a.Code)
	w.text(a.Text)
	for i, symbol := range [...]string{"UNKNOWN", "SALES", "SERVICE", "MARKETING"} {
		if symbol == owner(a.Owner) {
			w.int(int64(i))
		}
	}
}

// int is an int, a long, or the place of an enum's symbol.
func (w *wire) int(n int64) { w.b = binary.AppendVarint(w.b, n) }

func (w *wire) bool(x bool) {
	if x {
		w.b = append(w.b, 1)
		return
	}
	w.b = append(w.b, 0)
}

// some is the branch of a union of null and something.
func (w *wire) some(known bool) bool {
	w.bool(known)
	if known {
		w.b[len(w.b)-1] = 2 // branch 1, as a varint
	}
	return known
}

func (w *wire) text(s string) {
	w.int(int64(len(s)))
	w.b = append(w.b, s...)
}

func (w *wire) maybeText(s string) {
	if w.some(s != "") {
		w.text(s)
	}
}

func (w *wire) maybeTexts(list []string) {
	if w.some(list != nil) {
		w.list(len(list), func(i int) { w.text(list[i]) })
	}
}

// list is an array of one block.
func (w *wire) list(n int, item func(i int)) {
	if n > 0 {
		w.int(int64(n))
	}
	for i := range n {
		item(i)
	}
	w.int(0)
}

func (w *wire) maybeTier(t score.Tier) {
	if w.some(t != tier.None) {
		w.int(int64(t))
	}
}

func (w *wire) maybeInstant(i event.Instant) {
	if w.some(isInstant(i)) {
		w.int(int64(i))
	}
}

func (w *wire) maybeMinor(o event.OptionalMinor) {
	if w.some(o.Known) {
		w.int(o.Minor)
	}
}

func isInstant(i event.Instant) bool { return i != 0 && i != event.Never }

// double is a number that must be there: one that is not finite is an error.
func (w *wire) double(x float64) {
	if !isFinite(x) && w.err == nil {
		w.err = fmt.Errorf("%v is not a finite number", x)
	}
	w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(sixth(x)))
}

func (w *wire) maybeDouble(x float64) {
	if w.some(isFinite(x)) {
		w.double(x)
	}
}
