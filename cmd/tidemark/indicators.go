package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

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
	return `Lists every number and every word that Tidemark knows of a customer. The scores file, tm:detail, the topic of scores and customer show --explain take their names from this list. A scorecard may weigh what has a word in the column "weighed": by a rising scale, by a falling one, or by either.`
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

// printIndicators prints the entries by group, in the order of the groups: a row for each entry, and under it formula and source.
func printIndicators(w io.Writer, list []indicator, lang string) error {
	rows := [][]string{{"name", "title", "unit", "range", "silence", "weighed", "seen"}}
	for _, x := range list {
		rows = append(rows, []string{x.Name, x.Title, x.unit(), x.span(), x.Silence, x.Weighed, strings.Join(x.Seen, ", ")})
	}
	lines := aligned(rows)
	var out strings.Builder
	out.WriteString(lines[0] + "\n")
	for g := range catalogue.Groups {
		group := catalogue.Group(g).Title().In(lang)
		out.WriteString("\n" + strings.ToUpper(group) + "\n")
		for i, x := range list {
			if x.Group != group {
				continue
			}
			out.WriteString(lines[i+1] + "\n    " + x.Formula)
			if x.Source != "" {
				out.WriteString(" [" + x.Source + "]")
			}
			out.WriteString("\n")
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// aligned joins the cells of rows to lines, each column as wide as its widest cell, with two spaces between columns.
func aligned(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], terminalColumns(cell))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-terminalColumns(cell)+2))
		}
		lines[n] = strings.TrimRight(line.String(), " ")
	}
	return lines
}

// terminalColumns is how many columns of a terminal a text takes: two for a Chinese character or a full-width sign.
func terminalColumns(text string) int {
	n := 0
	for _, r := range text {
		n++
		if unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60 {
			n++
		}
	}
	return n
}

// unit is the unit of a number, the kind of everything else.
func (x *indicator) unit() string {
	if x.Unit != "" {
		return x.Unit
	}
	return x.Kind
}
