package stat

import "testing"

func TestGammaGamma(t *testing.T) {
	near(t, "the published customer's expected spend", gg.ExpectedSpend(2, 2*22.35), 24.66371391, 1e-8)
	near(t, "the population's mean", gg.PopulationMean(), 35.219, 5e-4)
	near(t, "who has not bought again gets the population's mean", gg.ExpectedSpend(0, 0), gg.PopulationMean(), 0)
	near(t, "who buys for ever gets their own mean", gg.ExpectedSpend(1e9, 20e9), 20, 1e-6)
	near(t, "no repeat purchase says nothing", gg.LogLikelihood(0, 0), 0, 0)
}

// The twelve months' value of the published customer: right in weeks, and as it
// was published by mistake, with the 30 days of a month counted as weeks.
func TestDiscounted(t *testing.T) {
	near(t, "CLV of months of 4.345 weeks",
		bg.Discounted(customer, 12, 4.345, .01)*gg.ExpectedSpend(2, 2*22.35), 36.28921113, 1e-8)

	near(t, "CLV of months of 30 weeks",
		bgFit.Discounted(customer, 12, 30, .01)*ggFit.ExpectedSpend(2, 2*22.35), 140.0963, 5e-4)

	near(t, "the purchases in it", bg.Discounted(customer, 12, 4.345, .01), 1.47136037, 5e-9)
	near(t, "undiscounted, months add up", bg.Discounted(customer, 12, 4.345, 0), bg.Expected(customer, 12*4.345), 1e-13)
	near(t, "no months", mbg.Discounted(customer, 0, 4.345, .01), 0, 0)
}
