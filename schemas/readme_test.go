package schemas_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkedin/goavro/v2"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/value"
	"tidemark/internal/service"
	"tidemark/schemas"
)

var update = flag.Bool("update", false, "rewrite the samples of README.md")

const readme = "README.md"

// section holds what stands between <!-- name --> and <!-- end --> against what must stand there.
func section(t *testing.T, name, want string) {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- end -->"
	before, rest, found := strings.Cut(string(text), begin)
	got, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no section %s", readme, name)
	}
	want = strings.TrimRight(want, "\n") + "\n"
	if got == want {
		return
	}
	if !*update {
		t.Errorf("section %s of %s (rewrite with -update): got\n%s\nwant\n%s", name, readme, got, want)
		return
	}
	if err := os.WriteFile(readme, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func fenced(lines string) string { return "```json\n" + strings.TrimRight(lines, "\n") + "\n```\n" }

var noon = event.InstantOf(time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC))

func head(n int) event.Head {
	at := noon.Add(time.Duration(n) * time.Hour)
	return event.Head{ID: fmt.Sprintf("e-%d", n), Customer: "c-1001", OccurredAt: at, RecordedAt: at}
}

// inputs are one event of each kind, by topic.
func inputs() map[string][]event.Event {
	usd := func(minor int64) event.Money { return event.Money{Minor: minor, Currency: "USD"} }
	all := map[string][]event.Event{}
	for kind := 1; kind < event.PurchaseKinds; kind++ {
		p := &event.Purchase{Head: head(kind), Kind: event.PurchaseKind(kind), OrderID: "o-1", Amount: usd(4992)}
		switch p.Kind { //nolint:exhaustive // the others have no fields of their own
		case event.Order:
			p.Margin = event.OptionalMinor{Minor: 1500, Known: true}
			p.Items = []event.Item{{SKU: "s-7", Category: "shoes", Quantity: 1, AmountMinor: 4992}}
			p.Channel = "web"
		case event.Refund:
			p.Amount = usd(1000)
		case event.PaymentOverdue:
			p.DueAt = noon
		}
		all["purchases"] = append(all["purchases"], p)
	}
	for kind := 1; kind < event.InteractionKinds; kind++ {
		i := &event.Interaction{Head: head(kind), Kind: event.InteractionKind(kind)}
		switch i.Kind { //nolint:exhaustive // the others have no fields of their own
		case event.Unsubscribe:
			i.Channel = "email"
		case event.ConsentChanged:
			i.Channel, i.Name = "email", "granted"
		case event.OutreachSent:
			i.Channel, i.Alert, i.Disposition = "phone", "5f0c2b7a9d1e4f60a1b2c3d4e5f60718", event.Useful
			i.Cost = event.OptionalMinor{Minor: 250, Known: true}
		case event.Attributes:
			i.Attributes = map[string]string{"industry": "retail", "region": "EU"}
		case event.MergedInto:
			i.OtherCustomer = "c-1002"
		}
		all["interactions"] = append(all["interactions"], i)
	}
	for kind := 1; kind < event.FeedbackKinds; kind++ {
		f := &event.Feedback{Head: head(kind), Kind: event.FeedbackKind(kind)}
		switch f.Kind {
		case event.NPS:
			f.Score, f.Max, f.Scored = 9, 10, true
		case event.CSAT, event.Review:
			f.Score, f.Min, f.Max, f.Scored = 4, 1, 5, true
		case event.Complaint, event.ComplaintResolved:
			f.About, f.OrderID = event.AboutDelivery, "o-1"
		case event.UnknownFeedback:
		}
		all["feedback"] = append(all["feedback"], f)
	}
	return all
}

// TestSamplesIn: the README shows a valid event of each kind, as import reads it.
func TestSamplesIn(t *testing.T) {
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, events := range inputs() {
		for _, e := range events {
			if err := event.Validate(e); err != nil {
				t.Errorf("%s, %s: %v", name, e.Common().ID, err)
			}
			codec.EncodeEvent(e)
		}
		var lines bytes.Buffer
		if err := dataset.WriteJSONL(&lines, events); err != nil {
			t.Fatal(err)
		}
		section(t, name, fenced(lines.String()))
	}
}

// TestSamplesOut: the README shows a message of each output topic, as the engine makes it.
func TestSamplesOut(t *testing.T) {
	engine, err := service.NewEngine(model.Default(), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	start := event.InstantOf(time.Date(2024, time.January, 1, 12, 0, 0, 0, time.UTC))
	var life []event.Event
	for n, days := range []int{0, 30, 60, 90, 90 + 400} {
		at := start.Add(time.Duration(days) * 24 * time.Hour)
		life = append(life, &event.Purchase{
			Head: event.Head{ID: fmt.Sprintf("e-%d", n), Customer: "c-1001", OccurredAt: at, RecordedAt: at},
			Kind: event.Order, OrderID: fmt.Sprintf("o-%d", n), Amount: event.Money{Minor: 4992, Currency: "USD"},
		})
	}
	result := replay.Run(engine, life, 0)
	text := map[string]string{}
	for _, transition := range result.Transitions() {
		topic, line := avro.TransitionJSON(transition)
		if topic != schemas.TierChanges || text[topic] == "" {
			text[topic] = indented(t, line)
		}
		if topic == schemas.ChurnAlerts && strings.Contains(string(line), `"RAISED"`) {
			text["raised"] = indented(t, line)
		}
	}
	s := engine.Score(result.Customers[0].Profile, result.AsOf)
	text[schemas.Scores] = scoreJSON(t, &s)
	var all strings.Builder
	for _, sample := range []struct{ title, of string }{
		{schemas.TierChanges, schemas.TierChanges}, {schemas.ChurnAlerts, "raised"}, {schemas.WinBacks, schemas.WinBacks}, {schemas.Scores, schemas.Scores},
	} {
		if text[sample.of] == "" {
			t.Fatalf("the life leads to no message on %s", sample.title)
		}
		fmt.Fprintf(&all, "`%s`:\n\n%s\n", sample.title, fenced(text[sample.of]))
	}
	section(t, "outputs", all.String())
}

func indented(t *testing.T, line []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, line, "", "  "); err != nil {
		t.Fatal(err)
	}
	// An object of scalars takes one line.
	return regexp.MustCompile(`\{[^{}\[\]]*\}`).ReplaceAllStringFunc(b.String(), func(object string) string {
		if flat := strings.Join(strings.Fields(object), " "); len(flat) < 300 && strings.HasPrefix(flat, `{ "indicator"`) {
			return flat
		}
		return object
	})
}

// scoreJSON is a ScoreUpdated as JSON, its fields by name. Times are milliseconds, as in Avro.
func scoreJSON(t *testing.T, s *score.Score) string {
	t.Helper()
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	message, err := codec.EncodeScore(s)
	if err != nil {
		t.Fatal(err)
	}
	all := schemas.All()
	at := slices.IndexFunc(all, func(s schemas.Schema) bool { return s.Topic == schemas.Scores })
	reader, err := goavro.NewCodec(all[at].Text)
	if err != nil {
		t.Fatal(err)
	}
	record, _, err := reader.NativeFromBinary(message.Value[5:])
	if err != nil {
		t.Fatal(err)
	}
	fields := record.(map[string]any)
	for name, v := range fields {
		if union, ok := v.(map[string]any); ok && name != "numbers" && name != "words" {
			for _, v = range union {
				fields[name] = v
			}
		}
		if at, ok := v.(time.Time); ok {
			fields[name] = at.UnixMilli()
		}
	}
	for _, name := range []string{"numbers", "words"} { // one of each as an example: the catalogue grows
		if all, ok := fields[name].(map[string]any); ok {
			maps.DeleteFunc(all, func(entry string, _ any) bool { return entry != "value_at_stake_minor" && entry != "expected_next_p50" })
		}
	}
	text, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReasonsInTheReadme: the README explains each reason for no churn level.
func TestReasonsInTheReadme(t *testing.T) {
	table := "| reason | meaning |\n|---|---|\n"
	for r := churn.HasLevel + 1; int(r) < churn.Reasons; r++ {
		table += fmt.Sprintf("| `%s` | %s |\n", r, r.Meaning())
	}
	section(t, "reasons", table)
}

// TestTheReadmeNamesEverything: each indicator and each field of the live score has a row.
func TestTheReadmeNamesEverything(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, line := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllStringSubmatch(string(text), -1) {
		for _, name := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(line[1], -1) {
			rows[name[1]] = true
		}
	}
	var names []string
	for _, indicator := range value.Known() {
		names = append(names, string(indicator))
	}
	names = append(names, score.FieldNames()...)
	for _, topic := range schemas.Versions() {
		names = append(names, topic.Topic)
	}
	for _, name := range append(names, schemas.DeadLetters) {
		if !rows[name] {
			t.Errorf("%s has no row for %s", readme, name)
		}
	}
}
