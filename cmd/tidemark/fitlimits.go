package main

import (
	"fmt"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/stat"
)

// notes say in what customers do not differ.
func (f *found) notes() (notes []string) {
	for _, part := range []struct {
		name string
		of   fitted
	}{{"purchase", f.purchase}, {"spend", f.spend}} {
		for _, w := range part.of.warnings {
			if fit.IsLimit(w) {
				notes = append(notes, part.name+": "+w.String())
			}
		}
	}
	return notes
}

// printSpend prints what was found out about the spend.
func (f *found) printSpend(b *strings.Builder, in event.Currency) {
	switch f.spending.(type) {
	case nil:
	case stat.FixedSpend:
		fmt.Fprintf(b, "spend      constant, of %d customers in %s a purchase day; orders of one day add up\n", f.spend.customers, in)
		f.spend.print(b)
	default:
		fmt.Fprintf(b, "spend      gamma-gamma of %d customers in %s, log-likelihood %.4f\n", f.spend.customers, in, f.spend.logLikelihood)
		f.spend.print(b)
	}
	if f.paid != (stat.PaidShare{}) && f.spending != (stat.FixedSpend{}) {
		fmt.Fprintf(b, "paid       %.4g %% of the purchase days; %.4g paid and %.4g free ones count beside a customer's own\n",
			100*f.paid.Of(stat.Baskets{}), f.paid.Paid, f.paid.Free)
	}
}
