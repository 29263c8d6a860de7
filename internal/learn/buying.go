package learn

import (
	"context"

	"tidemark/internal/fit"
	"tidemark/internal/stat"
)

// Buying is a purchase model that was fitted to cases.
type Buying struct {
	// Model is the purchase model, or that of random buyers under a mixture of regularities.
	Model stat.PurchaseModel
	// Regular is the mixture of regularities for cases of an engine that has one, else nil. It may have weight for k = 1 alone: the risk of
	// such an engine is that a customer has left, also where the customers of some cases buy at random. See Mixed.
	Regular  *stat.Regular
	Warnings []fit.Warning
	unitDays float64
}

// Buy fits the purchase model of cases: the mixture of regularities to cases of an engine that has one, else MBG/NBD or its limit. The unit of
// time is in days. Errors: those of fit.Purchases.
func Buy(ctx context.Context, cases []Case, unitDays float64) (Buying, error) {
	if known, _ := paced(Patterns(cases), unitDays); mixed(cases) && len(known) > 0 {
		_, mixture, err := both(ctx, known)
		if err != nil {
			return Buying{}, err
		}
		return buyingOf(&mixture, unitDays), nil
	}
	one, err := Purchases(ctx, cases, unitDays)
	return Buying{one.Model, nil, one.Warnings, unitDays}, err
}

func buyingOf(mixture *fit.Result[stat.Regular], unitDays float64) Buying {
	return Buying{mixture.Model.Random(), &mixture.Model, mixture.Warnings, unitDays}
}

// Mixed reports whether customers differ in how regularly they buy. It is false where k = 1 alone has weight: then nothing depends on gaps.
func (b *Buying) Mixed() bool { return b.Regular != nil && b.Regular.Weights[0] != 1 }

// Of is the purchase model of one customer.
func (b *Buying) Of(c *Case) stat.PurchaseModel {
	h, known := c.Pattern.Paced(b.unitDays)
	if !b.Mixed() || !known {
		return b.Model
	}
	return b.Regular.Of(h.LogGaps)
}

// mixed reports whether cases are of an engine with a mixture of regularities.
func mixed(cases []Case) bool { return len(cases) > 0 && cases[0].Mixed }
