package catalogue

import (
	"strconv"
	"strings"

	"tidemark/internal/score/standing"
)

// habits are where, what and how regularly a customer buys.
var habits = []Entry{
	{
		Name: "regularity", Title: Text{"Regularity", "购买规律性"},
		Formula: Text{"1 / (1 + gap_cv): 1 is a clock, a half is chance.", "1 / (1 + gap_cv):1 为完全规律,0.5 近似随机。"},
		Unit:    "share", High: 1, Group: Rhythm, Better: More, Silence: Steps, Source: "METHODS 1", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.Regularity(v.More) }),
	},
	{
		Name: "gap_cv", Title: Text{"Variation of gaps", "间隔变异系数"},
		Formula: Text{"Standard deviation over mean of the gaps between the purchase days of 365 days; two gaps at least.", "近365天购买日间隔的标准差 / 平均,至少两个间隔。"},
		Unit:    "ratio", High: inf, Group: Rhythm, Better: Less, Silence: Steps, Source: "METHODS 1", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) { return v.More.GapCV, v.More.Gaps > 1 }),
	},
	{
		Name: "spend_182d", Title: Text{"Spend of 182 days", "近182天消费"}, Formula: Text{"Net spend of the last 182 days.", "近182天净消费。"},
		Kind: Money, Low: -inf, High: inf, Group: Purchases, Better: More, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) { return v.Major(v.More.SpendHalf), v.Bought }),
	},
	{
		Name: "spend_183d_before", Title: Text{"Spend of the 183 days before", "之前183天消费"}, Formula: Text{"Net spend of the 183 days before the last 182.", "近182天之前183天的净消费。"},
		Kind: Money, Low: -inf, High: inf, Group: Purchases, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) { return v.Major(v.More.SpendHalfBefore), v.Bought }),
	},
	{
		Name: "orders_by_channel", Title: Text{"Orders by channel", "各渠道订单"},
		Formula: Text{"Per channel the orders, the net spend in major units and the share of the orders of 365 days: web 3 120.00 0.75, shop 1 20.00 0.25.", "近365天各渠道的订单数、净消费(主单位)与订单占比:web 3 120.00 0.75, shop 1 20.00 0.25。"},
		Kind:    Word, Group: Contact, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore,
		Word: standsWord(func(v *View) (string, bool) { s := v.byChannel(); return s, s != "" }),
	},
	{
		Name: "assisted_share", Title: Text{"Assisted orders", "辅助渠道订单占比"},
		Formula: Text{"Share of the orders of 89 days with an interaction on another channel on that day or the day before.", "近89天订单中,当天或前一天在其他渠道有互动者的占比。"},
		Unit:    "share", High: 1, Group: Contact, Silence: Moves, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTouches,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.AssistedShare(v.More) }),
	},
	{
		Name: "omnichannel", Title: Text{"Omnichannel", "全渠道"}, Formula: Text{"True where two channels have 20 % of the orders of 365 days each.", "近365天有两个渠道各占订单 20 % 以上时为真。"},
		Kind: Flag, High: 1, Group: Contact, Better: More, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) {
			omni, known := v.Standing.Params.Omnichannel(v.More)
			return 1, omni && known
		}),
	},
	{
		Name: "categories_bought", Title: Text{"Categories bought", "购买品类数"}, Formula: Text{"Distinct main categories of the orders over life; absent where a former version has sealed a day.", "累计订单主品类数;若有日期由旧版本封存则缺省。"},
		Kind: Count, Unit: "categories", High: inf, Group: Purchases, Better: More, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) {
			return float64(v.More.Bought), v.More.BoughtKnown && v.More.Bought > 0
		}),
	},
	{
		Name: "trial_rate", Title: Text{"Trial rate", "新品类尝试率"}, Formula: Text{"Categories first bought within 365 days / categories_bought; absent where a former version has sealed a day.", "近365天首次购买的品类数 / categories_bought;若有日期由旧版本封存则缺省。"},
		Unit: "share", High: 1, Group: Purchases, Better: More, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.TrialRate(v.More) }),
	},
}

// byChannel lists the channels of the orders.
func (v *View) byChannel() string {
	var parts []string
	for i, share := range standing.ChannelShares(v.More) {
		c := &v.More.Channels[i]
		spend := Money.append(nil, v.Major(c.Spend), v.Base)
		parts = append(parts, c.Name+" "+strconv.Itoa(c.Orders)+" "+string(spend)+" "+strconv.FormatFloat(share, 'f', 2, 64))
	}
	return strings.Join(parts, ", ")
}
