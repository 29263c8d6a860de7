package main

import (
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/score"
	"tidemark/internal/service"
)

// looked is a customer, looked at at an instant.
type looked struct {
	subject
	at event.Instant
}

// lived is a customer of the default model after events, 30 days after the last.
func lived(t *testing.T, source string, events ...event.Event) looked {
	t.Helper()
	engine, err := service.NewEngine([]byte(source), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	p := engine.New(events[0].Common().Customer)
	for _, x := range events {
		var verdict score.Verdict
		if p, _, verdict = engine.Apply(p, x); verdict != score.Accepted {
			t.Fatalf("%s: %s", x.Common().ID, verdict)
		}
	}
	return looked{subject{profile: p, engine: engine}, p.AsOf.Add(30 * 24 * 3600e9)}
}

func TestCustomerShowSaysWhyNotInAList(t *testing.T) {
	source := strings.Replace(string(model.Default()), "control: 0.10", "control: 0", 1)
	byUse := strings.Replace(source, "contact_by_consent: true", "contact_by_consent: false", 1)
	const at = event.Instant(1_760_000_000_000)
	head := func(id string, minutes int) event.Head {
		then := at + event.Instant(minutes)*60_000
		return event.Head{ID: id, Customer: "ann", OccurredAt: then, RecordedAt: then}
	}
	bought := &event.Purchase{Head: head("order", 0), Kind: event.Order, OrderID: "1", Amount: event.Money{Minor: 9000, Currency: "USD"}}
	refuses := func(channel string) event.Event {
		return &event.Interaction{Head: head("consent", 1), Kind: event.ConsentChanged, Channel: channel, Name: "withdrawn"}
	}
	web := &event.Purchase{Head: head("order", 0), Kind: event.Order, OrderID: "1", Amount: event.Money{Minor: 9000, Currency: "USD"}, Channel: "web"}
	word := func(value string) event.Event {
		return &event.Interaction{Head: head("word", 1), Kind: event.Attributes, Attributes: map[string]string{"test_account": value}}
	}
	for _, row := range []struct {
		why  string
		of   looked
		want []string // the beginning of each reason
	}{
		{"a customer", lived(t, source, bought), nil},
		{"a test account", lived(t, source, bought, word("True")), []string{"a test account: an event of 2025-10-09T08:54:20Z says test_account \"True\""}},
		{"a typing error", lived(t, source, bought, word("ture")), []string{"counts as a customer: an event of 2025-10-09T08:54:20Z says test_account \"ture\""}},
		{"no test account any more", lived(t, source, bought, word("no")), nil},
		{"the control group", lived(t, strings.Replace(source, "control: 0 ", "control: 0.9999 ", 1), bought), []string{"in the control group: alerts are recorded and not published"}},
		{
			"the control group of a model that announces it",
			lived(t, strings.NewReplacer("control: 0 ", "control: 0.9999 ", "announce_control: false", "announce_control: true").Replace(source), bought),
			[]string{"in the control group: alerts are published"},
		},
		{"one channel refused, and no consent to another", lived(t, source, web, refuses("email")), []string{"no channel may be used: the customer has consented to none"}},
		{"every channel refused", lived(t, byUse, web, refuses("web")), []string{"no channel may be used: the customer has refused every channel so far (web)"}},
		{"one channel refused", lived(t, byUse, web, refuses("email")), []string{"not every channel may be used: the customer has refused email; left is web"}},
		{
			"refused all, and bought nothing", lived(t, source, &event.Interaction{Head: head("off", 1), Kind: event.Unsubscribe}),
			[]string{"no channel may be used", "no purchase stands"},
		},
	} {
		got := row.of.leftOut(row.of.at)
		if len(got) != len(row.want) {
			t.Errorf("%s: %q, want %d reasons", row.why, got, len(row.want))
			continue
		}
		for i, want := range row.want {
			if !strings.HasPrefix(got[i], want) {
				t.Errorf("%s: %q, want it to begin with %q", row.why, got[i], want)
			}
		}
	}
	lost := lived(t, source, bought)
	lost.at = lost.at.Add(400 * 24 * 3600e9)
	lost.profile.Episode.Level, lost.profile.Muted = 1, true
	if got := lost.leftOut(lost.at); len(got) != 2 || !strings.HasPrefix(got[0], "silent since 2025-10-09") || !strings.HasPrefix(got[1], "the churn episode of ") {
		t.Errorf("silent for more than a year, with an episode that nobody heard of: %q", got)
	}
}

// Why an alert was not published is told by who is in the control group.
func TestCustomerShowSaysWhyNobodyHeard(t *testing.T) {
	source := strings.Replace(string(model.Default()), "control: 0.10", "control: 0", 1)
	for control, want := range map[string]string{"control: 0 ": "it was older than", "control: 0.9999 ": "it is one of the control group, or it was older than"} {
		s := someone(t, engineFor(t, strings.Replace(source, "control: 0 ", control, 1)), "ann")
		s.profile.Episode.Level, s.profile.Muted = 1, true
		if got := strings.Join(inWords(s), "\n"); !strings.Contains(got, "recorded, not published: "+want) {
			t.Errorf("with %s: %q, want %q in it", control, got, want)
		}
		if got := strings.Join(s.leftOut(s.profile.AsOf), "\n"); !strings.Contains(got, "is open and was not published: "+want) {
			t.Errorf("with %s: %q, want %q in it", control, got, want)
		}
	}
}

func TestDoctorSaysWhoCounts(t *testing.T) {
	census := []map[string]int64{{"customers": 5, pipeline.TestAccounts: 2}, {"customers": 7, pipeline.Uncontactable: 3}}
	const one = "1 customer; besides, 1 test account, in no list, alert, count or fit; 1 customer may be met on no channel"
	if got := whoCounts([]map[string]int64{{"customers": 1, pipeline.TestAccounts: 1, pipeline.Uncontactable: 1}}, nil); got.Detail != one {
		t.Errorf("one of each: %q, want %q", got.Detail, one)
	}
	if got := whoCounts([]map[string]int64{{"customers": 1, pipeline.Merged: 2}, {pipeline.Merged: 1}}, nil); !strings.HasSuffix(got.Detail, "; 3 ids merged into others, whose customers count under the others") {
		t.Errorf("merged ids: %q, want their number", got.Detail)
	}
	for _, row := range []struct{ why, change, to, want string }{
		{"the default model", "", "", "12 customers; besides, 2 test accounts, in no list, alert, count or fit; 3 customers may be met on no channel; " +
			"alerts of the control group, 10 % of the ids, are recorded and not published"},
		{"a model that announces", "announce_control: false", "announce_control: true", "12 customers; besides, 2 test accounts, in no list, alert, count or fit; " +
			"3 customers may be met on no channel; alerts of the control group, 10 % of the ids, are published with control_group true"},
		{"no control group", "control: 0.10", "control: 0", "12 customers; besides, 2 test accounts, in no list, alert, count or fit; 3 customers may be met on no channel"},
	} {
		if got := whoCounts(census, []byte(strings.Replace(string(model.Default()), row.change, row.to, 1))); !got.OK || got.Detail != row.want {
			t.Errorf("%s: got %+v, want %q", row.why, got, row.want)
		}
	}
}
