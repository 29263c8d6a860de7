package catalogue

import (
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/score/tier"
)

// keeps is what keeps the tier and what reaches the next, where the model asks for it, and the channels of the orders.
var keeps = []Entry{
	{
		Name: "order_channels", Title: Text{"Channels of the orders", "下单渠道"},
		Formula: Text{"Channels of the orders of 365 days, by comma, the most used first; with contact_by_consent in the model.", "近365天订单的渠道,以逗号分隔,按使用次数排序;需模型中的 contact_by_consent。"},
		Kind:    Word, Group: Contact, Silence: Steps, Seen: Wanted, Reads: ReadsProfile,
		Word: func(v *View) (string, bool) { return strings.Join(v.Said.Ordered, ","), len(v.Said.Ordered) > 0 },
	},
	{
		Name: "tier_ends_at", Title: Text{"The tier ends", "等级到期时刻"},
		Formula: Text{"The instant at which silence alone lowers the tier; with detail_what_if in the model.", "仅因沉默而降级的时刻;需模型中的 detail_what_if。"},
		Kind:    Instant, Low: -inf, High: inf, Group: Rank, Silence: Moves, Seen: aheadOf, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) {
			return float64(v.Ahead.Falls), v.Ahead.Known && v.Ahead.Falls != event.Never
		},
	},
	{
		Name: "keep_by", Title: Text{"Keep the tier by", "保级最后日期"},
		Formula: Text{"The last day that ends before silence lowers the tier; with detail_what_if in the model.", "沉默降级之前的最后一天;需模型中的 detail_what_if。"},
		Kind:    Word, Group: Rank, Silence: Moves, Seen: aheadOf, Reads: ReadsLabels,
		Word: func(v *View) (string, bool) { return v.Ahead.KeepBy.String(), v.Ahead.Keep > 0 },
	},
	{
		Name: "keep_amount", Title: Text{"What keeps the tier", "保级所需金额"},
		Formula: Text{
			"The least order on keep_by that keeps the tier, but not less than the usual order; with detail_what_if in the model.",
			"在 keep_by 当天足以保级的最小订单金额,不低于通常订单;需模型中的 detail_what_if。",
		},
		Kind: Money, High: inf, Group: Rank, Better: Less, Silence: Moves, Seen: aheadOf, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return v.Major(v.Ahead.Keep), v.Ahead.Keep > 0 },
	},
	{
		Name: "keep_any_order", Title: Text{"Any order keeps the tier", "任意订单即可保级"},
		Formula: Text{"True where any order keeps the tier; with detail_what_if in the model.", "任意订单都能保级时为 true;需模型中的 detail_what_if。"},
		Kind:    Flag, High: 1, Group: Rank, Silence: Moves, Seen: aheadOf, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return 1, v.Ahead.Any },
	},
	{
		Name: "next_tier", Title: Text{"Next tier", "下一等级"},
		Formula: Text{"The next tier up; with detail_what_if in the model.", "更高一级的等级;需模型中的 detail_what_if。"},
		Kind:    Word, Group: Rank, Silence: Moves, Seen: aheadOf, Reads: ReadsLabels,
		Word: func(v *View) (string, bool) { return v.Ahead.Next.String(), v.Ahead.Next != tier.None },
	},
	{
		Name: "next_tier_amount", Title: Text{"What reaches the next tier", "升级所需金额"},
		Formula: Text{
			"The least order now that reaches the next tier, of three usual orders at most; with detail_what_if in the model.",
			"现在足以升级的最小订单金额,最多为三倍通常订单;需模型中的 detail_what_if。",
		},
		Kind: Money, High: inf, Group: Rank, Better: Less, Silence: Moves, Seen: aheadOf, Reads: ReadsLabels,
		Number: func(v *View) (float64, bool) { return v.Major(v.Ahead.Reach), v.Ahead.Reach > 0 },
	},
}

// aheadOf is where what lies ahead is seen: it is dear, and of the moment.
const aheadOf = InBrief | InDetail
