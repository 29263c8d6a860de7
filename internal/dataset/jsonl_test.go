package dataset

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
)

func TestJSONL(t *testing.T) {
	at := instant(t, "2026-03-01T12:00:00Z")
	for _, row := range []struct {
		name, line string
		want       event.Event
	}{
		{
			"every field of a purchase",
			`{"topic":"customer.purchases.v1","recorded_at":"2026-03-01T12:00:01.25Z","event":{"event_id":"e","customer_id":"c","order_id":"o",
			"occurred_at":"2026-03-01T13:00:00+01:00","kind":"ORDER","amount_minor":9007199254740993,"currency":"EUR","margin_minor":-5,
			"discount_minor":0,"service_cost_minor":7,"acquisition_cost_minor":8,"items":[{"sku":"s","category":"k","quantity":2,"amount_minor":3}],
			"channel":"WEB","session_id":"x","referrer_id":"r","due_at":"2026-03-15",
			"revised_at":"2026-03-01T12:00:01.2Z"}}`,
			&event.Purchase{
				Head: event.Head{ID: "e", Customer: "c", OccurredAt: at, RecordedAt: at + 1250},
				Kind: event.Order, OrderID: "o", Amount: event.Money{Minor: 9007199254740993, Currency: "EUR"},
				Margin: event.Minor(-5), Discount: event.Minor(0), ServiceCost: event.Minor(7), AcquisitionCost: event.Minor(8),
				Items:   []event.Item{{SKU: "s", Category: "k", Quantity: 2, AmountMinor: 3}},
				Channel: "WEB", Session: "x", Referrer: "r", DueAt: instant(t, "2026-03-15T00:00:00Z"), RevisedAt: at + 1200,
			},
		},
		{
			"a version without a record time was recorded when it was written",
			`{"topic":"customer.purchases.v1","event":{"event_id":"e","customer_id":"c","order_id":"o","occurred_at":"2026-03-01T12:00:00Z",
			"revised_at":"2026-03-01T12:00:09Z","kind":"CANCEL","amount_minor":1,"currency":"EUR"}}`,
			&event.Purchase{
				Head: event.Head{ID: "e", Customer: "c", OccurredAt: at, RecordedAt: at + 9000},
				Kind: event.Cancel, OrderID: "o", Amount: event.Money{Minor: 1, Currency: "EUR"}, RevisedAt: at + 9000,
			},
		},
		{
			"nulls are absent, unknown fields are ignored, also where another topic knows them",
			`{"topic":"customer.purchases.v1","event":{"event_id":"e","customer_id":"c","order_id":null,"score":"high","new":[{}],
			"occurred_at":"2026-03-01","kind":"REFUND","amount_minor":1,"currency":"EUR","margin_minor":null,"items":null,"due_at":null},"more":1}`,
			&event.Purchase{
				Head: event.Head{ID: "e", Customer: "c", OccurredAt: at - 12*3600_000, RecordedAt: at - 12*3600_000},
				Kind: event.Refund, Amount: event.Money{Minor: 1, Currency: "EUR"},
			},
		},
		{
			"every field of an interaction",
			`{"topic":"customer.interactions.v1","event":{"event_id":"e","customer_id":"c","occurred_at":"2026-03-01T12:00:00.0009Z","kind":"OUTREACH_SENT",
			"other_customer_id":"d","name":"n","channel":"EMAIL","session_id":"x","weight":3,"cost_minor":4,"alert_id":"a","disposition":"SAVED",
			"attributes":{"industry":"retail"}}}`,
			&event.Interaction{
				Head: event.Head{ID: "e", Customer: "c", OccurredAt: at, RecordedAt: at},
				Kind: event.OutreachSent, OtherCustomer: "d", Name: "n", Channel: "EMAIL", Session: "x", Weight: 3, Cost: event.Minor(4),
				Alert: "a", Disposition: event.Saved, Attributes: map[string]string{"industry": "retail"},
			},
		},
		{
			"every field of a feedback",
			`{"topic":"customer.feedback.v1","event":{"event_id":"e","customer_id":"c","occurred_at":"2026-03-01T12:00:00Z","kind":"CSAT",
			"score":4.5,"scale_min":1,"scale_max":5,"topic":"DELIVERY","order_id":"o"}}`,
			&event.Feedback{
				Head: event.Head{ID: "e", Customer: "c", OccurredAt: at, RecordedAt: at},
				Kind: event.CSAT, Score: 4.5, Min: 1, Max: 5, Scored: true, About: event.AboutDelivery, OrderID: "o",
			},
		},
		{
			"an NPS needs no scale, and a nought is an answer",
			`{"topic":"customer.feedback.v1","event":{"event_id":"e","customer_id":"c","occurred_at":"2026-03-01T12:00:00Z","kind":"NPS","score":0}}`,
			&event.Feedback{
				Head: event.Head{ID: "e", Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.NPS, Max: 10, Scored: true,
			},
		},
		{
			"a complaint needs no score, and a subject of tomorrow is unknown",
			`{"topic":"customer.feedback.v1","event":{"event_id":"e","customer_id":"c","occurred_at":"2026-03-01T12:00:00Z","kind":"COMPLAINT","topic":"SMELL"}}`,
			&event.Feedback{Head: event.Head{ID: "e", Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Complaint},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			read, err := parseEvent([]byte(strings.ReplaceAll(row.line, "\n", "")), event.Calendar{})
			if got := read.event; err != nil || len(read.badItems) > 0 || !reflect.DeepEqual(got, row.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, row.want)
			}
		})
	}
}

func TestJSONLRejections(t *testing.T) {
	purchase := func(fields string) string {
		return `{"topic":"customer.purchases.v1","event":{"event_id":"e","customer_id":"c","order_id":"o","kind":"ORDER",` + fields + `}}`
	}
	const on, in, of = `"occurred_at":"2026-03-01"`, `,"currency":"EUR"`, `,"amount_minor":1`
	for _, row := range []struct {
		name, line string
		want       event.Reason
	}{
		{"no time", purchase(`"amount_minor":1` + in), event.BadField},
		{"no amount: nothing is not zero", purchase(on + in), event.BadField},
		{"no currency", purchase(on + of), event.UnknownCurrency},
		{"a kind of tomorrow", purchase(on + in + of + `,"kind":"GIFT"`), event.BadField},
		{"a negative amount", purchase(on + in + `,"amount_minor":-1`), event.BadField},
		{"no customer", purchase(on + in + of + `,"customer_id":""`), event.BadID},
		{"a control character in an id", purchase(on + in + of + `,"customer_id":"a\u0000b"`), event.BadID},
		{"recorded an hour before it happened", strings.Replace(purchase(`"occurred_at":"2026-03-01T13:00:00Z"`+in+of), `"event"`, `"recorded_at":"2026-03-01T12:00:00Z","event"`, 1), event.FromTheFuture},
		{"revised an hour after it was recorded", strings.Replace(purchase(on+in+of+`,"revised_at":"2026-03-01T13:00:00Z"`), `"event"`, `"recorded_at":"2026-03-01T12:00:00Z","event"`, 1), event.FromTheFuture},
		{"a score without its scale", `{"topic":"customer.feedback.v1","event":{"event_id":"e","customer_id":"c","occurred_at":"2026-03-01","kind":"CSAT","score":4}}`, event.BadField},
	} {
		t.Run(row.name, func(t *testing.T) {
			good := purchase(on + in + of)
			log := mustReadFrom(t, JSONL, text("e.jsonl", row.line, good))
			if len(log.Events) != 1 || len(log.Rejected) != 1 || log.Rejected[0].Reason != row.want || log.Rejected[0].Lines != 1 {
				t.Errorf("got %d events and %+v, want one event and one line for %s", len(log.Events), log.Rejected, row.want)
			}
		})
	}
}

func TestJSONLTypos(t *testing.T) {
	const good = `{"topic":"customer.interactions.v1","event":{"event_id":"e","customer_id":"c","occurred_at":"2026-03-01","kind":"LOGIN"}}`
	for _, row := range []struct{ name, line, want string }{
		{"cut short", good[:40], "not one JSON object a line"},
		{"two on a line", good + good, "not one JSON object a line"},
		{"an event without its envelope", `{"event_id":"e"}`, `"event" is not an object, in {"topic":`},
		{"no event at all", `{"topic":"customer.interactions.v1","event":null}`, `"event" is not an object`},
		{"a topic of ours that is not an input", strings.Replace(good, "interactions", "scores", 1), `"topic" "customer.scores.v1" is none of customer.feedback.v1,`},
		{"what lanes tell each other", strings.Replace(good, "interactions", "links", 1), "leave these lines out"},
		{"a time without its offset", strings.Replace(good, "2026-03-01", "2026-03-01T12:00:00", 1), `"2026-03-01T12:00:00" is not a time`},
		{"a day that no calendar has", strings.Replace(good, "2026-03-01", "2026-02-29", 1), `"2026-02-29" is not a time`},
		{"milliseconds", strings.Replace(good, `"2026-03-01"`, "1772323200000", 1), "1772323200000 is not a time"},
		{"a number for an id", strings.Replace(good, `"c"`, "5", 1), `"customer_id" cannot be a number`},
		{"a list", "[]", "not an object but a JSON array"},
		{"a year of five digits, in UTC", strings.Replace(good, "2026-03-01", "9999-12-31T23:59:59-01:00", 1), "is not a time"},
		{"half a weight", strings.Replace(good, `"kind"`, `"weight":1.5,"kind"`, 1), `"weight" cannot be a number 1.5`},
		{"bytes that are no text", strings.Replace(good, `"c"`, "\"\xff\"", 1), "not UTF-8"},
		{"an amount in major units", `{"topic":"customer.purchases.v1","event":{"event_id":"e","amount_minor":49.92}}`, `"amount_minor" cannot be a number 49.92: an amount is a whole number of minor units, such as cents; give 4992 for 49.92`},
	} {
		t.Run(row.name, func(t *testing.T) {
			log := mustReadFrom(t, JSONL, text("e.jsonl", good, "", row.line, good))
			if len(log.Events) != 2 || len(log.Rejected) != 1 || log.Rejected[0].Reason != event.Malformed || log.Rejected[0].Lines != 1 {
				t.Fatalf("got %d events and %+v, want both good ones, and one line that is malformed", len(log.Events), log.Rejected)
			}
			if got := log.Rejected[0].Examples[0].String(); !strings.HasPrefix(got, "e.jsonl:3: ") || !strings.Contains(got, row.want) {
				t.Errorf("got %q, want the place and %q", got, row.want)
			}
			wantError(t, JSONL, []string{"e.jsonl:1: ", row.want}, text("e.jsonl", row.line)) // nothing of the format: another format
		})
	}
	wantError(t, JSONL, []string{"e.jsonl:3: ", "the line is longer than 16777216 bytes"}, text("e.jsonl", good, "", good+strings.Repeat(" ", maxLine+1<<17)+"x", good))
}

// TestJSONLQuantities: a quantity that is not whole loses no order.
func TestJSONLQuantities(t *testing.T) {
	const order = `{"topic":"customer.purchases.v1","event":{"event_id":"e","customer_id":"c","order_id":"o","occurred_at":"2026-03-01","kind":"ORDER","amount_minor":1800,"currency":"EUR","items":[{"sku":"apples","category":"fruit","quantity":%s,"amount_minor":1800}]}}`
	for quantity, want := range map[string]int64{
		"1.5": 2, "2": 2, "2.0": 2, "0.25": 1, "0": 0, "null": 0, "-1": -1, "-1.5": -2, `"3"`: 3, `"1.5"`: 2,
	} {
		log := mustReadFrom(t, JSONL, text("e.jsonl", strings.Replace(order, "%s", quantity, 1)))
		if len(log.Events) != 1 || log.Events[0].(*event.Purchase).Items[0].Quantity != want {
			t.Errorf("quantity %s: got %+v and %+v, want %d", quantity, log.Events, log.Rejected, want)
		}
	}
	log := mustReadFrom(t, JSONL, text("e.jsonl", strings.Replace(order, "%s", "1", 1), strings.Replace(order, "%s", `"many"`, 1)))
	if len(log.Events) != 2 || len(log.Events[1].(*event.Purchase).Items) != 0 || len(log.Rejected) != 1 || log.Rejected[0].Reason != BadItem ||
		log.Rejected[0].Examples[0].Line != 2 {
		t.Errorf("a quantity in words: got %d events and %+v, want both orders, and an item of line 2 left out", len(log.Events), log.Rejected)
	}
}

func TestJSONLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(drawEvent), 1, 5).Draw(t, "events")
		for _, e := range want {
			if err := event.Validate(e); err != nil {
				t.Fatalf("the generator drew %+v, which is invalid: %v", e, err)
			}
		}
		var b strings.Builder
		if err := WriteJSONL(&b, want); err != nil {
			t.Fatalf("WriteJSONL(%+v) = %v", want, err)
		}
		log, err := readFrom(JSONL, Source{Name: "written", Reader: strings.NewReader(b.String())})
		if err != nil || len(log.Rejected) > 0 {
			t.Fatalf("reading back: %v, rejected %+v, want neither, of\n%s", err, log.Rejected, &b)
		}
		if !reflect.DeepEqual(log.Events, want) {
			t.Fatalf("read back %+v, want %+v, through\n%s", log.Events, want, &b)
		}
	})
}

func TestWriteJSONLRefusesTimesThatCannotBeRead(t *testing.T) {
	err := WriteJSONL(&strings.Builder{}, []event.Event{&event.Purchase{Head: event.Head{ID: "e"}, DueAt: event.Never}})
	if err == nil || !strings.Contains(err.Error(), "write event e: ") || !strings.Contains(err.Error(), "9999") {
		t.Errorf("got %v, want an error that names the event and the last year", err)
	}
}

// Reading never panics, whatever the line holds. An accepted event can be written and read again.
func FuzzParseEvent(f *testing.F) {
	for _, s := range samples {
		if s.format == JSONL {
			for _, line := range s.lines {
				f.Add([]byte(line))
			}
		}
	}
	f.Add([]byte(`{"topic":"customer.interactions.v1","event":{"event_id":"e","customer_id":"c","occurred_at":"2026-03-01","kind":"ATTRIBUTES","attributes":{}}}`))
	write := func(t *testing.T, e event.Event) string {
		var b strings.Builder
		if err := WriteJSONL(&b, []event.Event{e}); err != nil {
			t.Fatalf("WriteJSONL(%+v) = %v", e, err)
		}
		return b.String()
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		read, err := parseEvent(line, event.Calendar{})
		if err != nil || event.Validate(read.event) != nil {
			return
		}
		want := write(t, read.event)
		again, err := parseEvent([]byte(want), event.Calendar{})
		if err != nil {
			t.Fatalf("parseEvent(%s) = %v, want what was written", want, err)
		}
		if got := write(t, again.event); got != want {
			t.Fatalf("written again: %s, want %s", got, want)
		}
	})
}

var (
	drawID   = rapid.StringMatching(`[a-zA-Z0-9<&>"\\/ äß漢🛒 \x{fffd}-]{1,12}`)
	drawText = rapid.StringMatching(`[a-z<&>"\\ é🛒]{0,8}`)
	drawAt   = rapid.Map(rapid.Int64Range(0, 253_402_300_799_999), func(n int64) event.Instant { return event.Instant(n) }) // until the end of the year 9999
)

func drawEvent(t *rapid.T) event.Event {
	h := event.Head{ID: drawID.Draw(t, "id"), Customer: drawID.Draw(t, "customer"), OccurredAt: drawAt.Draw(t, "occurred")}
	h.RecordedAt = h.OccurredAt
	if rapid.Bool().Draw(t, "recorded later") {
		h.RecordedAt = max(h.OccurredAt, drawAt.Draw(t, "recorded"))
	}
	switch rapid.IntRange(0, 2).Draw(t, "type") {
	case 0:
		return drawPurchase(t, h)
	case 1:
		return drawInteraction(t, h)
	}
	return drawFeedback(t, h)
}

func drawPurchase(t *rapid.T, h event.Head) event.Event {
	amount := rapid.Int64Range(0, event.MaxMinor)
	part := rapid.Custom(func(t *rapid.T) event.OptionalMinor {
		if !rapid.Bool().Draw(t, "known") {
			return event.OptionalMinor{}
		}
		return event.Minor(rapid.Int64Range(-event.MaxMinor, event.MaxMinor).Draw(t, "part"))
	})
	p := &event.Purchase{
		Head:   h,
		Kind:   event.PurchaseKind(rapid.IntRange(1, event.PurchaseKinds-1).Draw(t, "kind")),
		Amount: event.Money{Minor: amount.Draw(t, "amount"), Currency: rapid.SampledFrom([]event.Currency{"EUR", "JPY", "KWD"}).Draw(t, "currency")},
		Margin: part.Draw(t, "margin"), Discount: part.Draw(t, "discount"), ServiceCost: part.Draw(t, "service"), AcquisitionCost: part.Draw(t, "acquisition"),
		Channel: drawText.Draw(t, "channel"), Session: drawText.Draw(t, "session"),
	}
	if p.Kind != event.Refund || rapid.Bool().Draw(t, "linked") {
		p.OrderID = drawID.Draw(t, "order")
	}
	if rapid.Bool().Draw(t, "referred") {
		p.Referrer = drawID.Draw(t, "referrer")
	}
	if rapid.Bool().Draw(t, "due") {
		p.DueAt = drawAt.Draw(t, "due at")
	}
	if rapid.Bool().Draw(t, "revised") {
		p.RevisedAt = rapid.SampledFrom([]event.Instant{p.OccurredAt / 2, p.OccurredAt, p.RecordedAt}).Draw(t, "revised at")
	}
	for range rapid.IntRange(0, 2).Draw(t, "items") {
		p.Items = append(p.Items, event.Item{
			SKU: drawText.Draw(t, "sku"), Category: drawText.Draw(t, "category"),
			Quantity: rapid.Int64Range(0, math.MaxInt64).Draw(t, "quantity"), AmountMinor: amount.Draw(t, "item amount"),
		})
	}
	return p
}

func drawInteraction(t *rapid.T, h event.Head) event.Event {
	i := &event.Interaction{
		Head:          h,
		Kind:          event.InteractionKind(rapid.IntRange(1, event.InteractionKinds-1).Draw(t, "kind")),
		OtherCustomer: drawID.Draw(t, "other"),
		Name:          drawText.Draw(t, "name"), Channel: drawText.Draw(t, "channel"), Session: drawText.Draw(t, "session"), Alert: drawText.Draw(t, "alert"),
		Weight:      rapid.Int32Range(0, 1_000_000).Draw(t, "weight"),
		Disposition: event.Disposition(rapid.IntRange(0, event.Dispositions-1).Draw(t, "disposition")),
	}
	if rapid.Bool().Draw(t, "cost known") {
		i.Cost = event.Minor(rapid.Int64Range(0, event.MaxMinor).Draw(t, "cost"))
	}
	if attributes := rapid.MapOfN(drawText, drawText, 0, 3).Draw(t, "attributes"); len(attributes) > 0 {
		i.Attributes = attributes
	}
	return i
}

func drawFeedback(t *rapid.T, h event.Head) event.Event {
	f := &event.Feedback{
		Head:  h,
		Kind:  event.FeedbackKind(rapid.IntRange(1, event.FeedbackKinds-1).Draw(t, "kind")),
		About: event.Subject(rapid.IntRange(0, event.Subjects-1).Draw(t, "about")),
	}
	if rapid.Bool().Draw(t, "ordered") {
		f.OrderID = drawID.Draw(t, "order")
	}
	switch {
	case f.Kind == event.NPS:
		f.Scored, f.Max, f.Score = true, 10, rapid.Float64Range(0, 10).Draw(t, "score")
	case f.Kind == event.CSAT, f.Kind == event.Review, rapid.Bool().Draw(t, "scored"):
		f.Scored = true
		f.Min = rapid.Float64Range(-1e300, 1e300).Draw(t, "min")
		f.Max = rapid.Float64Range(math.Nextafter(f.Min, math.Inf(1)), 2e300).Draw(t, "max")
		f.Score = rapid.Float64Range(f.Min, f.Max).Draw(t, "score")
	}
	return f
}
