package dataset

import (
	"reflect"
	"strings"
	"testing"

	"tidemark/internal/event"
)

// olistText holds the five tables in the form of the full data: times with seconds, and a comment over two lines.
func olistText() map[string]Source {
	return map[string]Source{
		"orders": text("orders", `"order_id","customer_id","order_status","order_purchase_timestamp"`,
			`"o1","c1","delivered","2017-10-02 10:56:33"`, `"o2","c2","canceled","2017-10-03 10:56:33"`, `"o3","c3","unavailable","2017-10-04 10:56:33"`,
			`"o4","c4","delivered","2017-10-05 10:56:33"`, `"o5","c9","delivered","2017-10-06 10:56:33"`),
		"customers": text("customers", "customer_id,customer_unique_id,customer_city", "c1,anna,sao paulo", "c2,anna,sao paulo", "c3,beto,rio", "c4,beto,rio"),
		"payments": text("payments", "order_id,payment_sequential,payment_type,payment_installments,payment_value",
			"o1,1,credit_card,1,18.12", "o1,2,voucher,1,20.59", "o2,1,boleto,1,5", "o3,1,boleto,1,5", "o5,1,boleto,1,5"),
		"items": text("items", "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value", "o1,1,p2,s,2017-10-06 11:07:15,29.99,8.72"),
		"reviews": text("reviews", "review_id,order_id,review_score,review_comment_message,review_answer_timestamp",
			"r1,o1,4,\"bom,\nmas tarde\",2017-10-12 03:43:48", "r2,o1,1,,2017-10-13 03:43:48", "r3,o2,2,,2017-10-14 03:43:48", "r4,o7,2,,2017-10-14 03:43:48"),
		"sellers": text("sellers", "seller_id,seller_zip_code_prefix", "s,9190"),
	}
}

func olistSources(names ...string) []Source {
	all, sources := olistText(), []Source(nil)
	for _, name := range names {
		sources = append(sources, all[name])
	}
	return sources
}

func TestOlist(t *testing.T) {
	log := mustReadFrom(t, Olist, olistSources("reviews", "sellers", "items", "payments", "customers", "orders")...)
	head := func(i int, customer, at string) event.Head {
		when := instant(t, at)
		return event.Head{ID: log.Events[i].Common().ID, Customer: customer, OccurredAt: when, RecordedAt: when}
	}
	if len(log.Events) != 4 {
		t.Fatalf("got %d events, want an order and three reviews: %+v", len(log.Events), log.Events)
	}
	review := func(i int, at, order string, score float64) *event.Feedback {
		return &event.Feedback{Head: head(i, "anna", at), Kind: event.Review, Score: score, Min: 1, Max: 5, Scored: true, OrderID: order}
	}
	want := []event.Event{
		&event.Purchase{
			Head: head(0, "anna", "2017-10-02T10:56:33Z"), Kind: event.Order, OrderID: "o1",
			Amount: event.Money{Minor: 3871, Currency: "BRL"}, Items: []event.Item{{SKU: "p2", Quantity: 1, AmountMinor: 2999}},
		},
		review(1, "2017-10-12T03:43:48Z", "o1", 4),
		review(2, "2017-10-13T03:43:48Z", "o1", 1),
		review(3, "2017-10-14T03:43:48Z", "o2", 2), // the review of a canceled order counts
	}
	for i := range want {
		if !reflect.DeepEqual(log.Events[i], want[i]) {
			t.Errorf("event %d: got %+v, want %+v", i, log.Events[i], want[i])
		}
	}
	wantRejected := map[event.Reason]int{Canceled: 1, Unavailable: 1, NoPayment: 1, NoCustomer: 1, NoOrder: 1}
	if got := rejectedLines(log); !reflect.DeepEqual(got, wantRejected) {
		t.Errorf("rejected %v, want %v", got, wantRejected)
	}
	if log.Lines != 5+4+5+1+4 {
		t.Errorf("%d lines, want 19 in the five tables", log.Lines)
	}
}

func TestOlistNamesWhatIsMissing(t *testing.T) {
	wantError(t, Olist, []string{"no file holds payments (a header with order_id, payment_value), nor reviews (", "none of the five is sellers"},
		olistSources("orders", "customers", "items", "sellers")...)
	wantError(t, Olist, []string{"items are in both items and more: give one of them"},
		append(olistSources("items"), text("more", "order_id,order_item_id,product_id,price"))...)
}

func TestOlistTypos(t *testing.T) {
	for _, row := range []struct{ table, before, after, want string }{
		{"orders", "2017-10-03", "2017-02-30", `orders:3: order_purchase_timestamp "2017-02-30 10:56:33" is not a time`},
		{"orders", `"o2"`, `"o1"`, `orders:3: order_id "o1" has stood in a line before`},
		{"customers", "c2,anna", "c1,beto", `customers:3: customer_id "c1" has had another`},
		{"payments", "20.59", "20,59", "payments:3: 6 fields, not the 5"},
		{"payments", "20.59", "-20.59", `payments:3: payment_value "-20.59" is not an amount such as 99.33`},
		{"items", "29.99", "R$29", `items:2: price "R$29" is not an amount such as 58.90`},
		{"reviews", "r2,o1,1", "r2,o1,6", `reviews:4: review_score "6" is not 1 to 5`},
		{"reviews", "2017-10-13 03", "yesterday 03", "reviews:4: review_answer_timestamp"},
	} {
		t.Run(row.table+" "+row.after, func(t *testing.T) {
			all := olistText()
			var sources []Source
			for name, source := range all {
				var b strings.Builder
				if _, err := source.Reader.(*strings.Reader).WriteTo(&b); err != nil {
					t.Fatal(err)
				}
				content := b.String()
				if name == row.table {
					if !strings.Contains(content, row.before) {
						t.Fatalf("%s has no %q to change", name, row.before)
					}
					content = strings.Replace(content, row.before, row.after, 1)
				}
				sources = append(sources, Source{Name: name, Reader: strings.NewReader(content)})
			}
			wantError(t, Olist, []string{row.want}, sources...)
		})
	}
}
