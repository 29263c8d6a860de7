package churn_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

func TestWhy(t *testing.T) {
	quiet := churn.Signs{Risk: .95, Normal: .2, PurchaseDays: 5, Spend: 9000, Silence: 60 * day, Usual: 20 * day}
	reached := map[churn.Reason]bool{churn.HasLevel: true}
	for _, row := range []struct {
		why  string
		mend func(*churn.Signs)
		want churn.Reason
	}{
		{"nothing stands in the way", func(*churn.Signs) {}, churn.ReviewDue},
		{"nothing bought", func(s *churn.Signs) { s.PurchaseDays = 0 }, churn.NeverBought},
		{"an id that many share, however silent", func(s *churn.Signs) { s.Shop = true }, churn.BehavesLikeShop},
		{"a shop without an order that stands", func(s *churn.Signs) { s.Shop, s.PurchaseDays = true, 0 }, churn.NeverBought},
		{"a test account, however silent", func(s *churn.Signs) { s.Test = true }, churn.TestAccount},
		{"a test account that has bought nothing", func(s *churn.Signs) { s.Test, s.PurchaseDays = true, 0 }, churn.TestAccount},
		{"a one-time buyer at a risk of .95", func(s *churn.Signs) { s.PurchaseDays = 1 }, churn.TooFewPurchases},
		{"two purchases are no habit", func(s *churn.Signs) { s.PurchaseDays = 2 }, churn.TooFewPurchases},
		{"too little spend to bother anybody", func(s *churn.Signs) { s.Spend = 4999 }, churn.TooLittleSpent},
		{"a year of silence", func(s *churn.Signs) { s.Silence = 365 * day }, churn.Lapsed},
		{"too early to worry", func(s *churn.Signs) { s.Silence = 13 * day; s.Usual = 0 }, churn.BoughtRecently},
		{"within the usual gap", func(s *churn.Signs) { s.Silence = 19 * day }, churn.BoughtRecently},
		{"always was quiet: .95 is normal", func(s *churn.Signs) { s.Normal = .94 }, churn.AsUsual},
		{"far above a very low normal, yet unlikely", func(s *churn.Signs) { s.Risk, s.Normal = .3, .01 }, churn.LowRisk},
	} {
		s := quiet
		row.mend(&s)
		got := lines.Why(s)
		if got != row.want {
			t.Errorf("%s: got %v, want %v", row.why, got, row.want)
		}
		reached[got] = true
	}
	if len(reached) != churn.Reasons {
		t.Errorf("the rows reach %d reasons of %d: a reason that nothing leads to misleads", len(reached), churn.Reasons)
	}
}

// Every reason has a code of its own and a meaning, and the code leads back to it.
func TestReasonsAreAClosedSet(t *testing.T) {
	for r := range churn.Reason(churn.Reasons) {
		back, ok := churn.ReasonOf(r.String())
		if ok != (r != churn.HasLevel) || back != r || (r.Meaning() == "") != (r == churn.HasLevel) {
			t.Errorf("reason %d: code %q, meaning %q, leads back to %d (%v)", r, r, r.Meaning(), back, ok)
		}
	}
	if r, ok := churn.ReasonOf("SOMETHING_ELSE"); ok {
		t.Errorf("a code that is none: got reason %d", r)
	}
}

// There is a reason exactly where there is no level.
func TestWhyAgreesWithNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		probability := rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0, .39, .4, .41, 1}))
		silence := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(0, 400).Draw(t, name)) * day
		}
		s := churn.Signs{
			Risk: probability.Draw(t, "risk"), Normal: probability.Draw(t, "normal"),
			PurchaseDays: rapid.IntRange(0, 5).Draw(t, "purchase days"), Spend: rapid.Int64Range(4998, 5002).Draw(t, "spend"),
			Silence: silence("silence"), Usual: silence("gap"), Shop: rapid.Bool().Draw(t, "shop"), Test: rapid.Bool().Draw(t, "test account"),
		}
		level, why := lines.Next(churn.None, 0, s, event.Instant(0)), lines.Why(s)
		if (level == churn.None) == (why == churn.ReviewDue) {
			t.Fatalf("%+v: level %v, reason %q", s, level, why)
		}
	})
}
