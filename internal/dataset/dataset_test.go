package dataset

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
)

// text is a source of these lines.
func text(name string, lines ...string) Source {
	return Source{Name: name, Reader: strings.NewReader(strings.Join(lines, "\n") + "\n")}
}

// readFrom is Read for logs that are open already. It closes none.
func readFrom(format Format, sources ...Source) (Log, error) {
	return readFromWith(Options{}, format, sources...)
}

func readFromWith(o Options, format Format, sources ...Source) (Log, error) {
	into := &collector{}
	r, err := newReader(format, into, o)
	if err != nil {
		return Log{}, err
	}
	for _, source := range sources {
		if err := r.read(source); err != nil {
			return Log{}, err
		}
	}
	if err := errors.Join(r.finish(), into.verdict()); err != nil {
		return Log{}, err
	}
	return into.log(), nil
}

func mustReadFrom(t *testing.T, format Format, sources ...Source) Log {
	t.Helper()
	log, err := readFrom(format, sources...)
	if err != nil {
		t.Fatalf("readFrom(%s) = %v", format, err)
	}
	return log
}

// wantError checks that a strict reading fails with an error that contains all these words.
func wantError(t *testing.T, format Format, words []string, sources ...Source) {
	t.Helper()
	_, err := readFromWith(Options{Strict: true}, format, sources...)
	if err == nil {
		t.Fatalf("readFrom(%s) = nil, want an error with %q", format, words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("readFrom(%s) = %q, want %q in it", format, err, word)
		}
	}
}

// sortedText writes events in canonical order as lines of JSON. Equal sets of events give equal texts.
func sortedText(t *testing.T, events []event.Event) string {
	t.Helper()
	events = slices.Clone(events)
	Sort(events)
	var b strings.Builder
	if err := WriteJSONL(&b, events); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestParseFormat(t *testing.T) {
	for _, name := range Formats() {
		format, err := ParseFormat(name)
		if err != nil || string(format) != name {
			t.Errorf("ParseFormat(%q) = %q, %v, want itself", name, format, err)
		}
		if _, err := newReader(format, &collector{}, Options{}); err != nil {
			t.Errorf("newReader(%q) = %v, want a reader", name, err)
		}
	}
	_, err := ParseFormat("CDNOW")
	if want := `format "CDNOW" is none of cdnow, cdnow-sample, online-retail, olist, jsonl, csv`; err == nil || err.Error() != want {
		t.Errorf("ParseFormat(CDNOW) = %v, want %q", err, want)
	}
	if _, err := readFrom("xml"); err == nil || !strings.Contains(err.Error(), "xml") {
		t.Errorf("readFrom(xml) = %v, want an error that names it", err)
	}
}

// The samples are small logs that contain every case in which the order of lines could matter.
var samples = []struct {
	name   string
	format Format
	header int // how many lines of the first source stay in front
	lines  []string
	rest   func() []Source
}{
	{
		name: "cdnow, a line of it three times", format: CDNOW, header: 1,
		lines: []string{
			" customer_id  date number_of_cds  dollar_value",
			" 00001 19970101  1   11.77", " 00002 19970112  1   12.00", " 00002 19970112  5   77.00",
			" 00001 19970101  1   11.77", " 00003 19970101  1   11.77", " 00001 19970101  1   11.77",
		},
	},
	{
		name: "online-retail, invoices with two times and mixed lines", format: OnlineRetail, header: 1,
		lines: []string{
			retailHeader,
			"1,A,a,6,2010-12-01 08:26:00,2.55,17850,UK", "2,B,b,1,2010-12-01 08:28:00,1,17850,UK", "1,B,b,6,2010-12-01 08:27:00,3.39,17850,UK",
			"C3,A,a,-1,2010-12-02 08:26:00,2.55,17850,UK", "C4,A,a,-1,2010-12-02 08:26:00,2.55,17850,UK", "1,A,a,6,2010-12-01 08:26:00,2.55,17850,UK",
			"5,A,a,1,2010-12-01 08:26:00,2.55,,UK",
		},
	},
	{
		name: "olist, two payments, two items and two equal reviews", format: Olist, header: 1,
		lines: []string{
			"order_id,order_item_id,product_id,price", "o1,1,p2,5", "o1,2,p1,7.5", "o2,1,p1,7.5",
		},
		rest: func() []Source {
			return []Source{
				text("orders", "order_id,customer_id,order_status,order_purchase_timestamp", "o1,c1,delivered,10/2/2017 10:56", "o2,c2,shipped,10/3/2017 9:05"),
				text("customers", "customer_id,customer_unique_id", "c1,u", "c2,u"),
				text("payments", "order_id,payment_value", "o1,10", "o1,2.50", "o2,7.5"),
				text("reviews", "order_id,review_score,review_answer_timestamp", "o1,5,10/12/2017 0:00", "o1,5,10/12/2017 0:00"),
			}
		},
	},
	{
		name: "csv, orders of several lines, refunds and cancellations", format: CSV, header: 1,
		lines: []string{
			shopifyHeader,
			"#1,a@x,paid,EUR,20.00,2026-03-01 10:00:00 +0100,Cup,,5.00", "#1,a@x,,,,2026-03-01 10:00:00 +0100,Saucer,,",
			"#2,b@x,paid,EUR,12.50,2026-03-02 10:00:00 +0100,Cup,2026-03-03 08:00:00 +0100,0.00", "#3,a@x,paid,USD,7.00,2026-03-04,Cup,,7.00",
		},
	},
	{
		name: "jsonl", format: JSONL,
		lines: []string{
			`{"topic":"customer.purchases.v1","event":{"event_id":"a","customer_id":"c","order_id":"1","occurred_at":"2026-01-01","kind":"ORDER","amount_minor":1,"currency":"EUR"}}`,
			`{"topic":"customer.feedback.v1","event":{"event_id":"b","customer_id":"c","occurred_at":"2026-01-01","kind":"NPS","score":9}}`,
			`{"topic":"customer.interactions.v1","event":{"event_id":"c","customer_id":"c","occurred_at":"2026-01-01","kind":"LOGIN"}}`,
		},
	},
}

func TestOrderOfLinesChangesNothing(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			read := func(lines []string) string {
				sources := []Source{text("lines", lines...)}
				if s.rest != nil {
					sources = append(s.rest(), sources...)
				}
				return sortedText(t, mustReadFrom(t, s.format, sources...).Events)
			}
			want := read(s.lines)
			random := rand.New(rand.NewPCG(1, 2))
			for range 50 {
				lines := slices.Clone(s.lines)
				moving := lines[s.header:]
				random.Shuffle(len(moving), func(i, j int) { moving[i], moving[j] = moving[j], moving[i] })
				if got := read(lines); got != want {
					t.Fatalf("the lines %q\ngive\n%s\nwant\n%s", lines, got, want)
				}
			}
		})
	}
}

func TestImportingTwiceGivesTheSameIDs(t *testing.T) {
	for _, s := range samples {
		if s.format == Olist {
			continue // joins its files: a table twice is an error
		}
		t.Run(s.name, func(t *testing.T) {
			once := mustReadFrom(t, s.format, text("a", s.lines...))
			twice := mustReadFrom(t, s.format, text("a", s.lines...), text("b", s.lines...))
			left, removed := dedupe(twice.Events)
			if removed != len(once.Events) {
				t.Errorf("dedupe removed %d, want the %d of the second file", removed, len(once.Events))
			}
			if got, want := sortedText(t, left), sortedText(t, once.Events); got != want {
				t.Errorf("read twice:\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Ids outlive this program: Kafka, Redis and reports hold them. These ids must never change.
func TestIDsNeverChange(t *testing.T) {
	want := map[Format]string{
		CDNOW: "04fc6ac400831946e9db4fb1e75ba6c5 07b0d1f8d14f3d36860d9c6bd002c110 18dcee99fdea1ba19ac5cdef125008d3 " +
			"a043172129afa5750600d4bb1741ff39 d2ab655ed5e8b48b4818897d5d8bebe1 e0237ddc081779641842fb341afe2ff6",
		OnlineRetail: "18f10c02762ad5cd588fc1cbbfb3936a 689209ca0a0faa2b321766ccbade69e2 a6349bcd3ccab0bbf5168d236a054499 " +
			"b7b71d94bd6540043fb7b41cfe948c0f",
		Olist: "2db0d3450629051f6ea629854e7abe48 363c47b8e980ca125615328cb06464ba 37d5f7ddf05659c05e495164b7eeb7d3 " +
			"fd5396903bcb3b90dd01137b0910f67b",
	}
	for _, s := range samples[:3] {
		sources := []Source{text("lines", s.lines...)}
		if s.rest != nil {
			sources = append(sources, s.rest()...)
		}
		var ids []string
		for _, e := range mustReadFrom(t, s.format, sources...).Events {
			ids = append(ids, e.Common().ID)
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != want[s.format] {
			t.Errorf("%s: got ids %q, want %q", s.format, got, want[s.format])
		}
	}
}

// dedupe removes, in place, every event whose topic and id an earlier one of the slice has. It returns what is left and
// how many went. After Sort it is the earliest that stays, whatever the order in which they were read.
func dedupe(events []event.Event) (left []event.Event, removed int) {
	type name struct {
		topic event.Topic
		id    string
	}
	seen := make(map[name]struct{}, len(events))
	left = slices.DeleteFunc(events, func(e event.Event) bool {
		n := name{e.Topic(), e.Common().ID}
		_, again := seen[n]
		seen[n] = struct{}{}
		return again
	})
	return left, len(events) - len(left)
}

func TestSortAndDedupe(t *testing.T) {
	at := func(topic event.Topic, id string, at event.Instant) event.Event {
		head := event.Head{ID: id, OccurredAt: at}
		switch topic {
		case event.Interactions:
			return &event.Interaction{Head: head}
		case event.Feedbacks:
			return &event.Feedback{Head: head}
		case event.Purchases, event.Links:
		}
		return &event.Purchase{Head: head}
	}
	name := func(e event.Event) string {
		return fmt.Sprintf("%d %s %s", e.Common().OccurredAt, e.Topic()[len("customer."):], e.Common().ID)
	}
	events := []event.Event{
		at(event.Purchases, "b", 7), at(event.Purchases, "a", 7), at(event.Interactions, "a", 7), at(event.Feedbacks, "z", 7),
		at(event.Purchases, "b", 3), at(event.Purchases, "b", 7),
	}
	Sort(events)
	left, removed := dedupe(events)
	var got []string
	for _, e := range left {
		got = append(got, name(e))
	}
	want := []string{"3 purchases.v1 b", "7 feedback.v1 z", "7 interactions.v1 a", "7 purchases.v1 a"}
	if !slices.Equal(got, want) || removed != 2 {
		t.Errorf("got %q with %d removed, want %q with 2 removed", got, removed, want)
	}
}

func TestFirstExamplesAreKept(t *testing.T) {
	var lines []string
	for i := range 5 {
		lines = append(lines, fmt.Sprintf(`{"topic":"customer.feedback.v1","event":{"event_id":"%d","customer_id":"secret","occurred_at":"2026-01-01","kind":"CSAT"}}`, i))
	}
	log := mustReadFrom(t, JSONL, text("answers.jsonl", lines...))
	if len(log.Rejected) != 1 || log.Rejected[0].Lines != 5 || log.Rejected[0].Reason != event.BadField {
		t.Fatalf("rejected %+v, want 5 lines for BAD_FIELD", log.Rejected)
	}
	examples := log.Rejected[0].Examples
	if len(examples) != 3 || examples[2].String() != "answers.jsonl:3: BAD_FIELD: CSAT needs a score and its scale" {
		t.Errorf("examples %v, want the first 3, with file, line and what is wrong", examples)
	}
}
