package catalogue

// predicted are what is expected of a customer.
var predicted = []Entry{
	{
		Name: "value_at_stake", Title: Text{"Value at stake", "风险价值"},
		Formula: Text{"clv_current / p_alive × (1 − p_alive): what is lost if the customer has left.", "clv_current / p_alive ×(1 − p_alive):客户若已流失所损失的价值。"},
		Kind:    Money, High: inf, Group: Worth, Better: Less, Silence: Moves, Source: "METHODS 3", Seen: Wanted, Reads: ReadsWorth | ReadsOutlook,
		Number: func(v *View) (float64, bool) { return v.Major(v.Worth.AtStake), v.Bought },
	},
	{
		Name: "predicted_value", Title: Text{"Predicted value", "预测价值"},
		Formula: Text{"clv_learnt where the model says that it leads, else clv_current.", "模型指定时取 clv_learnt,否则取 clv_current。"},
		Kind:    Money, High: inf, Group: Worth, Better: More, Silence: Falls, Source: "METHODS 2", Seen: Usual, Reads: ReadsWorth,
		Number: func(v *View) (float64, bool) { return v.Major(v.Worth.Predicted), v.Bought },
	},
	{
		Name: "expected_next_p50", Title: Text{"Next purchase, median", "预计下次购买(中位)"},
		Formula: Text{"Given that the customer is still there, the instant by which a purchase comes with probability 0.5; absent beyond five years.", "在客户未流失的前提下,有 0.5 的概率在此之前购买;超过五年则缺省。"},
		Kind:    Instant, Low: -inf, High: inf, Group: Prediction, Silence: Moves, Source: "METHODS 7", Seen: Wanted, Reads: ReadsOutlook,
		Number: func(v *View) (float64, bool) { return instant(v.Outlook.Next50) },
	},
	{
		Name: "expected_next_p90", Title: Text{"Next purchase, nine in ten", "预计下次购买(九成)"},
		Formula: Text{"Given that the customer is still there, the instant by which a purchase comes with probability 0.9; absent beyond five years.", "在客户未流失的前提下,有 0.9 的概率在此之前购买;超过五年则缺省。"},
		Kind:    Instant, Low: -inf, High: inf, Group: Prediction, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsOutlook,
		Number: func(v *View) (float64, bool) { return instant(v.Outlook.Next90) },
	},
	within("p_purchase_30", "30", 0),
	within("p_purchase_60", "60", 1),
	within("p_purchase_90", "90", 2),
	{
		Name: "expected_next_value", Title: Text{"Margin of the next purchase", "下次购买预期毛利"},
		Formula: Text{"Expected spend of one purchase day × the customer's margin.", "单个购买日的预期消费 × 客户毛利率。"},
		Kind:    Money, High: inf, Group: Prediction, Better: More, Silence: Still, Source: "Gamma-Gamma: Fader & Hardie 2013", Seen: Usual, Reads: ReadsWorth,
		Number: func(v *View) (float64, bool) { return v.Major(v.Worth.OrderMargin), v.Bought },
	},
	{
		Name: "churn_risk_normal", Title: Text{"Normal churn risk", "常态流失风险"},
		Formula: Text{"The churn risk just after the last purchase.", "最近一次购买刚结束时的流失风险。"},
		Unit:    "probability", High: 1, Group: Loyalty, Better: Less, Silence: Steps, Source: "METHODS 3", Seen: Usual, Reads: ReadsRisk,
		Number: func(v *View) (float64, bool) { return v.Risk.Normal, v.Bought },
	},
}

// within is the probability of a purchase within so many days.
func within(name, days string, i int) Entry {
	return Entry{
		Name: name, Title: Text{"Purchase within " + days + " days", days + " 天内购买的概率"},
		Formula: Text{"Probability of a purchase within " + days + " calendar days, by the purchase model.", "购买模型给出的 " + days + " 个日历天内购买的概率。"},
		Unit:    "probability", High: 1, Group: Prediction, Better: More, Silence: Moves, Source: "BG/NBD: Fader, Hardie & Lee 2005", Seen: Usual, Reads: ReadsOutlook,
		Number: func(v *View) (float64, bool) { return v.Outlook.Within[i], v.Bought },
	}
}
