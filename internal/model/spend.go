package model

import (
	"errors"
	"fmt"

	"tidemark/internal/stat"
)

// spend is the section of the spend model: Gamma-Gamma with p, q and v, or the model "constant" with the mean over customers. PaidDays and
// FreeDays are the purchase days that count beside a customer's own, paid and free; see stat.PaidShare. Without PaidDays the usual share
// holds.
type spend struct {
	Model    string   `yaml:"model"`
	P        float64  `yaml:"p"`
	Q        float64  `yaml:"q"`
	V        float64  `yaml:"v"`
	Mean     *float64 `yaml:"mean"`
	PaidDays float64  `yaml:"paid_days"`
	FreeDays float64  `yaml:"free_days"`
}

// constant is the model in which each customer always pays the same.
const constant = "constant"

// spendNames are the parameters of a spend model, and the word that tells the two apart; paidNames are those of the paid share.
var (
	spendNames = []string{"model", "p", "q", "v", "mean"}
	paidNames  = []string{"paid_days", "free_days"}
)

// model returns the spend model. Its parameters are checked with the rest of the model, by clv.Model.Check.
func (s spend) model() (stat.SpendModel, error) {
	if s.FreeDays != 0 && s.PaidDays == 0 {
		return nil, errors.New("spend: free_days stand beside paid_days")
	}
	switch s.Model {
	case "":
		if s.Mean != nil {
			return nil, errors.New("spend: mean stands beside model: constant")
		}
		return stat.GammaGamma{P: s.P, Q: s.Q, V: s.V}, nil
	case constant:
		if s.Mean == nil || s.P != 0 || s.Q != 0 || s.V != 0 {
			return nil, errors.New("spend: the model constant has a mean, and neither p, q nor v")
		}
		return stat.FixedSpend{Mean: *s.Mean}, nil
	}
	return nil, fmt.Errorf("spend.model: %q is not %s; leave it out for Gamma-Gamma", s.Model, constant)
}

func (s spend) paid() stat.PaidShare { return stat.PaidShare{Paid: s.PaidDays, Free: s.FreeDays} }

// spendOf is the section of a spend model and a paid share, with rounded parameters.
func spendOf(m stat.SpendModel, paid stat.PaidShare) spend {
	s := spend{PaidDays: significant(paid.Paid, digits), FreeDays: significant(paid.Free, digits)}
	switch m := m.(type) {
	case stat.GammaGamma:
		s.P, s.Q, s.V = significant(m.P, digits), significant(m.Q, digits), significant(m.V, digits)
	case stat.FixedSpend:
		mean := significant(m.Mean, digits)
		s.Model, s.Mean = constant, &mean
	}
	return s
}

// values are the lines of the spend model.
func (s spend) values() []setting {
	if s.Model != "" {
		return []setting{{"model", s.Model}, {"mean", decimal(*s.Mean)}}
	}
	return []setting{{"p", decimal(s.P)}, {"q", decimal(s.Q)}, {"v", decimal(s.V)}}
}

// paidDays are the lines of the paid share; none where it is the usual one.
func (s spend) paidDays() []setting {
	if s.PaidDays == 0 {
		return nil
	}
	return []setting{{"paid_days", decimal(s.PaidDays)}, {"free_days", decimal(s.FreeDays)}}
}
