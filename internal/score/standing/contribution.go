package standing

// Costs are what a customer brought and cost, over life or over 365 days, in major units.
type Costs struct{ Margin, Service, Outreach, Acquisition float64 }

// Contribution is the margin less the costs. It may be negative.
func (c Costs) Contribution() float64 { return c.Margin - c.Service - c.Outreach - c.Acquisition }

// Margin is the margin of orders: what the orders give, and the usual share of all other net spend.
func Margin(given, net, netOfGiven, usual float64) float64 { return given + (net-netOfGiven)*usual }

// Unprofitable reports whether a contribution over life is below zero.
func Unprofitable(contribution float64) bool { return micro(contribution) < 0 }

// AcquisitionCost is the cost of winning a customer: what events give, else what is usual. It is false where neither is known.
func AcquisitionCost(given float64, usual Optional) (float64, bool) {
	if given > 0 {
		return given, true
	}
	return usual.Value, usual.Known
}

// CLVToCAC is (historic + current) / cac, 3 the usual bar; false where the cost is not known, or nothing. On the base contribution the
// historic value has lost the cost already.
func CLVToCAC(historic, current, given float64, usual Optional) (float64, bool) {
	cac, known := AcquisitionCost(given, usual)
	if !known {
		return 0, false
	}
	return share(historic+current, cac)
}

// ContributionShare is the share of the population's positive contribution, in [0, 1] for who belongs to it; a customer who contributes nothing has
// a share of 0. It is false where the population is not known.
func ContributionShare(contribution float64, positive Optional) (float64, bool) {
	if !positive.Known {
		return 0, false
	}
	return share(max(0, contribution), positive.Value)
}

// PurchasingPower is the spend of 365 days over the median of the buyers of the same place; false where the median is not known or nothing.
func PurchasingPower(spend float64, median Optional) (float64, bool) {
	if !median.Known {
		return 0, false
	}
	return share(spend, median.Value)
}
