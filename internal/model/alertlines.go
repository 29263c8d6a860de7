package model

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"

	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// AlertLines are the lines of the churn levels that were chosen on a shop's past, and what they did there.
type AlertLines struct {
	Levels          [3]churn.Line
	MinPurchaseDays int
	MinSilence      time.Duration
	// Wish is what the lines are to do, in words. Granted says that they did it.
	Wish    string
	Granted bool
	// Cutoffs are the dates after which the alerts were looked at. Leavers is how many customers left there.
	Cutoffs []string
	Leavers int
	// Past is what the alerts of WATCH, AT_RISK and CRITICAL did.
	Past [3]AlertPast
}

// AlertPast is what the alerts of a level did. Shares are in [0, 1]; NaN where there were no cases.
type AlertPast struct {
	Alerts             int
	Month, PerThousand float64
	True, Recall       float64
	// Stake is the value at stake of a mean alert in major units of the base, Lead the mean number of days from a true alert to the lapse.
	Stake, Lead float64
}

// pastAlerts is the section alerts of section fitted. The lines stand in it, so that lines that somebody changes later are not taken for these.
type pastAlerts struct {
	Wish            string               `yaml:"wish"`
	Granted         bool                 `yaml:"granted"`
	Cutoffs         []string             `yaml:"cutoffs,flow"`
	Leavers         int                  `yaml:"leavers"`
	MinPurchaseDays int                  `yaml:"min_purchase_days"`
	MinSilenceDays  int                  `yaml:"min_silence_days"`
	Levels          map[string]pastLevel `yaml:"levels"`
}

// pastLevel leaves out what no alert determines.
type pastLevel struct {
	Up          float64  `yaml:"up"`
	Down        float64  `yaml:"down"`
	Floor       float64  `yaml:"floor"`
	Alerts      int      `yaml:"alerts"`
	Month       float64  `yaml:"a_month"`
	PerThousand float64  `yaml:"a_month_per_1000"`
	True        *float64 `yaml:"true_share,omitempty"`
	Recall      *float64 `yaml:"recall,omitempty"`
	Stake       *float64 `yaml:"value_at_stake,omitempty"`
	Lead        *float64 `yaml:"lead_days,omitempty"`
}

// levelNames are the names of the levels in a model file.
var levelNames = [3]string{"watch", "at_risk", "critical"}

// settle notes the edits of the lines.
func (a *AlertLines) settle(t *text, root *yaml.Node) error {
	if a == nil {
		return nil
	}
	levels := child(child(root, "churn"), "levels")
	for i, name := range levelNames {
		up, down, floor := thousandths(a.Levels[i])
		if err := t.settle(levels, name, nil, []setting{{"up", plain(up)}, {"down", plain(down)}, {"floor", plain(floor)}}); err != nil {
			return fmt.Errorf("churn.levels: %w", err)
		}
	}
	return t.settle(root, "churn", nil, []setting{
		{"min_purchase_days", strconv.Itoa(a.MinPurchaseDays)}, {"min_silence_days", strconv.Itoa(a.silenceDays())},
	})
}

// stands returns an error where m does not have the lines.
func (a *AlertLines) stands(m *score.Model) error {
	if a == nil || m.Churn.Levels == a.Levels && m.Churn.MinPurchaseDays == a.MinPurchaseDays && m.Churn.MinSilence == a.MinSilence {
		return nil
	}
	return fmt.Errorf("the base cannot be edited: it says lines of %+v where it was to say %+v", m.Churn, *a)
}

func (a *AlertLines) silenceDays() int { return int(a.MinSilence / (24 * time.Hour)) }

func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// thousandths are the numbers of a line as the file has them.
func thousandths(l churn.Line) (up, down, floor float64) {
	return float64(l.Up) / 1000, float64(l.Down) / 1000, l.Floor
}

// section is the section alerts; nil without lines.
func (a *AlertLines) section() *pastAlerts {
	if a == nil {
		return nil
	}
	out := &pastAlerts{
		Wish: a.Wish, Granted: a.Granted, Cutoffs: a.Cutoffs, Leavers: a.Leavers, MinPurchaseDays: a.MinPurchaseDays,
		MinSilenceDays: a.silenceDays(), Levels: map[string]pastLevel{},
	}
	for i, name := range levelNames {
		p := &a.Past[i]
		x := pastLevel{
			Alerts: p.Alerts, Month: significant(p.Month, errorDigits), PerThousand: significant(p.PerThousand, errorDigits),
			True: known(p.True), Recall: known(p.Recall), Stake: known(p.Stake), Lead: known(p.Lead),
		}
		x.Up, x.Down, x.Floor = thousandths(a.Levels[i])
		out.Levels[name] = x
	}
	return out
}

// known is x in few digits; nil for NaN and infinities.
func known(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	y := significant(x, errorDigits)
	return &y
}

// lines restores what section wrote.
func (p *pastAlerts) lines() *AlertLines {
	a := &AlertLines{
		Wish: p.Wish, Granted: p.Granted, Cutoffs: p.Cutoffs, Leavers: p.Leavers, MinPurchaseDays: p.MinPurchaseDays,
		MinSilence: time.Duration(p.MinSilenceDays) * 24 * time.Hour,
	}
	number := func(x *float64) float64 {
		if x == nil {
			return math.NaN()
		}
		return *x
	}
	for i, name := range levelNames {
		x := p.Levels[name]
		a.Levels[i] = level{x.Up, x.Down, x.Floor}.line()
		a.Past[i] = AlertPast{x.Alerts, x.Month, x.PerThousand, number(x.True), number(x.Recall), number(x.Stake), number(x.Lead)}
	}
	return a
}

// check returns nil where p is valid, else what is wrong. A nil p is a model whose lines nobody chose.
func (p *pastAlerts) check() error {
	if p == nil {
		return nil
	}
	var errs []error
	if p.Wish == "" || len(p.Cutoffs) == 0 || p.Leavers < 0 || p.MinPurchaseDays < 1 || p.MinSilenceDays < 0 || p.MinSilenceDays > maxDays {
		errs = append(errs, errors.New("fitted.alerts: needs a wish, cutoffs, min_purchase_days of at least 1 and min_silence_days"))
	}
	for _, name := range levelNames {
		x, found := p.Levels[name]
		share := func(y *float64) bool { return y == nil || *y >= 0 && *y <= 1 }
		if !found || x.Alerts < 0 || x.Month < 0 || x.PerThousand < 0 || !share(x.True) || !share(x.Recall) {
			errs = append(errs, fmt.Errorf("fitted.alerts.levels.%s: needs numbers of at least 0, and shares in [0, 1]", name))
		}
	}
	if len(p.Levels) != len(levelNames) {
		errs = append(errs, fmt.Errorf("fitted.alerts.levels: want %v and no other", levelNames))
	}
	return errors.Join(errs...)
}

// LinesOf returns the lines that a fit has chosen for a model file, and what they did in the shop's past. It is false where no fit chose the
// lines of the file, or where somebody has changed a line since. Errors: those of Parse.
func LinesOf(raw []byte) (*AlertLines, bool, error) {
	m, err := Parse(raw)
	if err != nil {
		return nil, false, err
	}
	var f struct {
		Fitted fitted `yaml:"fitted"`
	}
	if err := yaml.Unmarshal(raw, &f); err != nil {
		return nil, false, err
	}
	if f.Fitted.Alerts == nil {
		return nil, false, nil
	}
	a := f.Fitted.Alerts.lines()
	return a, a.stands(&m) == nil, nil
}
