package main

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

const oneDay = 24 * time.Hour

// someday is the instant at which the customers of these tests are scored.
const someday event.Instant = 1_767_268_800_000 // 2026-01-01T12:00:00Z

func TestTheWayBackIsPrinted(t *testing.T) {
	why := score.Explanation{Factors: []score.Factor{{Name: "reference"}}, WayBack: &score.WayBack{
		LikelyCause: score.LikelyCause(event.AboutDelivery), MaxOffer: event.Minor(1250), ActBy: someday,
		Evidence: []score.Evidence{{ID: "f-1", Score: math.NaN(), At: someday.Add(-oneDay)}, {ID: "f-2", Score: .25, At: someday.Add(-2 * oneDay)}},
	}}
	var table bytes.Buffer
	who := someone(t, engineFor(t, noControl), "ann")
	who.printEvidence(&table, why.WayBack)
	now := score.Score{Base: "USD", AsOf: someday}
	said := who.cause(why.WayBack) + " " + strings.Join(who.todo(&now, &score.Outlook{}, &why), " ") + table.String()
	for _, want := range []string{
		"Likely cause: delivery, by a complaint of 31 December 2025.", "An offer may cost up to 12.50 USD.", "it gets worse on 1 January 2026 12:00 UTC.",
		"feedback f-1\ta complaint\tof 31 December 2025", "feedback f-2\tan answer of 25 %\tof 30 December 2025",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("want %q in\n%s", want, said)
		}
	}
	why.WayBack.MaxOffer = event.Minor(0)
	if got := strings.Join(who.todo(&now, &score.Outlook{}, &why), " "); !strings.Contains(got, "An offer does not pay: the answer alone costs more") {
		t.Errorf("nothing is left for an offer: %q", got)
	}
	all, err := json.Marshal(members(nil, why))
	if err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{`"likely_cause":"DELIVERY"`, `"cause_evidence":["f-1","f-2"]`, `"act_by":"2026-01-01T12:00:00Z"`, `"max_offer_minor":0`} {
		if !strings.Contains(string(all), member) {
			t.Errorf("want %s in %s", member, all)
		}
	}
}

// The odds of a risk are the product of its factors, and a factor whose value lies outside what the churn stack was fitted to is marked.
func TestARiskIsAProductOfFactors(t *testing.T) {
	why := score.Explanation{Factors: []score.Factor{
		{Name: "reference", LogOdds: 300}, {Name: "recency", LogOdds: 2881, Raw: 329.4}, {Name: "spend", LogOdds: -280, Raw: 1.2e6, Capped: true},
	}}
	var text bytes.Buffer
	odds := math.Exp(.3 + 2.881 - .28)
	printRisk(&text, why.Factors, odds/(1+odds), "USD")
	for _, want := range []string{
		"The churn risk, 94.8 %, are odds of 18 to 1, the product of\n", "  a typical customer\t1.3\todds to 1\n", "  the silence\tx 18\t329 days\n",
		"  spend so far\tx 0.76\t1200000.00 USD (counts as the edge",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("want %q in\n%s", want, &text)
		}
	}
	for line := range strings.Lines(text.String()) {
		if spend := strings.HasPrefix(line, "  spend"); strings.Contains(line, "edge") != spend {
			t.Errorf("the edge is said of the wrong factor, or not of spend: %q", line)
		}
	}
	if all, err := json.Marshal(members(nil, why)); err != nil || !strings.Contains(string(all), `"churn_risk_capped":["spend"]`) {
		t.Errorf("want the spend marked in %s, %v", all, err)
	}
}
