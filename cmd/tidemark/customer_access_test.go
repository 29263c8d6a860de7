package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// TestAccessAndErasure: what a privacy officer does with a customer, on servers that hold the small log.
func TestAccessAndErasure(t *testing.T) {
	s := loaded(t)
	t.Run("export", func(t *testing.T) { s.exports(t) })
	t.Run("export of nobody", func(t *testing.T) {
		got := tidemark(t, append([]string{"customer", "export", "eve"}, s.flags()...)...)
		got.says(t, 0, `nothing is held of "eve"`, `"profile": null`)
	})
	t.Run("export of Redis alone", func(t *testing.T) {
		got := must(t, append([]string{"customer", "export", "bob", "--no-published"}, s.redisFlags()...)...)
		if strings.Contains(got, "topics_read") || !strings.Contains(got, "900.00 USD") {
			t.Errorf("want the order, and no topics:\n%s", got)
		}
	})
	t.Run("export of the newest records", func(t *testing.T) { s.exportsTheNewest(t) })
	t.Run("forget", func(t *testing.T) { s.forgets(t) })
}

func (s *servers) exports(t *testing.T) {
	var got heldCustomer
	s.publishes(t, "bob", "ann")
	text := must(t, append([]string{"customer", "export", "bob"}, s.flags()...)...)
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	p := got.Profile
	if p == nil || len(p.History.Orders) != 1 || p.History.Orders[0].Amount != "900.00 USD" || p.History.Orders[0].At != "2026-03-01T11:00:00Z" {
		t.Fatalf("want one order of 900 USD:\n%s", text)
	}
	if f := p.History.Feedback; len(f) != 1 || f[0].Kind != "NPS" || *f[0].Score != 9 {
		t.Errorf("feedback %+v, want an answer of 9", f)
	}
	if p.Tier.Tier == "NONE" || p.Tier.ID == "" || len(got.Views) != 2 {
		t.Errorf("tier %+v and views %v, want a tier, who said so, and both views", p.Tier, got.Views)
	}
	heard := map[string]heldMessage{}
	for _, m := range got.Published.Messages {
		heard[m.Topic] = m
	}
	if m := heard[schemas.TierChanges]; len(got.Published.Messages) != 3 || !strings.Contains(string(m.Event), "said of bob") || m.At == "" {
		t.Errorf("want the TierChanged of bob, his last score and his dead letter:\n%s", text)
	}
	if m := heard[schemas.DeadLetters]; string(m.Original) != "no event" || m.Headers["tidemark.error.code"] != "MALFORMED" {
		t.Errorf("the dead letter is %+v, want what came and why it was refused", m)
	}
	if heard[schemas.Scores].Note == "" {
		t.Error("a message without a value: want it said")
	}
	for _, look := range got.Published.Looked {
		if !look.All {
			t.Errorf("%s was not read whole: %s", look.Topic, look.Why)
		}
	}
	if strings.Contains(text, `"ann"`) {
		t.Error("it tells of another customer")
	}
	if !strings.Contains(text, "cannot be turned back") {
		t.Error("it does not say that ids are kept as hashes")
	}
}

// exportsTheNewest reads one record of each partition, and says that there were more.
func (s *servers) exportsTheNewest(t *testing.T) {
	s.publishes(t, "bob")
	var got heldCustomer
	text := must(t, append([]string{"customer", "export", "bob", "--records", "1"}, s.flags()...)...)
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if n := len(got.Published.Messages); n != 3 {
		t.Errorf("%d messages, want the newest of each of 3 topics:\n%s", n, text)
	}
	for _, look := range got.Published.Looked {
		if look.Records > 0 && (look.All || look.Why != "--records" || look.From == "") {
			t.Errorf("%s: %+v, want it said that older records were left out", look.Topic, look)
		}
	}
}

// publishes puts messages about customers on the output topics. The run of the small log says nothing there: all of it is too old.
func (s *servers) publishes(t *testing.T, customers ...string) {
	t.Helper()
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, customer := range customers {
		said, err := codec.Encode(&score.TierChanged{Stamp: score.Stamp{ID: "said of " + customer, Customer: customer, AsOf: 1}, Direction: score.Entry})
		if err != nil {
			t.Fatal(err)
		}
		s.Produce(t,
			&kgo.Record{Topic: schemas.TierChanges, Key: said.Key, Value: said.Value},
			&kgo.Record{Topic: schemas.Scores, Key: said.Key},
			&kgo.Record{
				Topic: schemas.DeadLetters, Key: said.Key, Value: []byte("no event"),
				Headers: []kgo.RecordHeader{{Key: "tidemark.error.code", Value: []byte("MALFORMED")}},
			})
	}
}

// still is a store whose service does not apply the erasure.
type still struct{ *redis.Store }

func (still) Traces(ctx context.Context, _ string) ([]string, error) { return nil, ctx.Err() }

func (still) Erased(ctx context.Context, _ string) (event.Instant, bool, error) {
	return 0, false, ctx.Err()
}

// forgets publishes an ERASED where no service runs: it lies in the customer's partition, and the command says that nothing is proved.
func (s *servers) forgets(t *testing.T) {
	c := customerForgetCommand{ID: "bob", EventID: "forget-1", Within: time.Nanosecond}
	c.KafkaBrokers, c.KafkaGroup, c.RedisURL, c.RedisPrefix, c.MaxRecord = []string{s.Kafka}, "tidemark", "redis://"+s.Redis, "tm", 1<<20
	db, err := c.open()
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	layout, _, err := db.Layout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	store, err := db.laidOut(layout)
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := c.clusterOf(c.groupSettings)
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	var out strings.Builder
	at, err := c.publish(t.Context(), &out, cluster, layout)
	if err != nil {
		t.Fatal(err)
	}
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, r := range s.Records(t, string(event.Interactions)) {
		x, err := codec.Decode(stream.Record{Topic: event.Interactions, Key: r.Key, Value: r.Value, Time: event.InstantOf(r.Timestamp)})
		if err != nil {
			t.Fatal(err)
		}
		i := x.(*event.Interaction)
		if i.Kind != event.Erased {
			continue
		}
		found = true
		if i.ID != "forget-1" || i.Customer != "bob" || i.RecordedAt != at || int(r.Partition) != shard.Murmur2.Of("bob", 2) {
			t.Errorf("partition %d holds %+v, want forget-1 of bob, recorded at %s", r.Partition, i, at)
		}
	}
	if !found {
		t.Fatal("no ERASED was published")
	}
	err = c.tell(t.Context(), streams{&out, &out}, cluster, forgetting{proof: proof{evidence: still{store}, customer: "bob", shard: layout.Of("bob"), since: at}})
	if err == nil {
		t.Error("proved, although no service runs")
	}
	for _, want := range []string{
		"published the ERASED forget-1", "the service has not applied the erasure", "still there", "has no members", "--prove",
		"what an erasure does not reach", "customer.purchases.v1        keeps records for ever", "customer.tier-changes.v1     keeps records until about",
		"customer.scores.v1           the last score goes", "subscribers",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("want %q in\n%s", want, &out)
		}
	}
}
