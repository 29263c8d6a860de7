package stat

import (
	"fmt"
	"testing"
	"time"
)

const week = 7 * 24 * time.Hour

var (
	cdnowSample = purchaseLog{
		file: "cdnow/CDNOW_sample.txt", id: 1, date: 2, amount: 4,
		layout: "20060102", end: "19970930", unit: week,
	}
	cdnow = purchaseLog{
		file: "cdnow/CDNOW_master.txt", heading: 1, id: 0, date: 1, amount: 3,
		layout: "20060102", end: "19970930", unit: week,
	}
	exampleDays = purchaseLog{
		file: "cdnow/example_transactions.csv", sep: ",", heading: 1, id: 1, date: 0, amount: 1,
		layout: "2006-01-02 15:04:05", end: "2014-12-31 00:00:00", unit: 24 * time.Hour,
	}
)

// The log-likelihoods over the purchases, at the published optima.
func TestLogLikelihoodOfPurchaseLogs(t *testing.T) {
	for _, c := range []struct {
		log       purchaseLog
		customers int
		model     interface{ LogLikelihood(h Rhythm) float64 }
		want      float64
	}{
		{cdnowSample, 2357, BGNBD{.242595, 4.413597, .792921, 2.425903}, -9582.4292},
		{cdnowSample, 2357, BGNBD{.2425945, 4.4136019, .7929199, 2.4258881}, -9582.4292},
		{cdnowSample, 2357, MBGNBD{.524843, 6.183078, .891360, 1.614004}, -9582.1357},
		{cdnow, 23570, BGNBD{.251624, 4.788941, .723438, 2.161108}, -95368.4439},
		{cdnow, 23570, MBGNBD{.637143, 7.310319, .807474, 1.228389}, -95336.9583},
		{cdnowSample, 2357, paretoFit, -9594.9762},
		{cdnow, 23570, ParetoNBD{.597421, 11.585675, .522186, 8.827756}, -95415.1186},
		{exampleDays, 5000, BGNBD{.163851, 1.864284, 1.850345, 3.181061}, -39248.6261},
	} {
		buyers := c.log.buyers(t)
		var sum float64
		for _, b := range buyers {
			sum += c.model.LogLikelihood(b.Rhythm)
		}
		near(t, c.log.file+": customers", float64(len(buyers)), float64(c.customers), 0)
		near(t, fmt.Sprintf("%s: log-likelihood of %#v", c.log.file, c.model), sum, c.want, 6e-5)
	}
}

func TestForecastOfCDNOW(t *testing.T) {
	var repeats int
	var byBG, byMBG, byPareto, spend float64
	for _, b := range cdnowSample.buyers(t) {
		repeats += b.X
		byBG += BGNBD{.242595, 4.413597, .792921, 2.425903}.Expected(b.Rhythm, 39)
		byMBG += mbgFit.Expected(b.Rhythm, 39)
		byPareto += paretoFit.Expected(b.Rhythm, 39)
		if b.mean > 0 {
			spend += gg.LogLikelihood(b.X, b.mean)
		}
	}
	near(t, "repeat purchase days", float64(repeats), 2457, 0)
	near(t, "purchases in the 39 weeks to come, by BG/NBD", byBG, 1653.4, .05)
	near(t, "purchases in the 39 weeks to come, by MBG/NBD", byMBG, 1576.7, .05)
	near(t, "purchases in the 39 weeks to come, by Pareto/NBD", byPareto, 1665.5, .05)
	near(t, "log-likelihood of Gamma-Gamma", spend, -4055.9177, .005)
}

// The summary that the papers' authors published, rounded to hundredths of weeks
// and of dollars.
func TestCDNOWSummary(t *testing.T) {
	var customers, repeaters int
	var byBG, byMBG, byGG, byGGFit, means float64
	var spend, spendFit []float64
	for fields := range lines(t, "cdnow/cdnow_customers_summary_with_transactions.csv", ",", 1) {
		h := Rhythm{X: int(number(t, fields[1])), TX: number(t, fields[2]), T: number(t, fields[3])}
		mean := number(t, fields[4])
		if err := h.Validate(); err != nil {
			t.Fatal(err)
		}
		customers++
		byBG += bgFit.LogLikelihood(h)
		byMBG += mbgFit.LogLikelihood(h)
		byGG += gg.LogLikelihood(h.X, mean)
		byGGFit += ggFit.LogLikelihood(h.X, mean)
		spend = append(spend, gg.ExpectedSpend(h.X, mean*float64(h.X)))
		spendFit = append(spendFit, ggFit.ExpectedSpend(h.X, mean*float64(h.X)))
		if h.X > 0 {
			repeaters++
			means += mean
		}
	}
	near(t, "customers", float64(customers), 2357, 0)
	near(t, "repeaters", float64(repeaters), 946, 0)
	near(t, "log-likelihood of BG/NBD", byBG, -9582.4256, 6e-5)
	near(t, "log-likelihood of MBG/NBD", byMBG, -9582.13, .01)
	near(t, "log-likelihood of Gamma-Gamma, as published", byGG, -4055.9247, 6e-5)
	near(t, "log-likelihood of Gamma-Gamma, fitted", byGGFit, -4055.9232, 6e-5)
	near(t, "mean of the repeaters' mean spends", means/float64(repeaters), 35.079, 5e-4)
	for i, want := range []float64{24.66, 18.92, 35.22, 35.22, 35.22, 71.47, 18.92, 35.22, 27.29, 35.22} {
		near(t, fmt.Sprintf("expected spend of customer %d, as published", i+1), spend[i], want, .0051)
	}
	for i, want := range []float64{24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17} {
		near(t, fmt.Sprintf("expected spend of customer %d, fitted", i+1), spendFit[i], want, .01)
	}
}
