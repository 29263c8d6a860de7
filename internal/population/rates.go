package population

import "math"

// Share is a score of answers, with their number and its standard error. Known is false without an answer, and Value and Error say nothing.
type Share struct {
	N     int64   `json:"n"`
	Value float64 `json:"value"`
	Error float64 `json:"standard_error"`
	Known bool    `json:"known"`
}

// NPS is the share of promoters less that of detractors, in points from −100 to 100, one latest answer of each customer.
func (a *Answers) NPS() Share {
	if a.Count == 0 {
		return Share{}
	}
	n, p, d := float64(a.Count), float64(a.High)/float64(a.Count), float64(a.Low)/float64(a.Count)
	return Share{a.Count, 100 * (p - d), 100 * math.Sqrt(max(0, p+d-(p-d)*(p-d))/n), true}
}

// CSAT is the share of satisfied customers in percent: an answer of at least three quarters of its scale.
func (a *Answers) CSAT() Share {
	if a.Count == 0 {
		return Share{}
	}
	r := RateOf(a.High, a.Count)
	return Share{a.Count, 100 * r.Value, 100 * r.Error, true}
}

// Rate is Part of Of, with the standard error of a share. Known is false where Of is zero, and Value and Error say nothing.
type Rate struct {
	Part  int64   `json:"part"`
	Of    int64   `json:"of"`
	Value float64 `json:"value"`
	Error float64 `json:"standard_error"`
	Known bool    `json:"known"`
}

// RateOf is the rate of part of all.
func RateOf(part, of int64) Rate {
	if of <= 0 {
		return Rate{Part: part, Of: of}
	}
	v := float64(part) / float64(of)
	return Rate{part, of, v, math.Sqrt(max(0, v*(1-v)) / float64(of)), true}
}

// ChurnRate is customers at the start of a period who lapse in it / customers at its start: 100 of 1000 is 0.1. Customers are those whose silence
// is not that of lost customers.
func ChurnRate(atStart, lapsed int64) Rate { return RateOf(lapsed, atStart) }

// RetentionRate is 1 − ChurnRate.
func RetentionRate(atStart, lapsed int64) Rate { return RateOf(atStart-lapsed, atStart) }

// RepurchaseRate is the share of the buyers who have bought on more than one day.
func RepurchaseRate(repeated, buyers int64) Rate { return RateOf(repeated, buyers) }

// WinBackRate is customers won back in a period / customers lapsed at its start.
func WinBackRate(lapsedAtStart, wonBack int64) Rate { return RateOf(wonBack, lapsedAtStart) }

// Increment is the rate of the contacted less that of the control group, with the standard error of the difference. known is false where either
// rate is not known.
func Increment(contacted, control Rate) (difference, standardError float64, known bool) {
	return contacted.Value - control.Value, math.Hypot(contacted.Error, control.Error), contacted.Known && control.Known
}

// Repurchased is the RepurchaseRate of those whom a pass has counted.
func (p *Pass) Repurchased() Rate {
	h := p.Histogram("purchase_days")
	if h == nil {
		return Rate{}
	}
	repeated := int64(0)
	for b, n := range h.counts {
		if b > 1 {
			repeated += n
		}
	}
	return RepurchaseRate(repeated, p.Buyers)
}
