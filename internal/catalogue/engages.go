package catalogue

import (
	"strconv"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/standing"
)

// engages are how a customer deals with the business, and what comes of it.
var engages = []Entry{
	{
		Name: "interaction_value", Title: Text{"Interaction value", "互动价值"},
		Formula: Text{
			"100 × (.4 f / (f + 5) + .2 depth + .2 min(1, breadth / 4) + .2 effect), of interaction_frequency f, interaction_depth, interaction_breadth and interaction_effect.",
			"100 × (.4 f / (f + 5) + .2 深度 + .2 min(1, 广度 / 4) + .2 成效),f 为 interaction_frequency,其余为 interaction_depth、interaction_breadth、interaction_effect。",
		},
		Unit: "points", High: 100, Group: Engagement, Better: More, Silence: Falls, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTouches,
		Number: standsNumber(func(v *View) (float64, bool) { return v.Standing.Params.Interaction.Value(v.More) }),
	},
	{
		Name: "interaction_frequency", Title: Text{"Interaction frequency", "互动频度"},
		Formula: Text{"Σ 2^(−age / 30 days) over the interactions of 90 days, ages in whole days.", "近90天各次互动的 Σ 2^(−距今整天数 / 30)。"},
		Unit:    "interactions", High: inf, Group: Engagement, Better: More, Silence: Falls, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTouches,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.Frequency(v.More) }),
	},
	{
		Name: "interaction_depth", Title: Text{"Interaction depth", "互动深度"},
		Formula: Text{"Mean weight of the interactions of 90 days over the greatest weight of the kinds, at most 1.", "近90天互动平均权重 / 各类最大权重,至多为 1。"},
		Unit:    "share", High: 1, Group: Engagement, Better: More, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTouches,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.Depth(v.More) }),
	},
	{
		Name: "interaction_breadth", Title: Text{"Interaction breadth", "互动广度"},
		Formula: Text{"Distinct channels of the customer's own interactions of 90 days.", "近90天客户自身互动的不同渠道数。"},
		Kind:    Count, Unit: "channels", High: inf, Group: Engagement, Better: More, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTouches,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.Breadth(v.More) }),
	},
	{
		Name: "interaction_effect", Title: Text{"Interaction effect", "互动成效"},
		Formula: Text{
			"(days with an interaction that a purchase followed on that day or the next + 1) / (days with an interaction + 4), of 90 days.",
			"近90天 (互动当天或次日有购买的天数 + 1) / (有互动的天数 + 4)。",
		},
		Unit: "share", High: 1, Group: Engagement, Better: More, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTouches,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.Effect(v.More), true }),
	},
	{
		Name: "participation", Title: Text{"Participation", "活动参与率"}, Formula: Text{"min(1, (OFFER_REDEEMED + 1) / (OUTREACH_SENT + 4)) over life.", "累计 min(1, (OFFER_REDEEMED + 1) / (OUTREACH_SENT + 4))。"},
		Unit: "share", High: 1, Group: Engagement, Better: More, Silence: Still, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTouches,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.Participation(v.More), true }),
	},
	{
		Name: "outreach_sent", Title: Text{"Outreach sent", "触达次数"}, Formula: Text{"OUTREACH_SENT over life.", "累计 OUTREACH_SENT 次数。"},
		Kind: Count, Unit: "messages", High: inf, Group: Engagement, Silence: Still, Seen: Usual, Reads: ReadsMore | ReadsTouches,
		Number: standsNumber(func(v *View) (float64, bool) { return float64(v.More.Sent), true }),
	},
	{
		Name: "offers_redeemed", Title: Text{"Offers redeemed", "兑换优惠次数"}, Formula: Text{"OFFER_REDEEMED over life.", "累计 OFFER_REDEEMED 次数。"},
		Kind: Count, Unit: "offers", High: inf, Group: Engagement, Better: More, Silence: Still, Seen: Usual, Reads: ReadsMore | ReadsTouches,
		Number: standsNumber(func(v *View) (float64, bool) { return float64(v.More.Redeemed), true }),
	},
	{
		Name: "prospect_score", Title: Text{"Prospect score", "潜在客户评分"},
		Formula: Text{"interaction_value of who has not bought, with the depth of carts and checkouts doubled.", "未购买者的 interaction_value,加购与结账的深度加倍。"},
		Unit:    "points", High: 100, Group: Engagement, Better: More, Silence: Falls, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsTouches | OfProspects,
		Number: standsNumber(func(v *View) (float64, bool) { return v.Standing.Params.Interaction.Prospect(&v.Facts, v.More) }),
	},
	{
		Name: "complaint_rate", Title: Text{"Complaint rate", "投诉率"}, Formula: Text{"Complaints / max(1, orders) of 365 days.", "近365天投诉数 / max(1, 订单数)。"},
		Unit: "an order", High: inf, Group: Satisfaction, Better: Less, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMood,
		Number: func(v *View) (float64, bool) {
			if v.Test {
				return 0, false
			}
			return standing.ComplaintRate(&v.Facts), true
		},
	},
	{
		Name: "complaint_days", Title: Text{"Days to settle a complaint", "投诉处理天数"},
		Formula: Text{"Median days from a COMPLAINT of 365 days to its COMPLAINT_RESOLVED.", "近365天 COMPLAINT 到其 COMPLAINT_RESOLVED 天数的中位数。"},
		Unit:    "days", High: inf, Group: Satisfaction, Better: Less, Silence: Steps, Source: "METHODS 7", Seen: Usual, Reads: ReadsMore | ReadsMood,
		Number: standsNumber(func(v *View) (float64, bool) { return standing.ComplaintDays(v.More) }),
	},
	{
		Name: "days_since_complaint", Title: Text{"Days since the last complaint", "距最近投诉天数"}, Formula: Text{"Days since the latest complaint of 365 days.", "距近365天内最近一次投诉的天数。"},
		Kind: Count, Unit: "days", High: 365, Group: Satisfaction, Better: More, Silence: Rises, Seen: Usual, Reads: ReadsMore | ReadsMood,
		Number: standsNumber(func(v *View) (float64, bool) {
			return float64(v.More.Complaints.SinceDays), v.More.Complaints.Count > 0
		}),
	},
	{
		Name: "csat_by_topic", Title: Text{"CSAT by topic", "各主题满意度"},
		Formula: Text{"Mean and number of the CSAT and REVIEW answers of 365 days by topic: DELIVERY 0.25 (2); UNKNOWN without a topic.", "近365天 CSAT 与 REVIEW 回答按主题的平均与数量:DELIVERY 0.25 (2);无主题为 UNKNOWN。"},
		Kind:    Word, Group: Satisfaction, Silence: Steps, Source: "METHODS 1", Seen: Usual, Reads: ReadsMore | ReadsMood,
		Word: standsWord(func(v *View) (string, bool) { s := byTopic(v.More); return s, s != "" }),
	},
}

// byTopic lists the answers by topic.
func byTopic(m *history.More) string {
	var parts []string
	for about, a := range m.CSATBy {
		if a.Count > 0 {
			parts = append(parts, event.Subject(about).String()+" "+strconv.FormatFloat(a.Mean, 'f', 2, 64)+" ("+strconv.Itoa(a.Count)+")")
		}
	}
	return strings.Join(parts, ", ")
}
