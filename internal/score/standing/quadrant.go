package standing

// Quadrant is the place of a customer by the length and the profit of the relationship (Reinartz and Kumar 2002 call the four true friends,
// butterflies, barnacles and strangers).
type Quadrant string

// The quadrants.
const (
	Gold   Quadrant = "GOLD"   // long and high
	Meteor Quadrant = "METEOR" // short and high
	Stream Quadrant = "STREAM" // long and low
	Burden Quadrant = "BURDEN" // short and low
)

// Quadrant says where a customer stands. tenure is in days. high is the 80th percentile of the population; the model's number counts where
// it is not known. It is false where neither is known.
func (p *Params) Quadrant(tenure, contribution float64, high Optional) (Quadrant, bool) {
	if !high.Known {
		high = p.HighContribution
	}
	long, pays := tenure >= p.LongDays, micro(contribution) >= micro(high.Value)
	switch {
	case !high.Known:
		return "", false
	case long && pays:
		return Gold, true
	case pays:
		return Meteor, true
	case long:
		return Stream, true
	}
	return Burden, true
}
