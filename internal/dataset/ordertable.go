package dataset

import (
	"fmt"
	"slices"
	"strings"

	"tidemark/internal/event"
)

// order collects the rows of one order: the texts of its cells, without the empty ones.
type order struct {
	at    place
	lines int
	cells []orderCell
}

type orderCell struct {
	role, text string
	line       int
}

// add adds a cell. All amounts are kept; of other cells, one of each text.
func (o *order) add(role, text string, line int, of names) {
	if text == "" || !isMoney(role) && slices.ContainsFunc(o.cells, func(c orderCell) bool { return c.role == role && c.text == text }) {
		return
	}
	o.cells = append(o.cells, orderCell{role, of.ofString(text), line})
}

// all returns the cells of a role.
func (o *order) all(role string) []orderCell {
	var found []orderCell
	for _, c := range o.cells {
		if c.role == role {
			found = append(found, c)
		}
	}
	return found
}

// one returns the only text of a role, empty if there is none. It is an error if the rows of the order contradict each other.
func (o *order) one(role string) (string, error) {
	found := o.all(role)
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0].text, nil
	}
	return "", event.Invalidf(Ambiguous, "lines %d and %d are of one order, and each has another %s", found[0].line, found[1].line, role)
}

func isMoney(role string) bool { return slices.Contains(amounts, role) || role == roleRefund }
func isTime(role string) bool {
	return role == roleAt || role == roleRefundAt || role == roleCancelled || role == roleRevised
}

// orderTable makes events of the orders of one file.
type orderTable struct {
	*orders
	file    string
	columns Mapping
	ids     *identity
	marks   marks
	dates   dayOrders
	// local and refunds count what the remarks are about: times without an offset, and refunds without a date of their own.
	local, refunds int
}

// learn finds out how the file writes amounts and dates.
func (t *orderTable) learn(all []*order) error {
	var decimal, dates reading
	for _, o := range all {
		for _, c := range o.cells {
			at := place{t.file, c.line}
			switch {
			case isMoney(c.role):
				noteAmount(&decimal, c.text, at)
			case isTime(c.role):
				noteTime(&dates, c.text, at)
			}
		}
	}
	t.marks, t.dates = marks(t.Decimal), dayOrders(t.Dates)
	if t.marks == none {
		way, err := decimal.way("the amount", "--decimal point or --decimal comma")
		if err != nil {
			return err
		}
		t.marks = [...]marks{bothMarks, pointMark, commaMark}[way+1]
		if way >= 0 {
			t.note("%s: amounts have a decimal %s, as %s tells", t.file, t.marks, decimal.told[way])
		}
	}
	if t.dates == 0 {
		way, err := dates.way("the date", "--dates day-first or --dates month-first")
		if err != nil {
			return err
		}
		t.dates = [...]dayOrders{bothOrders, dayFirst, monthFirst}[way+1]
		if way >= 0 {
			t.note("%s: dates have the %s, as %s tells", t.file, t.dates, dates.told[way])
		}
	}
	return nil
}

func noteAmount(r *reading, text string, at place) {
	n, err := parseNumeral(text)
	if err != nil {
		return
	}
	if _, err := read(n.body, bothMarks); err != nil {
		r.doubt(at, text)
		return
	}
	switch readings(n.body) {
	case pointMark:
		r.tell(0, at, text)
	case commaMark:
		r.tell(1, at, text)
	case none, bothMarks: // "1200" says nothing
	}
}

func noteTime(r *reading, text string, at place) {
	c, err := parseCellTime(text)
	if err != nil || !c.swapped {
		return
	}
	if c.unsure() {
		r.doubt(at, text)
		return
	}
	switch c.orders() {
	case dayFirst:
		r.tell(0, at, text)
	case monthFirst:
		r.tell(1, at, text)
	case bothOrders: // 02/02/2026 says nothing
	}
}

// close makes the events of an order, or leaves the order out.
func (t *orderTable) close(o *order) {
	events, err := t.events(o)
	if err != nil {
		t.reject(event.ReasonOf(err), o.at, o.lines, err.Error())
		return
	}
	for _, e := range events {
		if err := t.check(e); err != nil { // an order and its refund stand or fall together
			t.reject(event.ReasonOf(err), o.at, o.lines, err.Error())
			return
		}
	}
	for _, e := range events {
		t.accept(e, o.at, o.lines)
	}
}

func (t *orderTable) events(o *order) ([]*event.Purchase, error) {
	bought, err := t.order(o)
	if err != nil {
		return nil, err
	}
	events := []*event.Purchase{bought}
	refund, err := t.refund(o, bought)
	if err != nil {
		return nil, err
	}
	if refund != nil {
		events = append(events, refund)
	}
	cancelled := o.all(roleCancelled)
	if len(cancelled) == 0 {
		return events, nil
	}
	cancel := *bought
	cancel.Kind = event.Cancel
	if err := t.date(&cancel, cancelled); err != nil {
		return nil, err
	}
	cancel.ID = t.ids.purchase(&cancel, cancel.OrderID)
	return append(events, &cancel), nil
}

// order makes the ORDER.
func (t *orderTable) order(o *order) (*event.Purchase, error) {
	status, err := o.one(roleStatus)
	if err != nil {
		return nil, err
	}
	if word := strings.TrimPrefix(strings.ToLower(status), "wc-"); slices.Contains(noSale, word) {
		return nil, event.Invalidf(NotASale, "the status is %s", word)
	}
	customer, err := o.one(roleCustomer)
	if err != nil {
		return nil, err
	}
	if customer == "" {
		return nil, event.Invalidf(NoCustomer, "no customer")
	}
	currency, err := t.currency(o)
	if err != nil {
		return nil, err
	}
	p := &event.Purchase{Kind: event.Order, Head: event.Head{Customer: customer}, Amount: event.Money{Currency: currency}}
	if p.OrderID, err = o.one(roleOrder); err != nil {
		return nil, err
	}
	if p.OrderID == "" && t.columns[roleOrder] != "" {
		return nil, event.Invalidf(event.BadID, "no order")
	}
	if p.Referrer, err = o.one(roleReferrer); err != nil {
		return nil, err
	}
	at := o.all(roleAt)
	if len(at) == 0 {
		return nil, event.Invalidf(event.BadField, "no date")
	}
	if revised := o.all(roleRevised); len(revised) > 0 {
		if _, p.RevisedAt, err = t.span(revised); err != nil {
			return nil, err
		}
	}
	if err := t.date(p, at); err != nil {
		return nil, err
	}
	known := false
	if p.Amount.Minor, known, err = t.amount(o, t.amountRole(), currency); err != nil {
		return nil, err
	}
	if !known {
		return nil, event.Invalidf(event.BadField, "no amount")
	}
	if p.Amount.Minor < 0 {
		return nil, event.Invalidf(NegativeTotal, "the order comes to %d minor units; what was paid back belongs into a column for refund", p.Amount.Minor)
	}
	p.ID = t.ids.purchase(p, p.OrderID)
	if p.OrderID == "" {
		p.OrderID = p.ID
	}
	return p, nil
}

func (t *orderTable) currency(o *order) (event.Currency, error) {
	if t.columns[roleCurrency] == "" {
		return t.Currency, nil
	}
	code, err := o.one(roleCurrency)
	return event.Currency(strings.ToUpper(code)), err
}

// refund makes the REFUND of what the rows say was paid back, with or without a minus. It is nil if nothing was paid back.
func (t *orderTable) refund(o *order, of *event.Purchase) (*event.Purchase, error) {
	minor, _, err := t.amount(o, roleRefund, of.Amount.Currency)
	if err != nil || minor == 0 {
		return nil, err
	}
	p := *of
	p.Kind, p.Amount.Minor, p.RevisedAt = event.Refund, max(minor, -minor), 0
	if at := o.all(roleRefundAt); len(at) > 0 {
		if err := t.date(&p, at); err != nil {
			return nil, err
		}
	} else {
		t.refunds++
	}
	p.ID = t.ids.purchase(&p, p.OrderID)
	return &p, nil
}

// date sets the time of p to the earliest of the cells, and its record time to the time at which its version was written.
func (t *orderTable) date(p *event.Purchase, cells []orderCell) (err error) {
	p.OccurredAt, _, err = t.span(cells)
	p.RecordedAt = p.StatedAt()
	return err
}

// span returns the earliest and the latest of the times in cells.
func (t *orderTable) span(cells []orderCell) (first, last event.Instant, err error) {
	first = event.Never
	for _, cell := range cells {
		written, err := parseCellTime(cell.text)
		if err == nil {
			var at event.Instant
			at, err = written.instant(t.dates, t.zone())
			first, last = min(first, at), max(last, at)
		}
		if err != nil {
			return 0, 0, fmt.Errorf("%s %.40q: %w", t.columns[cell.role], cell.text, err)
		}
		if written.zone == nil {
			t.local++
		}
	}
	return first, last, nil
}

// amountRole returns the role that the mapping has for what an order comes to.
func (t *orderTable) amountRole() string {
	for _, role := range amounts {
		if t.columns[role] != "" {
			return role
		}
	}
	return ""
}

// amount returns what the cells of the role come to, in minor units: their sum for the amounts of lines, else the one that all of them are.
func (t *orderTable) amount(o *order, role string, currency event.Currency) (minor int64, known bool, err error) {
	cells := o.all(role)
	for i, cell := range cells {
		n, err := parseNumeral(cell.text)
		if err != nil {
			return 0, false, fmt.Errorf("%s: %w", t.columns[role], err)
		}
		one, err := n.minor(t.marks, currency, t.DigitsOf)
		if err != nil {
			return 0, false, fmt.Errorf("%s: %w", t.columns[role], err)
		}
		switch mode := t.amountRole(); {
		case i == 0:
			minor = one
		case mode == roleLine:
			minor += one
		case mode == roleAmount || one != minor:
			return 0, false, event.Invalidf(Ambiguous, "lines %d and %d are of one order, and each has an amount in %s: map %s=%s if it is the order's on each line, %s=%s if the lines are to be added up",
				cells[0].line, cell.line, t.columns[role], roleTotal, t.columns[t.amountRole()], roleLine, t.columns[t.amountRole()])
		}
		if max(minor, -minor) > event.MaxMinor {
			return 0, false, event.Invalidf(event.BadField, "the amounts add up to more than %d minor units", int64(event.MaxMinor))
		}
	}
	return minor, len(cells) > 0, nil
}

// remark notes what was assumed.
func (t *orderTable) remark() {
	if t.columns[roleCurrency] == "" && !t.CurrencyNamed {
		t.note("%s: no column gives the currency: the amounts are taken as %s; --currency gives another", t.file, t.Currency)
	}
	if t.local > 0 && t.zone().String() == "UTC" { // another zone is one that somebody has named
		t.note("%s: times without an offset from UTC are taken as times of %s; --zone gives another zone", t.file, t.zone())
	}
	if t.refunds > 0 {
		t.note("%s: refunds without a date of their own: %d, dated as their orders; %s=COLUMN in --map gives their date", t.file, t.refunds, roleRefundAt)
	}
}
