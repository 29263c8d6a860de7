package catalogue

import (
	"tidemark/internal/score/churn"
	"tidemark/internal/score/standing"
)

// stands are how loyal and how risky a customer is, and the words for the customer's place.
var stands = []Entry{
	{
		Name: "repeat_share", Title: Text{"Repeat share", "复购占比"}, Formula: Text{"(orders − 1) / orders over life.", "(累计订单数 − 1) / 累计订单数。"},
		Unit: "share", High: 1, Group: Loyalty, Better: More, Silence: Still, Source: "METHODS 7", Seen: Usual,
		Number: func(v *View) (float64, bool) {
			if !v.Bought {
				return 0, false
			}
			return standing.RepeatShare(&v.Facts)
		},
	},
	{
		Name: "loyalty_index", Title: Text{"Loyalty index", "忠诚指数"},
		Formula: Text{
			"100 × weighted mean of what is known: repeat_share .30, active_months / 12 .25, satisfaction (mean of csat and nps / 10) .20, referrals / 5 .15, categories_bought / 5 .10; each at most 1.",
			"100 × 已知各项的加权平均:repeat_share .30、active_months / 12 .25、满意度(csat 与 nps / 10 的平均).20、referrals / 5 .15、categories_bought / 5 .10;各项至多为 1。",
		},
		Unit: "points", High: 100, Group: Loyalty, Better: More, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsMood,
		Number: standsNumber(func(v *View) (float64, bool) {
			if !v.Bought {
				return 0, false
			}
			return v.Standing.Params.Loyalty.Index(&v.Facts, v.More, v.Facts.Referrals)
		}),
	},
	{
		Name: "risk", Title: Text{"Payment risk", "交易风险"},
		Formula: Text{
			"1 − Π(1 − w × rate) over refund_rate (w .3), failed_payment_rate (.5), overdue_rate (.5) and chargeback_rate (1).",
			"1 − Π(1 − w × 比率),取 refund_rate(w .3)、failed_payment_rate(.5)、overdue_rate(.5)与 chargeback_rate(1)。",
		},
		Unit: "share", High: 1, Group: Credit, Better: Less, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTrouble,
		Number: standsNumber(func(v *View) (float64, bool) { return v.risk(), true }),
	},
	{
		Name: "risk_grade", Title: Text{"Risk grade", "风险等级"},
		Formula: Text{"Of risk: A below .05, B below .1, C below .2, D below .4, else E.", "按 risk:低于 .05 为 A,低于 .1 为 B,低于 .2 为 C,低于 .4 为 D,否则为 E。"},
		Kind:    Word, Group: Credit, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTrouble,
		Word: standsWord(func(v *View) (string, bool) { return v.Standing.Params.Risk.Grade(v.risk()), true }),
	},
	rate("refund_rate", "REFUND", Text{"Refund rate", "退款率"}, func(r standing.Rates) float64 { return r.Refunds }),
	rate("failed_payment_rate", "PAYMENT_FAILED", Text{"Failed payment rate", "付款失败率"}, func(r standing.Rates) float64 { return r.FailedPayments }),
	rate("overdue_rate", "PAYMENT_OVERDUE", Text{"Overdue rate", "逾期率"}, func(r standing.Rates) float64 { return r.Overdue }),
	rate("chargeback_rate", "CHARGEBACK", Text{"Chargeback rate", "拒付率"}, func(r standing.Rates) float64 { return r.Chargebacks }),
	{
		Name: "clv_risk_adjusted", Title: Text{"Risk-adjusted value", "风险调整后价值"}, Formula: Text{"clv_current × (1 − risk).", "clv_current × (1 − risk)。"},
		Kind: Money, High: inf, Group: Worth, Better: More, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTrouble | ReadsWorth,
		Number: standsNumber(func(v *View) (float64, bool) {
			return standing.RiskAdjusted(v.Major(v.Worth.Current), v.risk()), v.Bought
		}),
	},
	{
		Name: "stage", Title: Text{"Stage of life", "生命周期阶段"},
		Formula: Text{
			"The first that holds: PROSPECT (nothing bought stands), LAPSED (silent as lost customers are), WON_BACK (a purchase ended such a silence 90 days ago or less), NEW (first purchase 90 days ago or less), " +
				"DECLINING (churn level AT_RISK or above, or spend_182d below half of spend_183d_before), GROWING (above 1.25 times), MATURE.",
			"首个成立者:PROSPECT(无有效购买)、LAPSED(沉默已达流失时长)、WON_BACK(90 天内的购买结束了这样的沉默)、NEW(首购不超过 90 天)、" +
				"DECLINING(流失等级 AT_RISK 及以上,或 spend_182d 低于 spend_183d_before 的一半)、GROWING(超过 1.25 倍)、MATURE。",
		},
		Kind: Word, Group: Loyalty, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsLabels,
		Word: standsWord(func(v *View) (string, bool) { return string(v.Standing.Params.Stage.Stage(v.life())), true }),
	},
	{
		Name: "quadrant", Title: Text{"Quadrant of length and profit", "关系长度与利润象限"},
		Formula: Text{
			"GOLD (long, high), METEOR (short, high), STREAM (long, low), BURDEN (short, low): long from 365 days of tenure, high from the population's 80th percentile of contribution_365d, else from the model's number.",
			"GOLD(长、高)、METEOR(短、高)、STREAM(长、低)、BURDEN(短、低):关系满 365 天为长,contribution_365d 达到总体第 80 百分位(否则用模型给定值)为高。",
		},
		Kind: Word, Group: Rank, Silence: Moves, Source: "Reinartz & Kumar 2002", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Word: standsWord(func(v *View) (string, bool) {
			contribution, known := v.contribution365()
			if !v.Bought || !known {
				return "", false
			}
			q, known := v.Standing.Params.Quadrant(v.Pattern.Age, contribution, v.Standing.Peers.TopContribution)
			return string(q), known
		}),
	},
	{
		Name: "class", Title: Text{"Class", "客户分级"},
		Formula: Text{
			"HIGH from 70, MEDIUM from 40, else LOW, of .7 × value_score + .3 × the expert's class as 100, 50 or 0; without an expert's class, of value_score.",
			".7 × value_score + .3 × 专家评级(按 100、50、0 计):70 起为 HIGH,40 起为 MEDIUM,其余为 LOW;无专家评级时只看 value_score。",
		},
		Kind: Word, Group: Rank, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsLabels | ReadsProfile,
		Word: standsWord(func(v *View) (string, bool) {
			c, _ := v.class()
			return string(c), v.Bought
		}),
	},
	{
		Name: "class_disputed", Title: Text{"Class disputed", "分级存在分歧"},
		Formula: Text{"True where the expert's class and that of value_score lie more than one step apart.", "专家评级与 value_score 的分级相差超过一级时为真。"},
		Kind:    Flag, High: 1, Group: Rank, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsLabels | ReadsProfile,
		Number: standsNumber(func(v *View) (float64, bool) {
			_, disputed := v.class()
			return 1, v.Bought && disputed
		}),
	},
}

// standsNumber is a function of an entry that reads More and Standing. It is false where these are not there, and of a test account.
func standsNumber(of func(v *View) (float64, bool)) func(v *View) (float64, bool) {
	return func(v *View) (float64, bool) {
		if v.More == nil || v.Test {
			return 0, false
		}
		x, known := of(v)
		if !known {
			return 0, false
		}
		return x, true
	}
}

func standsWord(of func(v *View) (string, bool)) func(v *View) (string, bool) {
	return func(v *View) (string, bool) {
		if v.More == nil || v.Test {
			return "", false
		}
		word, known := of(v)
		if !known {
			return "", false
		}
		return word, true
	}
}

// rate is an entry of one smoothed rate.
func rate(name, kind string, title Text, of func(standing.Rates) float64) Entry {
	return Entry{
		Name: name, Title: title,
		Formula: Text{
			"min(1, (" + kind + " events + .2) / (orders + 20)) of 365 days, orders with those taken back.",
			"近365天 min(1, (" + kind + " 事件数 + .2) / (订单数 + 20)),订单数含已取消与全额退款者。",
		},
		Unit: "an order", High: 1, Group: Credit, Better: Less, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTrouble,
		Number: standsNumber(func(v *View) (float64, bool) { return of(v.Standing.Params.Risk.Rates(&v.Facts, v.More)), true }),
	}
}

func (v *View) risk() float64 {
	p := &v.Standing.Params.Risk
	return p.Risk(p.Rates(&v.Facts, v.More))
}

func (v *View) class() (standing.Class, bool) {
	return v.Standing.Params.Class.Class(float64(v.Labels.Points)/100, v.Said.Attributes["expert_class"])
}

// life is what the stage follows from.
func (v *View) life() standing.Life {
	s := &v.Standing
	l := standing.Life{
		Bought: v.Bought, Lapsed: s.Lapsed, AtRisk: v.Labels.Level >= churn.AtRisk, Age: float64(s.Today - v.Facts.FirstDay),
		Half: v.Major(v.More.SpendHalf), Before: v.Major(v.More.SpendHalfBefore),
	}
	if s.ReturnedKnown {
		l.Returned = standing.Of(float64(s.Today - s.Returned))
	}
	return l
}
