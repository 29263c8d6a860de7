package model

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

// fitted is the section that says where the parameters come from. No score depends on it.
type fitted struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
	// Currency is that of the amounts that were fitted to; empty in files of before.
	Currency     string    `yaml:"currency,omitempty"`
	Customers    int       `yaml:"customers"`
	RepeatBuyers int       `yaml:"repeat_buyers"`
	Purchase     goodness  `yaml:"purchase"`
	Spend        *goodness `yaml:"spend,omitempty"` // nil: not fitted
	// Churn is the section of the churn stack; nil where the stack was not fitted. It counts a customer once for every date
	// at which the fit looked at the customer.
	Churn *goodness `yaml:"churn,omitempty"`
	// Value is the section of the learnt value; nil where it was not fitted.
	Value *learntSection `yaml:"value,omitempty"`
	// Lines are the lines of section churn that were fitted, by their names.
	Lines map[string]chosen `yaml:"lines,omitempty"`
	// HoldOut says which ingredients of the churn stack pay; nil where nobody judged them.
	HoldOut *holdOut `yaml:"hold_out,omitempty"`
	// Alerts says what the lines of the churn levels did in the shop's past; nil where no fit chose them.
	Alerts *pastAlerts `yaml:"alerts,omitempty"`
	// Methods says how many cases the methods of customer lifetime value rest on; nil where they were not fitted.
	Methods *methodsFitted `yaml:"methods,omitempty"`
	// Notes say in what customers do not differ. They are no warnings.
	Notes    []string `yaml:"notes,omitempty"`
	Warnings []string `yaml:"warnings,omitempty"`
}

// goodness says how well parameters are known. A parameter without a standard error is left out.
type goodness struct {
	Customers      int                `yaml:"customers"`
	LogLikelihood  float64            `yaml:"log_likelihood"`
	StandardErrors map[string]float64 `yaml:"standard_errors,flow"`
}

// check returns nil where f is valid, else what is wrong. A nil f is a model that nobody fitted.
func (f *fitted) check() error {
	if f == nil {
		return nil
	}
	from, fromErr := instantOf("fitted.from", f.From)
	to, toErr := instantOf("fitted.to", f.To)
	errs := []error{fromErr, toErr}
	if fromErr == nil && toErr == nil && from > to {
		errs = append(errs, fmt.Errorf("fitted: from %s comes after to %s", f.From, f.To))
	}
	if f.Customers < 1 || f.RepeatBuyers < 0 || f.RepeatBuyers > f.Customers {
		errs = append(errs, fmt.Errorf("fitted: %d customers and %d repeat_buyers, want at least one customer and no more repeat_buyers", f.Customers, f.RepeatBuyers))
	}
	errs = append(errs, f.Purchase.check("fitted.purchase", purchaseNames, f.Customers))
	if f.Spend != nil {
		errs = append(errs, f.Spend.check("fitted.spend", spendNames, f.RepeatBuyers))
	}
	errs = append(errs, checkChosen(f.Lines), f.Alerts.check(), f.Value.check(), f.HoldOut.check(), f.Methods.check())
	if f.Churn != nil {
		names := append([]string{"intercept"}, namesOf(churn.Terms())...)
		errs = append(errs, f.Churn.check("fitted.churn", names, math.MaxInt))
	}
	return errors.Join(errs...)
}

func (g *goodness) check(where string, names []string, most int) error {
	var errs []error
	if g.Customers < 1 || g.Customers > most {
		errs = append(errs, fmt.Errorf("%s: %d customers are not in 1..%d", where, g.Customers, most))
	}
	for _, name := range sorted(g.StandardErrors) {
		if !slices.Contains(names, name) {
			errs = append(errs, fmt.Errorf("%s.standard_errors: %q is none of %s", where, name, strings.Join(names, ", ")))
		}
		if e := g.StandardErrors[name]; e < 0 {
			errs = append(errs, fmt.Errorf("%s.standard_errors: %s %v is below 0", where, name, e))
		}
	}
	return errors.Join(errs...)
}

// instantOf reads a date or a time of RFC 3339.
func instantOf(where, s string) (event.Instant, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return event.InstantOf(t), nil
		}
	}
	return 0, fmt.Errorf("%s: %q is neither a date YYYY-MM-DD nor a time in RFC 3339", where, s)
}

// section is the text of f in the file.
func (f *fitted) section() (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := errors.Join(e.Encode(map[string]*fitted{"fitted": f}), e.Close())
	return b.String(), err
}

// significant rounds x to so many significant digits.
func significant(x float64, digits int) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64) // what is written can be read
	return y
}
