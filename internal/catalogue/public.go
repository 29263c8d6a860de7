package catalogue

// public are the first columns of the scores file. Twelve of them are the fields of tm:score; the others are members of tm:detail. Consumers
// read the columns by place and by name: neither changes.
var public = []Entry{
	{
		Name: "customer_id", Title: Text{"Customer", "客户"}, Formula: Text{"The id of the events.", "事件中的客户编号。"},
		Kind: Word, Group: Identity, Silence: Still, Seen: InFile, Word: func(v *View) (string, bool) { return v.Customer, true },
	},
	{
		Name: "as_of", Title: Text{"As of", "截至"}, Formula: Text{"The instant that all values hold for.", "所有数值对应的时刻。"},
		Kind: Instant, Group: Identity, Silence: Rises, Seen: InFile | InScore, Number: func(v *View) (float64, bool) { return float64(v.At), true },
	},
	{
		Name: "orders", Title: Text{"Orders", "订单数"},
		Formula: Text{"Orders of a life that stand: neither cancelled nor refunded in whole.", "有效订单总数:未取消且未全额退款。"},
		Kind:    Count, Unit: "orders", High: inf, Group: Purchases, Better: More, Silence: Still, Seen: InFile | wasDetail | InTopic,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Orders), true },
	},
	{
		Name: "purchase_days", Title: Text{"Purchase days", "购买天数"},
		Formula: Text{"Calendar days with an order that stands.", "有有效订单的日历天数。"},
		Kind:    Count, Unit: "days", High: inf, Group: Purchases, Better: More, Silence: Still, Seen: InFile | wasDetail | InTopic,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.PurchaseDays), true },
	},
	{
		Name: "first_purchase", Title: Text{"First purchase", "首次购买"}, Formula: Text{"The instant of the first order that stands.", "第一笔有效订单的时刻。"},
		Kind: Instant, Low: -inf, High: inf, Group: Purchases, Silence: Still, Seen: InFile | wasDetail | InTopic, Reads: ReadsHabits,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.FirstPurchase), v.dated() },
	},
	{
		Name: "last_purchase", Title: Text{"Last purchase", "最近购买"}, Formula: Text{"The instant of the last order that stands.", "最近一笔有效订单的时刻。"},
		Kind: Instant, Low: -inf, High: inf, Group: Purchases, Silence: Still, Seen: InFile | InScore, Reads: ReadsHabits,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.LastPurchase), v.dated() },
	},
	{
		Name: "recency_days", Title: Text{"Days since the last purchase", "距最近购买天数"},
		Formula: Text{"Days from the start of the last purchase day to now.", "从最近购买日零点到现在的天数。"},
		Unit:    "days", High: inf, Group: Rhythm, Better: Less, Silence: Rises, Source: "RFM: Hughes 1994", Seen: InFile | wasDetail | InTopic,
		Number: func(v *View) (float64, bool) { return v.Recency, v.Bought },
	},
	{
		Name: "orders_365d", Title: Text{"Orders of 365 days", "近365天订单数"}, Formula: Text{"Orders that stand, of the trailing 365 days.", "近365天的有效订单数。"},
		Kind: Count, Unit: "orders", High: inf, Group: Purchases, Better: More, Silence: Steps, Source: "RFM: Hughes 1994", Seen: InFile | InScore,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Orders365), true },
	},
	{
		Name: "spend_365d", Title: Text{"Spend of 365 days", "近365天消费"},
		Formula: Text{"Orders less refunds and chargebacks, of the trailing 365 days.", "近365天订单金额减去退款与拒付。"},
		Kind:    Money, Low: -inf, High: inf, Group: Purchases, Better: More, Silence: Steps, Source: "RFM: Hughes 1994", Seen: InFile | InScore,
		Number: func(v *View) (float64, bool) { return v.Major(v.Facts.Spend365), true },
	},
	{
		Name: "spend_lifetime", Title: Text{"Spend over life", "累计消费"}, Formula: Text{"Orders less refunds and chargebacks, over life.", "累计订单金额减去退款与拒付。"},
		Kind: Money, Low: -inf, High: inf, Group: Purchases, Better: More, Silence: Still, Seen: InFile | wasDetail | InTopic,
		Number: func(v *View) (float64, bool) { return v.Major(v.Facts.Spend), true },
	},
	{
		Name: "r", Title: Text{"R grade", "R 等级"}, Formula: Text{"1 to 5 by recency_days and the model's cuts.", "按 recency_days 与模型切点分 1 至 5 级。"},
		Kind: Count, Unit: "grade", Low: 1, High: 5, Group: Rank, Better: More, Silence: Falls, Source: "RFM: Hughes 1994", Seen: InFile | wasDetail | InTopic, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return float64(v.Labels.RFM.R), v.Bought },
	},
	{
		Name: "f", Title: Text{"F grade", "F 等级"}, Formula: Text{"1 to 5 by orders_365d and the model's cuts.", "按 orders_365d 与模型切点分 1 至 5 级。"},
		Kind: Count, Unit: "grade", Low: 1, High: 5, Group: Rank, Better: More, Silence: Steps, Source: "RFM: Hughes 1994", Seen: InFile | wasDetail | InTopic, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return float64(v.Labels.RFM.F), v.Bought },
	},
	{
		Name: "m", Title: Text{"M grade", "M 等级"}, Formula: Text{"1 to 5 by spend_365d and the model's cuts.", "按 spend_365d 与模型切点分 1 至 5 级。"},
		Kind: Count, Unit: "grade", Low: 1, High: 5, Group: Rank, Better: More, Silence: Steps, Source: "RFM: Hughes 1994", Seen: InFile | wasDetail | InTopic, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return float64(v.Labels.RFM.M), v.Bought },
	},
	{
		Name: "segment", Title: Text{"Segment", "分群"}, Formula: Text{"One of eleven, by the grades R and F; Test Account for a test account.", "按 R 与 F 分为十一类;测试账户为 Test Account。"},
		Kind: Word, Group: Rank, Silence: Moves, Source: "RFM: Hughes 1994", Seen: InFile | InScore, Reads: ReadsLabels,
		Word: func(v *View) (string, bool) { return v.Labels.Segment, v.Labels.Segment != "" },
	},
	{
		Name: "p_alive", Title: Text{"Still a customer", "仍为客户的概率"},
		Formula: Text{"Probability, by the purchase model, that the customer has not left.", "购买模型给出的未流失概率。"},
		Unit:    "probability", High: 1, Group: Prediction, Better: More, Silence: Falls, Source: "BG/NBD: Fader, Hardie & Lee 2005", Seen: InFile | InScore, Reads: ReadsOutlook,
		Number: func(v *View) (float64, bool) { return v.Outlook.Alive, v.Bought },
	},
	{
		Name: "p_no_purchase", Title: Text{"No purchase ahead", "未来不购买的概率"},
		Formula: Text{"Probability of no purchase within the horizon of the churn risk, in calendar days, by the purchase model alone.", "仅按购买模型,流失预测期内(日历天)不购买的概率。"},
		Unit:    "probability", High: 1, Group: Prediction, Better: Less, Silence: Moves, Source: "BG/NBD: Fader, Hardie & Lee 2005", Seen: InFile | wasDetail | InTopic, Reads: ReadsOutlook,
		Number: func(v *View) (float64, bool) { return v.Outlook.NoPurchase, v.Bought },
	},
	{
		Name: "expected_orders", Title: Text{"Expected purchase days", "预期购买天数"},
		Formula: Text{"Expected purchase days within the horizon of the value, in calendar days.", "价值预测期内(日历天)的预期购买天数。"},
		Unit:    "days", High: inf, Group: Prediction, Better: More, Silence: Moves, Source: "BG/NBD: Fader, Hardie & Lee 2005", Seen: InFile | wasDetail | InTopic, Reads: ReadsOutlook,
		Number: func(v *View) (float64, bool) { return v.Outlook.Orders, v.Bought },
	},
	{
		Name: "clv_historic", Title: Text{"Historic value", "历史价值"},
		Formula: Text{"Margin earned: the margins that orders give, and the model's margin on all other spend.", "已实现毛利:订单给出的毛利,其余消费按模型毛利率计。"},
		Kind:    Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Still, Source: "METHODS 2", Seen: InFile | wasDetail | InTopic, Reads: ReadsWorth,
		Number: func(v *View) (float64, bool) { return v.Major(v.Worth.Historic), !v.Test },
	},
	{
		Name: "clv_current", Title: Text{"Current value", "当前价值"},
		Formula: Text{"Expected margin within the horizon if the present pattern holds, each month discounted.", "若现有购买规律持续,预测期内的预期毛利,逐月折现。"},
		Kind:    Money, High: inf, Group: Worth, Better: More, Silence: Falls, Source: "BG/NBD and Gamma-Gamma: Fader, Hardie & Lee 2005", Seen: InFile | wasDetail | InTopic, Reads: ReadsWorth,
		Number: func(v *View) (float64, bool) { return v.Major(v.Worth.Current), v.Bought },
	},
	{
		Name: "clv_potential", Title: Text{"Potential value", "潜在价值"},
		Formula: Text{
			"clv_potential_spend + clv_potential_categories + clv_potential_referral; with the peers of a fit in the model.",
			"clv_potential_spend + clv_potential_categories + clv_potential_referral;需模型中有拟合所得的同群体数据。",
		},
		Kind: Money, High: inf, Group: Worth, Better: More, Silence: Moves, Source: "METHODS 2", Seen: InFile | wasDetail | InTopic, Reads: ReadsWorth | ReadsLabels,
		Number: func(v *View) (float64, bool) { return v.Major(v.Worth.Potential.Minor), v.Worth.Potential.Known },
	},
	{
		Name: "clv", Title: Text{"Lifetime value", "客户终身价值"}, Formula: Text{"clv_historic + clv_current.", "clv_historic + clv_current。"},
		Kind: Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Falls, Source: "METHODS 2", Seen: InFile | InScore, Reads: ReadsWorth,
		Number: func(v *View) (float64, bool) { return v.Major(v.Worth.Total), !v.Test },
	},
	{
		Name: "churn_risk", Title: Text{"Churn risk", "流失风险"},
		Formula: Text{"Probability of no purchase within the horizon, by the purchase model and the churn stack.", "购买模型与流失叠加模型给出的预测期内不购买概率。"},
		Unit:    "probability", High: 1, Group: Loyalty, Better: Less, Silence: Rises, Source: "METHODS 3", Seen: InFile | InScore, Reads: ReadsRisk,
		Number: func(v *View) (float64, bool) { return v.Risk.Now, v.Bought },
	},
	{
		Name: "churn_level", Title: Text{"Churn level", "流失等级"},
		Formula: Text{"How far the risk has risen above what is normal for the customer, with hysteresis.", "风险高出该客户常态的程度,带滞回。"},
		Kind:    Word, Group: Loyalty, Silence: Moves, Source: "METHODS 3", Seen: InFile | InScore, Reads: ReadsLabels,
		Word: func(v *View) (string, bool) { return v.Labels.Level.String(), true },
	},
	{
		Name: "value_score", Title: Text{"Value score", "价值评分"}, Formula: Text{"Weighted mean of the scorecard's indicators, 0 to 100.", "评分卡指标的加权平均,0 至 100。"},
		Unit: "points", High: 100, Group: Rank, Better: More, Silence: Falls, Source: "METHODS 1", Seen: InFile | InScore, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return float64(v.Labels.Points) / 100, v.Bought },
	},
	{
		Name: "tier", Title: Text{"Tier", "价值等级"}, Formula: Text{"By the value score and the model's lines, with hysteresis.", "按价值评分与模型分界线,带滞回。"},
		Kind: Word, Group: Rank, Silence: Moves, Source: "METHODS 1", Seen: InFile | InScore, Reads: ReadsLabels,
		Word: func(v *View) (string, bool) {
			if !v.Bought {
				return "", false
			}
			return v.Labels.Tier.String(), true
		},
	},
	{
		Name: "model_version", Title: Text{"Model", "模型"}, Formula: Text{"The version of the model in force.", "生效模型的版本。"},
		Kind: Word, Group: Identity, Silence: Still, Seen: InFile | InScore, Word: func(v *View) (string, bool) { return v.Model, true },
	},
	{
		Name: "clv_learnt", Title: Text{"Learnt value", "学习所得价值"},
		Formula: Text{"Margin within the horizon, learnt from what customers brought.", "由客户实际贡献学得的预测期内毛利。"},
		Kind:    Money, High: inf, Group: Worth, Better: More, Silence: Falls, Source: "Duan et al. 1983", Seen: InFile | wasDetail, Reads: ReadsWorth | ReadsMood | ReadsTouches,
		Number: func(v *View) (float64, bool) { return v.Major(v.Worth.Learnt), v.Worth.LearntModel != "" },
	},
	{
		Name: "clv_learnt_model", Title: Text{"Fit of the learnt value", "学习所得价值的拟合"}, Formula: Text{"The version of the model whose fit wrote it.", "写入该拟合的模型版本。"},
		Kind: Word, Group: Worth, Silence: Still, Seen: InFile | wasDetail, Reads: ReadsWorth,
		Word: func(v *View) (string, bool) { return v.Worth.LearntModel, v.Worth.LearntModel != "" },
	},
}

// wasDetail marks what tm:detail has always had.
const wasDetail = InBrief | InDetail

// dated reports whether the instants of the first and the last purchase are known.
func (v *View) dated() bool { return v.Bought || v.Test && v.Facts.PurchaseDays > 0 }
