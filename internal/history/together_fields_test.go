package history_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// fieldsOf collects the fields of a struct and of all structs below it, each by the name of its own type.
func fieldsOf(t reflect.Type, into map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		fieldsOf(t.Elem(), into)
	case reflect.Struct:
		for field := range t.Fields() {
			if name := t.Name() + "." + field.Name; !into[name] {
				into[name] = true
				fieldsOf(field.Type, into)
			}
		}
	default:
	}
}

// saidBy collects those of the fields that are not zero somewhere in a value.
func saidBy(v reflect.Value, into map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			saidBy(v.Elem(), into)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			saidBy(v.Index(i), into)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				into[v.Type().Name()+"."+v.Type().Field(i).Name] = true
			}
			saidBy(v.Field(i), into)
		}
	default:
	}
}

// TestTogetherUnitesEveryField fails for a field that is new in a history until the life below says it, and until Together keeps it.
func TestTogetherUnitesEveryField(t *testing.T) {
	rich := everything(t)
	former, _ := remember(parse(t, "1500 OUTREACH_SENT email $4; 1590 LOGIN web")) // a former format has counted a cost without its day
	former, _ = history.Before(former).Observe(parse(t, "1600 LOGIN web")[0].x, history.Amounts{}, event.Calendar{})
	small, _ := remember(parse(t, "1600 LOGIN kiosk"))
	all, said := map[string]bool{}, map[string]bool{}
	fieldsOf(reflect.TypeFor[history.Summary](), all)
	saidBy(reflect.ValueOf(rich), said)
	saidBy(reflect.ValueOf(former), said)
	for name := range all {
		if !said[name] {
			t.Errorf("the history of this test does not say %s", name)
		}
	}
	for _, s := range []history.Summary{history.Together(rich, former, small), history.Together(small, former, rich)} {
		united := map[string]bool{}
		saidBy(reflect.ValueOf(s), united)
		for name := range said {
			if !united[name] {
				t.Errorf("%s is lost", name)
			}
		}
	}
	one, other := reflect.ValueOf(history.Together(rich, small)), reflect.ValueOf(rich)
	for i := range one.NumField() {
		name := "Summary." + one.Type().Field(i).Name
		if one.Field(i).Kind() == reflect.Slice && one.Field(i).Len() < other.Field(i).Len() {
			t.Errorf("%s has %d entries, want those of the part, %d", name, one.Field(i).Len(), other.Field(i).Len())
		}
	}
}

// everything is a history that says every field: sealed days, all sorts of facts, versions with ties, and orders in more than one block.
func everything(t *testing.T) history.Summary {
	seen := parse(t, `0 ORDER a 100; 30 ORDER b 70; 300 REFUND a 30; 1500 REFERRAL_MADE web; 1600 ORDER d 40; 1601 PAID d 40; 1603 COMPLAINT d; 1604 CHARGEBACK d 7;
		1640 LOGIN app; 1649 UNSUBSCRIBE email; 1649 ORDER x 41 #t1 ~9; 1649 ORDER x 41 #t2 ~9; 1649 CANCEL x ~12; 1650 NPS - 7; 1651 ORDER y 5 ~30; 1652 ORDER y 6; 1652 CANCEL y; 1651 ORDER z 5; 1652 CANCEL z`)
	last := seen[len(seen)-1].at()
	head := func(id string) event.Head {
		return event.Head{ID: id, Customer: "c", OccurredAt: last, RecordedAt: last + 1}
	}
	said := event.Money{Minor: 12, Currency: "JPY"}
	whole := func(id string, at event.Instant) observed {
		return observed{&event.Purchase{
			Head: event.Head{ID: id, Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: id, Channel: "shop", Items: []event.Item{{Category: "tea"}},
		}, history.Amounts{Amount: 9, Margin: event.Minor(1), Discount: event.Minor(2), ServiceCost: event.Minor(3), AcquisitionCost: event.Minor(4), Said: said}}
	}
	seen = slices.Concat([]observed{whole("sealed", seen[0].at()+1), whole("sealed too", seen[1].at()+1)}, seen, []observed{
		whole("open", last),
		{&event.Purchase{Head: head("r"), Kind: event.Refund, OrderID: "open"}, history.Amounts{Amount: 3, Said: event.Money{Minor: 4, Currency: "JPY"}}},
		{x: &event.Feedback{Head: head("f"), Kind: event.Complaint, OrderID: "open", About: event.AboutPrice}},
		{x: &event.Interaction{Head: head("i"), Kind: event.Attributes, Attributes: map[string]string{"region": "north", "owner": "kim"}}},
		{x: &event.Interaction{Head: head("j"), Kind: event.ConsentChanged, Channel: "email", Name: "granted"}},
		{x: &event.Interaction{Head: event.Head{ID: "k", OccurredAt: last - 20*24*hour}, Kind: event.OutreachSent, Channel: "email", Cost: event.Minor(12), Weight: 2}},
		{x: &event.Interaction{Head: head("l"), Kind: event.OutreachSent, Channel: "email", Cost: event.Minor(12), Weight: 2}},
	})
	for i := range 300 { // a day has room for 256
		at := last - 40*24*hour + event.Instant(i)
		seen = append(seen, observed{x: &event.Purchase{Head: event.Head{ID: fmt.Sprint("o", i), OccurredAt: at}, Kind: event.Order, OrderID: fmt.Sprint("o", i)}, a: history.Amounts{Amount: 1}})
	}
	for i := range 66 { // there is room for 64 pairs
		x := &event.Link{Head: head(fmt.Sprint("b", i)), Referral: &event.LinkReferral{Buyer: fmt.Sprint(i)}}
		seen = append(seen, observed{x, history.Amounts{Referral: history.ReferralOf(uint64(100 + 2*i))}})
	}
	for i, days := range []event.Instant{20, 0} {
		x := &event.Interaction{Head: event.Head{ID: fmt.Sprint("m", i), OccurredAt: last - days*24*hour}, Kind: event.ReferralMade, Name: "0"}
		seen = append(seen, observed{x, history.Amounts{Referral: history.ReferralOf(100)}})
	}
	s, _ := remember(seen)
	return s
}
