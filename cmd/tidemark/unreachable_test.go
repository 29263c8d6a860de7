package main

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"tidemark/internal/reach"
)

// flagsOf returns the names of all flags of all commands.
func flagsOf(t *testing.T) map[string]*kong.Flag {
	t.Helper()
	parser, err := kong.New(new(cli), kong.DefaultEnvars("TIDEMARK"))
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]*kong.Flag{}
	if err := kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			flags[flag.Name] = flag
		}
		return next(nil)
	}); err != nil {
		t.Fatal(err)
	}
	return flags
}

// For every symptom of every server there is a cause and something to try, and every flag that they name exists.
func TestAdviceIsComplete(t *testing.T) {
	flags := flagsOf(t)
	named := regexp.MustCompile(`--([a-z-]+)`)
	for _, server := range []string{"Kafka", "Redis", "Redis Cluster", "Schema registry"} {
		for n := range reach.Symptoms * 4 {
			e := &reach.Error{Server: server, Addresses: []string{"h:1"}, Symptom: reach.Symptom(n / 4), TLS: n&1 > 0, Login: n&2 > 0, Err: errors.New("odd")}
			a, ok := adviceOn(fmt.Errorf("look: %w", e))
			if !ok || a.cause == "" || a.try == "" || !strings.HasPrefix(a.flag, "--") {
				t.Errorf("%s, symptom %d: got %+v, want a flag, a cause and something to try", server, e.Symptom, a)
			}
			for _, flag := range named.FindAllStringSubmatch(a.line(), -1) {
				if flags[flag[1]] == nil {
					t.Errorf("%s, symptom %d: there is no flag %s: %s", server, e.Symptom, flag[0], a.line())
				}
			}
		}
	}
	if a, ok := adviceOn(errors.New("no such customer")); ok {
		t.Errorf("an error of no connection: got %+v, want no advice", a)
	}
}

func TestAdviceGuesses(t *testing.T) {
	for _, row := range []struct {
		name string
		e    reach.Error
		says []string
	}{
		{"plaintext to a server that hangs up", reach.Error{Server: "Kafka", Symptom: reach.Closed}, []string{"listens with TLS", "--kafka-tls", "--kafka-sasl"}},
		{"TLS to a server that hangs up", reach.Error{Server: "Kafka", TLS: true, Symptom: reach.Closed}, []string{"listens without TLS", "leave out --kafka-tls"}},
		{"TLS to a server without", reach.Error{Server: "Redis", TLS: true, Symptom: reach.NotTLS}, []string{"listens without TLS", "redis://"}},
		{"plaintext to a Redis with TLS", reach.Error{Server: "Redis", Symptom: reach.OtherProtocol}, []string{"rediss://"}},
		{"no password", reach.Error{Server: "Redis", Symptom: reach.LoginMissing}, []string{"TIDEMARK_REDIS_PASSWORD"}},
		{"a Sentinel", reach.Error{Server: "Redis", Symptom: reach.UnknownCommand}, []string{"Sentinel", "get-master-addr-by-name"}},
		{"a node of a cluster", reach.Error{Server: "Redis", Symptom: reach.ClusterNode}, []string{"--redis-cluster"}},
	} {
		row.e.Err = errors.New("odd")
		a, _ := adviceOn(&row.e)
		for _, word := range row.says {
			if !strings.Contains(a.line(), word) {
				t.Errorf("%s: got %q, want %q in it", row.name, a.line(), word)
			}
		}
	}
}

// A broker may advertise an address that this machine cannot reach, although the address that was given works.
func TestAdviceOnAdvertisedListeners(t *testing.T) {
	unknown := &net.OpError{Op: "dial", Err: &net.DNSError{Name: "broker-7", IsNotFound: true}}
	refused := &net.OpError{Op: "dial", Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 9092}, Err: errors.New("odd")}
	for _, row := range []struct {
		name, given string
		err         error
		want        string
	}{
		{"another name", "localhost:9092", unknown, "broker-7"},
		{"the name that was given", "broker-7:9092", unknown, ""},
		{"another number", "10.0.0.1:9092", refused, "10.0.0.7:9092"},
		{"the number that was given", "10.0.0.7:9092", refused, ""},
		{"perhaps the number of the name", "broker-7:9092", refused, ""},
	} {
		e := &reach.Error{Server: "Kafka", Addresses: []string{row.given}, Err: row.err}
		a, _ := adviceOn(e)
		if got := strings.Contains(a.cause, "advertised.listeners"); got != (row.want != "") || !strings.Contains(a.cause, row.want) {
			t.Errorf("%s: got %q, want %q as an advertised address", row.name, a.cause, row.want)
		}
	}
}

// Every command that connects says which server it did not reach, by which flag it was named, and what to try.
func TestEveryCommandSaysWhatItDidNotReach(t *testing.T) {
	address := closedPort(t)
	log := file(t, `{"topic":"customer.purchases.v1","event":{"event_id":"e1","customer_id":"ann","order_id":"o1",`+
		`"occurred_at":"2026-01-01T00:00:00Z","kind":"ORDER","amount_minor":4000,"currency":"USD"}}`)
	kafka, redis := []string{"--kafka-brokers", address}, []string{"--redis-url", "redis://" + address + "?dial_timeout=1s&max_retries=-1"}
	for _, row := range []struct {
		args []string
		flag string
	}{
		{append([]string{"run", "--admin", "", "--start-within", "1s"}, kafka...), "--kafka-brokers (TIDEMARK_KAFKA_BROKERS)"},
		{append([]string{"topics", "check"}, kafka...), "--kafka-brokers (TIDEMARK_KAFKA_BROKERS)"},
		{append([]string{"topics", "create"}, kafka...), "--kafka-brokers (TIDEMARK_KAFKA_BROKERS)"},
		{append([]string{"topics", "grow", "--partitions", "24"}, kafka...), "--kafka-brokers (TIDEMARK_KAFKA_BROKERS)"},
		{append([]string{"rebuild", "--shards", "144"}, append(kafka, redis...)...), "--kafka-brokers (TIDEMARK_KAFKA_BROKERS)"},
		{append([]string{"import", log, "--format", "jsonl"}, kafka...), "--kafka-brokers (TIDEMARK_KAFKA_BROKERS)"},
		{append([]string{"doctor"}, append(kafka, redis...)...), "--kafka-brokers (TIDEMARK_KAFKA_BROKERS)"},
		{append([]string{"doctor"}, append(kafka, redis...)...), "--redis-url (TIDEMARK_REDIS_URL)"},
		{append([]string{"customer", "show", "ann"}, redis...), "--redis-url (TIDEMARK_REDIS_URL)"},
		{append([]string{"model", "show"}, redis...), "--redis-url (TIDEMARK_REDIS_URL)"},
		{append([]string{"model", "activate", file(t, must(t, "model", "show", "--default"))}, redis...), "--redis-url (TIDEMARK_REDIS_URL)"},
		{append([]string{"fit", "--from-redis"}, redis...), "--redis-url (TIDEMARK_REDIS_URL)"},
		{append([]string{"import", log, "--format", "jsonl", "--registry-url", "http://" + address}, startServers(t, 1).kafkaFlags()...), "--registry-url (TIDEMARK_REGISTRY_URL)"},
	} {
		t.Run(strings.Join(row.args[:2], " ")+row.flag, func(t *testing.T) {
			tidemark(t, row.args...).says(t, 1, address, row.flag, "nothing listens at this address")
		})
	}
}
