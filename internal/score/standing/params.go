package standing

import (
	"errors"
	"fmt"
	"math"
)

// Params are the parameters of the indicators: lines of the section standing of a model file. Default holds the values of a file without them.
type Params struct {
	Loyalty     LoyaltyParams
	Interaction InteractionParams
	Risk        RiskParams
	Stage       StageParams
	// LongDays is the tenure in days from which on a relationship is long. HighContribution is the contribution of 365 days, in major units, from
	// which on a relationship is profitable, where the population's 80th percentile is not known.
	LongDays         float64
	HighContribution Optional
	Class            ClassParams
	// OmniShare is the share of the orders that two channels need each, so that the customer is omnichannel.
	OmniShare float64
	// DiscountShare is the share of the list price that peers get as discount, in [0, 1).
	DiscountShare Optional
}

// Default are the parameters of a model file that says nothing of them.
func Default() Params {
	return Params{
		Loyalty: LoyaltyParams{
			Repeat: .30, Months: .25, Satisfaction: .20, Referrals: .15, Categories: .10, FullMonths: 12, FullReferrals: 5, FullCategories: 5,
		},
		Interaction: InteractionParams{Frequency: .4, Depth: .2, Breadth: .2, Effect: .2, HalfFrequency: 5, FullBreadth: 4},
		Risk:        RiskParams{Refunds: .3, FailedPayments: .5, Overdue: .5, Chargebacks: 1, Prior: .2, PriorOrders: 20, Grades: [4]float64{.05, .1, .2, .4}},
		Stage:       StageParams{WonBackDays: 90, NewDays: 90, Declining: .5, Growing: 1.25},
		LongDays:    365,
		Class:       ClassParams{Quantitative: .7, High: 70, Medium: 40},
		OmniShare:   .2,
	}
}

// Check returns nil where p is valid, else an error that names everything that is wrong.
func (p *Params) Check() error {
	var errs []error
	weights := func(name string, sum float64, all ...float64) {
		total := 0.0
		for _, w := range all {
			if !(w >= 0 && w <= 1) {
				errs = append(errs, fmt.Errorf("%s: weight %v is not in [0, 1]", name, w))
			}
			total += w
		}
		if sum > 0 && !(math.Abs(total-sum) <= 1e-9) {
			errs = append(errs, fmt.Errorf("%s: the weights add up to %v, not to %v", name, total, sum))
		}
	}
	positive := func(name string, all ...float64) {
		for _, x := range all {
			if !(x > 0) || math.IsInf(x, 0) {
				errs = append(errs, fmt.Errorf("%s: %v is not above 0", name, x))
			}
		}
	}
	l, i, r, s, c := &p.Loyalty, &p.Interaction, &p.Risk, &p.Stage, &p.Class
	weights("loyalty", 1, l.Repeat, l.Months, l.Satisfaction, l.Referrals, l.Categories)
	positive("loyalty", l.FullMonths, l.FullReferrals, l.FullCategories)
	weights("interaction", 1, i.Frequency, i.Depth, i.Breadth, i.Effect)
	positive("interaction", i.HalfFrequency, i.FullBreadth)
	weights("risk", 0, r.Refunds, r.FailedPayments, r.Overdue, r.Chargebacks)
	positive("risk.prior_orders", r.PriorOrders)
	if !(r.Prior >= 0 && r.Prior <= r.PriorOrders) {
		errs = append(errs, fmt.Errorf("risk.prior: %v is not in 0..%v, the orders it is of", r.Prior, r.PriorOrders))
	}
	before := 0.0
	for _, line := range r.Grades {
		if !(line > before && line < 1) {
			errs = append(errs, fmt.Errorf("risk.grades: %v must ascend within (0, 1)", r.Grades))
			break
		}
		before = line
	}
	positive("stage", s.WonBackDays, s.NewDays, s.Growing)
	if !(s.Declining >= 0 && s.Declining < s.Growing) {
		errs = append(errs, fmt.Errorf("stage: declining %v is not in [0, growing %v)", s.Declining, s.Growing))
	}
	positive("long_days", p.LongDays)
	weights("class", 0, c.Quantitative)
	if !(c.Medium > 0 && c.Medium < c.High && c.High <= 100) {
		errs = append(errs, fmt.Errorf("class: 0 < medium %v < high %v <= 100 does not hold", c.Medium, c.High))
	}
	weights("omni_share", 0, p.OmniShare)
	if p.DiscountShare.Known && !(p.DiscountShare.Value >= 0 && p.DiscountShare.Value < 1) {
		errs = append(errs, fmt.Errorf("discount_share: %v is not in [0, 1)", p.DiscountShare.Value))
	}
	return errors.Join(errs...)
}
