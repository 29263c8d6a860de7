package catalogue

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestEachEntryIsComplete: a reader may rely on names, texts, ranges and one function an entry.
func TestEachEntryIsComplete(t *testing.T) {
	name := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	seen := map[string]bool{}
	for _, e := range All() {
		if !name.MatchString(e.Name) || seen[e.Name] {
			t.Errorf("%q is no name, or stands twice", e.Name)
		}
		seen[e.Name] = true
		for what, text := range map[string]Text{"title": e.Title, "formula": e.Formula} {
			if text.En == "" || !strings.ContainsFunc(text.Zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && !strings.Contains(text.En, "_") {
				t.Errorf("%s: %s is %q and %q, want English and Chinese", e.Name, what, text.En, text.Zh)
			}
		}
		if (e.Kind == Word) != (e.Word != nil) || (e.Word == nil) == (e.Number == nil) {
			t.Errorf("%s: a %s has the wrong function", e.Name, e.Kind)
		}
		if e.Kind != Word && !(e.Low <= e.High) || e.Kind == Flag && (e.Low != 0 || e.High != 1) {
			t.Errorf("%s: range [%v, %v]", e.Name, e.Low, e.High)
		}
		if (e.Kind == Number || e.Kind == Count) && e.Unit == "" {
			t.Errorf("%s: a number needs a unit", e.Name)
		}
		if e.Kind == Word && (e.Silence == Falls || e.Silence == Rises || e.Better != Neither) {
			t.Errorf("%s: a word neither falls nor rises, and is no better than another", e.Name)
		}
		if e.Seen == 0 {
			t.Errorf("%s: nobody sees it", e.Name)
		}
	}
	if len(seen) < 80 {
		t.Errorf("%d entries, want at least 80", len(seen))
	}
}

// TestTheFirstColumnsStay: consumers read the columns of the scores file by place.
func TestTheFirstColumnsStay(t *testing.T) {
	const want = "customer_id,as_of,orders,purchase_days,first_purchase,last_purchase,recency_days,orders_365d,spend_365d,spend_lifetime,r,f,m," +
		"segment,p_alive,p_no_purchase,expected_orders,clv_historic,clv_current,clv_potential,clv,churn_risk,churn_level,value_score,tier," +
		"model_version,clv_learnt,clv_learnt_model"
	var names []string
	for _, e := range Shown(InFile) {
		names = append(names, e.Name)
	}
	if got := strings.Join(names[:28], ","); got != want {
		t.Errorf("the first columns are\n%s\nwant\n%s", got, want)
	}
}

// TestFormat: what is not known is nothing, whatever its kind.
func TestFormat(t *testing.T) {
	v := &View{Base: "USD", At: 1_600_000_000_123}
	for _, row := range []struct {
		kind  Kind
		x     float64
		known bool
		want  string
	}{
		{Number, 1. / 3, true, "0.333333"},
		{Count, 12, true, "12"},
		{Money, 1234.5, true, "1234.50"},
		{Instant, 1_600_000_000_123, true, "2020-09-13T12:26:40.123Z"},
		{Instant, 1 << 63, true, "never"},
		{Flag, 1, true, "true"},
		{Flag, 0, true, ""},
		{Number, 1, false, ""},
		{Money, 0, false, ""},
	} {
		e := Entry{Kind: row.kind, Number: func(*View) (float64, bool) { return row.x, row.known }}
		if got := string(e.Format(nil, v)); got != row.want {
			t.Errorf("%s %v, known %v: %q, want %q", row.kind, row.x, row.known, got, row.want)
		}
	}
	word := Entry{Kind: Word, Word: func(*View) (string, bool) { return "SHOP", false }}
	if got := word.Format(nil, v); len(got) > 0 {
		t.Errorf("a word that is not known is %q", got)
	}
}

// TestWhoSeesIt names the readers.
func TestWhoSeesIt(t *testing.T) {
	if got := Wanted.Names(); !slices.Equal(got, []string{"file", "tm:detail", "topic"}) {
		t.Errorf("got %v", got)
	}
	if got := Usual.Names(); !slices.Equal(got, []string{"file", "topic", "tm:detail (all)"}) {
		t.Errorf("got %v", got)
	}
}
