package score

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"time"

	"tidemark/internal/event"
)

// settleAfter is the time from the end of a forecast's horizon to its settlement. What is known of the horizon by then counts.
const settleAfter = 7 * 24 * time.Hour

// Forecast is a churn risk, frozen at an instant and held against the outcome later.
type Forecast struct {
	// AsOf is the instant of the forecast, a whole minute.
	AsOf event.Instant
	// Model is the first half of Outcome.Model, where Foreign says that another model than the profile's own made the forecast.
	Model   [4]byte
	Foreign bool
	// Risk is the probability of no purchase in the Days after AsOf, in millionths. A Forecast with zero Days is an empty place.
	Risk uint32
	Days uint16
	// Contacted says that the customer was sent outreach in those Days.
	Contacted bool
}

// Outcome is a settled forecast: what was forecast, and what happened.
type Outcome struct {
	AsOf event.Instant
	// Model is the first 8 hex digits of the hash of the model that made the forecast.
	Model string
	Group Group
	// Risk is the forecast, in millionths.
	Risk int64
	// Gone says that no purchase day within the horizon stands.
	Gone bool
}

// Group sorts customers for a comparison of outcomes, because outreach changes outcomes.
type Group uint8

// The groups. A customer of the control group stays in Control even if somebody contacts the customer by mistake.
const (
	Uncontacted Group = iota
	Contacted
	Control

	// Groups is the number of groups. It stands last, so it moves with every group that is appended.
	Groups int = iota
)

var groups = [...]string{"uncontacted", "contacted", "control"}

// String is the group's label in metrics.
func (g Group) String() string { return groups[g] }

// ShortHash is the name of a model in outcomes: the first 8 hex digits of its hash.
func ShortHash(hash string) string { return hash[:min(8, len(hash))] }

func (f *Forecast) open() bool { return f.Days > 0 }

// end is the last instant of the horizon.
func (f *Forecast) end() event.Instant { return f.AsOf.Add(time.Duration(f.Days) * 24 * time.Hour) }

// settles is the instant at which f is held against what happened.
func (f *Forecast) settles() event.Instant { return f.end().Add(settleAfter) }

// forecastDays is the horizon in days, rounded up.
func (e *Engine) forecastDays() uint16 {
	const aDay = 24 * time.Hour
	return uint16(min((e.model.Churn.Horizon+aDay-1)/aDay, math.MaxUint16))
}

// blockAfter is the first instant after another at which a customer's risk is to be frozen. The instants of one customer lie a
// horizon apart, so that no two forecasts speak of the same days. If the horizon is shorter than a week they lie a week apart, so
// that at most two forecasts are open. Each customer has other instants: that spreads the work, and the outcomes, over time.
func (e *Engine) blockAfter(customer string, at event.Instant) event.Instant {
	every := max(event.Instant(e.forecastDays())*24*60*minute, event.Instant(settleAfter/time.Millisecond))
	// The low bits of the hash choose the control group.
	phase := event.Instant((event.Hash(customer)>>32)%uint64(every/minute)) * minute
	return after(at, phase, every)
}

// moment is the first instant after p.AsOf at which a forecast is settled or may be frozen; event.Never where silence brings no
// such instant.
func (e *Engine) moment(p *Profile) event.Instant {
	next := event.Never
	if p.Test {
		return next
	}
	for i := range p.Forecasts {
		if f := &p.Forecasts[i]; f.open() {
			next = min(next, max(f.settles(), p.AsOf+1))
		}
	}
	if day, ok := p.Whole().LastOrdered(); ok {
		if start := e.blockAfter(p.Customer, p.AsOf); start < next && !e.lostBy(p, day, start) {
			next = start
		}
	}
	return next
}

// next is the first instant after p.AsOf, up to a limit, at which Review has something to do, and true. Where there is none, next
// returns false and the instant at which the search goes on; see crossing.
func (e *Engine) next(p *Profile, limit event.Instant) (event.Instant, bool) {
	moment := e.moment(p)
	at, crossed := e.crossing(p, p.AsOf, min(limit, moment))
	if moment < at || moment <= limit && !crossed {
		return moment, moment <= limit
	}
	return at, crossed
}

// hold settles the forecasts of p that are due at p.AsOf. At an instant of blockAfter it also freezes the risk. A test account has none.
func (e *Engine) hold(p *Profile) {
	if p.Whole().TestAccount() {
		return
	}
	e.settle(p)
	if e.blockAfter(p.Customer, p.AsOf-1) == p.AsOf {
		e.freeze(p)
	}
}

// settle holds the forecasts of p that are due against what happened.
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

// outcome is what came of a forecast. An order that was placed again after the horizon counts when it was placed last. An order
// that was cancelled after the horizon counts as bought.
func (e *Engine) outcome(p *Profile, f *Forecast) Outcome {
	o := Outcome{
		AsOf: f.AsOf, Model: ShortHash(e.model.Hash), Risk: int64(f.Risk),
		Gone: p.Whole().Between(f.AsOf, f.end()).Days == 0,
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

// freeze keeps the risk of p at p.AsOf, if the customer has bought and has not lapsed. Two forecasts may be open already, under a
// model whose horizon is shorter than the horizon of the model before. Then freeze does nothing.
func (e *Engine) freeze(p *Profile) {
	for i := range p.Forecasts {
		if p.Forecasts[i].open() {
			continue
		}
		facts := e.Facts(p.Whole(), p.AsOf)
		if facts.PurchaseDays == 0 {
			return
		}
		if pattern := e.pattern(p, &facts, p.AsOf); silence(pattern) < e.Lapse(&facts) {
			risk := e.riskAhead(&facts, pattern, p.AsOf)
			p.Forecasts[i] = Forecast{AsOf: p.AsOf, Risk: uint32(math.Round(risk * 1e6)), Days: e.forecastDays()}
		}
		return
	}
}

// contact marks the forecasts in whose days x, an outreach, was sent.
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

// inherit hands the forecasts of p over to e. A forecast that stays open keeps the name of the model that made it. A forecast
// that is due is settled now, even if the engine before e should have settled it earlier.
func (p *Profile) inherit(e *Engine) {
	for i := range p.Forecasts {
		if f := &p.Forecasts[i]; f.open() && !f.Foreign {
			f.Foreign = true
			copy(f.Model[:], appendHex(nil, ShortHash(p.Model)))
		}
	}
	e.settle(p)
}

// A forecast is written as its age in minutes at p.AsOf, its days, and its risk with two flags in the low bits. If another model
// made it, 4 bytes of the model's hash follow. That is 7 to 12 bytes.
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

// uvarint reads a number of at most most.
func (f *fields) uvarint(most uint64) uint64 {
	v, n := binary.Uvarint(f.b)
	if n <= 0 || v > most {
		f.failed, f.b = true, nil
		return 0
	}
	f.b = f.b[n:]
	return v
}
