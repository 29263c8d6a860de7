package model_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

func TestDefaultModel(t *testing.T) {
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatalf("Parse of the embedded model = %v", err)
	}
	if _, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil); err != nil {
		t.Errorf("NewEngine = %v", err)
	}
	published := stat.MBGNBD{R: .524843, Alpha: 6.183078, A: .891360, B: 1.614004}
	if m.Value.Purchase != stat.PurchaseModel(published) || m.Value.UnitDays != 7 {
		t.Errorf("purchase model %+v in units of %v days, want %+v in weeks", m.Value.Purchase, m.Value.UnitDays, published)
	}
	if want := (stat.GammaGamma{P: 6.25, Q: 3.74, V: 15.44}); m.Value.Spend != want {
		t.Errorf("spend model %+v, want %+v", m.Value.Spend, want)
	}
	if m.Churn.Levels[0].Up != 500 || m.Tiers.Potential != 6000 || m.Tiers.Margin != 200 || m.RFM.Monetary[3] != 16_000 || m.Reference.Pattern.Last != 150 {
		t.Errorf("units: line %+v, tiers %+v, spend cuts %v, reference %+v; want thousandths, hundredths, minor units, days",
			m.Churn.Levels[0], m.Tiers, m.RFM.Monetary, m.Reference)
	}
	if m.Actions[churn.AtRisk].Cost != event.Minor(800) || m.Uplift != .1 || m.Causes.Window != 180 || m.Causes.OpenComplaint != 4 {
		t.Errorf("cost %+v, uplift %v, causes %+v; want 800 minor units, a tenth, 180 days and 4", m.Actions[churn.AtRisk].Cost, m.Uplift, m.Causes)
	}
	if len(m.Hash) != 16 || len(m.ScorecardHash) != 16 || m.Hash == m.ScorecardHash {
		t.Errorf("hashes %q and %q, want two of 16 hex digits", m.Hash, m.ScorecardHash)
	}
	if len(m.Playbooks) != 4 || len(m.Actions) != 4 {
		t.Errorf("%d playbooks and %d actions, want 4 of each", len(m.Playbooks), len(m.Actions))
	}
}

// versionLine is the line of the default model that names its version.
var versionLine = regexp.MustCompile(`(?m)^version: .+$`).FindString(string(model.Default()))

// A file from before there were causes, costs and an uplift tells of none of them.
func TestParseWithoutTheWayBack(t *testing.T) {
	var old []string
	within := false
	for line := range strings.Lines(string(modeltest.Quiet())) {
		if !strings.HasPrefix(line, " ") {
			within = strings.HasPrefix(line, "causes:") || strings.HasPrefix(line, "uplift:")
		}
		if !within {
			line, cost, found := strings.Cut(line, ", cost: ")
			if found {
				line += cost[strings.Index(cost, "}"):]
			}
			old = append(old, line)
		}
	}
	m, err := model.Parse([]byte(strings.Join(old, "")))
	if err != nil {
		t.Fatalf("Parse = %v", err)
	}
	if m.Causes != (score.Causes{}) || m.Uplift != 0 || m.Actions[churn.Critical].Cost.Known {
		t.Errorf("causes %+v, uplift %v, cost %+v; want none", m.Causes, m.Uplift, m.Actions[churn.Critical].Cost)
	}
}

// The caller gets the embedded bytes to keep.
func TestDefaultIsACopy(t *testing.T) {
	clear(model.Default())
	if _, err := model.Parse(model.Default()); err != nil {
		t.Errorf("after somebody cleared a copy: %v", err)
	}
}

func TestHashes(t *testing.T) {
	first, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		why, from, to          string
		otherHash, otherScores bool
	}{
		{"nothing", "version", "version", false, false},
		{"a comment", "# The model", "# This model", true, false},
		{"what churn is", "lapse_days: 365", "lapse_days: 300", true, false},
		{"a bound of the scorecard", "high: 300", "high: 500", true, true},
		{"a line between tiers", "potential: 60", "potential: 55", true, true},
	} {
		other, err := model.Parse(replaced(t, row.from, row.to))
		if err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		if (other.Hash != first.Hash) != row.otherHash || (other.ScorecardHash != first.ScorecardHash) != row.otherScores {
			t.Errorf("%s changed: hashes %s, %s; were %s, %s; want another hash %v, another scorecard's %v",
				row.why, other.Hash, other.ScorecardHash, first.Hash, first.ScorecardHash, row.otherHash, row.otherScores)
		}
	}
}

// replaced is the default model with a piece of it replaced, wherever it stands.
func replaced(t *testing.T, from, to string) []byte {
	t.Helper()
	if !bytes.Contains(model.Default(), []byte(from)) {
		t.Fatalf("the default model does not say %q", from)
	}
	return bytes.ReplaceAll(model.Default(), []byte(from), []byte(to))
}

func TestParseNamesTheMistake(t *testing.T) {
	for _, row := range []struct{ why, from, to, want string }{
		{"an unknown field", "base: USD", "base: USD\ncolour: blue", "colour"},
		{"an unknown field deep down", "due_hours: 48", "due_days: 2", "due_days"},
		{"a field twice", "base: USD", "base: USD\nbase: EUR", "base"},
		{"no YAML", "base: USD", "base: [", "yaml"},
		{"a word for a number", "r: 0.524843", "r: many", "many"},
		{"not a number", "alpha: 6.183078", "alpha: .nan", "line 23: .nan"},
		{"an infinite cut", "365]    # at most", ".inf]    # at most", ".inf is not a finite"},
		{"two documents", versionLine, versionLine + "\n---\n", "more than one document"},
		{"no version", versionLine, "version: ''", "version: must be given"},
		{"no such base", "base: USD", "base: DOLLAR", `base: "DOLLAR"`},
		{"a rate of no currency", "EUR: [", "EURO: [", `"EURO"`},
		{"a rate that costs nothing", "rate: 1.11", "rate: 0", "EUR: rates must be positive"},
		{"rates out of order", "from: 2015-01-01, rate: 1.11", "from: 2005-01-01, rate: 1.11", "dates ascend"},
		{"a date that is none", "from: 2015-01-01, rate: 1.11", "from: 2015-13-01, rate: 1.11", "2015-13-01"},
		{"a date with a time", "from: 1999-01-01", "from: 1999-01-01T00:00:00Z", "1999-01-01T00:00:00Z"},
		{"another purchase model", "model: mbg-nbd", "model: pareto-nbd", `"pareto-nbd" is neither`},
		{"a parameter below zero", "r: 0.524843", "r: -1", "r = -1"},
		{"no unit of time", "unit_days: 7", "unit_days: 0", "unit 0"},
		{"an infinite mean spend", "q: 3.74", "q: 0.9", "q = 0.9"},
		{"no horizon", "horizon_days: 365", "horizon_days: 0", "horizon 0 days"},
		{"a discount of 1000 %", "discount: 0.10", "discount: 10", "discount 10"},
		{"no margin", "margin: 1 ", "margin: 0 ", "margin 0"},
		{"a horizon of churn beyond a century", "horizon_days: 90", "horizon_days: 99999999", "churn.horizon_days: 99999999"},
		{"a negative stay", "min_stay_days: 30", "min_stay_days: -1", "tiers.min_stay_days: -1"},
		{"no rhythm needed", "min_purchase_days: 3", "min_purchase_days: 0", "minimum purchase days"},
		{"a spend below zero", "min_spend: 0", "min_spend: -1", "churn.min_spend: -1"},
		{"a spend beyond all money", "min_spend: 0", "min_spend: 1e13", "churn.min_spend: 1e+13"},
		{"lost before at risk", "lapse_days: 365", "lapse_days: 10", "the lapse longer"},
		{"a level left above where it is entered", "up: 0.8, down: 0.6", "up: 0.8, down: 0.9", "churn line 2"},
		{"levels out of order", "up: 1.2, down: 1.0", "up: 0.7, down: 0.6", "churn line 3 must lie above"},
		{"a floor of certainty", "floor: 0.85", "floor: 1", "churn line 3"},
		{"a reference silent before it came", "silent_days: 30", "silent_days: 180", "churn.reference"},
		{"grades that do not ascend", "orders: [2, 3, 4, 6]", "orders: [2, 3, 3, 6]", "rfm cuts must ascend"},
		{"three cuts", "orders: [2, 3, 4, 6]", "orders: [2, 3, 4]", "want 4 elements"},
		{"an answer that brings money in", "cost: 8", "cost: -8", "alerts.AT_RISK: cost -8"},
		{"an answer dearer than money goes", "cost: 8", "cost: 1e11", "alerts.AT_RISK: cost 1e+11 is not in 0..1e+10"},
		{"what is over costs something", "due_hours: 0}", "due_hours: 0, cost: 1}", "alerts.NONE: an alert that ends costs nothing"},
		{"a playbook's step with a cost", "due_hours: 120}", "due_hours: 120, cost: 1}", "cost"},
		{"more come back than were lost", "uplift: 0.10", "uplift: 1.1", "uplift: share 1.1"},
		{"causes that are forgotten before", "window_days: 180", "window_days: 366", "causes: the window"},
		{"causes that do not fade", "half_life_days: 60", "half_life_days: 0", "causes: the window"},
		{"a complaint that grows by being resolved", "resolved_complaint: 2", "resolved_complaint: 5", "causes: an open complaint"},
		{"a cause for nothing", "least: 0.5", "least: 0", "least weight"},
		{"a contact that cheers up", "support_contact: 0.2", "support_contact: -1", "causes: weights"},
		{"weights that do not add up", "weight: 0.30", "weight: 0.35", "the weights add up to 1.05"},
		{"a weight below zero", "weight: 0.30", "weight: -0.30", "weight -0.3"},
		{"an unknown indicator", "indicator: aov", "indicator: mood", `"mood"`},
		{"an indicator twice", "indicator: aov", "indicator: spend_365d", `"spend_365d" stands twice`},
		{"an unknown method", "method: remaining", "method: magic", `"magic"`},
		{"bounds the wrong way round", "low: 12, high: 300", "low: 300, high: 12", "spend_365d: log-minmax needs high > low"},
		{"a score that would rise in silence", "method: remaining", "method: ratio", "recency_days by ratio"},
		{"a range of no term", "last_order: [0", "first_order: [0", `churn.stack.ranges: "first_order" is none of`},
		{"a range the wrong way round", "repeats: [0, 2.772589]", "repeats: [2.7, 0]", "range [2.7, 0] of repeats"},
		{"a range with one edge", "repeats: [0, 2.772589]", "repeats: [2.7]", "want 2 elements"},
		{"a range without an end", "repeats: [0, 2.772589]", "repeats: [0, .inf]", ".inf is not a finite"},
		{"tiers that do not ascend", "potential: 60", "potential: 95", "tier lines must ascend"},
		{"a margin as high as a tier", "margin: 2 ", "margin: 30 ", "tier margin"},
		{"a missing playbook", "  LOW:\n    id: low", "  LOWER:\n    id: low", "playbooks.LOW: missing"},
		{"and its wrong name", "  LOW:\n    id: low", "  LOWER:\n    id: low", "playbooks.LOWER: no such tier"},
		{"an alert for no level", "  WATCH: {", "  OBSERVE: {", "alerts.OBSERVE: no such level"},
		{"a level without an alert", "  WATCH: {", "  OBSERVE: {", "alerts.WATCH: missing"},
		{"an owner that is none", "owner: SERVICE, due_hours: 48", "owner: LEGAL, due_hours: 48", `alerts.AT_RISK: owner "LEGAL"`},
		{"an action without a text", `text: "Include in campaigns; follow up quarterly"`, `text: ""`, "playbooks.GENERAL action 2"},
		{"due in the past", "due_hours: 720}", "due_hours: -1}", "due_hours -1"},
		{"a shop of one order a day", "orders_per_day: 100", "orders_per_day: 1", "shop: 1 orders a day"},
		{"a shop on no day", "min_days: 3  ", "min_days: 0  ", "shop: 0 days"},
		{"everybody in the control group", "control: 0.10", "control: 1", "control: share 1"},
	} {
		_, err := model.Parse(replaced(t, row.from, row.to))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want it to say %q", row.why, err, row.want)
		}
	}
}

func TestParseNamesAllMistakesAtOnce(t *testing.T) {
	raw := replaced(t, "base: USD", "base: NONE")
	for from, to := range map[string]string{"weight: 0.30": "weight: 0.31", "lapse_days: 365": "lapse_days: 1", "owner: SALES": "owner: BOSS", "control: 0.10": "control: 2"} {
		raw = bytes.ReplaceAll(raw, []byte(from), []byte(to))
	}
	_, err := model.Parse(raw)
	for _, part := range []string{"base", "weights", "lapse", "BOSS", "control"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want it to name %s", err, part)
		}
	}
}

func TestParseOfNothing(t *testing.T) {
	for _, raw := range []string{"", "# nothing\n", "{}", "[]", "7"} {
		if _, err := model.Parse([]byte(raw)); err == nil {
			t.Errorf("%q: got no error", raw)
		}
	}
}

func TestStack(t *testing.T) {
	begin, end := bytes.Index(model.Default(), []byte("  stack: #")), bytes.Index(model.Default(), []byte("  horizon_days: 90\n"))
	if begin < 0 || end < begin {
		t.Fatal("the default model has no stack at the head of section churn")
	}
	with := func(lines string) []byte { return slices.Replace(model.Default(), begin, end, []byte(lines)...) }
	m, err := model.Parse(with("  stack:\n    intercept: -0.5\n    max_tenure_days: 300\n    weights: {base: 0.6, last_items: -0.1}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := churn.Stack{Intercept: -.5, MaxTenure: 300}
	want.Weights[churn.Base], want.Weights[churn.LastItems] = .6, -.1
	if m.Stack != want {
		t.Errorf("stack: want %+v, got %+v", want, m.Stack)
	}
	if m, err := model.Parse(with("")); err != nil || m.Stack != churn.Plain() {
		t.Errorf("a file without a stack: want the plain one, got %+v, %v", m.Stack, err)
	}
	for lines, want := range map[string]string{
		"  stack: {weights: {bass: 1}}\n":             `"bass" is none of base, silence`,
		"  stack: {weights: {base: 1, rhythm: -1}}\n": "rhythm",
		"  stack: {intercept: 1}\n":                   "nothing in it grows with silence",
	} {
		if _, err := model.Parse(with(lines)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error with %q, got %v", lines, want, err)
		}
	}
}
