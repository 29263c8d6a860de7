package score

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"time"

	"tidemark/internal/event"
)

// settleAfter is how long after its horizon a forecast is settled: what is known of the horizon then is what counts.
const settleAfter = 7 * 24 * time.Hour

// Forecast is a churn risk that was frozen at an instant, so that it can be held against what came.
type Forecast struct {
	// AsOf is when it was made, a whole minute.
	AsOf event.Instant
	// Model is the first half of Outcome.Model where another than the profile's own model made it, as Foreign says.
	Model   [4]byte
	Foreign bool
	// Risk is that of no purchase in the Days after AsOf, in millionths. A Forecast of no days is none.
	Risk uint32
	Days uint16
	// Contacted says that outreach was sent to the customer in those days.
	Contacted bool
}

// Outcome is a forecast and what came of it.
type Outcome struct {
	AsOf event.Instant
	// Model is the first 8 hex digits of the hash of the model that made it.
	Model string
	Group Group
	// Risk is in millionths.
	Risk int64
	// Gone says that there was no purchase day within the horizon, of those that stand.
	Gone bool
}

// Group is who a customer is to whoever compares outcomes: outreach changes them.
type Group uint8

// The groups. A customer of the control group stays in it even if contacted by mistake.
const (
	Uncontacted Group = iota
	Contacted
	Control

	// Groups is the number of groups. It stands last, so it moves with every group that is appended.
	Groups int = iota
)

var groups = [...]string{"uncontacted", "contacted", "control"}

// String is the group's metric label.
func (g Group) String() string { return groups[g] }

// ShortHash is how outcomes name a model: the first 8 hex digits of its hash.
func ShortHash(hash string) string { return hash[:min(8, len(hash))] }

func (f *Forecast) open() bool { return f.Days > 0 }

// end is the last instant of the horizon.
func (f *Forecast) end() event.Instant { return f.AsOf.Add(time.Duration(f.Days) * 24 * time.Hour) }

// settles is when f is held against what came.
func (f *Forecast) settles() event.Instant { return f.end().Add(settleAfter) }

// forecastDays is the horizon in days, a begun one counted.
func (e *Engine) forecastDays() uint16 {
	const aDay = 24 * time.Hour
	return uint16(min((e.model.Churn.Horizon+aDay-1)/aDay, math.MaxUint16))
}

// blockAfter is the first instant after another at which a customer's risk is to be frozen. Such instants come a horizon
// apart, so that no two forecasts speak of the same days (of a horizon under a week: a week apart, so that no more than two
// are open at a time), and each customer has their own: the work, and the outcomes, are spread over time.
func (e *Engine) blockAfter(customer string, at event.Instant) event.Instant {
	every := max(event.Instant(e.forecastDays())*24*60*minute, event.Instant(settleAfter/time.Millisecond))
	// The low bits of the hash choose the control group.
	phase := event.Instant((event.Hash(customer)>>32)%uint64(every/minute)) * minute
	return after(at, phase, every)
}

// moment is the first instant after p.AsOf at which a forecast is settled, or one may be frozen; event.Never where silence
// brings none.
func (e *Engine) moment(p *Profile) event.Instant {
	next := event.Never
	for i := range p.Forecasts {
		if f := &p.Forecasts[i]; f.open() {
			next = min(next, max(f.settles(), p.AsOf+1))
		}
	}
	if day, ok := p.History.LastOrdered(); ok {
		if start := e.blockAfter(p.Customer, p.AsOf); start < e.silentFor(day, e.model.Churn.Lapse) {
			next = min(next, start)
		}
	}
	return next
}

// next is the first instant after p.AsOf, up to a limit, at which Review has something to do, and true; or, where there is
// none, where to look on and false: see crossing.
func (e *Engine) next(p *Profile, limit event.Instant) (event.Instant, bool) {
	moment := e.moment(p)
	at, crossed := e.crossing(p, p.AsOf, min(limit, moment))
	if moment < at || moment <= limit && !crossed {
		return moment, moment <= limit
	}
	return at, crossed
}

// hold settles the forecasts of p that are ripe at p.AsOf, and freezes the risk where that is the time for it.
func (e *Engine) hold(p *Profile) {
	e.settle(p)
	if e.blockAfter(p.Customer, p.AsOf-1) == p.AsOf {
		e.freeze(p)
	}
}

// settle holds the forecasts of p that are ripe against what came.
func (e *Engine) settle(p *Profile) {
	kept := 0
	for _, f := range p.Forecasts {
		switch {
		case !f.open():
		case f.settles() > p.AsOf:
			p.Forecasts[kept] = f
			kept++
		default:
			p.Outcomes = append(slices.Clip(p.Outcomes), e.outcome(p, &f))
		}
	}
	clear(p.Forecasts[kept:])
}

// outcome is what came of a forecast. An order that was placed again after the horizon counts when it was placed last, as
// ever; what was cancelled after the horizon counts as bought.
func (e *Engine) outcome(p *Profile, f *Forecast) Outcome {
	o := Outcome{
		AsOf: f.AsOf, Model: ShortHash(e.model.Hash), Risk: int64(f.Risk),
		Gone: p.History.Between(f.AsOf, f.end()).Days == 0,
	}
	if f.Foreign {
		o.Model = hex.EncodeToString(f.Model[:])
	}
	switch {
	case e.control(p.Customer):
		o.Group = Control
	case f.Contacted:
		o.Group = Contacted
	}
	return o
}

// freeze notes the risk of p at p.AsOf, of a customer who has bought and has not lapsed. Where two are open already, which takes
// a model with a shorter horizon than the one before, there is no room and the block is passed over.
func (e *Engine) freeze(p *Profile) {
	for i := range p.Forecasts {
		if p.Forecasts[i].open() {
			continue
		}
		facts := e.Facts(&p.History, p.AsOf)
		if facts.PurchaseDays == 0 {
			return
		}
		signs, _ := e.signs(&facts, e.Pattern(&facts, p.AsOf))
		if signs.Silence < e.model.Churn.Lapse {
			p.Forecasts[i] = Forecast{AsOf: p.AsOf, Risk: uint32(math.Round(signs.Risk * 1e6)), Days: e.forecastDays()}
		}
		return
	}
}

// contact notes outreach with the forecasts in whose days it was sent.
func (p *Profile) contact(x event.Event) {
	sent, ok := x.(*event.Interaction)
	if !ok || sent.Kind != event.OutreachSent {
		return
	}
	for i := range p.Forecasts {
		if f := &p.Forecasts[i]; f.open() && sent.At() > f.AsOf && sent.At() <= f.end() {
			f.Contacted = true
		}
	}
}

// inherit hands the forecasts of p over to e: those that are open keep the name of the model that made them. What is ripe is
// settled; where the engine before e did not see to it, that is later than it should be.
func (p *Profile) inherit(e *Engine) {
	for i := range p.Forecasts {
		if f := &p.Forecasts[i]; f.open() && !f.Foreign {
			f.Foreign = true
			copy(f.Model[:], appendHex(nil, ShortHash(p.Model)))
		}
	}
	e.settle(p)
}

// A forecast is written as its age in minutes at p.AsOf, its days, its risk with two flags below it, and the model where it is
// another's: 7 to 12 bytes.
const (
	contactedBit = 1 << iota
	foreignBit
	flagBits = iota
)

func (p *Profile) appendForecasts(b []byte) []byte {
	for i := range p.Forecasts {
		f := &p.Forecasts[i]
		if !f.open() {
			continue
		}
		word := uint64(f.Risk) << flagBits
		if f.Contacted {
			word |= contactedBit
		}
		if f.Foreign {
			word |= foreignBit
		}
		b = binary.AppendUvarint(b, uint64(minutes(p.AsOf)-minutes(f.AsOf)))
		b = binary.AppendUvarint(b, uint64(f.Days))
		b = binary.AppendUvarint(b, word)
		if f.Foreign {
			b = append(b, f.Model[:]...)
		}
	}
	return b
}

func (p *Profile) readForecasts(b *fields) {
	for i := range p.Forecasts {
		if len(b.b) == 0 {
			return
		}
		f := &p.Forecasts[i]
		age, days, word := b.uvarint(math.MaxUint32), b.uvarint(math.MaxUint16), b.uvarint(1e6<<flagBits|(1<<flagBits-1))
		f.AsOf = event.Instant(minutes(p.AsOf)-int64(age)) * minute
		f.Days, f.Risk = uint16(days), uint32(word>>flagBits)
		f.Contacted, f.Foreign = word&contactedBit != 0, word&foreignBit != 0
		if f.Foreign && copy(f.Model[:], b.b) < len(f.Model) || days == 0 {
			b.failed = true
			return
		}
		if f.Foreign {
			b.b = b.b[len(f.Model):]
		}
	}
}

const minute = event.Instant(time.Minute / time.Millisecond)

// minutes counts whole minutes, rounded down.
func minutes(at event.Instant) int64 {
	n := int64(at / minute)
	if at%minute < 0 {
		n--
	}
	return n
}

// uvarint reads a number up to most.
func (f *fields) uvarint(most uint64) uint64 {
	v, n := binary.Uvarint(f.b)
	if n <= 0 || v > most {
		f.failed, f.b = true, nil
		return 0
	}
	f.b = f.b[n:]
	return v
}
