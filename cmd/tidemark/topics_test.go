package main

import (
	"strings"
	"testing"

	"tidemark/internal/service/servicetest"
)

// TestTopicsOfAnUpgrade: a newer version wants topics beside those that are in use. `topics create` adds them in the shape of the others, says
// what it has added, and names what is not as it was asked for.
func TestTopicsOfAnUpgrade(t *testing.T) {
	s := startEmpty(t)
	create := append([]string{"topics", "create"}, s.kafkaFlags()...)
	out := must(t, append(create, "--partitions", "3", "--replication", "1")...)
	if got, want := strings.Count(out, "added "), len(s.Partitions(t, servicetest.TopicNames()...)); got != want || want < 8 {
		t.Errorf("on empty servers: %d topics are said to be added, want %d, and at least 8:\n%s", got, want, out)
	}
	broker := s.Embedded.Kafka.Broker()
	for _, name := range []string{"customer.feedback.v1", "customer.win-backs.v1"} {
		if err := broker.DeleteTopic(name); err != nil {
			t.Fatal(err)
		}
	}
	tidemark(t, append(create, "--partitions", "6")...).says(t, 1, "customer.interactions.v1 has 3", "customer.feedback.v1 would get 6", "nothing was created")
	got := tidemark(t, create...)
	got.says(t, 0, "added customer.feedback.v1         3 partitions, replication 1", "added customer.win-backs.v1", "the topics are in order")
	if n := strings.Count(got.out, "added "); n != 2 {
		t.Errorf("%d topics are said to be added, want the 2 that were missing:\n%s", n, got.out)
	}
	tidemark(t, append(create, "--partitions", "6", "--replication", "2")...).says(t, 0,
		"none was added, none was changed", "kept  customer.purchases.v1        it has 3 partitions, not 6",
		"kept  customer.purchases.v1        its replication is 1, not 2")

	// A setting that differs is named with the command that mends it, and stays.
	if err := broker.DeleteTopic("customer.purchases.v1"); err != nil {
		t.Fatal(err)
	}
	if err := broker.CreateTopic("customer.purchases.v1", 3, map[string]string{"retention.ms": "1000"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		tidemark(t, create...).says(t, 1, "none was changed", "customer.purchases.v1 retention.ms", "is 1000, not -1", "kafka-configs --alter")
	}
}
