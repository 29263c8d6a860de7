package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"tidemark/internal/model"
	"tidemark/internal/score/clv"
)

type clvCommand struct {
	Switching clvSwitchingCommand `cmd:"" help:"Estimate how customers switch brands, from a survey or a panel, and write the section switching of a model file."`
}

type clvSwitchingCommand struct {
	File      string  `arg:"" help:"Table with a header, as CSV: a survey with the columns from, to and, if need be, count; or a panel with customer, at and brand. - is standard input."`
	Own       string  `required:"" help:"The own brand, as the table writes it." placeholder:"BRAND"`
	Volume    float64 `required:"" help:"Spend of a purchase in the market, in major units." placeholder:"AMOUNT"`
	Margin    float64 `help:"Share of the spend that is margin, in (0, 1]." default:"1"`
	Frequency float64 `help:"Purchases in the market a year, of any brand. Without it: as often as the panel says; a survey does not say." placeholder:"N"`
	Years     float64 `help:"Years that the value looks ahead." default:"3"`
	Discount  float64 `help:"Yearly discount rate of the report. A model has its own." default:"0.10"`
	Alpha     float64 `help:"Cases that count beside those of the table, in each cell of the matrix." default:"0.5"`
	Out       string  `help:"Write the section to this file; - is standard output." default:"-" placeholder:"FILE"`
}

// Help is printed by clv switching --help.
func (*clvSwitchingCommand) Help() string {
	return `The section goes to the output: put it into a model file, and clv_switching is known of the customers. What the brands are worth, with standard errors, and by how much a better offer would raise it, goes to standard error.

The probability of each switch is (n + alpha) / (sum of the row + alpha for each brand), and the interval holds 95 % of what is believed of it then.`
}

// Validate returns an error for flags out of range. What the section says is checked when it is written.
func (c *clvSwitchingCommand) Validate() error {
	if !(c.Discount >= 0 && c.Discount < 10) || !(c.Alpha > 0 && c.Alpha <= 1000) || !(c.Frequency >= 0 && c.Frequency <= clv.MaxPurchases) {
		return fmt.Errorf("--discount %v is to be in 0..10, --alpha %v in 0..1000 and above 0, --frequency %v in 0..%d", c.Discount, c.Alpha, c.Frequency, clv.MaxPurchases)
	}
	return nil
}

// Run estimates the matrix, prints what it says, and writes the section.
func (c *clvSwitchingCommand) Run(s streams) error {
	observed, err := readSwitches(c.File, c.Own)
	if err != nil {
		return err
	}
	frequency := c.Frequency
	if frequency == 0 {
		frequency = observed.frequency
	}
	if frequency == 0 {
		return errors.New("--frequency is needed: a survey does not say how often customers buy")
	}
	market := clv.Switching{Brands: observed.brands, Volume: c.Volume, Margin: c.Margin, Frequency: frequency, Years: c.Years}
	if market.Matrix, market.Low, market.High, market.Cases, err = observed.counts.Matrix(c.Alpha); err != nil {
		return err
	}
	if err := market.Check(); err != nil {
		return err
	}
	if err := c.report(s.err, observed, &market); err != nil {
		return err
	}
	section := model.SwitchingSection(&market)
	return writeTo(c.Out, s, func(w io.Writer) error { _, err := io.WriteString(w, section); return err })
}

// report prints the matrix, what the customers of each brand are worth, and the sensitivities.
func (c *clvSwitchingCommand) report(to io.Writer, observed *observedSwitches, market *clv.Switching) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "bought before\tcases\t%s\tworth\tstandard error\t\n", strings.Join(market.Brands, "\t"))
	for i, name := range market.Brands {
		fmt.Fprintf(w, "%s\t%g\t", name, observed.cases(i))
		for j, p := range market.Matrix[i] {
			fmt.Fprintf(w, "%.3f (%.3f-%.3f)\t", p, market.Low[i][j], market.High[i][j])
		}
		spread, _ := market.StandardError(i, c.Discount)
		fmt.Fprintf(w, "%.2f\t%.2f\t\n", market.Value(i, c.Discount), spread)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(to, "worth: margin of %g years with %.4g purchases a year, discounted by %g a year, of who bought the brand last\n", market.Years, market.Frequency, c.Discount)
	w = tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "of who bought %s last, the worth rises by\n", market.Brands[0])
	for _, x := range market.Sensitivities(c.Discount) {
		fmt.Fprintf(w, "  %.2f\twith %s\n", x.Gain, x.What)
	}
	return w.Flush()
}

// observedSwitches are the switches of a table.
type observedSwitches struct {
	brands []string // the own first, the others by name
	counts clv.Switches
	// frequency is how often customers buy a year, 0 where the table does not say.
	frequency float64
}

// cases is the number of purchases that followed a purchase of a brand.
func (o *observedSwitches) cases(brand int) (sum float64) {
	for _, n := range o.counts[brand] {
		sum += n
	}
	return sum
}

// newSwitches are no switches among the brands of a table. The own brand is one of them.
func newSwitches(own string, brands map[string]bool) (*observedSwitches, error) {
	if !brands[own] {
		return nil, fmt.Errorf("the table names no brand %q: --own is one of %s", own, strings.Join(slices.Sorted(mapKeys(brands)), ", "))
	}
	if len(brands) > clv.MaxBrands {
		return nil, fmt.Errorf("the table names %d brands, at most %d are told apart: put the small ones together", len(brands), clv.MaxBrands)
	}
	o := &observedSwitches{brands: []string{own}}
	for _, name := range slices.Sorted(mapKeys(brands)) {
		if name != own {
			o.brands = append(o.brands, name)
		}
	}
	o.counts = clv.NewSwitches(len(o.brands))
	return o, nil
}

func (o *observedSwitches) add(from, to string, n float64) {
	o.counts[slices.Index(o.brands, from)][slices.Index(o.brands, to)] += n
}
