package catalogue

// engaged are the interactions of the last 90 days.
var engaged = []Entry{
	{
		Name: "interactions_90d", Title: Text{"Interactions of 90 days", "近90天互动次数"}, Formula: Text{"Interactions of 90 days, of all kinds.", "近90天各类互动次数。"},
		Kind: Count, Unit: "interactions", High: inf, Group: Engagement, Better: More, Silence: Steps, Seen: Usual, Reads: ReadsTouches,
		Number: func(v *View) (float64, bool) { return float64(total(v.Facts.Touches90[:])), true },
	},
	{
		Name: "interaction_weight_90d", Title: Text{"Weight of interactions, 90 days", "近90天互动权重"}, Formula: Text{"Sum of the weights of the interactions of 90 days.", "近90天互动权重之和。"},
		Unit: "weight", High: inf, Group: Engagement, Better: More, Silence: Steps, Seen: Usual, Reads: ReadsTouches,
		Number: func(v *View) (float64, bool) { return float64(total(v.Facts.Interactions90[:])), true },
	},
	{
		Name: "interaction_weight_30d", Title: Text{"Weight of interactions, 30 days", "近30天互动权重"}, Formula: Text{"Sum of the weights of the interactions of 30 days.", "近30天互动权重之和。"},
		Unit: "weight", High: inf, Group: Engagement, Better: More, Silence: Steps, Seen: Usual, Reads: ReadsTouches,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Interactions30), true },
	},
	{
		Name: "interaction_channels_90d", Title: Text{"Channels of interactions", "近90天互动渠道数"}, Formula: Text{"Distinct channels of the interactions of 90 days.", "近90天互动的不同渠道数。"},
		Kind: Count, Unit: "channels", High: inf, Group: Engagement, Better: More, Silence: Steps, Seen: Usual, Reads: ReadsTouches,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Channels90), true },
	},
}

func total[N int32 | int64](all []N) (sum N) {
	for _, n := range all {
		sum += n
	}
	return sum
}
