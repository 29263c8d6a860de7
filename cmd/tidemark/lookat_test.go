package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tidemark/internal/model"
	"tidemark/internal/realdata"
	"tidemark/internal/service/servicetest"
)

// loaded returns servers that hold the small log, scored.
func loaded(t *testing.T) *servers {
	t.Helper()
	s := startServers(t, 2)
	must(t, append([]string{"import", file(t, servicetest.SmallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	must(t, append([]string{"run", "--clock", "event", "--as-of", "2026-03-10", "--exit-when-caught-up", "--admin", ""}, s.flags()...)...)
	return s
}

// closedPort returns an address at which no server listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// says checks the exit code of an answer, and words in its output.
func (a answer) says(t *testing.T, code int, words ...string) {
	t.Helper()
	if a.code != code {
		t.Errorf("exit code %d, want %d", a.code, code)
	}
	for _, word := range words {
		if !strings.Contains(a.out+a.err, word) {
			t.Errorf("want %q in it", word)
		}
	}
	if t.Failed() {
		t.Logf("it said\n%s%s", a.out, a.err)
	}
}

func TestCustomerShow(t *testing.T) {
	s := loaded(t)
	t.Run("a table", func(t *testing.T) {
		got := tidemark(t, append([]string{"customer", "show", "bob"}, s.redisFlags()...)...)
		got.says(t, 0, "customer_id    bob\n", "spend_365d     900.00 USD\n", "as_of          2026-03-10T00:00:00Z\n", "who      bob has bought since 1 March 2026")
		_, table, _ := strings.Cut(got.out, "What the public views hold\n")
		if lines := strings.Count(table, "\n"); lines != 13 {
			t.Errorf("%d lines, want the customer and the 12 fields of the score", lines)
		}
		for line := range strings.Lines(got.out) {
			if len([]rune(line)) > pageWidth+1 {
				t.Errorf("%q is longer than %d characters", line, pageWidth)
			}
		}
	})
	t.Run("all that is known", func(t *testing.T) {
		got := tidemark(t, append([]string{"customer", "show", "bob", "--explain"}, s.redisFlags()...)...)
		got.says(t, 0, "p_no_purchase", "next_review", "coverage", "expected_orders", "The value score, ", "is the sum of", "spend of 365 days", "spend_365d")
		got.says(t, 0, "churn_level_reason", "TOO_FEW_PURCHASES", "bought on 1 day, and fewer than 3 are no rhythm")
		got.says(t, 0, "The churn risk, ", "the product of", "a typical customer")
	})
	t.Run("what it is made of", func(t *testing.T) { s.addsUp(t, "bob") })
	t.Run("JSON", func(t *testing.T) {
		var fields map[string]string
		if err := json.Unmarshal([]byte(must(t, append([]string{"customer", "show", "bob", "--json"}, s.redisFlags()...)...)), &fields); err != nil {
			t.Fatal(err)
		}
		if len(fields) != 13 || fields["customer_id"] != "bob" || fields["orders_365d"] != "1" {
			t.Errorf("got %v, want 13 fields, of bob, who has one order", fields)
		}
	})
	t.Run("nobody", func(t *testing.T) {
		tidemark(t, append([]string{"customer", "show", "eve"}, s.redisFlags()...)...).says(t, 1, `no customer "eve"`)
	})
	t.Run("no server", func(t *testing.T) {
		address := closedPort(t)
		tidemark(t, "customer", "show", "bob", "--redis-url", "redis://"+address).says(t, 1, address, "refused")
	})
	t.Run("while another model waits for its instant", func(t *testing.T) {
		other := strings.NewReplacer("{indicator: spend_365d,      weight: 0.30", "{indicator: spend_365d,      weight: 0.10",
			"{indicator: recency_days,    weight: 0.10", "{indicator: recency_days,    weight: 0.30").Replace(mine1(t))
		activate := append([]string{"model", "activate", "--effective-at", "2026-04-01", file(t, other)}, s.redisFlags()...)
		tidemark(t, activate...).says(t, 0, "mine-1", "2026-04-01T00:00:00Z")
		s.addsUp(t, "bob")
	})
}

// addsUp checks that the printed parts of a score and of a risk add up to the score and to the risk.
func (s *servers) addsUp(t *testing.T, id string) {
	t.Helper()
	var got struct {
		Score  string             `json:"value_score"`
		Risk   string             `json:"churn_risk"`
		Points map[string]float64 `json:"value_score_points"`
		Odds   map[string]float64 `json:"churn_risk_log_odds"`
	}
	text := must(t, append([]string{"customer", "show", id, "--explain", "--json"}, s.redisFlags()...)...)
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	var points, odds float64
	for _, p := range got.Points {
		points += p
	}
	for _, o := range got.Odds {
		odds += o
	}
	score, _ := strconv.ParseFloat(got.Score, 64)
	risk, _ := strconv.ParseFloat(got.Risk, 64)
	if score <= 0 || math.Abs(points-score) > 1e-6 {
		t.Errorf("points %v add up to %v, want the score %v", got.Points, points, score)
	}
	if want := math.Log(risk / (1 - risk)); risk <= 0 || math.Abs(odds-want) > .001 {
		t.Errorf("log-odds %v add up to %v, want %v, of the risk %v", got.Odds, odds, want, risk)
	}
}

// mine1 is the default model as version mine-1.
func mine1(t *testing.T) string {
	t.Helper()
	source := string(model.Default())
	return strings.Replace(source, "version: "+parsed(t, source).Version, "version: mine-1", 1)
}

func TestModelCommands(t *testing.T) {
	s := startServers(t, 2)
	if got := must(t, "model", "show", "--default"); got != string(model.Default()) {
		t.Error("model show --default differs from the model that comes with Tidemark")
	}
	tidemark(t, append([]string{"model", "show"}, s.redisFlags()...)...).says(t, 1, "no model is in force yet", "model show --default")

	other := mine1(t)
	name := file(t, other)
	tidemark(t, "model", "check", name).says(t, 0, "model mine-1 is in order", "money in USD")
	tidemark(t, "model", "check", file(t, strings.Replace(other, "weight: 0.30", "weight: -0.30", 1))).says(t, 1, "weight")
	tidemark(t, "model", "check", file(t, "nonsense: 1\n")).says(t, 1, "nonsense")

	tidemark(t, append([]string{"model", "activate", name, "--effective-at", "2026-03-01"}, s.redisFlags()...)...).says(t, 0, "mine-1", "2026-03-01T00:00:00Z")
	if got := tidemark(t, append([]string{"model", "show"}, s.redisFlags()...)...); got.out != other {
		t.Errorf("model show prints %d bytes, want the file's %d", len(got.out), len(other))
	}
	must(t, append([]string{"import", file(t, servicetest.SmallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	load := append([]string{"run", "--clock", "event", "--as-of", "2026-03-10", "--exit-when-caught-up", "--admin", ""}, s.flags()...)
	must(t, load...)
	if got := s.Score(t, "ann", "model_version"); got != "mine-1" {
		t.Errorf("ann is scored by %q, want the model in force", got)
	}
	// A flag does not switch models, and money does not change its currency.
	tidemark(t, append(load, "--model", file(t, string(model.Default())))...).says(t, 1, "model activate")
	tidemark(t, append([]string{"model", "activate", file(t, strings.Replace(other, "base: USD", "base: EUR", 1))}, s.redisFlags()...)...).
		says(t, 1, "currency")
}

// A model is activated while the service runs. The service uses it from the next event on.
func TestAModelIsFollowed(t *testing.T) {
	s := startServers(t, 1)
	s.serve(t)
	buys := 0
	buy := func() {
		buys++
		log := fmt.Sprintf(`{"topic":"customer.purchases.v1","event":{"event_id":"e%d","customer_id":"ann","order_id":"o%d",`+
			`"occurred_at":%q,"kind":"ORDER","amount_minor":4000,"currency":"USD"}}`, buys, buys, time.Now().Format(time.RFC3339Nano))
		must(t, append([]string{"import", file(t, log), "--format", "jsonl"}, s.kafkaFlags()...)...)
	}
	scoredBy := func() string { return s.Score(t, "ann", "model_version") }
	buy()
	servicetest.Eventually(t, servicetest.Longest, "ann is scored", func() bool { return scoredBy() == parsed(t, string(model.Default())).Version })
	other := mine1(t)
	must(t, append([]string{"model", "activate", file(t, other)}, s.redisFlags()...)...)
	servicetest.Eventually(t, servicetest.Longest, "ann is scored by the new model", func() bool {
		buy() // it takes a moment until the service has seen the switch
		return scoredBy() == "mine-1"
	})
}

func TestTopics(t *testing.T) {
	s := startEmpty(t)
	check := append([]string{"topics", "check"}, s.kafkaFlags()...)
	tidemark(t, check...).says(t, 1, "FAIL  customer.purchases.v1", "does not exist", "tidemark topics create")
	must(t, append([]string{"topics", "create", "--partitions", "3", "--replication", "1"}, s.kafkaFlags()...)...)
	tidemark(t, check...).says(t, 0, "3 partitions", "the topics are in order")
	tidemark(t, append([]string{"topics", "create", "--partitions", "5"}, s.kafkaFlags()...)...).says(t, 0, "3 partitions")
	if err := s.Embedded.Kafka.Broker().DeleteTopic("customer.feedback.v1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Embedded.Kafka.Broker().CreateTopic("customer.feedback.v1", 2, nil); err != nil {
		t.Fatal(err)
	}
	tidemark(t, check...).says(t, 1, "unequal partition counts", "customer.feedback.v1 has 2", "add partitions")
	tidemark(t, append([]string{"topics", "create", "--partitions", "0"}, s.kafkaFlags()...)...).says(t, 1, "0 partitions")
	tidemark(t, "topics", "check", "--kafka-brokers", closedPort(t)).says(t, 1, "refused")
}

func TestImportSaysWhatIsMissing(t *testing.T) {
	s := startEmpty(t)
	log := file(t, servicetest.SmallLog)
	tidemark(t, append([]string{"import", log, "--format", "jsonl"}, s.kafkaFlags()...)...).says(t, 1, "input topic missing", "tidemark topics create")
	tidemark(t, "import", log, "--format", "jsonl", "--kafka-brokers", closedPort(t)).says(t, 1, "refused")
}

func TestDoctor(t *testing.T) {
	t.Run("well", func(t *testing.T) {
		s := loaded(t)
		tidemark(t, append([]string{"doctor"}, s.flags()...)...).says(t, 0,
			"ok    redis answers", "ok    redis takes writes", "edition 0: 72 shards by murmur2, days of UTC, money in USD", "ok    model in force",
			"ok    customer.purchases.v1", "group tidemark is 0 records behind", "embedded, with fixed ids", "ok    limits", "all is well")
	})
	t.Run("before the first start", func(t *testing.T) {
		s := startServers(t, 1)
		tidemark(t, append([]string{"doctor"}, s.flags()...)...).says(t, 0, "no data yet", "all is well")
	})
	t.Run("nobody answers", func(t *testing.T) {
		got := tidemark(t, "doctor", "--kafka-brokers", closedPort(t), "--redis-url", "redis://"+closedPort(t))
		got.says(t, 1, "FAIL  redis answers", "FAIL  kafka answers", "-> check", "must be mended")
		if got.err != "" || strings.Contains(got.out, "<nil>") {
			t.Errorf("on standard error: %q, want nothing, and no <nil> anywhere", got.err)
		}
	})
	t.Run("no topics", func(t *testing.T) {
		s := startEmpty(t)
		tidemark(t, append([]string{"doctor"}, s.flags()...)...).says(t, 1, "FAIL  customer.purchases.v1", "tidemark topics create")
	})
	t.Run("redis takes no writes", func(t *testing.T) {
		s := startServers(t, 1)
		s.Embedded.Redis.Server().SetError("READONLY You can't write against a read only replica.")
		tidemark(t, append([]string{"doctor"}, s.flags()...)...).says(t, 1, "READONLY", "ok    customer.purchases.v1")
	})
	t.Run("another partitioner", func(t *testing.T) {
		s := startServers(t, 4)
		log := realdata.File(t, "cdnow/CDNOW_sample.txt")
		must(t, append([]string{"import", log, "--format", "cdnow-sample", "--partitioner", "crc32"}, s.kafkaFlags()...)...)
		tidemark(t, append([]string{"doctor"}, s.flags()...)...).says(t, 0, "crc32 explains 100 %")
		args := slices.Concat([]string{"run", "--clock", "event", "--as-of", "1998-06-30", "--exit-when-caught-up", "--admin", ""}, s.flags())
		must(t, append(args, "--partitioner", "murmur2")...) // correct, only slower
		tidemark(t, append([]string{"doctor"}, s.flags()...)...).says(t, 1, "producers use crc32, the data is laid out by murmur2", "--partitioner crc32")
		tidemark(t, append(args, "--partitioner", "crc32")...).says(t, 1, "partitioner is", "murmur2")
	})
}

func TestVersion(t *testing.T) {
	tidemark(t, "version").says(t, 0, "tidemark ", "go1.")
}
