package model

// referrals say how referrals are counted. A file without them counts each REFERRAL_MADE.
type referrals struct {
	// Pairs: an order that names its referrer_id counts as a referral, and all referrals of one buyer by one referrer count once.
	Pairs bool `yaml:"pairs"`
}

func (r *referrals) pairs() bool { return r != nil && r.Pairs }
