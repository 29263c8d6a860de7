package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/realdata"
	"tidemark/internal/score"
	"tidemark/internal/service/servicetest"
)

// columns are the first columns of the scores file: other programs read it by them. The other entries of the catalogue follow.
const columns = "customer_id,as_of,orders,purchase_days,first_purchase,last_purchase,recency_days,orders_365d,spend_365d," +
	"spend_lifetime,r,f,m,segment,p_alive,p_no_purchase,expected_orders,clv_historic,clv_current,clv_potential,clv,churn_risk," +
	"churn_level,value_score,tier,model_version,clv_learnt,clv_learnt_model"

func TestColumnsOfTheScoresFile(t *testing.T) {
	if got := strings.Join(score.Columns(), ","); !strings.HasPrefix(got, columns+",") {
		t.Errorf("columns\n%s\nwant\n%s", got, columns)
	}
}

func TestReplayOfCDNOW(t *testing.T) {
	t.Parallel()
	name, format, customers, purchases := realdata.File(t, "cdnow/CDNOW_master.txt"), "cdnow", 23570, 69659
	if servicetest.RaceDetector {
		name, format, customers, purchases = realdata.File(t, "cdnow/CDNOW_sample.txt"), "cdnow-sample", 2357, 6919
	}
	var got summary
	if err := json.Unmarshal([]byte(must(t, "replay", name, "--format", format, "--json")), &got); err != nil {
		t.Fatalf("--json: %v", err)
	}
	if got.Customers != customers || got.Buyers != customers || got.Purchases != purchases || got.Events["applied"] != purchases {
		t.Errorf("%d customers, %d buyers, %d purchases, %d events applied, want %d, all of them buyers, and %d, all of them applied",
			got.Customers, got.Buyers, got.Purchases, got.Events["applied"], customers, purchases)
	}
	tiers := 0
	for _, n := range got.Tiers {
		tiers += n
	}
	if got.TierMoves["ENTRY"] != customers || tiers != customers {
		t.Errorf("%d entries, %d customers in tiers, want %d of both", got.TierMoves["ENTRY"], tiers, customers)
	}
}

func TestReplayWritesFiles(t *testing.T) {
	t.Parallel()
	name := realdata.File(t, "cdnow/CDNOW_sample.txt")
	dir := t.TempDir()
	scores, transitions := filepath.Join(dir, "scores.csv"), filepath.Join(dir, "transitions.jsonl")
	must(t, "replay", name, "--format", "cdnow-sample", "--scores", scores, "--transitions", transitions)

	rows := csvRows(t, scores)
	if got, want := strings.Join(rows[0], ","), strings.Join(score.Columns(), ","); got != want {
		t.Errorf("columns\n%s\nwant\n%s", got, want)
	}
	if got := len(rows) - 1; got != 2357 {
		t.Errorf("%d rows, want 2357", got)
	}
	if !slices.IsSortedFunc(rows[1:], func(a, b []string) int { return strings.Compare(a[0], b[0]) }) {
		t.Error("the rows are not sorted by customer id")
	}
	form := map[string]*regexp.Regexp{
		"as_of":         regexp.MustCompile(`^1998-06-30T00:00:00Z$`),
		"orders":        regexp.MustCompile(`^[1-9]\d*$`),
		"last_purchase": regexp.MustCompile(`^199[78]-\d\d-\d\dT00:00:00Z$`),
		"spend_365d":    regexp.MustCompile(`^\d+\.\d\d$`),
		"clv":           regexp.MustCompile(`^\d+\.\d\d$`),
		"p_alive":       regexp.MustCompile(`^(0(\.\d{1,12})?|1|\d(\.\d+)?e-\d\d)$`),
		"r":             regexp.MustCompile(`^[1-5]$`),
		"segment":       regexp.MustCompile(`^[A-Z][A-Za-z ]+$`),
		"clv_potential": regexp.MustCompile(`^$`),
		"churn_level":   regexp.MustCompile(`^(NONE|WATCH|AT_RISK|CRITICAL)$`),
		"tier":          regexp.MustCompile(`^(HIGH|POTENTIAL|GENERAL|LOW)$`),
		"model_version": regexp.MustCompile(`^cdnow-`),
	}
	for column, want := range form {
		place := slices.Index(rows[0], column)
		for _, row := range rows[1:] {
			if !want.MatchString(row[place]) {
				t.Errorf("customer %s: %s is %q, want it like %s", row[0], column, row[place], want)
				break
			}
		}
	}
	checkTransitions(t, transitions)
}

// checkTransitions holds the lines to their form, to the order of time, and every customer's to their sequence.
func checkTransitions(t *testing.T, name string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	last, sequence := "", map[string]int{}
	published, muted := 0, 0
	for line := range strings.Lines(string(raw)) {
		var told struct {
			Topic string
			Event struct {
				Customer string `json:"customer_id"`
				AsOf     string `json:"as_of"`
			}
			Sequence  int
			Published *bool
		}
		if err := json.Unmarshal([]byte(line), &told); err != nil || told.Published == nil {
			t.Fatalf("%v, or no published, in %s", err, line)
		}
		sequence[told.Event.Customer]++
		if told.Sequence != sequence[told.Event.Customer] || told.Event.AsOf[:10] < last {
			t.Fatalf("sequence %d after %s, want %d in the order of time: %s", told.Sequence, last, sequence[told.Event.Customer], line)
		}
		last = told.Event.AsOf[:10]
		if *told.Published {
			published++
		} else {
			muted++
		}
	}
	if published == 0 || muted == 0 {
		t.Errorf("%d published, %d muted, want some of both: most are older than a week", published, muted)
	}
}

func TestReplayKnowsNoOrderAndNoRepetition(t *testing.T) {
	t.Parallel()
	name := realdata.File(t, "cdnow/CDNOW_sample.txt")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(raw)))
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	shuffled := file(t, strings.Join(lines, ""))
	want := must(t, "replay", name, "--format", "cdnow-sample", "--scores", "-")
	if got := must(t, "replay", shuffled, "--format", "cdnow-sample", "--scores", "-"); got != want {
		t.Error("the scores of the shuffled lines differ")
	}
	if got := must(t, "replay", name, shuffled, "--format", "cdnow-sample", "--scores", "-"); got != want {
		t.Error("the scores of the log imported twice differ")
	}
}

func TestReplayToStandardOutput(t *testing.T) {
	log := file(t, servicetest.SmallLog)
	for _, flag := range []string{"--scores", "--transitions"} {
		got := tidemark(t, "replay", log, "--format", "jsonl", flag, "-", "--json")
		if got.code != 0 || strings.Contains(got.out, `"seconds"`) || !strings.Contains(got.err, `"seconds"`) {
			t.Errorf("%s -: code %d, want the file alone on standard output and the summary on standard error, got\n%s\n%s", flag, got.code, got.out, got.err)
		}
	}
}

func TestReplayUpToADate(t *testing.T) {
	log := file(t, servicetest.SmallLog)
	var got summary
	if err := json.Unmarshal([]byte(must(t, "replay", log, "--format", "jsonl", "--as-of", "2026-03-02", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if got.AfterAsOf != 1 || got.Customers != 2 || got.AsOf != "2026-03-02T00:00:00Z" {
		t.Errorf("%d events after %s, %d customers, want 1 after 2026-03-02T00:00:00Z, 2", got.AfterAsOf, got.AsOf, got.Customers)
	}
	if plain := must(t, "replay", log, "--format", "jsonl", "--as-of", "2026-03-02"); !strings.Contains(plain, "after as-of  1, left out") {
		t.Errorf("the summary says\n%s\nwant the later event counted", plain)
	}
	// A later date is a later evaluation.
	if err := json.Unmarshal([]byte(must(t, "replay", log, "--format", "jsonl", "--as-of", "2026-05-01T12:00:00+02:00", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if got.AfterAsOf != 0 || got.Customers != 3 || got.AsOf != "2026-05-01T10:00:00Z" {
		t.Errorf("%d events after %s, %d customers, want 0 after 2026-05-01T10:00:00Z, 3", got.AfterAsOf, got.AsOf, got.Customers)
	}
}

// TestReplaySaysWhatIsBeyondTheCaps: a till without customer cards sells 258 times a day under one id.
func TestReplaySaysWhatIsBeyondTheCaps(t *testing.T) {
	var log strings.Builder
	for i := range 258 {
		fmt.Fprintf(&log, `{"topic":"customer.purchases.v1","event":{"event_id":"e%d","customer_id":"till","order_id":"o%d","occurred_at":"2026-03-01T10:00:00Z","kind":"ORDER","amount_minor":100,"currency":"USD"}}`+"\n", i, i)
	}
	name := file(t, log.String())
	const want = "beyond caps  2 events of 1 customers"
	if plain := must(t, "replay", name, "--format", "jsonl"); !strings.Contains(plain, want) {
		t.Errorf("the summary says\n%s\nwant %q", plain, want)
	}
	var got summary
	if err := json.Unmarshal([]byte(must(t, "replay", name, "--format", "jsonl", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if got.BeyondCaps != 2 || got.OverCaps != 1 || got.Purchases != 258 {
		t.Errorf("%d events of %d customers beyond the caps, %d purchases; want 2, 1, 258", got.BeyondCaps, got.OverCaps, got.Purchases)
	}
}

func TestReplayCountsWhatItLeavesOut(t *testing.T) {
	log := file(t, servicetest.SmallLog+`{"topic":"customer.purchases.v1","event":{"event_id":"e6","customer_id":"dan","order_id":"o6","occurred_at":"2026-03-01T10:00:00Z","kind":"ORDER","amount_minor":-4,"currency":"USD"}}`+"\n")
	got := tidemark(t, "replay", log, "--format", "jsonl")
	if got.code != 0 || !strings.Contains(got.err, "left out: 1") || !strings.Contains(got.err, ":6") {
		t.Errorf("code %d, saying %q, want 0 and the line that was left out", got.code, got.err)
	}
}

func csvRows(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestReplayNamesCurrenciesWithoutARate: what the model has no rate for is left out, and the summary names the currency and the way on.
func TestReplayNamesCurrenciesWithoutARate(t *testing.T) {
	t.Parallel()
	order := func(id, currency string) string {
		return `{"topic":"customer.purchases.v1","event":{"event_id":"` + id + `","customer_id":"` + id + `","order_id":"` + id +
			`","occurred_at":"2026-01-05","kind":"ORDER","amount_minor":5000,"currency":"` + currency + `"}}` + "\n"
	}
	log := file(t, order("a", "USD")+order("b", "AUD")+order("c", "INR")+order("d", "INR"))
	said := must(t, "replay", log, "--format", "jsonl")
	for text, times := range map[string]int{
		"no rate      3 events, left out; add their currencies under rates": 1, "no rate for INR: 2 events, ": 1, "INR": 1, "AUD": 1,
	} {
		if got := strings.Count(said, text); got != times {
			t.Errorf("%q is there %d times, want %d:\n%s", text, got, times, said)
		}
	}
	early := strings.ReplaceAll(order("e", "EUR")+order("f", "EUR"), "2026-01-05", "1995-03-01")
	said += must(t, "replay", file(t, early+order("g", "EUR")), "--format", "jsonl")
	for _, want := range []string{
		"no rate for AUD: 1 events, 2026-01-05", "no rate for EUR before 1999-01-01: 2 events, 1995-03-01 to 1995-03-01",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("want %q, got\n%s", want, said)
		}
	}
}
