package clv

// Potential is what a customer may bring beyond the current value, in its parts; in major units. No part is negative.
type Potential struct {
	// Dearer is what comes where a purchase day brings what it brings with the peers, Wider what comes from categories that the customer has not
	// bought. Both are margin, and already times the uptake.
	Dearer, Wider float64
	// Referral is what referred customers bring. It is left out of sums over customers: there it would count twice.
	Referral float64
}

// Total is the sum of the parts.
func (p Potential) Total() float64 { return p.Dearer + p.Wider + p.Referral }

// Prospects is what a potential value depends on. Money is in major units.
type Prospects struct {
	// Uptake is the share of the gap to the peers that is closed, Margin the share of spend that is margin; both in [0, 1].
	Uptake, Margin float64
	// Days is the expected number of purchase days within the horizon, DaySpend the expected spend of one.
	Days, DaySpend float64
	// PeerDaySpend is the third quartile of what the peers spend on a purchase day, where PeersKnown.
	PeerDaySpend float64
	PeersKnown   bool
	// NotBought is Σ peer rate × peer spend over the categories that the customer has not bought; see Peers.NotBought.
	NotBought float64
	// Referrals is the expected number of new referrals within the horizon, NewCustomer the value of a new customer.
	Referrals, NewCustomer float64
}

// Potential is uptake × margin × [days × max(0, peers' spend a day − own) + spend in categories not bought] + referrals × value of a new
// customer.
func (x *Prospects) Potential() Potential {
	p := Potential{Wider: x.Uptake * x.Margin * x.NotBought, Referral: x.Referrals * max(0, x.NewCustomer)}
	if x.PeersKnown {
		p.Dearer = x.Uptake * x.Margin * x.Days * max(0, x.PeerDaySpend-x.DaySpend)
	}
	return p
}

// Referrals is the number of new referrals to expect within the next days of a customer who has made so many in a tenure of days: as many a day
// as so far. A tenure counts as at least a year, so that the first referral of a new customer promises no flood.
func Referrals(made int, tenureDays, days float64) float64 {
	return float64(made) * days / max(365, tenureDays)
}
