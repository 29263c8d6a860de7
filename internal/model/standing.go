package model

import "tidemark/internal/score/standing"

// position is the section standing: the parameters of loyalty, interaction, risk, stage, quadrant, class and costs. Each line is optional.
type position struct {
	Loyalty          loyalty     `yaml:"loyalty"`
	Interaction      interaction `yaml:"interaction"`
	Risk             troubles    `yaml:"risk"`
	Stage            stages      `yaml:"stage"`
	LongDays         float64     `yaml:"long_days"`
	HighContribution *float64    `yaml:"high_contribution"`
	Class            classes     `yaml:"class"`
	OmniShare        float64     `yaml:"omni_share"`
	DiscountShare    *float64    `yaml:"discount_share"`
}

type loyalty struct {
	Repeat         float64 `yaml:"repeat"`
	Months         float64 `yaml:"months"`
	Satisfaction   float64 `yaml:"satisfaction"`
	Referrals      float64 `yaml:"referrals"`
	Categories     float64 `yaml:"categories"`
	FullMonths     float64 `yaml:"full_months"`
	FullReferrals  float64 `yaml:"full_referrals"`
	FullCategories float64 `yaml:"full_categories"`
}

type interaction struct {
	Frequency     float64 `yaml:"frequency"`
	Depth         float64 `yaml:"depth"`
	Breadth       float64 `yaml:"breadth"`
	Effect        float64 `yaml:"effect"`
	HalfFrequency float64 `yaml:"half_frequency"`
	FullBreadth   float64 `yaml:"full_breadth"`
}

type troubles struct {
	Refunds        float64    `yaml:"refunds"`
	FailedPayments float64    `yaml:"failed_payments"`
	Overdue        float64    `yaml:"overdue"`
	Chargebacks    float64    `yaml:"chargebacks"`
	Prior          float64    `yaml:"prior"`
	PriorOrders    float64    `yaml:"prior_orders"`
	Grades         [4]float64 `yaml:"grades"`
}

type stages struct {
	WonBackDays float64 `yaml:"won_back_days"`
	NewDays     float64 `yaml:"new_days"`
	Declining   float64 `yaml:"declining"`
	Growing     float64 `yaml:"growing"`
}

type classes struct {
	Quantitative float64 `yaml:"quantitative"`
	High         float64 `yaml:"high"`
	Medium       float64 `yaml:"medium"`
}

// usualPosition is the section of a file without it. What a file leaves out stays as it is here.
func usualPosition() (s position) {
	p := standing.Default()
	s.Loyalty, s.Interaction, s.Risk, s.Stage, s.Class = loyalty(p.Loyalty), interaction(p.Interaction), troubles(p.Risk), stages(p.Stage), classes(p.Class)
	s.LongDays, s.OmniShare = p.LongDays, p.OmniShare
	return s
}

func (s *position) params() standing.Params {
	return standing.Params{
		Loyalty: standing.LoyaltyParams(s.Loyalty), Interaction: standing.InteractionParams(s.Interaction), Risk: standing.RiskParams(s.Risk),
		Stage: standing.StageParams(s.Stage), Class: standing.ClassParams(s.Class),
		LongDays: s.LongDays, HighContribution: optional(s.HighContribution),
		OmniShare: s.OmniShare, DiscountShare: optional(s.DiscountShare),
	}
}

func optional(x *float64) standing.Optional {
	if x == nil {
		return standing.Optional{}
	}
	return standing.Of(*x)
}
