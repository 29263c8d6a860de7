package population

import (
	"math"
	"slices"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// Dimension is a way to put customers in groups.
type Dimension uint8

// The dimensions. A customer without a name in a dimension is in none of its groups. Channel is that of the most orders of 365 days, Category that of
// the most orders.
const (
	ByTier Dimension = iota
	ByLevel
	ByStage
	BySegment
	ByOwner
	ByRegion
	ByIndustry
	ByChannel
	ByCategory

	// Dimensions is the number of dimensions.
	Dimensions int = iota
)

var dimensions = [...]string{"tier", "level", "stage", "segment", "owner", "region", "industry", "channel", "category"}

func (d Dimension) String() string { return dimensions[d] }

// Reading is what a pass counts of one customer at one instant. Money is in minor units.
type Reading struct {
	Bought bool
	// Year says that an order of 365 days stands. Points is the score in hundredths of a point.
	Year   bool
	Points score.Points
	Tier   tier.Tier
	// Values are those of the indicators, in their units; Known says which there are.
	Values []int64
	Known  []bool
	// Normal are the indicators of the scorecard on its scales, in ten-thousandths; -1 where one is not known.
	Normal []int32
	Groups [Dimensions]string
	Spend365, Current, AtStake,
	Contribution int64 // of 365 days
	// Cohort is the month of the first purchase, counted from 1970-01. Active says that the customer bought in the month of the instant up to it,
	// MonthSpend for how much.
	Cohort     int
	Active     bool
	MonthSpend int64
	// NPS is the latest answer of 365 days in tenths of a point, CSAT the latest in ten-thousandths of its scale; -1 for none.
	NPS, CSAT int32
}

// Reader reads customers under one engine.
type Reader struct {
	engine     *score.Engine
	indicators []Indicator
	// contribution is the place of contribution_365d among the indicators.
	contribution int
	stage        *catalogue.Entry
	lines        []*catalogue.Entry
}

// NewReader returns a reader of customers under an engine.
func NewReader(e *score.Engine) *Reader {
	m := e.Model()
	r := &Reader{engine: e, indicators: Indicators(&m.Scorecard, m.Base), stage: catalogue.Find("stage")}
	r.contribution = slices.IndexFunc(r.indicators, func(x Indicator) bool { return x.Name == contribution })
	for _, l := range m.Scorecard.Lines {
		r.lines = append(r.lines, catalogue.Find(string(l.Indicator)))
	}
	return r
}

// Indicators are those that readings have values of.
func (r *Reader) Indicators() []Indicator { return r.indicators }

// Read reads a customer at an instant. It is false for who is not counted: see Labels.
func (r *Reader) Read(p *score.Profile, at event.Instant) (Reading, bool) {
	if !LabelsOf(p).Counted {
		return Reading{}, false
	}
	s := r.engine.Score(*p, at)
	v := s.View()
	x := Reading{Bought: v.Bought, Tier: s.Tier, NPS: -1, CSAT: -1, Spend365: v.Facts.Spend365, Current: v.Worth.Current, AtStake: v.Worth.AtStake}
	x.Year, x.Points = v.Bought && v.Facts.Orders365 > 0, s.Points
	x.Values, x.Known = make([]int64, len(r.indicators)), make([]bool, len(r.indicators))
	for i := range r.indicators {
		if n, known := r.indicators[i].Number(v); known {
			x.Values[i], x.Known[i] = r.indicators[i].units(n), true
		}
	}
	x.answers(v)
	r.group(&x, v)
	if !v.Bought {
		return x, true
	}
	card := r.engine.Model().Scorecard.Lines
	x.Normal = make([]int32, len(card))
	for i, line := range r.lines {
		x.Normal[i] = -1
		if raw, known := line.Number(v); known {
			normal, _ := card[i].Scale.Of(raw)
			x.Normal[i] = int32(math.RoundToEven(normal * whole))
		}
	}
	x.Contribution = x.Values[r.contribution]
	x.month(p.Whole(), v, r.engine.Calendar())
	return x, true
}

// whole is 1 in ten-thousandths.
const whole = 10_000

func (x *Reading) month(h *history.Summary, v *catalogue.View, c event.Calendar) {
	x.Cohort = v.Facts.FirstDay.Month()
	today := c.Day(v.At)
	first := today - event.Day(event.Calendar{}.Start(today).Time().Day()-1)
	b := h.Between(c.Start(first)-1, v.At)
	x.Active, x.MonthSpend = b.Days > 0, b.Net
}

func (x *Reading) answers(v *catalogue.View) {
	if v.Facts.NPSKnown {
		x.NPS = int32(math.RoundToEven(v.Facts.NPSScore * 10))
	}
	if v.Facts.CSATCount > 0 {
		x.CSAT = int32(math.RoundToEven(v.Facts.CSATLatest * whole))
	}
}

func (r *Reader) group(x *Reading, v *catalogue.View) {
	stage, _ := r.stage.Word(v)
	x.Groups = [Dimensions]string{
		v.Labels.Tier.String(), v.Labels.Level.String(), stage, v.Labels.Segment,
		v.Said.Attributes["owner"], v.Said.Attributes["region"], v.Said.Attributes["industry"], v.Facts.PreferredChannel, "",
	}
	most := 0
	for i := range v.More.Categories { // by first day, then by name
		if c := &v.More.Categories[i]; c.Orders > most {
			most, x.Groups[ByCategory] = c.Orders, c.Name
		}
	}
}
