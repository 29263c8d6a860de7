package score

import (
	"encoding/json"
	"slices"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/score/tier"
)

// column is one thing that the public may see of a score.
type column struct {
	name string
	// text is quoted in JSON.
	text bool
	// write appends the value: money in major units with its currency's decimals, instants in RFC 3339 UTC, other numbers to six
	// significant digits. A value that does not apply is empty, not zero.
	write func(s *Score, b []byte) []byte
}

// file are the columns of the scores file, in order.
var file = [...]column{
	{"customer_id", true, func(s *Score, b []byte) []byte { return append(b, s.Customer...) }},
	{"as_of", true, func(s *Score, b []byte) []byte { return s.AsOf.Append(b) }},
	{"orders", false, func(s *Score, b []byte) []byte { return integer(b, s.Orders) }},
	{"purchase_days", false, func(s *Score, b []byte) []byte { return integer(b, s.PurchaseDays) }},
	{"first_purchase", true, func(s *Score, b []byte) []byte { return s.instant(b, s.FirstPurchase) }},
	{"last_purchase", true, func(s *Score, b []byte) []byte { return s.instant(b, s.LastPurchase) }},
	{"recency_days", false, func(s *Score, b []byte) []byte { return s.number(b, s.RecencyDays) }},
	{"orders_365d", false, func(s *Score, b []byte) []byte { return integer(b, s.Orders365) }},
	{"spend_365d", false, func(s *Score, b []byte) []byte { return s.money(b, s.Spend365) }},
	{"spend_lifetime", false, func(s *Score, b []byte) []byte { return s.money(b, s.SpendLifetime) }},
	{"r", false, func(s *Score, b []byte) []byte { return s.digit(b, s.RFM.R) }},
	{"f", false, func(s *Score, b []byte) []byte { return s.digit(b, s.RFM.F) }},
	{"m", false, func(s *Score, b []byte) []byte { return s.digit(b, s.RFM.M) }},
	{"segment", true, func(s *Score, b []byte) []byte { return append(b, s.Segment...) }},
	{"p_alive", false, func(s *Score, b []byte) []byte { return s.number(b, s.Alive) }},
	{"p_no_purchase", false, func(s *Score, b []byte) []byte { return s.number(b, s.NoPurchase) }},
	{"expected_orders", false, func(s *Score, b []byte) []byte { return s.number(b, s.ExpectedOrders) }},
	{"clv_historic", false, func(s *Score, b []byte) []byte { return s.worth(b, s.Historic) }},
	{"clv_current", false, func(s *Score, b []byte) []byte { return s.bought(b, s.Current) }},
	{"clv_potential", false, func(_ *Score, b []byte) []byte { return b }},
	{"clv", false, func(s *Score, b []byte) []byte { return s.worth(b, s.Total) }},
	{"churn_risk", false, func(s *Score, b []byte) []byte { return s.number(b, s.Risk) }},
	{"churn_level", true, func(s *Score, b []byte) []byte { return append(b, s.Level.String()...) }},
	{"value_score", false, func(s *Score, b []byte) []byte { return s.number(b, float64(s.Points)/100) }},
	{"tier", true, func(s *Score, b []byte) []byte {
		if !s.Bought {
			return b
		}
		return append(b, s.Tier.String()...)
	}},
	{"model_version", true, func(s *Score, b []byte) []byte { return append(b, s.Model...) }},
	{"clv_learnt", false, func(s *Score, b []byte) []byte {
		if s.LearntModel == "" {
			return b
		}
		return s.money(b, s.Learnt)
	}},
	{"clv_learnt_model", true, func(s *Score, b []byte) []byte { return escaped(b, s.LearntModel) }},
}

// visible are the fields of tm:score, in order: columns of the file.
var visible = [...]column{
	named("as_of"), named("tier"), named("value_score"), named("churn_level"), named("churn_risk"), named("clv"), named("p_alive"),
	named("segment"), named("orders_365d"), named("spend_365d"), named("last_purchase"), named("model_version"),
}

// detailed are the members of tm:detail: the columns of the file that tm:score leaves out, and further facts.
var detailed = append(rest(),
	column{"churn_level_reason", true, func(s *Score, b []byte) []byte { return append(b, s.Why.String()...) }},
	column{"behaves_like", true, func(s *Score, b []byte) []byte { return append(b, s.likeness()...) }},
	column{"test_account", false, func(s *Score, b []byte) []byte { return flag(b, s.Test) }},
	column{"orders_per_purchase_day", false, func(s *Score, b []byte) []byte { return s.orderRate(b) }},
	column{"merged_into", true, func(s *Score, b []byte) []byte { return escaped(b, s.MergedInto) }},
	column{"merged_ids", false, func(s *Score, b []byte) []byte {
		if s.Origins == 0 {
			return b
		}
		return integer(b, s.Origins)
	}},
	column{"coverage", false, func(s *Score, b []byte) []byte { return decimal(b, s.Coverage) }},
	column{"sequence", false, func(s *Score, b []byte) []byte { return integer(b, s.Sequence) }},
	column{"next_review", true, func(s *Score, b []byte) []byte { return s.NextReview.Append(b) }},
	column{"currency", true, func(s *Score, b []byte) []byte { return append(b, s.Base...) }},
	column{"open_complaints", false, func(s *Score, b []byte) []byte { return integer(b, s.OpenComplaints) }},
	column{"referrals", false, func(s *Score, b []byte) []byte { return integer(b, s.Referrals) }},
	column{"active_months", false, func(s *Score, b []byte) []byte { return integer(b, s.ActiveMonths) }},
	column{"nps", false, func(s *Score, b []byte) []byte {
		if !s.NPSKnown {
			return b
		}
		return decimal(b, s.NPS)
	}},
	column{"csat", false, func(s *Score, b []byte) []byte {
		if s.Answers == 0 {
			return b
		}
		return decimal(b, s.CSAT)
	}},
	column{"contactable_channels", false, func(s *Score, b []byte) []byte {
		if s.Channels == nil {
			return b
		}
		return listed(b, s.Channels.Contact)
	}},
	column{"order_channels", false, func(s *Score, b []byte) []byte {
		if s.Channels == nil {
			return b
		}
		return listed(b, s.Channels.Orders)
	}},
	column{"tier_ends_at", true, func(s *Score, b []byte) []byte {
		if s.WhatIf == nil || s.WhatIf.Falls == event.Never {
			return b
		}
		return s.WhatIf.Falls.Append(b)
	}},
	column{"keep_by", true, func(s *Score, b []byte) []byte {
		if s.WhatIf == nil || s.WhatIf.Keep == 0 {
			return b
		}
		return append(b, s.WhatIf.KeepBy.String()...)
	}},
	column{"keep_amount", false, func(s *Score, b []byte) []byte {
		if s.WhatIf == nil || s.WhatIf.Keep == 0 {
			return b
		}
		return s.money(b, s.WhatIf.Keep)
	}},
	column{"keep_any_order", false, func(s *Score, b []byte) []byte { return flag(b, s.WhatIf != nil && s.WhatIf.Any) }},
	column{"next_tier", true, func(s *Score, b []byte) []byte {
		if s.WhatIf == nil || s.WhatIf.Next == tier.None {
			return b
		}
		return append(b, s.WhatIf.Next.String()...)
	}},
	column{"next_tier_amount", false, func(s *Score, b []byte) []byte {
		if s.WhatIf == nil || s.WhatIf.Reach == 0 {
			return b
		}
		return s.money(b, s.WhatIf.Reach)
	}},
)

// merged are the members of tm:detail of who is merged into another.
var merged = []column{named("as_of"), detailed[slices.IndexFunc(detailed, func(c column) bool { return c.name == "merged_into" })]}

func named(name string) column {
	return file[slices.IndexFunc(file[:], func(c column) bool { return c.name == name })]
}

// rest are the columns of the file that tm:score leaves out, without the customer, whom the key names.
func rest() (columns []column) {
	for _, c := range file[1:] {
		if !slices.ContainsFunc(visible[:], func(v column) bool { return v.name == c.name }) {
			columns = append(columns, c)
		}
	}
	return columns
}

// Columns are the columns of the scores file, in order.
func Columns() []string {
	names := make([]string, len(file))
	for i, c := range file {
		names[i] = c.name
	}
	return names
}

// Row returns s as the columns of the scores file.
func (s *Score) Row() []string { return s.texts(file[:]) }

// texts are the values of columns, cut from one string.
func (s *Score) texts(columns []column) []string {
	var buffer [512]byte
	var ends [len(file)]int
	b := buffer[:0]
	for i, c := range columns {
		b = c.write(s, b)
		ends[i] = len(b)
	}
	all, from := string(b), 0
	texts := make([]string, len(columns))
	for i := range columns {
		texts[i], from = all[from:ends[i]], ends[i]
	}
	return texts
}

// NamedValue is one field of the public score.
type NamedValue struct{ Name, Value string }

// Fields returns the 12 fields of tm:score, formatted as in the scores file; none for who is merged into another.
func (s *Score) Fields() []NamedValue {
	if s.MergedInto != "" {
		return nil
	}
	fields := make([]NamedValue, len(visible))
	for i, text := range s.texts(visible[:]) {
		fields[i] = NamedValue{visible[i].name, text}
	}
	return fields
}

// Shows reports whether an event may change the Score of a customer. The passing of time changes it without an event.
func (e *Engine) Shows(x event.Event) bool {
	_, feedback := x.(*event.Feedback) // of which satisfaction and complaints may bear on no label
	return feedback || e.learntShows(x) || e.bears(x)
}

// Detail returns the JSON of tm:detail: an object of the file's columns that are no fields of tm:score, and of what else there is
// to say. What does not apply is left out. Of who is merged into another the object says only that, and when.
func (s *Score) Detail() []byte {
	b := append(make([]byte, 0, 512), '{')
	columns := detailed
	if s.MergedInto != "" {
		columns = merged
	}
	for _, c := range columns {
		before := len(b)
		if before > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), c.name...), `":`...)
		if c.text {
			b = append(b, '"')
		}
		value := len(b)
		if b = c.write(s, b); len(b) == value {
			b = b[:before]
			continue
		}
		if c.text { // ours all of it, or escaped
			b = append(b, '"')
		}
	}
	return append(b, '}')
}

func (s *Score) money(b []byte, minor int64) []byte {
	digits, _ := s.Base.Digits()
	return strconv.AppendFloat(b, s.Base.Major(minor), 'f', digits, 64)
}

// worth writes nothing for a test account.
func (s *Score) worth(b []byte, minor int64) []byte {
	if s.Test {
		return b
	}
	return s.money(b, minor)
}

// escaped writes a text that is not ours, as within the quotes of a JSON string.
func escaped(b []byte, text string) []byte {
	if text == "" {
		return b
	}
	quoted, err := json.Marshal(text)
	if err != nil { // of a string: never
		return b
	}
	return append(b, quoted[1:len(quoted)-1]...)
}

// listed writes a list of texts that are not ours; nothing where it is nil.
func listed(b []byte, list []string) []byte {
	if list == nil {
		return b
	}
	quoted, err := json.Marshal(list)
	if err != nil { // of strings: never
		return b
	}
	return append(b, quoted...)
}

// flag writes true, or nothing.
func flag(b []byte, on bool) []byte {
	if !on {
		return b
	}
	return append(b, "true"...)
}

// bought, number and digit write nothing for who is no buyer, instant nothing for who has bought nothing.
func (s *Score) bought(b []byte, minor int64) []byte {
	if !s.Bought {
		return b
	}
	return s.money(b, minor)
}

func (s *Score) number(b []byte, x float64) []byte {
	if !s.Bought {
		return b
	}
	return decimal(b, x)
}

func (s *Score) digit(b []byte, d uint8) []byte {
	if !s.Bought {
		return b
	}
	return integer(b, d)
}

func (s *Score) instant(b []byte, at event.Instant) []byte {
	if !s.Bought && !(s.Test && s.PurchaseDays > 0) {
		return b
	}
	return at.Append(b)
}

func integer[N int | int64 | uint8](b []byte, n N) []byte { return strconv.AppendInt(b, int64(n), 10) }

func decimal(b []byte, x float64) []byte { return strconv.AppendFloat(b, x, 'g', 6, 64) }

// FieldNames returns the names of the fields of tm:score, then the members of tm:detail.
func FieldNames() []string {
	var names []string
	for _, c := range slices.Concat(visible[:], detailed) {
		names = append(names, c.name)
	}
	return names
}
