package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// bought is a simulated purchase: a day from the beginning of a log, and an amount in cents.
type bought struct{ day, cents int }

// logOf writes a log of simulated customers, from 2018 on, to a file. of returns the purchases of customer i.
func logOf(t *testing.T, customers int, of func(i int, r *rand.Rand) []bought) string {
	t.Helper()
	var b strings.Builder
	r := rand.New(rand.NewPCG(13, 1))
	for i := range customers {
		for k, x := range of(i, r) {
			at := time.Date(2018, 1, 1+x.day, 12, 0, 0, 0, time.UTC).Format(time.RFC3339)
			fmt.Fprintf(&b, `{"topic":"customer.purchases.v1","event":{"event_id":"e%d-%d","customer_id":"c%d","order_id":"o%d-%d","occurred_at":%q,`+
				`"kind":"ORDER","amount_minor":%d,"currency":"USD"}}`+"\n", i, k, i, i, k, at, x.cents)
		}
	}
	return file(t, b.String())
}

// renewals simulates a customer who buys again after so many days, more or less, and each time stays with a probability.
func renewals(r *rand.Rand, gap, spread float64, stays float64, until int, cents func() int) (all []bought) {
	for day := r.Float64() * gap; day < float64(until); day += math.Max(1, gap+spread*r.NormFloat64()) {
		all = append(all, bought{int(day), cents()})
		if r.Float64() > stays {
			break
		}
	}
	return all
}

// around is an amount of about so many cents.
func around(r *rand.Rand, cents float64) int { return int(cents * math.Exp(.4*r.NormFloat64())) }
