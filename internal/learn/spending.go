package learn

import (
	"context"
	"errors"

	"tidemark/internal/fit"
	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// Spending is what customers spend on a purchase day.
type Spending struct {
	// Fit is the spend of a paid day after the first. Its Model is nil if nobody who bought again paid for it, but others paid: then the spend
	// is not known.
	Fit fit.Result[stat.SpendModel]
	// Paid is the share of purchase days that are paid; the zero value where all are.
	Paid stat.PaidShare
}

// Into puts the spend into a model. Where the spend is not known, the spend model of m stays.
func (s *Spending) Into(m *clv.Model) {
	m.Paid = s.Paid
	if s.Fit.Model != nil {
		m.Spend = s.Fit.Model
	}
}

// mostDays bounds the purchase days that count beside a customer's own in the paid share. Where customers hardly differ, as in a log with four
// free days in all, the likelihood lets the shop's days count without end; then a customer whose dozen orders are all samples would be expected
// to pay.
const mostDays = 20

// Spend fits the spend model and the paid share to customers. In a log without amounts the spend is constant, and 0. Errors: those of
// fit.Spends and of fit.PaidShare, fit.ErrNoCustomers if there is no customer.
func Spend(ctx context.Context, customers []clv.Pattern, o fit.Options) (Spending, error) {
	var spends []stat.Spend
	baskets := make([]stat.Baskets, len(customers))
	paid, again := 0, 0
	for i, p := range customers {
		baskets[i] = p.Baskets()
		paid += baskets[i].Paid
		if p.Repeats > 0 {
			again++
		}
		if p.SpendDays > 0 {
			spends = append(spends, p.Spends())
		}
	}
	share, err := fit.PaidShare(ctx, fit.Groups(baskets), o)
	if err != nil {
		return Spending{}, err
	}
	if days := share.Paid + share.Free; days > mostDays {
		share.Paid, share.Free = share.Paid*mostDays/days, share.Free*mostDays/days
	}
	if paid == 0 {
		return Spending{Paid: share, Fit: fit.Result[stat.SpendModel]{
			Model: stat.FixedSpend{}, Customers: again, Converged: true, Warnings: []fit.Warning{fit.ConstantSpend{Unpaid: true}},
		}}, nil
	}
	r, err := fit.Spends(ctx, fit.Groups(spends), o)
	if errors.Is(err, fit.ErrNoCustomers) {
		return Spending{Paid: share}, nil
	}
	return Spending{r, share}, err
}
