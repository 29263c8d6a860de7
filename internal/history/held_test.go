package history

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
)

// TestHeldTellsEveryField: whoever adds a field to what is remembered decides here whether it is told of the customer who asks. The fields
// that follow from others are left out.
func TestHeldTellsEveryField(t *testing.T) {
	for _, row := range []struct {
		of       any
		told     string
		followed string
	}{
		{Summary{}, "newest seen orders refunds payments feedbacks touches days past referrals channels categories consents attributes spilled", "links"},
		{order{}, "stamp order amount margin discount service acquisition known channel category cancel overruled lines said recorded more", ""},
		{revision{}, "occurred revised orders ties", "span"},
		{refund{}, "stamp order amount said chargeback", ""},
		{payment{}, "stamp amount kind", ""},
		{feedback{}, "stamp order score kind about id", ""},
		{touch{}, "stamp cost weight kind channel", "named"},
		{referrals{}, "pairs beyond buyers named", ""},
		{touchDay{}, "day kind n channels weight", ""},
		{past{}, "orders days firstDay lastDay untilSecond gaps first last lastAmount lines lastLines spend margin marginSpend discount service acquisition " +
			"firstNet repeatDays repeatSpend outreach touches kept", ""},
		{kept{}, "costs lacks lacksUntil sealed categories first", ""},
		{service{}, "cost orders", ""},
		{costDay{}, "day cost", ""},
		{channel{}, "name touches", ""},
		{consent{}, "channel at event granted", ""},
		{attribute{}, "key at event value", ""},
		{stamp{}, "at event day n", ""},
		{said{}, "currency minor", ""},
	} {
		of := reflect.TypeOf(row.of)
		var got []string
		for f := range of.Fields() {
			got = append(got, f.Name)
		}
		want := strings.Fields(row.told + " " + row.followed)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s has the fields %v, want %v: Held must tell a new field, or the table here says that the field follows from others", of, got, want)
		}
	}
}

// Each kind of fact is told, with what the event said.
func TestHeld(t *testing.T) {
	calendar := event.NewCalendar(nil)
	start := event.InstantOf(time.Date(2023, time.March, 1, 12, 0, 0, 0, time.UTC))
	day := func(n int) event.Instant { return start.Add(time.Duration(n) * 24 * time.Hour) }
	head := func(id string, n int) event.Head {
		return event.Head{ID: id, Customer: "c", OccurredAt: day(n), RecordedAt: day(n)}
	}
	buy := func(id string, n int, kind event.PurchaseKind, order string, minor int64) *event.Purchase {
		return &event.Purchase{Head: head(id, n), Kind: kind, OrderID: order, Amount: event.Money{Minor: minor, Currency: "USD"}, Channel: "web"}
	}
	order := buy("o1", 1000, event.Order, "1", 5000)
	order.Items = []event.Item{{SKU: "s", Category: "shoes", Quantity: 1, AmountMinor: 5000}}
	touch := func(id string, n int, kind event.InteractionKind) *event.Interaction {
		return &event.Interaction{Head: head(id, n), Kind: kind, Channel: "email", Name: "granted", Attributes: map[string]string{"region": "EU"}}
	}
	nps := &event.Feedback{Head: head("f1", 1000), Kind: event.NPS, Score: 3, Max: 10, Scored: true}
	complaint := &event.Feedback{Head: head("f2", 1000), Kind: event.Complaint, About: event.AboutDelivery, OrderID: "1"}

	var s Summary
	observe := func(x event.Event, a Amounts) {
		t.Helper()
		next, verdict := s.Observe(x, a, calendar)
		if verdict != Accepted {
			t.Fatalf("%s: verdict %d", x.Common().ID, verdict)
		}
		s = next
	}
	observe(buy("o0", 0, event.Order, "0", 1200), Amounts{Amount: 1200}) // two years later, it is sealed
	observe(touch("t0", 0, event.PageView), Amounts{})
	observe(touch("t1", 950, event.EmailOpen), Amounts{})
	observe(order, Amounts{Amount: 5000, Margin: event.Minor(700), Said: event.Money{Minor: 4600, Currency: "EUR"}})
	observe(buy("r1", 1000, event.Refund, "1", 100), Amounts{Amount: 100})
	observe(buy("p1", 1000, event.PaymentFailed, "1", 5000), Amounts{Amount: 5000})
	observe(nps, Amounts{})
	observe(complaint, Amounts{})
	observe(touch("t2", 1000, event.ConsentChanged), Amounts{})
	observe(touch("t3", 1000, event.Attributes), Amounts{})
	observe(&event.Link{Head: head("b1", 1000), Referral: &event.LinkReferral{Buyer: "bob"}}, Amounts{Referral: ReferralOf(77)})
	observe(&event.Link{Head: head("b2", 1000), Referral: &event.LinkReferral{Buyer: "cid"}}, Amounts{Referral: ReferralOf(50)})

	h := s.Held()
	if len(h.Orders) != 1 || h.Orders[0].At != day(1000) || h.Orders[0].Amount != 5000 || h.Orders[0].Margin != event.Minor(700) ||
		h.Orders[0].Discount.Known || h.Orders[0].Channel != "web" || h.Orders[0].Category != "shoes" || h.Orders[0].Ref == 0 {
		t.Errorf("orders %+v, want the one of day 1000", h.Orders)
	}
	if got := h.Orders[0]; got.Said != event.Minor(4600) || got.SaidCurrency != "EUR" {
		t.Errorf("the order was said to be %v %s, want 4600 EUR", got.Said, got.SaidCurrency)
	}
	if len(h.Refunds) != 1 || h.Refunds[0].Amount != 100 || h.Refunds[0].Order != h.Orders[0].Ref {
		t.Errorf("refunds %+v, want one of the order", h.Refunds)
	}
	if len(h.Payments) != 1 || h.Payments[0].Kind != event.PaymentFailed {
		t.Errorf("payments %+v, want the one that failed", h.Payments)
	}
	if len(h.Feedbacks) != 2 || h.Feedbacks[0].Score+h.Feedbacks[1].Score != 3 || h.Feedbacks[0].ID == "" {
		t.Errorf("feedback %+v, want an answer of 3 and a complaint, with ids", h.Feedbacks)
	}
	if len(h.Interactions) != 2 || len(h.InteractionDays) != 1 || h.InteractionDays[0].Kind != event.EmailOpen || h.Sealed.Interactions[event.PageView] != 1 {
		t.Errorf("interactions %+v, days %+v and totals %v", h.Interactions, h.InteractionDays, h.Sealed.Interactions)
	}
	if got := h.Referrals; !slices.Equal(got.Pairs, []uint64{50, 76}) || !slices.Equal(got.Bought, []bool{true, true}) || got.Beyond+got.BeyondBought+got.Named != 0 {
		t.Errorf("referrals %+v, want two who have bought", got)
	}
	if !h.Sealed.Any || h.Sealed.Orders != 1 || h.Sealed.Spend != 1200 {
		t.Errorf("sealed %+v, want one order of 1200", h.Sealed)
	}
	if len(h.Consents) != 1 || !h.Consents[0].Granted || len(h.Attributes) != 1 || h.Attributes[0].Value != "EU" || len(h.Channels) != 2 {
		t.Errorf("consents %+v, attributes %+v, channels %+v", h.Consents, h.Attributes, h.Channels)
	}
}

// A version that lost against an equal one is told too: it holds what an event said.
func TestHeldTellsTies(t *testing.T) {
	calendar := event.NewCalendar(nil)
	at := event.InstantOf(time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC))
	var s Summary
	for i, id := range []string{"a", "b"} {
		x := &event.Purchase{
			Head: event.Head{ID: id, Customer: "c", OccurredAt: at.Add(time.Duration(i) * time.Hour), RecordedAt: at}, Kind: event.Order, OrderID: "1",
			Amount: event.Money{Minor: int64(100 + i), Currency: "USD"}, RevisedAt: at.Add(5 * time.Hour),
		}
		s, _ = s.Observe(x, Amounts{Amount: x.Amount.Minor}, calendar)
	}
	amounts := map[int64]bool{}
	for _, o := range s.Held().Orders {
		amounts[o.Amount] = true
	}
	if !amounts[100] || !amounts[101] {
		t.Errorf("amounts %v, want those of both versions", amounts)
	}
}
