package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/value"
)

const (
	// pageWidth is the most characters of a line of sentences on the page of a customer, aboutWidth the width of the column before them.
	pageWidth  = 100
	aboutWidth = 9
)

// printGlance prints passages: what each is about in a column, and its sentences beside it.
func printGlance(w io.Writer, all []passage) error {
	for _, p := range all {
		lines := filled(p.text, pageWidth-aboutWidth)
		for i, line := range lines {
			about := ""
			if i == 0 {
				about = p.about
			}
			if _, err := fmt.Fprintf(w, "%-*s%s\n", aboutWidth, about, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// filled breaks a text between words into lines of at most so many characters; a longer word has a line of its own.
func filled(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range unbroken(strings.Fields(text)) {
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) > width:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// unbroken joins a number with the sign or the currency after it.
func unbroken(words []string) []string {
	var all []string
	for _, word := range words {
		unit := strings.TrimRight(word, ".,;:)")
		if last := len(all) - 1; last >= 0 && (unit == "%" || event.Currency(unit).WellFormed() && strings.ContainsAny(all[last], "0123456789")) {
			all[last] += " " + word
			continue
		}
		all = append(all, word)
	}
	return all
}

// indicatorNames are what people call the indicators of a scorecard.
var indicatorNames = map[string]string{
	string(value.Spend): "spend of 365 days", string(value.OrderValue): "spend per order", string(value.Frequency): "orders of 365 days",
	string(value.Recency): "days since the last purchase", string(value.Predicted): "value expected of the next year", string(value.Referrals): "referrals",
	string(value.ActiveMonths): "months in a row with a purchase", string(value.Promoter): "last NPS answer",
}

func called(indicator string) string {
	if name, ok := indicatorNames[indicator]; ok {
		return name
	}
	return indicator
}

// indicatorValue is the raw value of an indicator for people.
func indicatorValue(indicator string, raw float64, base event.Currency) string {
	if math.IsNaN(raw) {
		return "not known"
	}
	switch value.Indicator(indicator) {
	case value.Spend, value.OrderValue, value.Predicted:
		return inMajor(raw, base)
	case value.Recency:
		return fmt.Sprintf("%.1f", raw)
	case value.Frequency, value.Referrals, value.ActiveMonths, value.Promoter:
	}
	return fmt.Sprintf("%g", raw)
}

// inMajor is an amount of major units with its currency.
func inMajor(x float64, base event.Currency) string {
	digits, known := base.Digits()
	if !known {
		return fmt.Sprintf("%g %s", x, base)
	}
	return fmt.Sprintf("%.*f %s", digits, x, base)
}

// printReport prints the tables of --explain: what the score, the risk and the learnt value are made of.
func (s subject) printReport(w io.Writer, at event.Instant) error {
	e := s.at(at)
	why, o, now := e.Explain(s.profile, at), e.Outlook(s.profile, at), e.Score(s.profile, at)
	if len(why.Factors) == 0 {
		return nil
	}
	base := now.Base
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\nThe value score, %.2f of 100, is the sum of\n", float64(now.Points)/100)
	parts := slices.Clone(why.Indicators)
	slices.SortStableFunc(parts, func(a, b score.Contribution) int { return int(b.Points - a.Points) })
	for _, p := range parts {
		fmt.Fprintf(table, "  %s\t%.2f\tfor %s, of at most %.2f\n", called(p.Indicator), float64(p.Points)/100, indicatorValue(p.Indicator, p.RawAfter, base), 100*p.Weight/now.Coverage)
	}
	if since := o.Since; since != nil && len(byPoints(since.Contributions)) > 0 {
		fmt.Fprintf(table, "\nSince %s the score has changed by %+.2f\n", s.day(since.At), float64(now.Points-since.Points)/100)
		for _, p := range byPoints(since.Contributions) {
			note := ""
			if p.Cause == score.ByModel {
				note = ", by another scorecard"
			}
			fmt.Fprintf(table, "  %s\t%+.2f\t%s to %s%s\n", called(p.Indicator), float64(p.Points)/100,
				indicatorValue(p.Indicator, p.RawBefore, base), indicatorValue(p.Indicator, p.RawAfter, base), note)
		}
	}
	printRisk(table, why.Factors, now.Risk, base)
	if len(why.Value) > 0 {
		fmt.Fprintf(table, "\nThe learnt value, %s, is the sum of\n", amount(now.Learnt, base))
		for _, p := range why.Value {
			fmt.Fprintf(table, "  %s\t%s\t\n", strings.ReplaceAll(p.Name, "_", " "), amount(p.Minor, base))
		}
	}
	s.printEvidence(table, why.WayBack)
	return table.Flush()
}

// printRisk prints a risk as odds, and the odds as a product.
func printRisk(w io.Writer, factors []score.Factor, risk float64, base event.Currency) {
	fmt.Fprintf(w, "\nThe churn risk, %.1f %%, are odds of %s to 1, the product of\n", 100*risk, short(risk/(1-risk)))
	for i, f := range factors {
		if i > 0 && f.LogOdds == 0 {
			continue // times one
		}
		factor, name, of := math.Exp(float64(f.LogOdds)/1000), factorNames[f.Name], factorValue(f, base)
		if name == "" {
			name = f.Name
		}
		sign := "x "
		if f.Name == "reference" {
			sign = ""
		}
		if f.Capped {
			of += " (counts as the edge of what the model was fitted to)"
		}
		fmt.Fprintf(w, "  %s\t%s%s\t%s\n", name, sign, short(factor), of)
	}
}

// factorNames are what people call the factors of a churn risk.
var factorNames = map[string]string{
	"reference": "a typical customer", "recency": "the silence", "frequency": "purchase days", "tenure": "time since the first purchase",
	"regularity": "how regular the purchases are", "rhythm": "the usual gap", "spend": "spend so far", "last_order": "the last order",
	"items": "items bought", "nps": "the last NPS answer", "satisfaction": "satisfaction", "complaints": "complaints", "refunded": "refunds",
	"engagement": "visits and mails", "last_year": "bought at this time last year",
}

func factorValue(f score.Factor, base event.Currency) string {
	switch f.Name {
	case "reference":
		return "odds to 1"
	case "rhythm":
		if f.Raw == 0 {
			return "none yet"
		}
		return numbered(int(f.Raw), "day")
	case "recency", "tenure":
		return numbered(int(f.Raw), "day")
	case "spend", "last_order":
		return inMajor(f.Raw, base)
	case "regularity", "refunded":
		return fmt.Sprintf("%.0f %%", f.Raw)
	case "nps", "satisfaction":
		return fmt.Sprintf("%g of 10", f.Raw)
	}
	return fmt.Sprintf("%g", f.Raw)
}

// short is a positive number with two significant digits, all before the point, and two after it near 1.
func short(x float64) string {
	switch {
	case x >= 10:
		return fmt.Sprintf("%.0f", x)
	case x >= 1 && x < 1.2:
		return fmt.Sprintf("%.2f", x)
	}
	return fmt.Sprintf("%.*f", max(1, int(1-math.Floor(math.Log10(x)))), x)
}

// printEvidence prints what speaks for the likely cause of an alert.
func (s subject) printEvidence(w io.Writer, back *score.WayBack) {
	if back == nil || len(back.Evidence) == 0 {
		return
	}
	fmt.Fprintln(w, "\nWhat speaks for the likely cause")
	for _, v := range back.Evidence {
		answer := "a complaint"
		if !math.IsNaN(v.Score) {
			answer = fmt.Sprintf("an answer of %.0f %%", 100*v.Score)
		}
		fmt.Fprintf(w, "  feedback %s\t%s\tof %s\n", v.ID, answer, s.day(v.At))
	}
}

// printFields prints fields as a table: amounts with their currency, and what does not apply as -.
func printFields(w io.Writer, fields map[string]string, order []string, base event.Currency) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range order {
		text := fields[name]
		switch {
		case text == "":
			text = "-"
		case base != "" && inMoney(name):
			text += " " + string(base)
		}
		fmt.Fprintf(table, "%s\t%s\n", name, text)
	}
	return table.Flush()
}

// whatIfJSON is what keeps the tier and what reaches the next, for programs. Amounts are in minor units.
type whatIfJSON struct {
	FallsAt     string `json:"falls_at,omitempty"`
	KeepBy      string `json:"keep_by,omitempty"`
	Keep        int64  `json:"keep_minor,omitempty"`
	Least       int64  `json:"keep_least_minor,omitempty"`
	Any         bool   `json:"keep_any_order,omitempty"`
	NoneKeeps   bool   `json:"no_single_purchase_keeps,omitempty"`
	Next        string `json:"next_tier,omitempty"`
	Reach       int64  `json:"next_tier_minor,omitempty"`
	NoneReaches bool   `json:"no_single_purchase_reaches,omitempty"`
	Usual       int64  `json:"usual_order_minor"`
}

func whatIfFor(w *score.WhatIf) *whatIfJSON {
	if w == nil {
		return nil
	}
	all := &whatIfJSON{Keep: w.Keep, Least: w.Least, Any: w.Any, Reach: w.Reach, Usual: w.Usual}
	if w.Falls != event.Never {
		all.FallsAt, all.KeepBy, all.NoneKeeps = w.Falls.String(), w.KeepBy.String(), w.Keep == 0
	}
	if w.Next != 0 {
		all.Next, all.NoneReaches = w.Next.String(), w.Reach == 0
	}
	return all
}

// pageJSON adds to the members of a JSON object what the page says in words.
func (s subject) pageJSON(all map[string]any, at event.Instant) {
	e := s.at(at)
	o, words := e.Outlook(s.profile, at), []string{}
	for _, p := range s.glance(at) {
		words = append(words, p.about+": "+p.text)
	}
	all["in_words"] = words
	all["money"] = fmt.Sprintf("names that end in _minor are minor units of %s; all other amounts are major units", e.Model().Base)
	all["contactable_channels"], all["order_channels"] = o.Contact, o.OrderChannels
	if w := whatIfFor(o.WhatIf); w != nil {
		all["what_if"] = w
	}
	if since := o.Since; since != nil {
		points := map[string]float64{}
		for _, c := range since.Contributions {
			points[c.Indicator] += float64(c.Points) / 100
		}
		all["since_taken"] = map[string]any{"taken_at": since.At.String(), "score_then": float64(since.Points) / 100, "points": points}
	}
}

// inMoney reports whether a public field is an amount of major units.
func inMoney(field string) bool {
	e := catalogue.Find(field)
	return e != nil && e.Kind == catalogue.Money
}
