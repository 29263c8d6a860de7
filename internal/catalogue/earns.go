package catalogue

import (
	"tidemark/internal/history"
	"tidemark/internal/score/standing"
)

// earns are what a customer brings after costs, and of what the value is made.
var earns = []Entry{
	{
		Name: "contribution", Title: Text{"Contribution over life", "累计利润贡献"},
		Formula: Text{"Margin (given, else the usual share of spend) − service_cost − outreach_cost − acquisition_cost, over life.", "累计毛利(订单给出,否则按常用比例)− service_cost − outreach_cost − acquisition_cost。"},
		Kind:    Money, Low: -inf, High: inf, Group: Cost, Better: More, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Number: standsNumber(func(v *View) (float64, bool) { return v.contribution(), v.traded() }),
	},
	{
		Name: "contribution_365d", Title: Text{"Contribution of 365 days", "近365天利润贡献"},
		Formula: Text{"As contribution, of the orders and the outreach of 365 days; absent where the day of an outreach that cost something is no longer known.", "同 contribution,限近365天的订单与触达;若有费用的触达日期已不可知则缺省。"},
		Kind:    Money, Low: -inf, High: inf, Group: Cost, Better: More, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Number: standsNumber(func(v *View) (float64, bool) {
			x, known := v.contribution365()
			return x, known && v.traded()
		}),
	},
	{
		Name: "unprofitable", Title: Text{"Unprofitable", "不盈利"}, Formula: Text{"True where contribution is below 0.", "contribution 低于 0 时为真。"},
		Kind: Flag, High: 1, Group: Cost, Better: Less, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Number: standsNumber(func(v *View) (float64, bool) { return 1, v.traded() && standing.Unprofitable(v.contribution()) }),
	},
	{
		Name: "contribution_share", Title: Text{"Share of all contribution", "利润贡献占比"}, Formula: Text{"max(0, contribution) / the population's positive contribution.", "max(0, contribution) / 总体正贡献之和。"},
		Unit: "share", High: inf, Group: Rank, Better: More, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Number: standsNumber(func(v *View) (float64, bool) {
			if !v.Bought {
				return 0, false
			}
			return standing.ContributionShare(v.contribution(), v.Standing.Peers.PositiveContribution)
		}),
	},
	{
		Name: "purchasing_power", Title: Text{"Purchasing power", "购买力"},
		Formula: Text{"spend_365d / the median of the buyers of the same region and industry, else of all.", "spend_365d / 同地区同行业买家(否则全部买家)的中位数。"},
		Unit:    "medians", Low: -inf, High: inf, Group: Rank, Better: More, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsProfile,
		Number: standsNumber(func(v *View) (float64, bool) {
			if !v.Bought {
				return 0, false
			}
			return standing.PurchasingPower(v.Major(v.Facts.Spend365), v.Standing.Peers.Median)
		}),
	},
	{
		Name: "cac", Title: Text{"Cost of acquisition", "获客成本(含默认)"}, Formula: Text{"acquisition_cost, else the model's default.", "acquisition_cost,否则为模型默认值。"},
		Kind: Money, High: inf, Group: Cost, Better: Less, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Number: standsNumber(func(v *View) (float64, bool) {
			if !v.Bought {
				return 0, false
			}
			return standing.AcquisitionCost(v.Major(v.Facts.AcquisitionCost), v.Standing.Peers.Acquisition)
		}),
	},
	{
		Name: "clv_to_cac", Title: Text{"Value to acquisition cost", "价值与获客成本之比"}, Formula: Text{"(clv_historic + clv_current) / cac; 3 is the usual bar.", "(clv_historic + clv_current) / cac;通常以 3 为基准。"},
		Unit: "ratio", Low: -inf, High: inf, Group: Worth, Better: More, Silence: Moves, Source: "METHODS 2", Seen: Usual, Reads: ReadsMore | ReadsCosts | ReadsWorth,
		Number: standsNumber(func(v *View) (float64, bool) {
			if !v.Bought {
				return 0, false
			}
			return standing.CLVToCAC(v.Major(v.Worth.Historic), v.Major(v.Worth.Current), v.Major(v.Facts.AcquisitionCost), v.Standing.Peers.Acquisition)
		}),
	},
	{
		Name: "clv_first_purchase", Title: Text{"Value: first purchase", "价值构成:首购"}, Formula: Text{"Margin of the first purchase day. clv_first_purchase + clv_repeat = clv_historic.", "首个购买日的毛利。clv_first_purchase + clv_repeat = clv_historic。"},
		Kind: Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) { return v.first(), v.Bought }),
	},
	{
		Name: "clv_repeat", Title: Text{"Value: repeat purchases", "价值构成:复购"}, Formula: Text{"clv_historic − clv_first_purchase.", "clv_historic − clv_first_purchase。"},
		Kind: Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsWorth,
		Number: standsNumber(func(v *View) (float64, bool) { return v.Major(v.Worth.Historic) - v.first(), v.Bought }),
	},
	{
		Name: "clv_cross_sell", Title: Text{"Value: cross-sell", "价值构成:交叉销售"},
		Formula: Text{"Margin of the orders of other categories than the first, over life; a part of clv_historic. Absent where a day is sealed.", "首个品类以外各品类订单的累计毛利,属于 clv_historic 的一部分;有已封存日期时缺省。"},
		Kind:    Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) { return v.amounts().CrossSell(v.More) }),
	},
	{
		Name: "clv_saved_service", Title: Text{"Value: lower cost to serve", "价值构成:服务成本下降"},
		Formula: Text{"max(0, service cost an order in the first year − of 365 days) × orders of 365 days that give one.", "max(0, 首年每单服务成本 − 近365天每单服务成本) × 近365天给出该成本的订单数。"},
		Kind:    Money, High: inf, Group: Worth, Better: More, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Number: standsNumber(func(v *View) (float64, bool) { return v.amounts().SavedService(v.More) }),
	},
	{
		Name: "clv_referral", Title: Text{"Value: referrals", "价值构成:推荐"}, Formula: Text{"Referred buyers × the value of a new customer.", "被推荐买家数 × 新客户价值。"},
		Kind: Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) {
			return standing.Referral(v.Facts.Referrals, v.Standing.Peers.NewCustomer)
		}),
	},
	{
		Name: "clv_loyalty", Title: Text{"Value: loyalty", "价值构成:忠诚"}, Formula: Text{"(peers' discount share − discount_share) × spend_365d.", "(同类折扣占比 − discount_share) × spend_365d。"},
		Kind: Money, Low: -inf, High: inf, Group: Worth, Better: More, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Number: standsNumber(func(v *View) (float64, bool) {
			return v.Standing.Params.LoyaltySaving(&v.More.Year, v.Major(v.Facts.Spend365))
		}),
	},
	{
		Name: "discount_share", Title: Text{"Discount share", "折扣占比"}, Formula: Text{"Discounts / (amounts + discounts) of the orders of 365 days.", "近365天订单的折扣 / (金额 + 折扣)。"},
		Unit: "share", High: 1, Group: Cost, Better: Less, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.DiscountShare(&v.More.Year) }),
	},
	{
		Name: "service_cost_per_order", Title: Text{"Cost to serve an order", "每单服务成本"}, Formula: Text{"Mean service cost of the orders of 365 days that give one.", "近365天给出服务成本的订单的平均服务成本。"},
		Kind: Money, Low: -inf, High: inf, Group: Cost, Better: Less, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsCosts,
		Number: standsNumber(func(v *View) (float64, bool) {
			x, known := standing.ServicePerOrder(&v.More.Year)
			return x * v.Major(1), known
		}),
	},
}

// traded reports whether there is anything to count: a purchase that stands, or money that went one way or the other.
func (v *View) traded() bool {
	return v.Facts.PurchaseDays > 0 || v.Facts.Spend != 0 || v.Facts.OutreachCost != 0
}

func (v *View) amounts() standing.Amounts {
	return standing.Amounts{Major: v.Major, Margin: v.Standing.Usual}
}

// first is the margin of the first purchase day.
func (v *View) first() float64 { return standing.First(v.Major(v.Facts.FirstDayNet), v.Standing.Own) }

// contribution is that over life, in major units.
func (v *View) contribution() float64 {
	f := &v.Facts
	return standing.Costs{
		Margin:  standing.Margin(v.Major(f.Margin), v.Major(f.Spend), v.Major(f.MarginSpend), v.Standing.Usual),
		Service: v.Major(f.ServiceCost), Outreach: v.Major(f.OutreachCost), Acquisition: v.Major(f.AcquisitionCost),
	}.Contribution()
}

// contribution365 is that of 365 days, in major units.
func (v *View) contribution365() (float64, bool) {
	y := v.More.Year
	y.Net = v.Facts.Spend365 // refunds of earlier orders are of these days too
	return v.costs(&y).Contribution(), v.More.OutreachKnown
}

func (v *View) costs(y *history.Sums) standing.Costs {
	return standing.Costs{
		Margin: v.amounts().MarginOf(y), Service: v.Major(y.Service), Outreach: v.Major(v.More.OutreachCost), Acquisition: v.Major(y.Acquisition),
	}
}
