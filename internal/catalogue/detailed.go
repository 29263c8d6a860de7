package catalogue

// detailed are the members that tm:detail has after the columns of public. They are columns of the file too, but for what only the live state
// knows.
var detailed = []Entry{
	{
		Name: "churn_level_reason", Title: Text{"Why there is no churn level", "无流失等级的原因"},
		Formula: Text{"The first reason that holds, where the churn level is NONE.", "流失等级为 NONE 时第一个成立的原因。"},
		Kind:    Word, Group: Loyalty, Silence: Moves, Seen: InFile | wasDetail | InTopic, Reads: ReadsLabels,
		Word: func(v *View) (string, bool) { return v.Labels.Why.String(), v.Labels.Why.String() != "" },
	},
	{
		Name: "behaves_like", Title: Text{"Behaves like", "行为类似"},
		Formula: Text{"SHOP where the orders a day say that many customers share the id.", "每日订单数表明多人共用该编号时为 SHOP。"},
		Kind:    Word, Group: Identity, Silence: Still, Seen: InFile | wasDetail | InTopic,
		Word: func(v *View) (string, bool) { return "SHOP", v.Shop },
	},
	{
		Name: "test_account", Title: Text{"Test account", "测试账户"}, Formula: Text{"True where the attribute test_account says so.", "属性 test_account 标明时为真。"},
		Kind: Flag, High: 1, Group: Identity, Silence: Still, Seen: InFile | wasDetail | InTopic, Reads: ReadsProfile,
		Number: func(v *View) (float64, bool) { return 1, v.Test },
	},
	{
		Name: "orders_per_purchase_day", Title: Text{"Orders a purchase day", "每购买日订单数"},
		Formula: Text{"orders / purchase_days, of an id that behaves like a shop.", "orders / purchase_days,仅用于行为类似商店的编号。"},
		Unit:    "orders a day", High: inf, Group: Identity, Silence: Still, Seen: InFile | wasDetail | InTopic, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) {
			return float64(v.Facts.Orders) / float64(max(1, v.Facts.PurchaseDays)), v.Shop
		},
	},
	{
		Name: "merged_into", Title: Text{"Merged into", "合并到"}, Formula: Text{"The id under which the customer is scored.", "客户以该编号评分。"},
		Kind: Word, Group: Identity, Silence: Still, Seen: wasDetail, Word: func(v *View) (string, bool) { return v.MergedInto, v.MergedInto != "" },
	},
	{
		Name: "merged_ids", Title: Text{"Merged ids", "合并来的编号数"}, Formula: Text{"Other ids whose histories the numbers are read from.", "数值还取自其他多少个编号的历史。"},
		Kind: Count, Unit: "ids", High: inf, Group: Identity, Silence: Still, Seen: wasDetail,
		Number: func(v *View) (float64, bool) { return float64(v.Origins), v.Origins > 0 },
	},
	{
		Name: "coverage", Title: Text{"Coverage of the score", "评分覆盖率"},
		Formula: Text{"Share of the scorecard's weight whose indicators are known.", "指标已知部分占评分卡权重的份额。"},
		Unit:    "share", High: 1, Group: Rank, Better: More, Silence: Steps, Source: "METHODS 1", Seen: InFile | wasDetail | InTopic, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return v.Labels.Coverage, true },
	},
	{
		Name: "sequence", Title: Text{"Transitions", "变更次数"}, Formula: Text{"Changes of labels told so far.", "至今已通知的标签变更次数。"},
		Kind: Count, Unit: "transitions", High: inf, Group: Identity, Silence: Moves, Seen: wasDetail, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return float64(v.Sequence), true },
	},
	{
		Name: "next_review", Title: Text{"Next review", "下次复核"}, Formula: Text{"The instant of the next review, which silence alone brings.", "仅因沉默触发的下一次复核时刻。"},
		Kind: Instant, High: inf, Group: Identity, Silence: Moves, Seen: wasDetail, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return float64(v.NextReview), true },
	},
	{
		Name: "currency", Title: Text{"Currency", "货币"}, Formula: Text{"The currency of all amounts.", "所有金额的货币。"},
		Kind: Word, Group: Identity, Silence: Still, Seen: InFile | wasDetail, Word: func(v *View) (string, bool) { return string(v.Base), true },
	},
	{
		Name: "open_complaints", Title: Text{"Open complaints", "未解决投诉"}, Formula: Text{"Complaints of 365 days that nothing has resolved.", "近365天内尚未解决的投诉数。"},
		Kind: Count, Unit: "complaints", High: inf, Group: Satisfaction, Better: Less, Silence: Steps, Seen: InFile | wasDetail | InTopic, Reads: ReadsMood,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.OpenComplaints), true },
	},
	{
		Name: "referrals", Title: Text{"Referrals", "推荐次数"}, Formula: Text{"Customers referred over life.", "累计推荐的客户数。"},
		Kind: Count, Unit: "referrals", High: inf, Group: Loyalty, Better: More, Silence: Still, Source: "METHODS 1", Seen: InFile | wasDetail | InTopic,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Referrals), true },
	},
	{
		Name: "active_months", Title: Text{"Active months", "连续活跃月数"},
		Formula: Text{"Consecutive calendar months with a purchase; the last is this month or the one before.", "连续有购买的日历月数,最后一个月为本月或上月。"},
		Kind:    Count, Unit: "months", High: 12, Group: Rhythm, Better: More, Silence: Steps, Seen: InFile | wasDetail | InTopic,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.ActiveMonths), true },
	},
	{
		Name: "nps", Title: Text{"NPS answer", "NPS 评分"}, Formula: Text{"The latest answer of 365 days, 0 to 10.", "近365天内最近一次回答,0 至 10。"},
		Unit: "points", High: 10, Group: Satisfaction, Better: More, Silence: Steps, Source: "Reichheld 2003", Seen: InFile | wasDetail | InTopic,
		Number: func(v *View) (float64, bool) { return v.Facts.NPSScore, v.Facts.NPSKnown },
	},
	{
		Name: "csat", Title: Text{"CSAT, mean", "平均满意度"}, Formula: Text{"Mean of the CSAT and REVIEW answers of 365 days, each as a share of its scale.", "近365天 CSAT 与 REVIEW 回答的平均,各按其量表折算为份额。"},
		Unit: "share", High: 1, Group: Satisfaction, Better: More, Silence: Steps, Seen: InFile | wasDetail | InTopic, Reads: ReadsMood,
		Number: func(v *View) (float64, bool) { return v.Facts.CSATMean, v.Facts.CSATCount > 0 },
	},
}
