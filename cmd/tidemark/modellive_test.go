package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/linkedin/goavro/v2"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// shoppers is a log of customers who buy in their own rhythm, some until today, some until they leave.
func shoppers(customers int) string {
	r := rand.New(rand.NewPCG(4, 4))
	now := time.Now()
	var log strings.Builder
	for n := range customers {
		gap := []float64{7, 20, 60}[r.IntN(3)]
		left := now.AddDate(0, 0, -r.IntN(150)*r.IntN(2))
		at := now.AddDate(0, 0, -30-r.IntN(400))
		for i := 0; at.Before(left); i++ {
			fmt.Fprintf(&log, `{"topic":"customer.purchases.v1","event":{"event_id":"e%d-%d","customer_id":"c%03d","order_id":"o%d-%d",`+
				`"occurred_at":%q,"kind":"ORDER","amount_minor":%d,"currency":"USD"}}`+"\n",
				n, i, n, n, i, at.UTC().Format(time.RFC3339), 500+r.IntN(9000))
			at = at.Add(time.Duration((.5 + r.ExpFloat64()) * gap * 24 * float64(time.Hour)))
		}
	}
	return log.String()
}

// lenient is the default model with other lines: it gives higher tiers, and alerts earlier, but escalates later.
func lenient() string {
	return strings.NewReplacer("general: 30", "general: 5", "potential: 60", "potential: 25", "high: 90", "high: 50",
		"{up: 0.5, down: 0.3, floor: 0.65}", "{up: 0.2, down: 0.1, floor: 0.3}", "floor: 0.75", "floor: 0.97", "floor: 0.85", "floor: 0.98").Replace("# lenient\n" + string(model.Default()))
}

// foreseen is the part of `model check --against-live --json` that the test looks at.
type foreseen struct {
	Customers int            `json:"customers"`
	TakesBack bool           `json:"takes_back"`
	InForce   bool           `json:"in_force_already"`
	Published int            `json:"published"`
	Muted     int            `json:"not_published"`
	Told      map[string]int `json:"transitions"`
	Movers    []struct {
		Customer   string `json:"customer_id"`
		TierBefore string `json:"tier_before"`
		TierAfter  string `json:"tier_after"`
	} `json:"movers"`
}

// TestModelCheckForeseesTheSwitch: a running service switches to another model, and back. `model check --against-live` says beforehand what
// is then published with cause MODEL, exactly. After the way back every customer has the labels of before.
func TestModelCheckForeseesTheSwitch(t *testing.T) {
	s := startServers(t, 2)
	tidemark(t, append([]string{"model", "check", file(t, lenient()), "--against-live"}, s.redisFlags()...)...).
		says(t, 1, "there are no customers")
	must(t, append([]string{"import", file(t, shoppers(400)), "--format", "jsonl"}, s.kafkaFlags()...)...)
	s.serve(t)
	s.AwaitCaughtUp(t)
	s.awaitReviews(t)
	before := s.shown(t)

	there := s.switchTo(t, file(t, lenient()))
	if there.TakesBack || there.Muted == 0 || there.Told["TierChanged_UP"] == 0 || there.Told["ChurnAlert_CHURN_RAISED"] == 0 {
		t.Errorf("the switch: got %+v, want tiers up, alerts raised, and some that are not published", there)
	}
	moved := there.Movers[0]
	servicetest.Eventually(t, servicetest.Longest, "the views show the switch", func() bool {
		return differing(s.labels(t), before) > there.Customers/10 && s.Score(t, moved.Customer, "tier") == moved.TierAfter
	})

	back := s.switchTo(t, file(t, string(model.Default())))
	if !back.TakesBack || back.Told["ChurnAlert_CHURN_RETRACTED"] != there.Told["ChurnAlert_CHURN_RAISED"] {
		t.Errorf("the way back: got %+v, want every episode retracted that the switch raised, %d", back, there.Told["ChurnAlert_CHURN_RAISED"])
	}
	// Nobody has heard of the episodes of the others. Notices that the switch has withdrawn are given anew: those were given too long ago.
	if unheard := there.Muted - there.Told["TierWillChange_WITHDRAWN"]; back.Muted < unheard || back.Muted > there.Muted {
		t.Errorf("the way back: %d transitions are not published, want %d, as of the switch, and at most its notices more", back.Muted, unheard)
	}
	if after := s.shown(t); differing(after, before) > 0 {
		t.Errorf("taken back: %d of %d customers have other labels than before, want none", differing(after, before), len(before))
		for customer, label := range after {
			if label != before[customer] {
				t.Logf("%s: %s, before %s", customer, label, before[customer])
			}
		}
	}
	args := append([]string{"model", "check", file(t, string(model.Default())), "--against-live"}, s.redisFlags()...)
	tidemark(t, args...).says(t, 0, "is in force already: its activation changes nothing")
}

// switchTo says what the switch to a model would do, activates the model, and waits until every customer is switched. It holds what has
// been published to what was said.
func (s *servers) switchTo(t *testing.T, file string) foreseen {
	t.Helper()
	told := len(s.byModel(t))
	before, err := model.Parse([]byte(must(t, append([]string{"model", "show"}, s.redisFlags()...)...)))
	if err != nil {
		t.Fatal(err)
	}
	soon := event.InstantOf(time.Now().Add(2 * service.ModelNotice))
	flags := append([]string{file, "--effective-at", soon.String()}, s.redisFlags()...)
	tables := must(t, append([]string{"model", "check", "--against-live"}, flags...)...)
	var said foreseen
	if err := json.Unmarshal([]byte(must(t, append([]string{"model", "check", "--against-live", "--json"}, flags...)...)), &said); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", tables)
	if want := fmt.Sprintf("published with cause MODEL %d", said.Published); !strings.Contains(strings.Join(strings.Fields(tables), " "), want) {
		t.Errorf("the tables say\n%s\nwant %q, as the JSON", tables, want)
	}
	must(t, append([]string{"model", "activate"}, flags...)...)
	servicetest.Eventually(t, servicetest.Longest, "every shard is of another model", func() bool {
		for _, head := range s.Hashes(t, s.ShardKeys("meta")...) {
			if m := head["model"]; len(head) > 0 && (m == before.Hash || len(m) != len(before.Hash)) { // the shard has customers
				return false
			}
		}
		return true
	})
	servicetest.Eventually(t, servicetest.Longest, "all is published", func() bool { return len(s.Waiting(t)) == 0 })
	if got := len(s.byModel(t)) - told; got != said.Published || got == 0 {
		t.Errorf("published with cause MODEL: %d, the check said %d", got, said.Published)
	}
	return said
}

// byModel returns the published transitions with cause MODEL.
func (s *servers) byModel(t *testing.T) []*kgo.Record {
	t.Helper()
	codecs := map[uint32]*goavro.Codec{}
	for _, version := range schemas.Versions() {
		codec, err := goavro.NewCodec(version.Text)
		if err != nil {
			t.Fatal(err)
		}
		codecs[version.ID] = codec
	}
	return slices.DeleteFunc(s.Records(t, servicetest.OutputTopics...), func(r *kgo.Record) bool {
		native, _, err := codecs[binary.BigEndian.Uint32(r.Value[1:])].NativeFromBinary(r.Value[5:]) // a zero, and the id of the schema
		if err != nil {
			t.Fatal(err)
		}
		return native.(map[string]any)["cause"] != "MODEL"
	})
}

// awaitReviews returns when every review that is due has been done.
func (s *servers) awaitReviews(t *testing.T) {
	t.Helper()
	now := fmt.Sprint(int64(event.InstantOf(time.Now())))
	servicetest.Eventually(t, servicetest.Longest, "no review is due", func() bool {
		for _, key := range s.ShardKeys("due") {
			if due, err := s.Data.ZCount(t.Context(), key, "-inf", now).Result(); err != nil || due > 0 {
				return false
			}
		}
		return true
	})
}

// shown returns the tier and the churn level of every customer, once the views show as many of each as the shards count.
func (s *servers) shown(t *testing.T) map[string]string {
	t.Helper()
	var labels map[string]string
	servicetest.Eventually(t, servicetest.Longest, "the views show what the shards count", func() bool {
		counted := map[string]int{}
		for _, census := range s.Hashes(t, s.ShardKeys("census")...) {
			for name, n := range census {
				if strings.HasPrefix(name, "tier:") || strings.HasPrefix(name, "level:") {
					count, err := strconv.Atoi(n)
					if err != nil {
						t.Fatalf("census, %s: %v", name, err)
					}
					counted[name] += count
				}
			}
		}
		labels = s.labels(t)
		for _, label := range labels {
			tier, level, _ := strings.Cut(label, " ")
			counted["tier:"+tier]--
			counted["level:"+level]--
		}
		for _, more := range counted {
			if more != 0 {
				return false
			}
		}
		return len(labels) > 0
	})
	return labels
}

// labels returns the tier and the churn level of every customer.
func (s *servers) labels(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	keys := s.Keys(t, "tm:score:")
	for i, fields := range s.Hashes(t, keys...) {
		all[keys[i]] = fields["tier"] + " " + fields["churn_level"]
	}
	return all
}

func differing(a, b map[string]string) (n int) {
	for key := range b {
		if a[key] != b[key] {
			n++
		}
	}
	return n + max(0, len(a)-len(b))
}
