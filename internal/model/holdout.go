package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tidemark/internal/score/churn"
)

// HoldOut is why the churn stack has the ingredients that it has. Gains are mean gains of log loss of P(no purchase within the horizon).
type HoldOut struct {
	// OutOfTime says that the stacks on trial were fitted at earlier cuts. Else they were fitted to other customers.
	OutOfTime bool
	// Customers is the number of customers who judged.
	Customers int
	// Over is the gain of a stack that is drawn to the purchase model over one whose weights are drawn to 0 alike; OverTaken says that the
	// first was taken.
	Over      Gain
	OverTaken bool
	// Whole is the gain of the stack over the purchase model alone. Alone says that the model has no stack for that gain.
	Whole Gain
	Alone bool
	// Ingredients are the ingredients that the shop has, in order.
	Ingredients []IngredientGain
}

// Gain is a mean gain with its standard error.
type Gain struct{ Mean, StandardError float64 }

// IngredientGain is the gain of an ingredient beside the others.
type IngredientGain struct {
	Name string
	Gain
	// LeftOut says that the stack does without the ingredient.
	LeftOut bool
}

// holdOut is the section hold_out of section fitted.
type holdOut struct {
	Of          string              `yaml:"of"`
	Customers   int                 `yaml:"customers"`
	Over        heldGain            `yaml:"over_purchase_model,flow"`
	Whole       heldGain            `yaml:"whole,flow"`
	Ingredients map[string]heldGain `yaml:"ingredients,omitempty"`
}

type heldGain struct {
	Gain          float64 `yaml:"gain"`
	StandardError float64 `yaml:"standard_error"`
	LeftOut       bool    `yaml:"left_out,omitempty"`
}

// What a hold-out held out.
const (
	heldTime      = "the time since earlier cuts"
	heldCustomers = "a fifth of the customers at a time"
)

// section is h in the file; nil for no hold-out.
func (h *HoldOut) section() *holdOut {
	if h == nil {
		return nil
	}
	of := func(g Gain, leftOut bool) heldGain {
		return heldGain{significant(g.Mean, errorDigits), significant(g.StandardError, errorDigits), leftOut}
	}
	out := &holdOut{Of: heldCustomers, Customers: h.Customers, Over: of(h.Over, !h.OverTaken), Whole: of(h.Whole, h.Alone)}
	if h.OutOfTime {
		out.Of = heldTime
	}
	if len(h.Ingredients) > 0 {
		out.Ingredients = map[string]heldGain{}
	}
	for _, x := range h.Ingredients {
		out.Ingredients[x.Name] = of(x.Gain, x.LeftOut)
	}
	return out
}

// check returns nil where h is valid, else what is wrong. A nil h is a stack that no hold-out has judged.
func (h *holdOut) check() error {
	if h == nil {
		return nil
	}
	var errs []error
	if h.Of != heldTime && h.Of != heldCustomers || h.Customers < 1 || h.Whole.StandardError < 0 {
		errs = append(errs, fmt.Errorf("fitted.hold_out: wants of: %q or %q, customers and a whole whose standard error is at least 0", heldTime, heldCustomers))
	}
	names := namesOf(churn.Ingredients()[1:])
	for _, name := range sorted(h.Ingredients) {
		if !slices.Contains(names, name) || h.Ingredients[name].StandardError < 0 {
			errs = append(errs, fmt.Errorf("fitted.hold_out.ingredients.%s: want one of %s with a standard error of at least 0", name, strings.Join(names, ", ")))
		}
	}
	return errors.Join(errs...)
}
