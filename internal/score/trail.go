package score

import (
	"encoding/binary"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score/tier"
)

// Trail is what a customer was worth at the ends of the last months, the oldest first.
//
// No timer fills it in, for the end of a month must not make everybody due at once. The next Apply or Review does, for the ends of months since
// the last one. It looks at them with the history as it is known before the event is counted. So a trail folds the order of commits, as labels
// do: a late event changes no sample that is there.
type Trail struct {
	// Month is the month of the newest sample, counted since January 1970.
	Month   int
	Samples []Sample
}

// Sample is a customer at the end of a month. The zero Sample says that the customer had no score then.
type Sample struct {
	// Tier is tier.None where there is no sample.
	Tier   Tier
	Points Points
	// Risk is the churn risk, in thousandths, 0..1000.
	Risk uint16
	// Value is the current value, in major units of the base currency, rounded half to even.
	Value int64
}

const (
	// MaxTrail is the greatest number of samples.
	MaxTrail = 24
	// leastTrail is the least number with which a drop of value finds its reference: the sample before the newest is needed until the newest is
	// old enough.
	leastTrail = 3
)

// MonthEnd is the last millisecond of a month counted since January 1970.
func (e *Engine) MonthEnd(month int) event.Instant { return e.calendar.Start(firstDay(month+1)) - 1 }

// monthEnded is the newest month that has ended by an instant.
func (e *Engine) monthEnded(at event.Instant) int {
	month := e.calendar.Day(at).Month()
	if at >= e.MonthEnd(month) {
		return month
	}
	return month - 1
}

// firstDay is the first day of a month counted since January 1970: the Gregorian calendar, in years that begin in March.
func firstDay(month int) event.Day {
	march := month + 1970*12 - 2
	year := march / 12
	return event.Day(365*year + year/4 - year/100 + year/400 + (153*(march%12)+2)/5 - 719_468)
}

// tread fills in the trail of p with the ends of months in (from, to], with the labels that p has. Those that would drop out again by an
// instant are left out, unless they may be a reference within the span: so a long sleep costs no more looks than a trail has places.
func (e *Engine) tread(p *Profile, from, to, until event.Instant) {
	keep := e.model.Reactions.TrailMonths
	if keep == 0 || from <= 0 || len(p.Trail.Samples) == 0 && p.Standing.Tier == tier.None {
		return
	}
	was, last := e.monthEnded(from), e.monthEnded(to)
	if was == last {
		return
	}
	oldest := max(last-keep, p.Trail.Month-len(p.Trail.Samples)) + 1
	if len(p.Trail.Samples) == 0 {
		oldest = was + 1
	}
	first := max(was, min(e.monthEnded(until)-keep, last-leastTrail)) + 1
	samples := make([]Sample, 0, keep)
	for month := max(oldest, last-keep+1); month <= last; month++ {
		s := p.Trail.of(month)
		if month >= first {
			s = e.sample(p, month)
		}
		if len(samples) > 0 || s.Tier != tier.None {
			samples = append(samples, s)
		}
	}
	if p.Trail = (Trail{}); len(samples) > 0 {
		p.Trail = Trail{last, samples}
	}
}

// of is the sample of a month; the zero Sample where there is none.
func (t *Trail) of(month int) Sample {
	if i := len(t.Samples) - 1 - (t.Month - month); i >= 0 && i < len(t.Samples) {
		return t.Samples[i]
	}
	return Sample{}
}

// sample is p at the end of a month, in the tier that p has.
func (e *Engine) sample(p *Profile, month int) Sample {
	at := e.MonthEnd(month)
	facts := e.factsAt(p, at)
	if facts.PurchaseDays == 0 || facts.TestAccount || p.Standing.Tier == tier.None {
		return Sample{}
	}
	pattern := e.pattern(p, &facts, at)
	bare, ahead := e.model.Value.Judge(pattern, e.horizonDays())
	current, predicted := e.worth(&facts, pattern, ahead)
	reading := e.reading(&facts, pattern, predicted)
	points, _ := e.model.Scorecard.Score(&reading)
	risk := micro(e.model.Stack.Risk(e.Traits(&facts, pattern), bare))
	return Sample{
		Tier: p.Standing.Tier, Points: points, Risk: uint16(math.RoundToEven(risk * 1000)), Value: max(0, int64(math.RoundToEven(current))),
	}
}

// A trail is written as its newest month, then the samples, the oldest first: 4 bytes that hold the points, the risk and the tier, and the
// value as a uvarint. A sample that is none is one 0 byte instead; the tier in the lowest bits tells them apart.
const (
	tierBits   = 3
	pointsBits = 14
	riskBits   = 10
)

func (t *Trail) append(b []byte) []byte {
	if len(t.Samples) == 0 {
		return b
	}
	return appendSamples(binary.AppendVarint(b, int64(t.Month)), t.Samples)
}

func appendSamples(b []byte, samples []Sample) []byte {
	for _, s := range samples {
		if s.Tier == tier.None {
			b = append(b, 0)
			continue
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(s.Tier)|uint32(s.Points)<<tierBits|uint32(s.Risk)<<(tierBits+pointsBits))
		b = binary.AppendUvarint(b, uint64(s.Value))
	}
	return b
}

// trail reads what Trail.append wrote.
func (f *fields) trail() (t Trail) {
	t.Month = int(f.varint())
	t.Samples = f.samples(nil)
	return t
}

// samples reads what appendSamples wrote, up to the end, after samples that are there.
func (f *fields) samples(all []Sample) []Sample {
	for len(f.b) > 0 && !f.failed {
		if len(all) == MaxTrail {
			f.failed = true
			return all
		}
		if f.b[0] == 0 {
			all, f.b = append(all, Sample{}), f.b[1:]
			continue
		}
		if len(f.b) < 4 {
			f.failed = true
			return all
		}
		word := binary.LittleEndian.Uint32(f.b)
		f.b = f.b[4:]
		s := Sample{Tier: Tier(word & (1<<tierBits - 1)), Points: Points(word >> tierBits & (1<<pointsBits - 1)), Risk: uint16(word >> (tierBits + pointsBits))}
		s.Value = int64(f.uvarint(math.MaxInt64))
		if s.Tier == tier.None || int(s.Tier) >= tier.Tiers || s.Points > 10_000 || s.Risk > 1000 {
			f.failed = true
		}
		all = append(all, s)
	}
	return all
}
