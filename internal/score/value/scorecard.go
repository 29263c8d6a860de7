// Package value makes one score of many indicators: the composite value score. It also says what each indicator contributes
// to the score.
package value

import (
	"errors"
	"fmt"
	"math"
)

// Indicator names a raw value that a scorecard can weigh.
type Indicator string

// The indicators of the default scorecard. Money is in major units of the base currency.
const (
	Spend        Indicator = "spend_365d"      // net spend of the trailing 365 days
	OrderValue   Indicator = "aov"             // net spend per order, trailing 365 days
	Frequency    Indicator = "orders_365d"     // orders of the trailing 365 days
	Recency      Indicator = "recency_days"    // days since the last purchase
	Predicted    Indicator = "predicted_value" // current value: the predicted margin of the next 12 months
	Referrals    Indicator = "referrals"       // customers referred, lifetime; none is zero, not missing
	ActiveMonths Indicator = "active_months"   // consecutive calendar months with a purchase
	Promoter     Indicator = "nps"             // latest NPS answer of the last 365 days, 0–10; may be missing
)

// Known returns the indicators of the default scorecard. A scorecard may also weigh other entries of the catalogue, which knows them.
func Known() []Indicator {
	return []Indicator{Spend, OrderValue, Frequency, Recency, Predicted, Referrals, ActiveMonths, Promoter}
}

// Line is one indicator of a scorecard.
type Line struct {
	Indicator Indicator
	// Weight is the share of the indicator, in (0, 1].
	Weight float64
	Scale  Scale
}

// MaxLines bounds a scorecard, because exact attribution looks at every subset of its lines.
const MaxLines = 12

// Scorecard weighs indicators. The weights add up to 1.
type Scorecard struct{ Lines []Line }

// Check returns nil where c is valid, else an error that names everything that is wrong. Which indicators there are, and which way each may be
// used, the catalogue says.
func (c Scorecard) Check() error {
	var errs []error
	if len(c.Lines) == 0 || len(c.Lines) > MaxLines {
		errs = append(errs, fmt.Errorf("a scorecard has 1 to %d indicators, this one %d", MaxLines, len(c.Lines)))
	}
	stands, sum := make(map[Indicator]bool), 0.0
	for _, line := range c.Lines {
		if stands[line.Indicator] {
			errs = append(errs, fmt.Errorf("indicator %q stands twice", line.Indicator))
		}
		stands[line.Indicator] = true
		if !(line.Weight > 0 && line.Weight <= 1) {
			errs = append(errs, fmt.Errorf("%s: weight %v is not in (0, 1]", line.Indicator, line.Weight))
		}
		if err := line.Scale.Check(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", line.Indicator, err))
		}
		sum += line.Weight
	}
	if math.Abs(sum-1) > 1e-9 {
		errs = append(errs, fmt.Errorf("the weights add up to %v, want 1", sum))
	}
	return errors.Join(errs...)
}

// Raw is the value of an indicator before normalisation, or a missing value.
type Raw struct {
	Value   float64
	Missing bool
}

// Reading is a scorecard filled in: one entry a line, in the order of the lines. The zero value is a customer without a
// score.
type Reading struct {
	Raw        [MaxLines]Raw
	Normalised [MaxLines]float64
	Capped     [MaxLines]bool
	// Scored is false for a customer without a score: then every line counts as zero.
	Scored bool
}

// Read fills in the scorecard. raw has one entry a line.
func (c Scorecard) Read(raw *[MaxLines]Raw) Reading {
	r := Reading{Raw: *raw, Scored: true}
	for i, line := range c.Lines {
		if !raw[i].Missing {
			r.Normalised[i], r.Capped[i] = line.Scale.Of(raw[i].Value)
		}
	}
	return r
}

// Score is the weighted mean of the known indicators, in hundredths of a point (0..10000): the weights are rescaled over
// them. coverage is the share of the weight whose indicators are known, in [0, 1].
func (c Scorecard) Score(r *Reading) (points int32, coverage float64) {
	score, coverage := c.Exact(r)
	return Round(score), coverage
}

// Round makes points of an exact score. It rounds half to even.
func Round(score float64) int32 { return int32(math.RoundToEven(score)) }

// Exact is Score before rounding: the score in hundredths of a point, and the coverage.
func (c Scorecard) Exact(r *Reading) (score, coverage float64) {
	var sum float64
	for i := range c.Lines {
		if r.Raw[i].Missing {
			continue
		}
		sum += float64(c.Lines[i].Weight * r.Normalised[i])
		coverage += c.Lines[i].Weight
	}
	if coverage == 0 {
		return 0, 0
	}
	return 10000 * sum / coverage, coverage
}
