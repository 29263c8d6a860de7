package model

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

// Fit is what a fit writes into a model file.
type Fit struct {
	// Version is the version of the new model.
	Version string
	// Purchase is a stat.MBGNBD or a stat.BGNBD. Its unit of time is UnitDays days.
	Purchase stat.PurchaseModel
	UnitDays float64
	Buying   Goodness
	// Spend is the spend model, in major units of the base currency. nil keeps the base's spend model.
	Spend    *stat.GammaGamma
	Spending Goodness
	// Currency is the base currency of the amounts that were fitted to; empty leaves the line out.
	Currency event.Currency
	// From is the instant of the first purchase, To the instant up to which purchases were known.
	From, To event.Instant
	// RepeatBuyers counts those of Buying.Customers who bought on two days or more.
	RepeatBuyers int
	Warnings     []string
	// Stack is the churn stack; nil keeps the base's stack.
	Stack    *churn.Stack
	Stacking Goodness
	// Lapse and SecondOrder replace churn.lapse_days and churn.second_order_days. The zero Span keeps the base's line.
	Lapse, SecondOrder Span
}

// Goodness says how well parameters are known.
type Goodness struct {
	Customers     int
	LogLikelihood float64
	// StandardErrors are by the names of the parameters; NaN where there is none.
	StandardErrors map[string]float64
}

// The significant digits of parameters; standard errors have fewer.
const (
	digits      = 7
	errorDigits = 4
)

// Refit returns a model file with the version, the parameters and the section fitted of a fit. All else stays as it is in the
// base, byte by byte: comments, order, numbers. Errors: the base is no model; a parameter of the base is an alias or is
// merged in; the fit makes no model.
func Refit(base []byte, f Fit) ([]byte, error) {
	if _, err := Parse(base); err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(base, &document); err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	kind, params := kindOf(f.Purchase)
	values := []struct{ section, key, value string }{
		{"", "version", quoted(f.Version)}, {"purchase", "model", kind}, {"purchase", "unit_days", decimal(f.UnitDays)},
	}
	for i, name := range purchaseNames {
		values = append(values, struct{ section, key, value string }{"purchase", name, decimal(params[i])})
	}
	if f.Spend != nil {
		for i, v := range []float64{f.Spend.P, f.Spend.Q, f.Spend.V} {
			values = append(values, struct{ section, key, value string }{"spend", spendNames[i], decimal(v)})
		}
	}
	for name, span := range f.spans() {
		if child(child(document.Content[0], "churn"), name) != nil {
			values = append(values, struct{ section, key, value string }{"churn", name, strconv.Itoa(span.Days)})
		}
	}
	text := newText(base)
	for _, v := range values {
		at := document.Content[0]
		if v.section != "" {
			at = child(at, v.section)
		}
		if err := text.replace(child(at, v.key), v.value); err != nil {
			return nil, fmt.Errorf("%s: %w", strings.TrimPrefix(v.section+"."+v.key, "."), err)
		}
	}
	section, err := f.fitted().section()
	if err != nil {
		return nil, fmt.Errorf("write section fitted: %w", err)
	}
	edited := text.edited()
	if f.Stack != nil {
		edited = withStack(edited, f.Stack)
	}
	out := withFitted(edited, section)
	m, err := Parse(out)
	if err != nil {
		return nil, fmt.Errorf("the fitted model: %w", err)
	}
	if k, p := kindOf(m.Value.Purchase); k != kind || p != rounded(params) || m.Version != f.Version {
		return nil, fmt.Errorf("the base cannot be edited: it says %s %v of %q where it was to say %s %v of %q", k, p, m.Version, kind, params, f.Version)
	}
	if f.Stack != nil && m.Stack != roundedStack(*f.Stack) {
		return nil, errors.New("the base cannot be edited: section churn is to be a block whose lines are indented by two")
	}
	return out, nil
}

// kindOf returns the name and the parameters of a purchase model.
func kindOf(m stat.PurchaseModel) (kind string, params [4]float64) {
	switch m := m.(type) {
	case stat.MBGNBD:
		return "mbg-nbd", [4]float64{m.R, m.Alpha, m.A, m.B}
	case stat.BGNBD:
		return "bg-nbd", [4]float64{m.R, m.Alpha, m.A, m.B}
	}
	return fmt.Sprintf("%T", m), params
}

func rounded(params [4]float64) [4]float64 {
	for i := range params {
		params[i] = significant(params[i], digits)
	}
	return params
}

// amount is an amount of money for a reader: four digits say enough.
func amount(x float64) string { return strconv.FormatFloat(significant(x, errorDigits), 'f', -1, 64) }

func decimal(x float64) string { return strconv.FormatFloat(x, 'g', digits, 64) }

// quoted is a text as YAML writes it.
func quoted(s string) string {
	if regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.-]*$`).MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}

func (f *Fit) fitted() *fitted {
	out := &fitted{
		From: f.From.String(), To: f.To.String(), Currency: string(f.Currency), Customers: f.Buying.Customers, RepeatBuyers: f.RepeatBuyers,
		Purchase: *f.Buying.section(), Lines: f.lines(), Warnings: f.Warnings,
	}
	if f.Spend != nil {
		out.Spend = f.Spending.section()
	}
	if f.Stack != nil && *f.Stack != churn.Plain() {
		out.Churn = f.Stacking.section()
	}
	return out
}

func (g *Goodness) section() *goodness {
	out := &goodness{
		Customers: g.Customers, LogLikelihood: math.Round(g.LogLikelihood*1e4) / 1e4, StandardErrors: map[string]float64{},
	}
	for name, e := range g.StandardErrors {
		if !math.IsNaN(e) && !math.IsInf(e, 0) {
			out.StandardErrors[name] = significant(e, errorDigits)
		}
	}
	return out
}

// child returns the value of a key of a mapping; nil if there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// text is a file in lines, and the edits that are due.
type text struct {
	lines []string
	edits []edit
}

// edit replaces old by another text, at one place of a line.
type edit struct {
	line, from int
	old, text  string
}

func newText(raw []byte) *text { return &text{lines: strings.SplitAfter(string(raw), "\n")} }

// replace notes an edit: another value for a node.
func (t *text) replace(n *yaml.Node, value string) error {
	if n == nil || n.Kind != yaml.ScalarNode || n.Line > len(t.lines) {
		return fmt.Errorf("it cannot be replaced where it is an alias or merged in: write it out in the base")
	}
	line := t.lines[n.Line-1]
	from := len(string([]rune(line)[:min(n.Column-1, len([]rune(line)))]))
	for _, old := range []string{n.Value, "'" + n.Value + "'", `"` + n.Value + `"`} {
		if old != "" && strings.HasPrefix(line[from:], old) {
			t.edits = append(t.edits, edit{n.Line - 1, from, old, value})
			return nil
		}
	}
	return fmt.Errorf("line %d: it cannot be replaced: write it plainly, as %s", n.Line, value)
}

// edited returns the text after all edits.
func (t *text) edited() string {
	lines := slices.Clone(t.lines)
	slices.SortFunc(t.edits, func(a, b edit) int { return b.from - a.from }) // the last of a line first
	for _, e := range t.edits {
		line := lines[e.line]
		lines[e.line] = line[:e.from] + e.text + line[e.from+len(e.old):]
	}
	return strings.Join(lines, "")
}

// withFitted replaces the section fitted, or adds it at the end.
func withFitted(file, section string) []byte {
	lines := strings.SplitAfter(file, "\n")
	begin := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "fitted:") })
	if begin < 0 {
		return []byte(strings.TrimRight(file, "\n") + "\n\n# Where the parameters come from: `tidemark fit` writes it. No score depends on it.\n" + section)
	}
	end := begin + 1
	for last := end; last < len(lines) && (lines[last] == "" || strings.ContainsAny(lines[last][:1], " \t\r\n")); last++ {
		if strings.TrimSpace(lines[last]) != "" {
			end = last + 1
		}
	}
	return []byte(strings.Join(lines[:begin], "") + section + strings.Join(lines[end:], ""))
}

// withStack replaces the churn stack, or adds it at the head of the section churn.
func withStack(file string, s *churn.Stack) string {
	var out []string
	within, cutting := false, false
	for _, line := range strings.SplitAfter(file, "\n") {
		if line != "" && !strings.ContainsAny(line[:1], " #\r\n") {
			within = strings.HasPrefix(line, "churn:")
			cutting = false
		}
		if cutting = within && (strings.HasPrefix(line, "  stack:") || cutting && strings.HasPrefix(line, "   ")); cutting {
			continue
		}
		if out = append(out, line); strings.HasPrefix(line, "churn:") {
			out = append(out, stackLines(s)...)
		}
	}
	return strings.Join(out, "")
}

func stackLines(s *churn.Stack) []string {
	lines := []string{
		"  stack: # logistic regression over the purchase model's risk, in log-odds: `tidemark fit --churn-stack` writes it\n",
		"    intercept: " + decimal(s.Intercept) + "\n",
		"    max_tenure_days: " + decimal(s.MaxTenure) + "\n",
		"    weights:\n",
	}
	for _, t := range churn.Terms() {
		if s.Weights[t] != 0 {
			lines = append(lines, "      "+t.String()+": "+decimal(s.Weights[t])+"\n")
		}
	}
	return append(lines, rangeLines(s)...)
}

func rangeLines(s *churn.Stack) []string {
	var lines []string
	for _, t := range churn.Terms() {
		r := s.Ranges[t]
		if r == (churn.Range{}) || s.Weights[t] == 0 {
			continue
		}
		line := "      " + t.String() + ": [" + decimal(r.Low) + ", " + decimal(r.High) + "]"
		if low, high, ok := r.Money(t); ok {
			line += " # amounts of " + amount(low) + " to " + amount(high)
		}
		lines = append(lines, line+"\n")
	}
	if lines == nil {
		return nil
	}
	return append([]string{"    ranges: # what a term was fitted to, in its own unit; beyond the edge a term counts as the edge\n"}, lines...)
}

func roundedStack(s churn.Stack) churn.Stack {
	s.Intercept, s.MaxTenure = significant(s.Intercept, digits), significant(s.MaxTenure, digits)
	for i := range s.Weights {
		s.Weights[i] = significant(s.Weights[i], digits)
		s.Ranges[i] = churn.Range{Low: significant(s.Ranges[i].Low, digits), High: significant(s.Ranges[i].High, digits)}
		if s.Weights[i] == 0 {
			s.Ranges[i] = churn.Range{} // a term that weighs nothing is not written
		}
	}
	return s
}
