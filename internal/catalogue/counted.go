package catalogue

// counted are counts and sums of purchases, and the rhythm of purchases.
var counted = []Entry{
	{
		Name: "purchase_days_365d", Title: Text{"Purchase days of 365 days", "近365天购买天数"}, Formula: Text{"Days with an order that stands, of the trailing 365 days.", "近365天有有效订单的天数。"},
		Kind: Count, Unit: "days", High: 365, Group: Purchases, Better: More, Silence: Steps, Seen: Usual,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Days365), true },
	},
	{
		Name: "aov", Title: Text{"Average order value", "平均订单金额"}, Formula: Text{"spend_365d / orders_365d.", "spend_365d / orders_365d。"},
		Kind: Money, Low: -inf, High: inf, Group: Purchases, Better: More, Silence: Steps, Source: "METHODS 1", Seen: Usual,
		Number: func(v *View) (float64, bool) { return v.orderValue(), v.Facts.Orders365 > 0 },
	},
	{
		Name: "last_order_value", Title: Text{"Last order", "最近订单金额"}, Formula: Text{"Amount of the last order, before refunds.", "最近一笔订单的金额,未减退款。"},
		Kind: Money, High: inf, Group: Purchases, Better: More, Silence: Still, Seen: Usual,
		Number: func(v *View) (float64, bool) { return v.Major(v.Facts.LastOrderAmount), v.Facts.Orders > 0 },
	},
	{
		Name: "items", Title: Text{"Items over life", "累计商品件数"}, Formula: Text{"Items that orders name, over life.", "订单中列明的商品件数累计。"},
		Kind: Count, Unit: "items", High: inf, Group: Purchases, Better: More, Silence: Still, Seen: Usual,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Lines), v.Facts.Lines > 0 },
	},
	{
		Name: "last_order_items", Title: Text{"Items of the last order", "最近订单件数"}, Formula: Text{"Items that the last order names.", "最近一笔订单列明的商品件数。"},
		Kind: Count, Unit: "items", High: inf, Group: Purchases, Better: More, Silence: Still, Seen: Usual,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.LastLines), v.Facts.LastLines > 0 },
	},
	{
		Name: "first_day_spend", Title: Text{"Spend of the first day", "首日消费"}, Formula: Text{"Net spend of the first purchase day.", "首个购买日的净消费。"},
		Kind: Money, Low: -inf, High: inf, Group: Purchases, Better: More, Silence: Still, Seen: Usual,
		Number: func(v *View) (float64, bool) { return v.Major(v.Facts.FirstDayNet), v.Facts.PurchaseDays > 0 },
	},
	{
		Name: "repeat_paid_days", Title: Text{"Later days that paid", "后续有净消费的天数"},
		Formula: Text{"Purchase days after the first with a net spend above zero.", "首日之后净消费为正的购买日数。"},
		Kind:    Count, Unit: "days", High: inf, Group: Purchases, Better: More, Silence: Still, Source: "Gamma-Gamma: Fader & Hardie 2013", Seen: Usual,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.RepeatDays), v.Facts.PurchaseDays > 0 },
	},
	{
		Name: "repeat_spend", Title: Text{"Spend of later days", "后续消费"}, Formula: Text{"Net spend of the days that repeat_paid_days counts.", "repeat_paid_days 所计各日的净消费。"},
		Kind: Money, High: inf, Group: Purchases, Better: More, Silence: Still, Source: "Gamma-Gamma: Fader & Hardie 2013", Seen: Usual,
		Number: func(v *View) (float64, bool) { return v.Major(v.Facts.RepeatSpend), v.Facts.PurchaseDays > 0 },
	},
	{
		Name: "preferred_channel", Title: Text{"Channel of most orders", "主要购买渠道"}, Formula: Text{"The channel of the most orders of 365 days.", "近365天订单最多的渠道。"},
		Kind: Word, Group: Purchases, Silence: Steps, Seen: Usual, Reads: ReadsHabits,
		Word: func(v *View) (string, bool) { return v.Facts.PreferredChannel, v.Facts.PreferredChannel != "" },
	},
	{
		Name: "tenure_days", Title: Text{"Days since the first purchase", "距首次购买天数"}, Formula: Text{"Days from the start of the first purchase day to now.", "从首个购买日零点到现在的天数。"},
		Unit: "days", High: inf, Group: Rhythm, Better: Neither, Silence: Rises, Seen: Usual,
		Number: func(v *View) (float64, bool) { return v.Pattern.Age, v.Bought },
	},
	{
		Name: "usual_gap_days", Title: Text{"Usual gap", "通常间隔"},
		Formula: Text{"Usual days between purchase days: the median of 365 days, or the geometric mean over life where that is longer.", "购买日之间通常相隔的天数:近365天中位数,或较长的终身几何平均。"},
		Unit:    "days", High: inf, Group: Rhythm, Better: Less, Silence: Steps, Source: "METHODS 3", Seen: Usual,
		Number: func(v *View) (float64, bool) { x := v.Facts.UsualGapDays(); return x, x > 0 },
	},
	{
		Name: "median_gap_days", Title: Text{"Median gap", "间隔中位数"}, Formula: Text{"Median days between consecutive purchase days of 365 days.", "近365天相邻购买日间隔天数的中位数。"},
		Unit: "days", High: 365, Group: Rhythm, Better: Less, Silence: Steps, Seen: Usual,
		Number: func(v *View) (float64, bool) { return v.Facts.MedianGapDays, v.Facts.MedianGapDays > 0 },
	},
	{
		Name: "mean_gap_days", Title: Text{"Mean gap", "平均间隔"}, Formula: Text{"Mean days between consecutive purchase days of 365 days.", "近365天相邻购买日间隔天数的平均。"},
		Unit: "days", High: 365, Group: Rhythm, Better: Less, Silence: Steps, Seen: Usual, Reads: ReadsHabits,
		Number: func(v *View) (float64, bool) { return v.Facts.MeanGapDays, v.Facts.MeanGapDays > 0 },
	},
	{
		Name: "life_gap_days", Title: Text{"Gap over life", "终身间隔"},
		Formula: Text{"Geometric mean of the gaps between all purchase days; absent without a rhythm.", "全部购买日间隔的几何平均;无规律时缺省。"},
		Unit:    "days", High: inf, Group: Rhythm, Better: Less, Silence: Still, Source: "METHODS 3", Seen: Usual,
		Number: func(v *View) (float64, bool) { x := v.Facts.LifeGapDays(); return x, x > 0 },
	},
	{
		Name: "bought_last_year", Title: Text{"Bought in this season last year", "去年同期购买"},
		Formula: Text{"True where the customer bought a year ago in the window that now lies ahead; only under a model that looks.", "去年在未来这段时间对应的窗口内购买过则为真;仅当模型使用时给出。"},
		Kind:    Flag, High: 1, Group: Rhythm, Better: More, Silence: Steps, Seen: Usual, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return 1, v.Facts.LastYear },
	},
}

// orderValue is the net spend per order of 365 days in major units.
func (v *View) orderValue() float64 {
	return v.Major(v.Facts.Spend365) / float64(max(1, v.Facts.Orders365))
}
