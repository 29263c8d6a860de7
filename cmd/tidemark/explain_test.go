package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"text/tabwriter"
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
	var text, json bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	printWhy(table, why)
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := printJSON(&json, nil, why); err != nil {
		t.Fatal(err)
	}
	printed := strings.Join(strings.Fields(text.String()), " ")
	for _, line := range []string{
		"the way back", "likely_cause DELIVERY", "feedback f-1 a complaint of 2025-12-31T12:00:00Z",
		"feedback f-2 an answer of 25 % of 2025-12-30T12:00:00Z", "act_by 2026-01-01T12:00:00Z", "max_offer_minor 1250",
	} {
		if !strings.Contains(printed, line) {
			t.Errorf("want %q in\n%s", line, text.String())
		}
	}
	for _, member := range []string{`"likely_cause":"DELIVERY"`, `"cause_evidence":["f-1","f-2"]`, `"act_by":"2026-01-01T12:00:00Z"`, `"max_offer_minor":1250`} {
		if !strings.Contains(json.String(), member) {
			t.Errorf("want %s in %s", member, json.String())
		}
	}
}

// A factor whose value lies outside what the churn stack was fitted to is marked, in both forms.
func TestACappedFactorIsMarked(t *testing.T) {
	why := score.Explanation{Factors: []score.Factor{
		{Name: "reference", LogOdds: 300}, {Name: "spend", LogOdds: -280, Raw: 1.2e6, Capped: true}, {Name: "last_order", LogOdds: 47, Raw: 26},
	}}
	var text, json bytes.Buffer
	printWhy(&text, why)
	if err := printJSON(&json, nil, why); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if spend := strings.HasPrefix(line, "  spend"); strings.Contains(line, "capped") != spend {
			t.Errorf("capped is said of the wrong factor, or not of spend: %q", line)
		}
	}
	if !strings.Contains(text.String(), "  spend\t-0.280\tof 1.2e+06, capped") || !strings.Contains(json.String(), `"churn_risk_capped":["spend"]`) {
		t.Errorf("want the spend marked, got\n%s\n%s", text.String(), json.String())
	}
}
