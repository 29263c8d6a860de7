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
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/season"
	"tidemark/internal/stat"
)

// Fit is what a fit writes into a model file.
type Fit struct {
	// Version is the version of the new model.
	Version string
	// Purchase is a stat.MBGNBD, a stat.BGNBD or a stat.Limit. Its unit of time is UnitDays days.
	Purchase stat.PurchaseModel
	UnitDays float64
	Buying   Goodness
	// Spend is a stat.GammaGamma or a stat.FixedSpend, in major units of the base currency. nil keeps the base's spend model.
	Spend    stat.SpendModel
	Spending Goodness
	// Paid is the share of purchase days that are paid; the zero value is the usual share. nil keeps the base's share.
	Paid *stat.PaidShare
	// Currency is the base currency of the amounts that were fitted to; empty leaves the line out.
	Currency event.Currency
	// From is the instant of the first purchase, To the instant up to which purchases were known.
	From, To event.Instant
	// RepeatBuyers counts those of Buying.Customers who bought on two days or more.
	RepeatBuyers int
	// Notes say in what customers do not differ, Warnings what is wrong with the fit.
	Notes, Warnings []string
	// Stack is the churn stack; nil keeps the base's stack.
	Stack    *churn.Stack
	Stacking Goodness
	// Learnt is the learnt value, whose horizon becomes that of the value. nil keeps the base's.
	Learnt *LearntFit
	// WithoutLearnt removes the base's learnt value, which was fitted over a purchase model of another kind.
	WithoutLearnt bool
	// HoldOut says why the stack has its ingredients; nil where nobody judged them.
	HoldOut *HoldOut
	// HorizonDays replaces churn.horizon_days, as the horizon that Stack was fitted to. 0 keeps the base's horizon.
	HorizonDays int
	// Lapse and SecondOrder replace churn.lapse_days and churn.second_order_days. The zero Span keeps the base's line.
	Lapse, SecondOrder Span
	// Season replaces the section season; a pointer to a flat index removes the section, nil keeps that of the base.
	Season *season.Index
	// Regular replaces the section regular; a pointer to the zero Weights removes the section, nil keeps that of the base.
	Regular *Weights
	// Alerts replaces the lines of the churn levels. nil keeps the base's lines.
	Alerts *AlertLines
	// Methods replaces the sections repurchase, peers and population. nil keeps those of the base.
	Methods *MethodsFit
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
	text := newText(base)
	if err := f.edit(text, document.Content[0]); err != nil {
		return nil, err
	}
	section, err := f.fitted().section()
	if err != nil {
		return nil, fmt.Errorf("write section fitted: %w", err)
	}
	edited := text.edited()
	if f.Stack != nil {
		edited = withStack(edited, f.Stack)
	}
	edited = f.Learnt.write(edited)
	if f.WithoutLearnt {
		before, _, after := cutSection(edited, "value_stack")
		edited = before + after
	}
	if f.Season != nil {
		edited = withSeason(edited, *f.Season)
	}
	if f.Regular != nil {
		edited = withRegular(edited, *f.Regular)
	}
	edited = f.Methods.write(edited)
	out := withFitted(edited, section)
	m, err := Parse(out)
	if err != nil {
		return nil, fmt.Errorf("the fitted model: %w", err)
	}
	if err := f.stands(&m); err != nil {
		return nil, err
	}
	if f.Stack != nil && m.Stack != roundedStack(*f.Stack) {
		return nil, errors.New("the base cannot be edited: section churn is to be a block whose lines are indented by two")
	}
	return out, nil
}

// edit notes the edits of the lines that were fitted, but for the sections stack and fitted.
func (f *Fit) edit(t *text, root *yaml.Node) error {
	if err := t.replace(child(root, "version"), quoted(f.Version)); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	if err := t.settle(root, "purchase", purchaseNames, purchaseOf(f.Purchase, f.UnitDays).values()); err != nil {
		return err
	}
	if f.Spend != nil {
		if err := t.settle(root, "spend", spendNames, spendOf(f.Spend, stat.PaidShare{}).values()); err != nil {
			return err
		}
	}
	if f.Paid != nil {
		if err := t.settle(root, "spend", paidNames, spendOf(nil, *f.Paid).paidDays()); err != nil {
			return err
		}
	}
	var spans []setting
	if f.HorizonDays > 0 {
		spans = append(spans, setting{"horizon_days", strconv.Itoa(f.HorizonDays)})
	}
	for name, span := range f.spans() {
		if child(child(root, "churn"), name) != nil {
			spans = append(spans, setting{name, strconv.Itoa(span.Days)})
		}
	}
	if err := f.Alerts.settle(t, root); err != nil {
		return err
	}
	if f.Learnt != nil {
		horizon := []setting{{"horizon_days", strconv.Itoa(f.Learnt.Value.HorizonDays)}}
		if err := t.settle(root, "value", nil, horizon); err != nil {
			return err
		}
	}
	return t.settle(root, "churn", nil, spans)
}

// stands returns an error where m, the model as it is written, is not what was fitted.
func (f *Fit) stands(m *score.Model) error {
	if want := purchaseOf(f.Purchase, f.UnitDays); purchaseOf(m.Value.Purchase, m.Value.UnitDays) != want || m.Version != f.Version {
		return fmt.Errorf("the base cannot be edited: it says %+v of %q where it was to say %+v of %q", m.Value.Purchase, m.Version, want, f.Version)
	}
	if f.Spend != nil {
		if want, err := spendOf(f.Spend, stat.PaidShare{}).model(); err != nil || m.Value.Spend != want {
			return fmt.Errorf("the base cannot be edited: it says a spend of %+v where it was to say %+v", m.Value.Spend, want)
		}
	}
	if f.Paid != nil {
		if want := spendOf(nil, *f.Paid).paid(); m.Value.Paid != want {
			return fmt.Errorf("the base cannot be edited: it says a paid share of %+v where it was to say %+v", m.Value.Paid, want)
		}
	}
	if f.Season != nil && !(f.Season.Flat() && m.Season == nil) && !slices.Equal(m.Season.Index(), *f.Season) {
		return errors.New("the base cannot be edited: section season is to be a block whose lines are indented")
	}
	if f.Regular != nil {
		if err := f.Regular.standsRegular(m.Value.Regular); err != nil {
			return err
		}
	}
	if f.WithoutLearnt && m.Learnt != nil {
		return errors.New("the base cannot be edited: section value_stack is to be a block whose lines are indented")
	}
	return errors.Join(f.Alerts.stands(m), f.Learnt.stands(m), f.Methods.stands(m))
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
		Purchase: *f.Buying.section(), Lines: f.lines(), Alerts: f.Alerts.section(), HoldOut: f.HoldOut.section(), Notes: f.Notes, Warnings: f.Warnings,
	}
	if f.Spend != nil {
		out.Spend = f.Spending.section()
	}
	out.Value, out.Methods = f.Learnt.section(), f.Methods.section()
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

// withFitted replaces the section fitted, or adds it at the end.
func withFitted(file, section string) []byte {
	before, found, after := cutSection(file, "fitted")
	if !found {
		return []byte(strings.TrimRight(file, "\n") + "\n\n# Where the parameters come from: `tidemark fit` writes it. No score depends on it.\n" + section)
	}
	return []byte(before + section + after)
}

// cutSection returns what stands before and after a section of a file, and whether the file has the section. Empty lines at the end of the
// section belong to what comes after.
func cutSection(file, name string) (before string, found bool, after string) {
	lines := strings.SplitAfter(file, "\n")
	begin := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, name+":") })
	if begin < 0 {
		return file, false, ""
	}
	end := begin + 1
	for last := end; last < len(lines) && (lines[last] == "" || strings.ContainsAny(lines[last][:1], " \t\r\n")); last++ {
		if strings.TrimSpace(lines[last]) != "" {
			end = last + 1
		}
	}
	return strings.Join(lines[:begin], ""), true, strings.Join(lines[end:], "")
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
		if low, high, ok := t.Money(r); ok {
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
