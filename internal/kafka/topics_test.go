package kafka

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/event"
	"tidemark/schemas"
)

// check returns the findings by name.
func check(t *testing.T, cluster *Cluster) map[string]Finding {
	findings, err := cluster.CheckTopics(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]Finding)
	for _, f := range findings {
		if _, twice := byName[f.Name]; twice {
			t.Errorf("two findings are called %q", f.Name)
		}
		if !f.OK && (f.Detail == "" || f.Remedy == "") {
			t.Errorf("finding %q does not say what is wrong and how to mend it", f.Name)
		}
		byName[f.Name] = f
	}
	return byName
}

func TestCreatedTopicsPassTheCheck(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 3)
		if err := cluster.CreateTopics(bounded(t), 5, 1); err != nil {
			t.Fatalf("create again: %v, want no error", err)
		}
		findings := check(t, cluster)
		for name, f := range findings {
			if !f.OK {
				t.Errorf("%s: %s", name, f.Detail)
			}
		}
		if len(findings) != len(topics())+1 {
			t.Errorf("%d findings %v, want one per topic and the note on replication", len(findings), findings)
		}
		if n, err := cluster.Partitions(bounded(t)); err != nil || n != 3 {
			t.Errorf("%d partitions, %v; want the 3 of the first creation", n, err)
		}
	})
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		fine := map[string]string{
			"retention.ms": "-1", "retention.bytes": "-1", "message.timestamp.after.max.ms": "60000", "max.message.bytes": "2000000",
		}
		with := func(changes ...string) map[string]string {
			settings := maps.Clone(fine)
			for i := 0; i < len(changes); i += 2 {
				settings[changes[i]] = changes[i+1]
			}
			return settings
		}
		purchases, interactions, feedback := string(event.Purchases), string(event.Interactions), string(event.Feedbacks)
		for _, topic := range []struct {
			name       string
			partitions int32
			settings   map[string]string
		}{
			{purchases, 4, with("retention.ms", "604800000", "retention.bytes", "1000000")},
			{interactions, 4, with("cleanup.policy", "compact", "message.timestamp.after.max.ms", fmt.Sprint(math.MaxInt64))},
			{feedback, 2, with("message.timestamp.type", "LogAppendTime", "max.message.bytes", "60000")},
			{schemas.TierChanges, 1, map[string]string{"retention.ms": "604800000", "max.message.bytes": "2000000"}},
			{schemas.ChurnAlerts, 1, map[string]string{"retention.ms": "3600000", "max.message.bytes": "2000000"}},
			{schemas.Scores, 1, map[string]string{"max.message.bytes": "2000000"}},
			{schemas.Links, 3, with("retention.ms", "604800000")},
		} {
			b.createTopic(t, topic.name, topic.partitions, topic.settings)
		}
		findings := check(t, open(t, b.config()))
		for _, row := range []struct {
			name, detail string
			ok           bool
		}{
			{purchases, "4 partitions", true},
			{purchases + " retention.ms", "604800000, not -1", false},
			{purchases + " retention.bytes", "1000000, not -1", false},
			{interactions + " cleanup.policy", "compact, not delete", false},
			{interactions + " message.timestamp.after.max.ms", "not 3600000", false},
			{feedback + " message.timestamp.type", "LogAppendTime, not CreateTime", false},
			{feedback + " max.message.bytes", "60000, not 1048576", false},
			{schemas.TierChanges, "1 partitions", true},
			{schemas.ChurnAlerts + " retention.ms", "3600000, not 2592000000", false},
			{schemas.Scores + " cleanup.policy", "delete, not compact", false},
			{schemas.WinBacks, "does not exist", false},
			{schemas.DeadLetters, "does not exist", false},
			{schemas.Links + " max.message.bytes", "2000000, not 2097152", false},
			{schemas.Links + " retention.ms", "604800000, not -1", false},
			{"input partitions", feedback + " has 2, customer.interactions.v1 has 4, customer.links.v1 has 3, customer.purchases.v1 has 4", false},
			{"replication", "factor of 1", true},
		} {
			f, ok := findings[row.name]
			if !ok || f.OK != row.ok || !strings.Contains(f.Detail, row.detail) {
				t.Errorf("finding %q: %+v, want ok %t and %q", row.name, f, row.ok, row.detail)
			}
		}
		for _, absent := range []string{schemas.TierChanges + " retention.ms", interactions + " retention.ms", purchases + " message.timestamp.after.max.ms"} {
			if f, found := findings[absent]; found {
				t.Errorf("finding %q: %+v, want none for a setting that suits", absent, f)
			}
		}
	})
}

// Brokers before 3.6 refuse a setting that they do not know: topics are created without it, and the check says so.
func TestTopicsOnAnOlderBroker(t *testing.T) {
	broker := startBroker(t)
	var refused atomic.Int32
	broker.Broker().ControlKey(int16(kmsg.CreateTopics), func(req kmsg.Request) (kmsg.Response, error, bool) {
		broker.Broker().KeepControl()
		ask := req.(*kmsg.CreateTopicsRequest)
		for _, topic := range ask.Topics {
			for _, config := range topic.Configs {
				if config.Name == "message.timestamp.after.max.ms" {
					refused.Add(1)
					answer := ask.ResponseKind().(*kmsg.CreateTopicsResponse)
					no := kmsg.NewCreateTopicsResponseTopic()
					no.Topic, no.ErrorCode = topic.Topic, int16(kafkago.InvalidConfiguration)
					answer.Topics = append(answer.Topics, no)
					return answer, nil, true
				}
			}
		}
		return nil, nil, false
	})
	cluster := open(t, brisk(broker.Addr()))
	if err := cluster.CreateTopics(bounded(t), 1, 1); err != nil {
		t.Fatal(err)
	}
	if refused.Load() == 0 {
		t.Error("the setting was never asked for")
	}
	name := string(event.Purchases) + " message.timestamp.after.max.ms"
	if f := check(t, cluster)[name]; !f.OK || !strings.Contains(f.Remedy, "3.6") {
		t.Errorf("finding %q: %+v, want a note that Kafka 3.6 knows it", name, f)
	}
}

func TestCreateTopicsRefusesNonsense(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := open(t, b.config())
		for _, row := range []struct{ partitions, replication int }{{0, 1}, {1, 0}, {1, -2}, {1, 2}} {
			if err := cluster.CreateTopics(bounded(t), row.partitions, row.replication); err == nil {
				t.Errorf("%d partitions, replication %d on one broker: no error", row.partitions, row.replication)
			}
		}
	})
}

// Three replicas are of use only where two of them confirm.
func TestReplicatedTopicsConfirmTwice(t *testing.T) {
	for replication, want := range map[int]bool{1: false, 2: false, 3: true, 5: true, -1: false} {
		config := topics()[0].config(1, replication, true)
		got := false
		for _, entry := range config.ConfigEntries {
			got = got || entry.ConfigName == minInSync && entry.ConfigValue == "2"
		}
		if got != want {
			t.Errorf("replication %d: %s=2 is %t, want %t", replication, minInSync, got, want)
		}
	}
}

// TestGrowTopics: all input topics grow together; what exists already stays, and nothing shrinks.
func TestGrowTopics(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 2)
		addPartitions(t, b.addr, 4, string(event.Purchases)) // somebody has begun
		for range 2 {
			if err := cluster.GrowTopics(bounded(t), 4); err != nil {
				t.Fatal(err)
			}
			if n, err := cluster.Partitions(bounded(t)); n != 4 || err != nil {
				t.Errorf("after growing: %d partitions, %v; want 4", n, err)
			}
			if found, err := cluster.partitions(bounded(t), schemas.Links); len(found[schemas.Links]) != 4 || err != nil {
				t.Errorf("after growing: %d partitions of %s, %v; want 4, since lanes own one index of all", len(found[schemas.Links]), schemas.Links, err)
			}
		}
		if err := cluster.GrowTopics(bounded(t), 3); err == nil || !strings.Contains(err.Error(), "has 4 partitions already") {
			t.Errorf("to 3 partitions: %v, want that there are 4 already", err)
		}
	})
}
