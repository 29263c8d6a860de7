package model

import (
	"errors"
	"fmt"

	"tidemark/internal/stat"
)

// purchase is the section of the purchase model. Customers differ in their purchase rate, as r and alpha say, or gamma is collapsed and all
// have one rate. In the same way a and b say how customers differ in leaving, or beta is collapsed and all leave with one probability.
type purchase struct {
	Model    string  `yaml:"model"`
	UnitDays float64 `yaml:"unit_days"`
	R        float64 `yaml:"r"`
	Alpha    float64 `yaml:"alpha"`
	Gamma    string  `yaml:"gamma"`
	Rate     float64 `yaml:"rate"`
	A        float64 `yaml:"a"`
	B        float64 `yaml:"b"`
	Beta     string  `yaml:"beta"`
	Leaving  float64 `yaml:"leaving"`
}

const (
	mbgNBD = "mbg-nbd"
	bgNBD  = "bg-nbd"

	// collapsed is what gamma and beta say at the limit.
	collapsed = "collapsed"
)

// purchaseNames are the parameters of a purchase model: two of buying and two of leaving.
var purchaseNames = []string{"r", "alpha", "a", "b", "gamma", "rate", "beta", "leaving"}

func (p purchase) model() (stat.PurchaseModel, error) {
	if p.Model != mbgNBD && p.Model != bgNBD {
		return nil, fmt.Errorf("purchase.model: %q is neither %s nor %s", p.Model, mbgNBD, bgNBD)
	}
	for name, said := range map[string]string{"gamma": p.Gamma, "beta": p.Beta} {
		if said != "" && said != collapsed {
			return nil, fmt.Errorf("purchase.%s: %q is not %s", name, said, collapsed)
		}
	}
	if (p.Gamma == "") != (p.Rate == 0) || (p.Beta == "") != (p.Leaving == 0) {
		return nil, errors.New("purchase: rate stands beside gamma: collapsed, leaving beside beta: collapsed, and none without the other")
	}
	switch {
	case p.Gamma != "" || p.Beta != "":
		m := stat.Limit{FirstStays: p.Model == bgNBD, Rate: p.Rate, R: p.R, Alpha: p.Alpha, Leaving: p.Leaving, A: p.A, B: p.B}
		return m, m.Validate()
	case p.Model == bgNBD:
		m := stat.BGNBD{R: p.R, Alpha: p.Alpha, A: p.A, B: p.B}
		return m, m.Validate()
	}
	m := stat.MBGNBD{R: p.R, Alpha: p.Alpha, A: p.A, B: p.B}
	return m, m.Validate()
}

// purchaseOf is the section of a purchase model, with rounded parameters. An unknown model gets an empty section, which is not valid.
func purchaseOf(m stat.PurchaseModel, unitDays float64) purchase {
	p := purchase{UnitDays: significant(unitDays, digits)}
	switch m := m.(type) {
	case stat.MBGNBD:
		p.Model, p.R, p.Alpha, p.A, p.B = mbgNBD, m.R, m.Alpha, m.A, m.B
	case stat.BGNBD:
		p.Model, p.R, p.Alpha, p.A, p.B = bgNBD, m.R, m.Alpha, m.A, m.B
	case stat.Limit:
		p.Model, p.R, p.Alpha, p.A, p.B, p.Rate, p.Leaving = mbgNBD, m.R, m.Alpha, m.A, m.B, m.Rate, m.Leaving
		if m.FirstStays {
			p.Model = bgNBD
		}
		if m.Rate > 0 {
			p.Gamma = collapsed
		}
		if m.Leaving > 0 {
			p.Beta = collapsed
		}
	}
	for _, x := range []*float64{&p.R, &p.Alpha, &p.Rate, &p.A, &p.B, &p.Leaving} {
		*x = significant(*x, digits)
	}
	return p
}

// values are the lines of the section.
func (p purchase) values() []setting {
	lines := []setting{{"model", p.Model}, {"unit_days", decimal(p.UnitDays)}}
	if p.Gamma != "" {
		lines = append(lines, setting{"gamma", p.Gamma}, setting{"rate", decimal(p.Rate)})
	} else {
		lines = append(lines, setting{"r", decimal(p.R)}, setting{"alpha", decimal(p.Alpha)})
	}
	if p.Beta != "" {
		return append(lines, setting{"beta", p.Beta}, setting{"leaving", decimal(p.Leaving)})
	}
	return append(lines, setting{"a", decimal(p.A)}, setting{"b", decimal(p.B)})
}
