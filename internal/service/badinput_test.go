package service_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// TestBadInput sends records that the service must refuse, and after each a good event of the same customer.
func TestBadInput(t *testing.T) {
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Millisecond)
	order := func(customer string, change func(*event.Purchase)) *kgo.Record {
		at := event.InstantOf(now.Add(-time.Hour))
		p := &event.Purchase{
			Head: event.Head{ID: "order of " + customer, Customer: customer, OccurredAt: at, RecordedAt: at},
			Kind: event.Order, OrderID: "o " + customer, Amount: event.Money{Minor: 5000, Currency: "USD"},
		}
		change(p)
		return servicetest.Encoded(t, codec, p, now)
	}
	intact := func(*event.Purchase) {}
	raw := func(customer string, change func([]byte) []byte) *kgo.Record {
		r := order(customer, intact)
		r.Value = change(r.Value)
		return r
	}
	rows := []struct {
		name string
		bad  func(customer string) *kgo.Record
		want event.Reason
	}{
		{"truncated", func(c string) *kgo.Record { return raw(c, func(b []byte) []byte { return b[:len(b)/2] }) }, event.Malformed},
		{"oversized", func(c string) *kgo.Record {
			return raw(c, func(b []byte) []byte { return append(b, make([]byte, maxRecord)...) })
		}, event.TooLarge},
		{"empty", func(c string) *kgo.Record { return raw(c, func([]byte) []byte { return nil }) }, event.Empty},
		{"unknown schema id", func(c string) *kgo.Record { return raw(c, func(b []byte) []byte { b[1] = 0x7f; return b }) }, event.UnknownSchema},
		{"wrong magic byte", func(c string) *kgo.Record { return raw(c, func(b []byte) []byte { b[0] = 7; return b }) }, event.BadFraming},
		{"items that claim 2^31-1", func(c string) *kgo.Record {
			// The last six fields are null, a zero byte each: items, channel, session_id, referrer_id, due_at, revised_at.
			return raw(c, func(b []byte) []byte { return binary.AppendVarint(append(b[:len(b)-6], 2), math.MaxInt32) })
		}, event.Malformed},
		{"not a number", func(c string) *kgo.Record {
			return servicetest.Encoded(t, codec, &event.Feedback{
				Head: event.Head{ID: "nan", Customer: c, OccurredAt: event.InstantOf(now), RecordedAt: event.InstantOf(now)},
				Kind: event.CSAT, Score: math.NaN(), Min: 1, Max: 5, Scored: true,
			}, now)
		}, event.BadField},
		{"future timestamp", func(c string) *kgo.Record {
			return order(c, func(p *event.Purchase) { p.OccurredAt = event.InstantOf(now.Add(time.Hour)) })
		}, event.FromTheFuture},
		{"empty event id", func(c string) *kgo.Record { return order(c, func(p *event.Purchase) { p.ID = "" }) }, event.BadID},
		{"empty customer id", func(c string) *kgo.Record {
			r := order(c, func(p *event.Purchase) { p.Customer = "" })
			r.Key = []byte(c)
			return r
		}, event.BadID},
		{"another customer's key", func(c string) *kgo.Record {
			r := order("somebody else", intact)
			r.Key = []byte(c)
			return r
		}, event.BadKey},
		{"no such currency", func(c string) *kgo.Record { return order(c, func(p *event.Purchase) { p.Amount.Currency = "ABC" }) }, event.UnknownCurrency},
		{"a currency without a rate", func(c string) *kgo.Record { return order(c, func(p *event.Purchase) { p.Amount.Currency = "KWD" }) }, event.UnknownCurrency},
		{"trailing bytes", func(c string) *kgo.Record { return raw(c, func(b []byte) []byte { return append(b, 0) }) }, event.TrailingBytes},
	}
	s := servicetest.Start(t, 2)
	sent := map[string]*kgo.Record{}
	for _, row := range rows {
		bad := row.bad(row.name)
		bad.Headers = []kgo.RecordHeader{{Key: "trace", Value: []byte("kept")}}
		sent[row.name] = bad
		s.Produce(t, bad, order(row.name, intact))
	}
	serve(t, s, usual())
	for _, row := range rows {
		servicetest.Eventually(t, servicetest.Longest, "the good event after this is scored: "+row.name, func() bool {
			return s.Score(t, row.name, "spend_365d") == "50.00"
		})
	}
	letters := map[string]*kgo.Record{}
	for _, letter := range s.Records(t, schemas.DeadLetters) {
		if letters[string(letter.Key)] != nil {
			t.Errorf("%s: two dead letters, want 1", letter.Key)
		}
		letters[string(letter.Key)] = letter
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { checkLetter(t, letters[row.name], sent[row.name], row.want) })
	}
}

// checkLetter compares a dead letter with its original record, and its reason with the one wanted.
func checkLetter(t *testing.T, letter, bad *kgo.Record, reason event.Reason) {
	t.Helper()
	if letter == nil {
		t.Fatal("no dead letter, want one")
	}
	if got := servicetest.HeaderOf(letter, "tidemark.error.code"); got != string(reason) {
		t.Errorf("reason %q (%s), want %q", got, servicetest.HeaderOf(letter, "__connect.errors.exception.message"), reason)
	}
	if got := servicetest.HeaderOf(letter, "__connect.errors.topic"); got != bad.Topic {
		t.Errorf("topic %q, want %q", got, bad.Topic)
	}
	if !bytes.Equal(letter.Value, bad.Value) || !letter.Timestamp.Equal(bad.Timestamp) || servicetest.HeaderOf(letter, "trace") != "kept" {
		t.Errorf("got %d bytes of %s, want those of the original, %d of %s, and its header",
			len(letter.Value), letter.Timestamp, len(bad.Value), bad.Timestamp)
	}
}

// TestTransactionMarkersAreSkipped uses producers with transactions. Committed records are scored. Transaction markers take offsets of
// their own; the service skips them and writes no dead letter.
func TestTransactionMarkersAreSkipped(t *testing.T) {
	s := servicetest.Start(t, 1)
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Kafka), kgo.TransactionalID("shop"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	now := time.Now().Truncate(time.Millisecond)
	for _, customer := range []string{"ann", "bob"} {
		if err := client.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		at := event.InstantOf(now.Add(-time.Hour))
		p := &event.Purchase{
			Head: event.Head{ID: "order of " + customer, Customer: customer, OccurredAt: at, RecordedAt: at},
			Kind: event.Order, OrderID: "o " + customer, Amount: event.Money{Minor: 5000, Currency: "USD"},
		}
		if err := client.ProduceSync(ctx, servicetest.Encoded(t, codec, p, now)).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := client.EndTransaction(ctx, kgo.TryCommit); err != nil {
			t.Fatal(err)
		}
	}
	const records = 4 // two orders, two markers
	if got := s.Events(t); got != records {
		t.Fatalf("the log ends at %d, want %d: without markers this test shows nothing", got, records)
	}
	serve(t, s, usual())
	servicetest.Eventually(t, servicetest.Longest, "the last marker is passed", func() bool { return servicetest.Sum(s.Applied(t)) == records })
	servicetest.Eventually(t, servicetest.Longest, "both are scored", func() bool {
		return s.Score(t, "ann", "tier") != "" && s.Score(t, "bob", "tier") != ""
	})
	if got := len(s.Records(t, schemas.DeadLetters)); got != 0 {
		t.Errorf("%d dead letters, want none", got)
	}
}
