package score

import (
	"fmt"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
)

// feels says what labels depend on besides purchases: by the churn stack, and by the learnt value where the scorecard reads it. What they do not
// depend on changes no label, and costs nothing.
type feels struct {
	mood, engagement, lastYear bool
	// reads are the parts of the facts that a scorecard weighs beside those of the default one.
	reads catalogue.Reads
}

func feelsOf(m *Model) feels {
	x := feels{
		mood:       m.Stack.Weighs(churn.NPS, churn.Satisfaction, churn.Complaints, churn.OpenComplaints, churn.Refunded),
		engagement: m.Stack.Weighs(churn.Engagement, churn.EngagementTrend),
		lastYear:   m.Stack.Weighs(churn.LastYear),
	}
	if l := m.Learnt; l != nil && l.Leads {
		x.mood = x.mood || l.Weighs(clv.NPS, clv.Satisfaction, clv.Complaints, clv.OpenComplaints, clv.Refunded)
		x.engagement = x.engagement || l.Weighs(clv.Engagement, clv.EngagementTrend)
	}
	return x
}

// bears reports whether an event may change a fact that same compares, now or later.
func (e *Engine) bears(x event.Event) bool {
	switch x := x.(type) {
	case *event.Purchase:
		return true
	case *event.Interaction:
		return x.Kind == event.ReferralMade || x.Kind == event.MergedInto || MarksTestAccount(x) || e.feels.engagement || e.feels.weighs(catalogue.ReadsTouches|catalogue.ReadsCosts|catalogue.ReadsMore) // one that weighs nothing may take the place of one that did
	case *event.Feedback:
		return x.Kind == event.NPS || e.feels.mood || e.feels.weighs(catalogue.ReadsMood|catalogue.ReadsMore)
	case *event.Link:
		return true
	}
	panic(fmt.Sprintf("score: no rule for %T", x))
}

// same reports whether two states of the facts agree in every fact that a label depends on. If they do, everything that labels
// depend on is monotone in the silence between the two. A fact that is missing here needs an excuse in feels_test.go.
func (x feels) same(a, b *history.Facts) bool {
	return a.Orders == b.Orders && a.PurchaseDays == b.PurchaseDays && a.Spend == b.Spend &&
		a.Orders365 == b.Orders365 && a.Days365 == b.Days365 && a.Spend365 == b.Spend365 &&
		a.FirstDay == b.FirstDay && a.LastDay == b.LastDay &&
		a.FirstDayNet == b.FirstDayNet && a.RepeatDays == b.RepeatDays && a.RepeatSpend == b.RepeatSpend && a.Margin == b.Margin && a.MarginSpend == b.MarginSpend &&
		a.MedianGapDays == b.MedianGapDays && a.LogGaps == b.LogGaps && a.GapsKnown == b.GapsKnown && a.ActiveMonths == b.ActiveMonths && a.Referrals == b.Referrals &&
		a.NPSKnown == b.NPSKnown && a.NPSScore == b.NPSScore && a.TestAccount == b.TestAccount &&
		a.LastOrderAmount == b.LastOrderAmount && a.Lines == b.Lines && a.LastLines == b.LastLines && a.LastYear == b.LastYear &&
		(!x.mood || a.Experience == b.Experience && a.AtLast == b.AtLast) &&
		(!x.engagement || a.Interactions30 == b.Interactions30 && a.Interactions90 == b.Interactions90) &&
		(x.reads == 0 || x.sameWeighed(a, b))
}

// sameWeighed is same for what a scorecard weighs beside the default. The rarer facts of two instants are not compared: wherever they may have
// changed, a stretch ends.
func (x feels) sameWeighed(a, b *history.Facts) bool {
	return (!x.weighs(catalogue.ReadsMore) || a.More == b.More) && (!x.weighs(catalogue.ReadsMood) || a.Experience == b.Experience && a.AtLast == b.AtLast &&
		a.NPSAt == b.NPSAt && a.CSATLatest == b.CSATLatest && a.LastComplaint == b.LastComplaint) &&
		(!x.weighs(catalogue.ReadsTouches) || a.Interactions30 == b.Interactions30 && a.Interactions90 == b.Interactions90 &&
			a.Touches90 == b.Touches90 && a.Channels90 == b.Channels90) &&
		(!x.weighs(catalogue.ReadsCosts) || a.Discount == b.Discount && a.ServiceCost == b.ServiceCost &&
			a.AcquisitionCost == b.AcquisitionCost && a.OutreachCost == b.OutreachCost) &&
		(!x.weighs(catalogue.ReadsTrouble) || a.Refunds365 == b.Refunds365 && a.Chargebacks == b.Chargebacks &&
			a.FailedPayments == b.FailedPayments && a.Overdue == b.Overdue && a.Paid == b.Paid) &&
		(!x.weighs(catalogue.ReadsHabits) || a.MeanGapDays == b.MeanGapDays && a.PreferredChannel == b.PreferredChannel &&
			a.FirstPurchase == b.FirstPurchase && a.LastPurchase == b.LastPurchase)
}

// weighs reports whether the scorecard weighs any of some parts.
func (x feels) weighs(some catalogue.Reads) bool { return x.reads&some != 0 }

// quiet reports whether no trailing window holds anything that a label depends on.
func (x feels) quiet(f *history.Facts) bool {
	return (!x.weighs(catalogue.ReadsMore) || f.Until == event.Never && f.UntilTouches == event.Never) &&
		f.Orders365 == 0 && f.Days365 == 0 && f.Spend365 == 0 && f.MedianGapDays == 0 && f.ActiveMonths == 0 && !f.LastYear && !f.NPSKnown &&
		(!x.mood || f.Experience == (history.Experience{}) && f.AtLast == (history.Experience{})) &&
		(!x.engagement || f.Interactions90 == [event.InteractionKinds]int64{}) &&
		(!x.weighs(catalogue.ReadsMood) || f.Experience == (history.Experience{})) &&
		(!x.weighs(catalogue.ReadsTouches) || f.Touches90 == [event.InteractionKinds]int32{}) &&
		(!x.weighs(catalogue.ReadsTrouble) || f.Refunds365|f.Chargebacks|f.FailedPayments|f.Overdue|f.Paid == 0)
}

// until is the first instant after the instant of f at which time alone may change a fact that a label depends on.
func (x feels) until(f *history.Facts) event.Instant {
	if x.engagement || x.weighs(catalogue.ReadsTouches|catalogue.ReadsMore) {
		return min(f.Until, f.UntilTouches)
	}
	return f.Until
}
