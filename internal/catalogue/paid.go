package catalogue

import "tidemark/internal/event"

// paid are what went wrong with payments, and what a customer has cost.
var paid = []Entry{
	{
		Name: "refunds_365d", Title: Text{"Refunds of 365 days", "近365天退款次数"}, Formula: Text{"REFUND events of 365 days.", "近365天 REFUND 事件数。"},
		Kind: Count, Unit: "refunds", High: inf, Group: Credit, Better: Less, Silence: Steps, Seen: Usual, Reads: ReadsTrouble,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Refunds365), true },
	},
	{
		Name: "refunded_365d", Title: Text{"Refunded in 365 days", "近365天退款金额"}, Formula: Text{"Sum of the REFUNDs of 365 days.", "近365天 REFUND 金额之和。"},
		Kind: Money, High: inf, Group: Credit, Better: Less, Silence: Steps, Seen: Usual, Reads: ReadsMood,
		Number: func(v *View) (float64, bool) { return v.Major(v.Facts.RefundAmount365), true },
	},
	{
		Name: "chargebacks_365d", Title: Text{"Chargebacks of 365 days", "近365天拒付次数"}, Formula: Text{"CHARGEBACK events of 365 days.", "近365天 CHARGEBACK 事件数。"},
		Kind: Count, Unit: "chargebacks", High: inf, Group: Credit, Better: Less, Silence: Steps, Seen: Usual, Reads: ReadsTrouble,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Chargebacks), true },
	},
	{
		Name: "failed_payments_365d", Title: Text{"Failed payments of 365 days", "近365天付款失败次数"}, Formula: Text{"PAYMENT_FAILED events of 365 days.", "近365天 PAYMENT_FAILED 事件数。"},
		Kind: Count, Unit: "payments", High: inf, Group: Credit, Better: Less, Silence: Steps, Seen: Usual, Reads: ReadsTrouble,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.FailedPayments), true },
	},
	{
		Name: "overdue_payments_365d", Title: Text{"Overdue payments of 365 days", "近365天逾期次数"}, Formula: Text{"PAYMENT_OVERDUE events of 365 days.", "近365天 PAYMENT_OVERDUE 事件数。"},
		Kind: Count, Unit: "payments", High: inf, Group: Credit, Better: Less, Silence: Steps, Seen: Usual, Reads: ReadsTrouble,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Overdue), true },
	},
	{
		Name: "payments_365d", Title: Text{"Payments of 365 days", "近365天付款次数"}, Formula: Text{"PAID events of 365 days.", "近365天 PAID 事件数。"},
		Kind: Count, Unit: "payments", High: inf, Group: Credit, Better: More, Silence: Steps, Seen: Usual, Reads: ReadsTrouble,
		Number: func(v *View) (float64, bool) { return float64(v.Facts.Paid), true },
	},
	{
		Name: "margin_given", Title: Text{"Margin that orders gave", "订单给出的毛利"}, Formula: Text{"Sum of the margins over the orders that give one.", "给出毛利的订单的毛利之和。"},
		Kind: Money, Low: -inf, High: inf, Group: Cost, Better: More, Silence: Still, Seen: Usual,
		Number: func(v *View) (float64, bool) { return v.Major(v.Facts.Margin), v.Facts.MarginSpend > 0 },
	},
	{
		Name: "margin_share", Title: Text{"Own margin", "自身毛利率"},
		Formula: Text{"margin_given / the amount of these orders before refunds, held within 0 and 1.", "margin_given / 这些订单退款前的金额,限于 0 与 1 之间。"},
		Unit:    "share", High: 1, Group: Cost, Better: More, Silence: Still, Seen: Usual,
		Number: func(v *View) (float64, bool) {
			return min(max(0, float64(v.Facts.Margin)/float64(max(1, v.Facts.MarginSpend))), 1), v.Facts.MarginSpend > 0
		},
	},
	costs("discounts", Text{"Discounts over life", "累计折扣"}, Text{"Sum of the discounts that orders give.", "订单给出的折扣之和。"}, func(v *View) int64 { return v.Facts.Discount }),
	costs("service_cost", Text{"Cost to serve over life", "累计服务成本"}, Text{"Sum of the service costs that orders give.", "订单给出的服务成本之和。"},
		func(v *View) int64 { return v.Facts.ServiceCost }),
	costs("acquisition_cost", Text{"Acquisition cost", "获客成本"}, Text{"Sum of the acquisition costs that orders give.", "订单给出的获客成本之和。"},
		func(v *View) int64 { return v.Facts.AcquisitionCost }),
	costs("outreach_cost", Text{"Outreach cost over life", "累计营销触达成本"}, Text{"Sum of the costs that interactions give.", "互动给出的成本之和。"},
		func(v *View) int64 { return v.Facts.OutreachCost }),
}

// costs is an entry of a sum over life that events give; absent where none gives any.
func costs(name string, title, formula Text, of func(v *View) int64) Entry {
	return Entry{
		Name: name, Title: title, Formula: formula, Kind: Money, Low: -inf, High: inf, Group: Cost, Better: Less, Silence: Still, Seen: Usual, Reads: ReadsCosts,
		Number: func(v *View) (float64, bool) { x := of(v); return v.Major(x), x != 0 },
	}
}

// instant is an instant where there is one.
func instant(at event.Instant) (float64, bool) { return float64(at), at != 0 }
