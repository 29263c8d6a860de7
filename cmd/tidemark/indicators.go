package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

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

	entry *catalogue.Entry
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
		return printIndicator(s.out, list[0], c.Lang, widthOf(s.out))
	}
	return printIndicators(s.out, list, c.Lang, widthOf(s.out))
}

func describe(e *catalogue.Entry, lang string) indicator {
	x := indicator{
		Name: e.Name, Group: e.Group.Title().In(lang), Title: e.Title.In(lang), Formula: e.Formula.In(lang), Kind: e.Kind.String(), Unit: e.UnitIn(lang),
		Better: e.Better.String(), Silence: e.Silence.String(), Source: e.Source, Seen: e.Seen.Names(), Weighed: weighedBy(e), entry: e,
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

// span is the range of an entry, as in 0 to 1; empty where nothing bounds it.
func (x *indicator) span(lang string) string {
	text := func(b *float64, none string) string {
		if b == nil {
			return none
		}
		return strconv.FormatFloat(*b, 'g', -1, 64)
	}
	if x.Low == nil && x.High == nil {
		return ""
	}
	return text(x.Low, "-∞") + catalogue.Text{En: " to ", Zh: " 至 "}.In(lang) + text(x.High, "∞")
}

// The headings of what is printed of an entry.
var (
	ofName    = catalogue.Text{En: "name", Zh: "名称"}
	ofTitle   = catalogue.Text{En: "title", Zh: "标题"}
	ofGroup   = catalogue.Text{En: "group", Zh: "分组"}
	ofFormula = catalogue.Text{En: "formula", Zh: "公式"}
	ofSource  = catalogue.Text{En: "source", Zh: "来源"}
	ofKind    = catalogue.Text{En: "kind", Zh: "类型"}
	ofUnit    = catalogue.Text{En: "unit", Zh: "单位"}
	ofRange   = catalogue.Text{En: "range", Zh: "范围"}
	ofBetter  = catalogue.Text{En: "better", Zh: "方向"}
	ofSilence = catalogue.Text{En: "silence", Zh: "沉默时"}
	ofSeen    = catalogue.Text{En: "seen", Zh: "见于"}
	ofWeighed = catalogue.Text{En: "weighed", Zh: "可加权"}
)

// weighedIn are the words of weighedBy in Chinese.
var weighedIn = map[string]string{"": "", "either": "升降皆可", "rising": "升", "falling": "降"}

func (x *indicator) weighed(lang string) string {
	return catalogue.Text{En: x.Weighed, Zh: weighedIn[x.Weighed]}.In(lang)
}

func (x *indicator) seen(lang string) string { return strings.Join(x.entry.Seen.NamesIn(lang), ", ") }

// cells are a row of the table: name, title and unit, then what may stand under them in a narrow terminal.
func (x *indicator) cells(lang string) []string {
	return []string{
		x.Name, x.Title, x.unit(lang), x.span(lang), x.entry.Silence.In(lang), x.weighed(lang), x.seen(lang),
	}
}

// printIndicator prints an entry in full, in lines of a width.
func printIndicator(w io.Writer, x indicator, lang string, width int) error {
	var rows [][]string
	for _, row := range []struct {
		of   catalogue.Text
		text string
	}{
		{ofName, x.Name},
		{ofTitle, x.Title},
		{ofGroup, x.Group},
		{ofFormula, x.Formula},
		{ofSource, x.Source},
		{ofKind, x.entry.Kind.In(lang)},
		{ofUnit, x.Unit},
		{ofRange, x.span(lang)},
		{ofBetter, x.entry.Better.In(lang)},
		{ofSilence, x.entry.Silence.In(lang)},
		{ofSeen, x.seen(lang)},
		{ofWeighed, x.weighed(lang)},
	} {
		if row.text != "" {
			rows = append(rows, []string{row.of.In(lang), row.text})
		}
	}
	indent := 0
	for _, row := range rows {
		indent = max(indent, terminalColumns(row[0])+2)
	}
	for _, line := range aligned(rows) {
		if _, err := io.WriteString(w, inLines(line, width, indent)+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// printIndicators prints the entries by group, in the order of the groups: a row for each entry, and under it formula and source. Where a row is wider
// than the width, what follows the unit stands under it.
func printIndicators(w io.Writer, list []indicator, lang string, width int) error {
	rows := [][]string{{ofName.In(lang), ofTitle.In(lang), ofUnit.In(lang), ofRange.In(lang), ofSilence.In(lang), ofWeighed.In(lang), ofSeen.In(lang)}}
	for _, x := range list {
		rows = append(rows, x.cells(lang))
	}
	lines := aligned(rows)
	narrow := slices.ContainsFunc(lines, func(line string) bool { return terminalColumns(line) > width })
	if narrow {
		const kept = 3
		lines = aligned(firstCells(rows, kept))
		for i, row := range rows[1:] {
			var rest []string
			for k, cell := range row[kept:] {
				if cell != "" {
					rest = append(rest, rows[0][kept+k]+" "+cell)
				}
			}
			lines[i+1] = inLines(lines[i+1], width, 4) + "\n" + inLines("    "+strings.Join(rest, "; "), width, 4)
		}
	}
	var out strings.Builder
	out.WriteString(lines[0] + "\n")
	for g := range catalogue.Groups {
		group := catalogue.Group(g).Title().In(lang)
		out.WriteString("\n" + strings.ToUpper(group) + "\n")
		for i, x := range list {
			if x.Group != group {
				continue
			}
			formula := "    " + x.Formula
			if x.Source != "" {
				formula += " [" + x.Source + "]"
			}
			out.WriteString(lines[i+1] + "\n" + inLines(formula, width, 4) + "\n")
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// firstCells are the first n cells of each row.
func firstCells(rows [][]string, n int) [][]string {
	first := make([][]string, len(rows))
	for i, row := range rows {
		first[i] = row[:n]
	}
	return first
}

// unit is the unit of a number, the kind of everything else.
func (x *indicator) unit(lang string) string {
	if x.Unit != "" {
		return x.Unit
	}
	return x.entry.Kind.In(lang)
}
