package standing

// Stage is the stage of a customer's life.
type Stage string

// The stages.
const (
	Prospect  Stage = "PROSPECT"
	New       Stage = "NEW"
	Growing   Stage = "GROWING"
	Mature    Stage = "MATURE"
	Declining Stage = "DECLINING"
	Lapsed    Stage = "LAPSED"
	WonBack   Stage = "WON_BACK"
)

// StageParams are the lines between the stages. Days are compared with whole days.
type StageParams struct {
	WonBackDays, NewDays float64
	// Declining and Growing are shares of the spend of the 183 days before.
	Declining, Growing float64
}

// Life is what the stage follows from.
type Life struct {
	// Bought says that a purchase stands, Lapsed that the customer has been silent for as long as lost customers are, AtRisk that the churn
	// level is AT_RISK or CRITICAL.
	Bought, Lapsed, AtRisk bool
	// Returned is the number of days since the purchase that ended a lapse.
	Returned Optional
	// Age is the number of days since the first purchase day.
	Age float64
	// Half is the net spend of the last 182 days, Before that of the 183 days before, in one unit.
	Half, Before float64
}

// Stage is the first that holds: prospect, lapsed, won back, new, declining, growing, mature.
func (p *StageParams) Stage(l Life) Stage {
	switch {
	case !l.Bought:
		return Prospect
	case l.Lapsed:
		return Lapsed
	case l.Returned.Known && l.Returned.Value <= p.WonBackDays:
		return WonBack
	case l.Age <= p.NewDays:
		return New
	case l.AtRisk || micro(l.Half) < micro(p.Declining*l.Before):
		return Declining
	case micro(l.Half) > micro(p.Growing*l.Before):
		return Growing
	}
	return Mature
}
