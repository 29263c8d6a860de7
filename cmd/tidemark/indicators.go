package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"tidemark/internal/catalogue"
	"tidemark/internal/score/value"
)

type indicatorsCommand struct {
	Name string `arg:"" optional:"" help:"Print one entry in full: formula, source, and where it is seen."`
	Lang string `help:"Language of titles and formulas: ${enum}." enum:"en,zh" default:"en"`
	JSON bool   `help:"Print JSON."`
}

// Help is printed by indicators --help.
func (*indicatorsCommand) Help() string {
	return `Lists every number and every word that Tidemark knows of a customer. The scores file, tm:detail, the topic of scores and customer show --explain take their names from this list. A scorecard may weigh what the column "weighed" names: by a rising scale, by a falling one, or by either.`
}

// indicator is an entry as it is printed. Bounds are nil where there are none.
type indicator struct {
	Name    string   `json:"name"`
	Group   string   `json:"group"`
	Title   string   `json:"title"`
	Formula string   `json:"formula"`
	Kind    string   `json:"kind"`
	Unit    string   `json:"unit,omitempty"`
	Low     *float64 `json:"low,omitempty"`
	High    *float64 `json:"high,omitempty"`
	Better  string   `json:"better"`
	Silence string   `json:"silence"`
	Source  string   `json:"source,omitempty"`
	Seen    []string `json:"seen"`
	Weighed string   `json:"weighed,omitempty"`
}

// Run prints the reference.
func (c *indicatorsCommand) Run(s streams) error {
	all := catalogue.All()
	if c.Name != "" {
		e := catalogue.Find(c.Name)
		if e == nil {
			return fmt.Errorf("there is no indicator %q: tidemark indicators lists all", c.Name)
		}
		all = []catalogue.Entry{*e}
	}
	list := make([]indicator, len(all))
	for i := range all {
		list[i] = describe(&all[i], c.Lang)
	}
	switch {
	case c.JSON:
		encoder := json.NewEncoder(s.out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if c.Name != "" {
			return encoder.Encode(list[0])
		}
		return encoder.Encode(list)
	case c.Name != "":
		return printIndicator(s.out, list[0])
	}
	return printIndicators(s.out, list, c.Lang)
}

func describe(e *catalogue.Entry, lang string) indicator {
	x := indicator{
		Name: e.Name, Group: e.Group.Title().In(lang), Title: e.Title.In(lang), Formula: e.Formula.In(lang), Kind: e.Kind.String(), Unit: e.Unit,
		Better: e.Better.String(), Silence: e.Silence.String(), Source: e.Source, Seen: e.Seen.Names(), Weighed: weighedBy(e),
	}
	if e.Kind != catalogue.Word && e.Kind != catalogue.Instant {
		x.Low, x.High = bound(e.Low), bound(e.High)
	}
	return x
}

func bound(x float64) *float64 {
	if math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// weighedBy says by which scales a scorecard may weigh an entry; empty for none.
func weighedBy(e *catalogue.Entry) string {
	rising := e.Weighable(value.Scale{Method: value.MinMax, High: 1}) == nil
	falling := e.Weighable(value.Scale{Method: value.Remaining, High: 1}) == nil
	switch {
	case rising && falling:
		return "either"
	case rising:
		return "rising"
	case falling:
		return "falling"
	}
	return ""
}

// span is the range of an entry, as in [0, 1]; empty where nothing bounds it.
func (x *indicator) span() string {
	text := func(b *float64, none string) string {
		if b == nil {
			return none
		}
		return strconv.FormatFloat(*b, 'g', -1, 64)
	}
	if x.Low == nil && x.High == nil {
		return ""
	}
	return text(x.Low, "-∞") + " to " + text(x.High, "∞")
}

func printIndicator(w io.Writer, x indicator) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"name", x.Name},
		{"title", x.Title},
		{"group", x.Group},
		{"formula", x.Formula},
		{"source", x.Source},
		{"kind", x.Kind},
		{"unit", x.Unit},
		{"range", x.span()},
		{"better", x.Better},
		{"silence", x.Silence},
		{"seen", strings.Join(x.Seen, ", ")},
		{"weighed", x.Weighed},
	} {
		if row[1] != "" {
			fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
		}
	}
	return table.Flush()
}

// printIndicators prints the entries by group, in the order of the groups.
func printIndicators(w io.Writer, list []indicator, lang string) error {
	var errs []error
	for g := range catalogue.Groups {
		group := catalogue.Group(g).Title().In(lang)
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintf(table, "%s\n", strings.ToUpper(group))
		for _, x := range list {
			if x.Group == group {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", x.Name, x.Title, x.unit(), x.span(), x.Silence, strings.Join(x.Seen, ", "))
			}
		}
		fmt.Fprintln(table)
		errs = append(errs, table.Flush())
	}
	return errors.Join(errs...)
}

// unit is the unit of a number, the kind of everything else.
func (x *indicator) unit() string {
	if x.Unit != "" {
		return x.Unit
	}
	return x.Kind
}
