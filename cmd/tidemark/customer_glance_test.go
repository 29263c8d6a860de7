package main

import (
	"fmt"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// noControl is the default model without a control group.
var noControl = strings.Replace(string(model.Default()), "control: 0.10", "control: 0", 1)

// Whoever is asked for has a sentence that says so.
func TestEveryKindOfCustomerHasItsSentence(t *testing.T) {
	e := engineFor(t, noControl)
	mark := func(value string) event.Event {
		return &event.Interaction{Kind: event.Attributes, Attributes: map[string]string{"test_account": value}}
	}
	yes := &event.Interaction{Kind: event.ConsentChanged, Channel: "email", Name: "granted"}
	no := &event.Interaction{Kind: event.ConsentChanged, Channel: "email", Name: "refused"}
	cancel := &event.Purchase{Kind: event.Cancel, OrderID: "o", Amount: event.Money{Currency: "USD"}}
	erased := someone(t, e, "ann")
	erased.profile.Erased = 1_000_000_000_000
	visit := &event.Interaction{Head: event.Head{ID: "v", Customer: "ann", OccurredAt: someday, RecordedAt: someday}, Kind: event.PageView}
	prospect, _, _ := e.Apply(e.New("ann"), visit)
	late := someone(t, e, "ann")
	late.profile, _ = e.Review(late.profile, late.profile.AsOf.Add(400*oneDay))
	for _, row := range []struct {
		why  string
		of   subject
		want []string
	}{
		{"who bought once", someone(t, e, "ann"), []string{
			"who: ann has bought since 1 March 2026: 1 order on 1 day, the last on 1 March 2026. The spend is 40.00 USD net of refunds",
			"tier: GENERAL since 1 March 2026. The value score is ", "GENERAL is lost below 28.0, POTENTIAL begins at 60.0.",
			"keep: Without an order GENERAL ends on ", "next: ", "risk: Bought within the last day; ", " will not buy in 90 days",
			"No churn alert: bought on 1 day, and fewer than 3 are no rhythm.", "do: Standard service, reply within 24 hours (service), by 2 March 2026 12:00 UTC.",
			"contact: No word on consent, so no channel may be used.", "Buys by web.",
		}},
		{"who has consented", someone(t, e, "ann", yes), []string{"contact: With consent: email."}},
		{"who has refused", someone(t, e, "ann", no), []string{"contact: No channel may be used: there is no consent to any. Refused: email."}},
		{"a test account", someone(t, e, "ann", mark("yes")), []string{"who: ann has bought since", "note: This is a test account: it is in no list"}},
		{"whose orders were all cancelled", someone(t, e, "ann", cancel), []string{"who: Nothing that ann bought stands.", "note: No purchase stands, so there is no tier"}},
		{"a prospect", subject{profile: prospect, engine: e}, []string{"note: A prospect: known by visits, mails or answers", "The last that was heard is of 1 January 2026."}},
		{"who had the id before was erased", erased, []string{"Who had this id before was erased on 9 September 2001"}},
		{"who has been silent for a year", late, []string{
			"risk: Silent 400 days; ", "tier: LOW since ", "Since the tier was taken the score has gone from ",
		}},
	} {
		got := strings.Join(inWords(row.of), "\n")
		for _, want := range row.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: want %q in\n%s", row.why, want, got)
			}
		}
		if strings.Contains(got, "minor") || strings.Contains(got, "log-odds") {
			t.Errorf("%s: minor units or log-odds in\n%s", row.why, got)
		}
	}
}

// Whatever an alert about a drop of value or an unhappy customer names is called in plain words.
func TestReactionsAreNamedInWords(t *testing.T) {
	all := append((&score.DropEpisode{Told: 1<<2 - 1}).What(), (&score.UnhappyEpisode{Told: 1<<6 - 1}).What()...)
	if len(all) != len(reactionWords) {
		t.Errorf("%d words for %d names: %s", len(reactionWords), len(all), all)
	}
	for i, words := range worded(all) {
		if words == all[i] {
			t.Errorf("%s is not said in words", words)
		}
	}
}

// A month names its tier where that is not today's.
func TestTheEndOfAMonthInWords(t *testing.T) {
	s := subject{profile: score.Profile{Standing: score.Standing{Tier: tier.General}}}
	for _, row := range []struct{ tier, want string }{{"GENERAL", "October 63.2"}, {"POTENTIAL", "October 63.2 (POTENTIAL)"}} {
		if got := s.month(&heldMonth{Month: "2026-10", Tier: row.tier, Score: 63.24}); got != row.want {
			t.Errorf("got %q, want %q", got, row.want)
		}
	}
}

// The control group is left alone, whatever a model advises.
func TestNothingIsAdvisedForTheControlGroup(t *testing.T) {
	s := someone(t, engineFor(t, strings.Replace(noControl, "control: 0 ", "control: 0.9999 ", 1)), "ann")
	if got := strings.Join(inWords(s), "\n"); !strings.Contains(got, "do: Nothing: the customer is in the control group") {
		t.Errorf("want nothing advised in\n%s", got)
	}
}

// Lines are filled up to the width, and no word is lost.
func TestFilledLines(t *testing.T) {
	text := "one two three " + strings.Repeat("x", 30) + " four five"
	lines := filled(text, 12)
	for _, line := range lines {
		if len(line) > 12 && strings.Contains(line, " ") {
			t.Errorf("%q is longer than 12", line)
		}
	}
	if got := strings.Join(lines, " "); got != text || len(lines) != 4 {
		t.Errorf("%q, want all of %q in 4 lines", lines, text)
	}
}

// A risk is never told as certain, and small factors are not told as 0.
func TestNumbersForPeople(t *testing.T) {
	for _, row := range []struct{ got, want string }{
		{share(0), "less than 1 %"},
		{share(.9999), "more than 99 %"},
		{share(.957), "96 %"},
		{short(17.8), "18"},
		{short(3.21), "3.2"},
		{short(.0412), "0.041"},
		{short(1), "1.00"},
		{enumerated([]string{"web", "app", "store"}), "web, app and store"},
		{enumerated(nil), ""},
		{inMajor(12.5, "USD"), "12.50 USD"},
		{inMajor(1250, "JPY"), "1250 JPY"},
		{points(6223), "62.2"},
		{fmt.Sprint(whatIfFor(nil)), fmt.Sprint((*whatIfJSON)(nil))},
	} {
		if row.got != row.want {
			t.Errorf("%q, want %q", row.got, row.want)
		}
	}
	w := whatIfFor(&score.WhatIf{Tier: 3, Falls: event.Never, Next: 4, Usual: 100})
	if w.FallsAt != "" || w.NoneKeeps || !w.NoneReaches || w.Next != "HIGH" {
		t.Errorf("%+v: want a tier that does not fall, and a next one out of reach", w)
	}
}
