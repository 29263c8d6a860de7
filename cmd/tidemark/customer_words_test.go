package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/service"
)

func engineFor(t *testing.T, source string) *score.Engine {
	t.Helper()
	engine, err := service.NewEngine([]byte(source), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// someone returns a customer who bought once, and then sent these events, hours apart.
func someone(t *testing.T, e *score.Engine, id string, events ...event.Event) (subject, []score.Transition) {
	t.Helper()
	start := event.InstantOf(time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC))
	order := &event.Purchase{Kind: event.Order, OrderID: "o", Amount: event.Money{Minor: 4000, Currency: "USD"}, Channel: "web"}
	p := e.New(id)
	var said []score.Transition
	for i, x := range append([]event.Event{order}, events...) {
		h := x.Common()
		h.ID, h.Customer, h.OccurredAt = fmt.Sprint("e", i), id, start.Add(time.Duration(i)*time.Hour)
		h.RecordedAt = h.OccurredAt
		next, transitions, verdict := e.Apply(p, x)
		if verdict != score.Accepted {
			t.Fatalf("event %d: %s", i, verdict)
		}
		p, said = next, append(said, transitions...)
	}
	return subject{profile: p, engine: e}, said
}

func TestInControlGroup(t *testing.T) {
	e := engineFor(t, string(model.Default()))
	in := 0
	for i := range 300 {
		id := fmt.Sprint("c", i)
		_, said := someone(t, e, id)
		if got, want := inControlGroup(e, id), said[0].Common().ControlGroup; got != want {
			t.Errorf("%s: in the control group %v, the engine says %v", id, got, want)
		} else if got {
			in++
		}
	}
	if in == 0 || in == 300 {
		t.Errorf("%d of 300 are in the control group, want some", in)
	}
}

// Why a customer is missing from lists is said in words, and of an ordinary customer nothing is said.
func TestMissing(t *testing.T) {
	source := string(model.Default())
	nobody := engineFor(t, strings.Replace(source, "control: 0.10", "control: 0", 1))
	consent := func(channel, name string) event.Event {
		return &event.Interaction{Kind: event.ConsentChanged, Channel: channel, Name: name}
	}
	attribute := func(value string) event.Event {
		return &event.Interaction{Kind: event.Attributes, Attributes: map[string]string{"test_account": value}}
	}
	controlled := engineFor(t, strings.Replace(source, "control: 0.10", "control: 0.9999", 1))
	for _, row := range []struct {
		why    string
		e      *score.Engine
		events []event.Event
		hidden bool
		says   []string
	}{
		{"an ordinary customer", nobody, nil, false, nil},
		{"a test account", nobody, []event.Event{attribute("Yes")}, false, []string{"test account"}},
		{"a test account no more", nobody, []event.Event{attribute("true"), attribute("false")}, false, nil},
		{"the control group", controlled, nil, false, []string{"control group"}},
		{"no contact at all", nobody, []event.Event{consent("", "withdrawn")}, false, []string{"refused all contact"}},
		{"every channel refused", nobody, []event.Event{consent("web", "withdrawn")}, false, []string{"refused every channel used so far (web)"}},
		{"one channel refused", nobody, []event.Event{consent("email", "withdrawn")}, false, []string{"refused email; allowed is web"}},
		{"no public score", nobody, nil, true, []string{"no public score"}},
		{"several reasons", controlled, []event.Event{attribute("1"), consent("", "no")}, false, []string{"test account", "control group", "all contact"}},
	} {
		who, _ := someone(t, row.e, "bob", row.events...)
		got := who.missing(!row.hidden)
		if len(got) != len(row.says) {
			t.Errorf("%s: %q, want %d reasons", row.why, got, len(row.says))
			continue
		}
		for i, want := range row.says {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: %q, want %q in it", row.why, got[i], want)
			}
		}
	}
}

func TestWords(t *testing.T) {
	e := engineFor(t, string(model.Default()))
	bob, _ := someone(t, e, "bob")
	all := strings.Join(bob.words(), "\n")
	for _, want := range []string{"bob has 1 order on 1 day", "40.00 USD", "The tier is", "since 2026-03-01T12:00:00Z", "There is no churn alert:", "one-time buyer"} {
		if !strings.Contains(all, want) {
			t.Errorf("want %q in\n%s", want, all)
		}
	}
	bob.profile.Erased = 1_000_000_000_000
	if got := strings.Join(bob.words(), "\n"); !strings.Contains(got, "erased at 2001-09-09T01:46:40Z") {
		t.Errorf("want the erasure of who had the id before in\n%s", got)
	}
}
