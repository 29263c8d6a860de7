package model

import (
	"errors"
	"fmt"
	"math"

	"tidemark/internal/score"
	"tidemark/internal/score/clv"
)

// LearntFit is a learnt value as a fit found it.
type LearntFit struct {
	// Value is what is written. Its version is the version of the model.
	Value           clv.Learnt
	Whether, Amount Goodness
	// Because says why the value is, or is not, the predicted value of the scorecard.
	Because string
}

// learntSection says where the learnt value comes from.
type learntSection struct {
	Whether goodness `yaml:"whether"`
	Amount  goodness `yaml:"amount"`
	Because string   `yaml:"because"`
}

func (f *LearntFit) section() *learntSection {
	if f == nil {
		return nil
	}
	return &learntSection{*f.Whether.section(), *f.Amount.section(), f.Because}
}

func (s *learntSection) check() error {
	if s == nil {
		return nil
	}
	names := append([]string{"intercept"}, namesOf(clv.Terms())...)
	return errors.Join(s.Whether.check("fitted.value.whether", names, math.MaxInt), s.Amount.check("fitted.value.amount", names, s.Whether.Customers))
}

// write replaces the section value_stack of a file.
func (f *LearntFit) write(file string) string {
	if f == nil {
		return file
	}
	return withValueStack(file, &f.Value)
}

// stands returns an error where m, the model as it is written, does not have the learnt value.
func (f *LearntFit) stands(m *score.Model) error {
	if f == nil {
		return nil
	}
	if want := roundedLearnt(f.Value); m.Learnt == nil || *m.Learnt != want {
		return fmt.Errorf("the base cannot be edited: it says a learnt value of %+v where it was to say %+v", m.Learnt, want)
	}
	return nil
}
