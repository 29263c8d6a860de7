package history

// Numbers are f without PreferredChannel. They are copied field by field, so that the compiler sees that nothing of f is kept: who hands facts on
// through a table of functions must not move what the caller has to the heap.
func (f *Facts) Numbers() Facts {
	return Facts{
		Orders: f.Orders, PurchaseDays: f.PurchaseDays, FirstDay: f.FirstDay, LastDay: f.LastDay, FirstPurchase: f.FirstPurchase,
		LastPurchase: f.LastPurchase, LastOrderAmount: f.LastOrderAmount, Lines: f.Lines, LastLines: f.LastLines, Spend: f.Spend,
		Margin: f.Margin, MarginSpend: f.MarginSpend, Discount: f.Discount, ServiceCost: f.ServiceCost, AcquisitionCost: f.AcquisitionCost,
		OutreachCost: f.OutreachCost, FirstDayNet: f.FirstDayNet, RepeatDays: f.RepeatDays, RepeatSpend: f.RepeatSpend,
		Orders365: f.Orders365, Days365: f.Days365, Spend365: f.Spend365, MedianGapDays: f.MedianGapDays, MeanGapDays: f.MeanGapDays,
		LogGaps: f.LogGaps, GapsKnown: f.GapsKnown, ActiveMonths: f.ActiveMonths, LastYear: f.LastYear, Refunds365: f.Refunds365,
		Chargebacks: f.Chargebacks, FailedPayments: f.FailedPayments, Overdue: f.Overdue, Paid: f.Paid, Experience: f.Experience,
		AtLast: f.AtLast, NPSAt: f.NPSAt, CSATLatest: f.CSATLatest, LastComplaint: f.LastComplaint, Interactions90: f.Interactions90,
		Touches90: f.Touches90, Interactions30: f.Interactions30, Channels90: f.Channels90, Referrals: f.Referrals,
		ReferredBuyers: f.ReferredBuyers, ReferralsBeyond: f.ReferralsBeyond, TestAccount: f.TestAccount, Until: f.Until,
		UntilTouches: f.UntilTouches,
	}
}
