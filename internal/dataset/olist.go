package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tidemark/internal/event"
)

// olist reads the public data of the Brazilian shop Olist, 2016 to 2018. The five files may come in any order: each is
// recognized by its header, and the files are joined by order. Other files of the data (sellers, products, …) are not read.
//
//   - An order is an ORDER in BRL of its customer_unique_id at order_purchase_timestamp, a time of Options.Zone. The amount is the sum of its
//     payment_value. The items are pieces at their price without freight, so the items need not add up to the amount.
//   - An order that was canceled, or is unavailable, is rejected as such. (An unavailable order was never fulfilled and has no
//     items.) An order without any payment is rejected as NO_PAYMENT.
//   - A review is a REVIEW on 1–5 at review_answer_timestamp with its order_id. The review of a rejected order counts as well:
//     the customer did say it. Several reviews of one order are several events. The text is not kept.
type olist struct {
	*collector
	names
	tables [olistTables]string // the file of each table
	others []string

	orders    []olistOrder
	ordered   map[string]int // order_id -> its line
	reviews   []olistReview
	customers map[string]string // customer_id, new with every order -> customer_unique_id
	payments  map[string]int64  // order_id -> centavos
	items     map[string][]event.Item
}

type olistOrder struct {
	id, customer, status string
	at                   event.Instant
	place                place
}

type olistReview struct {
	order string
	score int64
	at    event.Instant
	place place
}

// The five tables.
const (
	olistOrders = iota
	olistCustomers
	olistPayments
	olistItems
	olistReviews
	olistTables
)

// olistTable is how a table is recognized and read. A header belongs to the table if it has all columns of the table.
type olistTable struct {
	name    string
	columns []string
	add     func(o *olist, t *table, columns []int) error
}

var olistKinds = [olistTables]olistTable{
	olistOrders:    {"orders", []string{"order_id", "customer_id", "order_status", "order_purchase_timestamp"}, (*olist).addOrder},
	olistCustomers: {"customers", []string{"customer_id", "customer_unique_id"}, (*olist).addCustomer},
	olistPayments:  {"payments", []string{"order_id", "payment_value"}, (*olist).addPayment},
	olistItems:     {"items", []string{"order_id", "order_item_id", "product_id", "price"}, (*olist).addItem},
	olistReviews:   {"reviews", []string{"order_id", "review_score", "review_answer_timestamp"}, (*olist).addReview},
}

func newOlist(into *collector) *olist {
	return &olist{
		collector: into, names: names{},
		ordered: map[string]int{}, customers: map[string]string{}, payments: map[string]int64{}, items: map[string][]event.Item{},
	}
}

func (o *olist) read(s Source) error {
	t, err := newTable(s)
	if err != nil {
		return err
	}
	for i, kind := range olistKinds {
		columns, ok := t.all(kind.columns)
		if !ok {
			continue
		}
		if o.tables[i] != "" {
			return fmt.Errorf("olist: %s are in both %s and %s: give one of them", kind.name, o.tables[i], s.Name)
		}
		o.tables[i], o.shaped = s.Name, true
		return o.readTable(t, columns, kind)
	}
	o.others = append(o.others, s.Name)
	return nil
}

func (o *olist) readTable(t *table, columns []int, kind olistTable) error {
	for {
		err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if _, bad := errors.AsType[*badLine](err); err != nil && !bad {
			return err
		}
		o.lines++
		if err == nil {
			err = kind.add(o, t, columns)
		}
		if err != nil {
			o.leaveOut(t.at(), err)
		}
	}
}

func (o *olist) addOrder(t *table, columns []int) error {
	id, customer, status, written := t.field(columns[0]), t.field(columns[1]), t.field(columns[2]), t.field(columns[3])
	at, err := localStamp(written, o.zone())
	if err != nil {
		return badStamp("order_purchase_timestamp", written, err)
	}
	if before, twice := o.ordered[id]; twice {
		return fmt.Errorf("order_id %q has stood in a line before, line %d", id, before)
	}
	o.ordered[o.ofString(id)] = t.at().line
	o.orders = append(o.orders, olistOrder{o.ofString(id), o.ofString(customer), o.ofString(status), at, t.at()})
	return nil
}

func (o *olist) addCustomer(t *table, columns []int) error {
	id, unique := o.ofString(t.field(columns[0])), o.ofString(t.field(columns[1]))
	if before, ok := o.customers[id]; ok && before != unique {
		return fmt.Errorf("customer_id %q has had another customer_unique_id", id)
	}
	o.customers[id] = unique
	return nil
}

func (o *olist) addPayment(t *table, columns []int) error {
	centavos, ok := o.amount(t.field(columns[1]))
	if !ok {
		return fmt.Errorf("payment_value %q is not an amount such as 99.33", t.field(columns[1]))
	}
	o.payments[o.ofString(t.field(columns[0]))] += centavos
	return nil
}

func (o *olist) addItem(t *table, columns []int) error {
	centavos, ok := o.amount(t.field(columns[3]))
	if !ok {
		return fmt.Errorf("price %q is not an amount such as 58.90", t.field(columns[3]))
	}
	order := o.ofString(t.field(columns[0]))
	o.items[order] = append(o.items[order], event.Item{SKU: o.ofString(t.field(columns[2])), Quantity: 1, AmountMinor: centavos})
	return nil
}

func (o *olist) addReview(t *table, columns []int) error {
	score, ok := parseQuantity(t.field(columns[1]))
	if !ok || score.scale > 0 || score.digits < 1 || score.digits > 5 {
		return fmt.Errorf("review_score %q is not 1 to 5", t.field(columns[1]))
	}
	written := t.field(columns[2])
	at, err := localStamp(written, o.zone())
	if err != nil {
		return badStamp("review_answer_timestamp", written, err)
	}
	o.reviews = append(o.reviews, olistReview{o.ofString(t.field(columns[0])), score.digits, at, t.at()})
	return nil
}

func (o *olist) amount(s string) (int64, bool) {
	d, ok := parseDecimal(s)
	centavos, fits := d.minor()
	return centavos, ok && fits && centavos >= 0
}

func badStamp(column, written string, err error) error {
	return fmt.Errorf("%s %q is not a time such as 10/2/2017 10:56 or 2017-10-02 10:56:33%s", column, written, why(err))
}

// finish joins the tables.
func (o *olist) finish() error {
	var missing []string
	for i, kind := range olistKinds {
		if o.tables[i] == "" {
			missing = append(missing, fmt.Sprintf("%s (a header with %s)", kind.name, strings.Join(kind.columns, ", ")))
		}
	}
	if len(missing) > 0 {
		also := ""
		if len(o.others) > 0 {
			also = "; none of the five is " + strings.Join(o.others, ", ")
		}
		return fmt.Errorf("olist: no file holds %s%s", strings.Join(missing, ", nor "), also)
	}
	ids, customers := newIdentity("olist"), make(map[string]string, len(o.orders))
	for _, order := range o.orders {
		customers[order.id] = o.customers[order.customer]
		o.acceptOrder(order, ids)
	}
	for _, review := range o.reviews {
		o.acceptReview(review, customers, ids)
	}
	return nil
}

func (o *olist) acceptOrder(order olistOrder, ids *identity) {
	customer := o.customers[order.customer]
	centavos, paid := o.payments[order.id]
	switch {
	case customer == "":
		o.reject(NoCustomer, order.place, 1, "its customer_id is not among the customers")
		return
	case order.status == "canceled":
		o.reject(Canceled, order.place, 1, "order "+order.id)
		return
	case order.status == "unavailable":
		o.reject(Unavailable, order.place, 1, "order "+order.id)
		return
	case !paid:
		o.reject(NoPayment, order.place, 1, "order "+order.id)
		return
	}
	p := &event.Purchase{
		Head:    event.Head{Customer: customer, OccurredAt: order.at, RecordedAt: order.at},
		Kind:    event.Order,
		OrderID: order.id,
		Amount:  event.Money{Minor: centavos, Currency: "BRL"},
		Items:   slices.Clone(o.items[order.id]),
	}
	sortItems(p.Items) // the order of the lines must not matter
	p.ID = ids.purchase(p, order.id)
	o.accept(p, order.place, 1)
}

func (o *olist) acceptReview(review olistReview, customers map[string]string, ids *identity) {
	customer := customers[review.order]
	if customer == "" {
		o.reject(NoOrder, review.place, 1, "order "+review.order+", or its customer, is in no file")
		return
	}
	f := &event.Feedback{
		Head: event.Head{Customer: customer, OccurredAt: review.at, RecordedAt: review.at},
		Kind: event.Review, Score: float64(review.score), Min: 1, Max: 5, Scored: true,
		OrderID: review.order,
	}
	f.ID = ids.review(f)
	o.accept(f, review.place, 1)
}
