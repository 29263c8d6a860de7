package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Mapping names the columns of a table of orders: the key is a role such as "customer", the value the name of a column. The roles are
// those of Roles.
type Mapping map[string]string

// The roles of columns. A mapping has exactly one of roleAmount, roleTotal and roleLine.
const (
	roleCustomer  = "customer"
	roleOrder     = "order"
	roleAt        = "at"
	roleAmount    = "amount"
	roleTotal     = "total"
	roleLine      = "line_amount"
	roleCurrency  = "currency"
	roleRefund    = "refund"
	roleRefundAt  = "refund_at"
	roleCancelled = "cancelled_at"
	roleStatus    = "status"
	roleRevised   = "revised_at"
	roleReferrer  = "referrer"
)

// amounts are the roles that say what an order comes to.
var amounts = []string{roleAmount, roleTotal, roleLine}

// Roles lists the roles of columns in the order of the help text.
func Roles() []string {
	return []string{
		roleCustomer, roleOrder, roleAt, roleAmount, roleTotal, roleLine, roleCurrency, roleRefund, roleRefundAt, roleCancelled, roleStatus, roleRevised, roleReferrer,
	}
}

// MappingExample is the mapping of a Shopify orders export.
const MappingExample = "customer=Email,order=Name,at='Created at',amount=Total,currency=Currency,refund='Refunded Amount'"

// ParseMapping reads role=column pairs, separated by commas. A column may stand in single or double quotes. A comma after which no
// role and no = follows belongs to the name of the column. An empty text is no mapping.
func ParseMapping(text string) (Mapping, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var pairs []string
	for part := range strings.SplitSeq(text, ",") {
		if !strings.Contains(part, "=") && len(pairs) > 0 {
			pairs[len(pairs)-1] += "," + part
			continue
		}
		pairs = append(pairs, part)
	}
	m := Mapping{}
	for _, pair := range pairs {
		role, column, _ := strings.Cut(pair, "=")
		role, column = strings.TrimSpace(role), unquoted(strings.TrimSpace(column))
		switch {
		case !slices.Contains(Roles(), role):
			return nil, fmt.Errorf("%q is none of %s; an example: %s", role, strings.Join(Roles(), ", "), MappingExample)
		case column == "":
			return nil, fmt.Errorf("%s names no column; an example: %s", role, MappingExample)
		case m[role] != "":
			return nil, fmt.Errorf("%s is given twice", role)
		}
		m[role] = column
	}
	return m, m.check()
}

func unquoted(s string) string {
	if n := len(s); n > 1 && s[0] == s[n-1] && (s[0] == '\'' || s[0] == '"') {
		return s[1 : n-1]
	}
	return s
}

// check returns an error if a role is missing, or if the roles contradict each other.
func (m Mapping) check() error {
	for _, role := range []string{roleCustomer, roleAt} {
		if m[role] == "" {
			return fmt.Errorf("no column is given for %s; an example: %s", role, MappingExample)
		}
	}
	given := 0
	for _, role := range amounts {
		if m[role] != "" {
			given++
		}
	}
	if given != 1 {
		return fmt.Errorf("give one of %s, not %d: the amount of an order that stands once, its total that stands on each of its rows, or the amounts of its lines to add up",
			strings.Join(amounts, ", "), given)
	}
	for _, role := range []string{roleRefund, roleCancelled, roleLine, roleTotal, roleRevised} {
		if m[role] != "" && m[roleOrder] == "" {
			return fmt.Errorf("%s needs a column for order as well", role)
		}
	}
	if m[roleRefundAt] != "" && m[roleRefund] == "" {
		return errors.New("refund_at needs a column for refund as well")
	}
	return nil
}

// String writes m as ParseMapping reads it.
func (m Mapping) String() string {
	var pairs []string
	for _, role := range Roles() {
		column := m[role]
		if column == "" {
			continue
		}
		if strings.ContainsAny(column, " ()#$&;|<>*?") {
			column = "'" + column + "'"
		}
		pairs = append(pairs, role+"="+column)
	}
	return strings.Join(pairs, ",")
}

// wellKnown is a kind of table that is known by its header. Each role has the names that its column may have.
type wellKnown struct {
	name             string
	needed, optional map[string][]string
}

// The most particular come first. Sources: the order export of Shopify's admin; the WooCommerce extensions "Advanced Order Export" and
// "Customer/Order CSV Export".
var wellKnowns = []wellKnown{
	{
		name:     "a Shopify orders export",
		needed:   map[string][]string{roleCustomer: {"Email"}, roleOrder: {"Name"}, roleAt: {"Created at"}, roleAmount: {"Total"}, roleCurrency: {"Currency"}},
		optional: map[string][]string{roleRefund: {"Refunded Amount"}, roleCancelled: {"Cancelled at"}},
	},
	{
		name: "a WooCommerce export with the columns of Advanced Order Export",
		needed: map[string][]string{
			roleCustomer: {"Email (Billing)"}, roleOrder: {"Order Number", "Order ID"}, roleAt: {"Order Date"}, roleTotal: {"Order Total Amount"},
		},
		optional: map[string][]string{roleCurrency: {"Order Currency", "Currency"}, roleRefund: {"Order Refund Amount"}, roleStatus: {"Order Status"}},
	},
	{
		name: "a WooCommerce orders export",
		needed: map[string][]string{
			roleCustomer: {"billing_email", "customer_email"}, roleOrder: {"order_id", "order_number"}, roleAt: {"date", "order_date", "date_created"},
			roleTotal: {"order_total"},
		},
		optional: map[string][]string{roleCurrency: {"order_currency", "currency"}, roleRefund: {"refunded_total"}, roleStatus: {"status", "order_status"}},
	},
	{
		name: "a simple table of orders",
		needed: map[string][]string{
			roleCustomer: {"customer", "customer_id", "customer_email", "email"}, roleAt: {"at", "occurred_at", "created_at", "order_date", "date"},
			roleAmount: {"amount", "total"},
		},
		optional: map[string][]string{roleOrder: {"order", "order_id", "order_number"}, roleCurrency: {"currency"}, roleRefund: {"refund", "refunded_amount"}},
	},
}

// recognise returns the mapping of a header, and the kind of table that has such a header.
func recognise(header []string) (m Mapping, kind string, ok bool) {
	for _, known := range wellKnowns {
		m, complete := Mapping{}, true
		for role, columns := range known.needed {
			m[role] = firstOf(header, columns)
			complete = complete && m[role] != ""
		}
		for role, columns := range known.optional {
			if column := firstOf(header, columns); column != "" {
				m[role] = column
			}
		}
		if m[roleOrder] == "" {
			delete(m, roleRefund)
		}
		if complete {
			return m, known.name, true
		}
	}
	return nil, "", false
}

// firstOf returns the first of these columns that the header has, as the header writes its name.
func firstOf(header, columns []string) string {
	for _, column := range columns {
		if i, err := find(header, column); err == nil {
			return header[i]
		}
	}
	return ""
}

// find returns the index of a column. A name that is written exactly so comes before one that differs in case, blanks or underscores.
func find(header []string, column string) (int, error) {
	for _, same := range []func(a, b string) bool{
		func(a, b string) bool { return a == b },
		func(a, b string) bool { return columnName(a) == columnName(b) },
	} {
		at, n := 0, 0
		for i, name := range header {
			if same(name, column) {
				at, n = i, n+1
			}
		}
		switch n {
		case 0:
			continue
		case 1:
			return at, nil
		}
		return 0, fmt.Errorf("the header has the column %q %d times", column, n)
	}
	return 0, fmt.Errorf("the header has no column %q", column)
}
