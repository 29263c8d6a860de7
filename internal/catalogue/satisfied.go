package catalogue

// satisfied are what customers have told the business.
var satisfied = []Entry{
	{
		Name: "nps_class", Title: Text{"NPS class", "NPS 类别"}, Formula: Text{"PROMOTER from 9, PASSIVE from 7, else DETRACTOR.", "9 分起为 PROMOTER,7 分起为 PASSIVE,其余为 DETRACTOR。"},
		Kind: Word, Group: Satisfaction, Silence: Steps, Source: "Reichheld 2003", Seen: Wanted,
		Word: func(v *View) (string, bool) { return npsClass(v.Facts.NPSScore), v.Facts.NPSKnown },
	},
	{
		Name: "nps_at", Title: Text{"NPS answered", "NPS 回答时刻"}, Formula: Text{"The instant of the latest NPS answer of 365 days.", "近365天内最近一次 NPS 回答的时刻。"},
		Kind: Instant, Low: -inf, High: inf, Group: Satisfaction, Silence: Steps, Seen: Usual, Reads: ReadsMood,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.NPSAt), v.Facts.NPSKnown },
	},
	{
		Name: "csat_latest", Title: Text{"CSAT, latest", "最近满意度"}, Formula: Text{"The latest CSAT or REVIEW answer of 365 days, as a share of its scale.", "近365天内最近一次 CSAT 或 REVIEW 回答,按其量表折算为份额。"},
		Unit: "share", High: 1, Group: Satisfaction, Better: More, Silence: Steps, Seen: Usual, Reads: ReadsMood,
		Number: func(v *View) (float64, bool) { return v.Facts.CSATLatest, v.Facts.CSATCount > 0 },
	},
	{
		Name: "csat_answers", Title: Text{"CSAT answers", "满意度回答数"}, Formula: Text{"CSAT and REVIEW answers of 365 days.", "近365天 CSAT 与 REVIEW 回答数。"},
		Kind: Count, Unit: "answers", High: inf, Group: Satisfaction, Silence: Steps, Seen: Usual, Reads: ReadsMood,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.CSATCount), true },
	},
	{
		Name: "complaints_365d", Title: Text{"Complaints of 365 days", "近365天投诉数"}, Formula: Text{"Complaints of 365 days, open or not.", "近365天投诉数,含已解决。"},
		Kind: Count, Unit: "complaints", High: inf, Group: Satisfaction, Better: Less, Silence: Steps, Seen: Usual, Reads: ReadsMood,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Complaints), true },
	},
	{
		Name: "last_complaint", Title: Text{"Last complaint", "最近投诉"}, Formula: Text{"The instant of the latest complaint of 365 days.", "近365天内最近一次投诉的时刻。"},
		Kind: Instant, Low: -inf, High: inf, Group: Satisfaction, Silence: Steps, Seen: Usual, Reads: ReadsMood,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.LastComplaint), v.Facts.Complaints > 0 },
	},
}

func npsClass(score float64) string {
	switch {
	case score >= 9:
		return "PROMOTER"
	case score >= 7:
		return "PASSIVE"
	}
	return "DETRACTOR"
}
