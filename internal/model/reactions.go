package model

import (
	"errors"
	"fmt"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// reactions is the section of what is told besides tiers, churn and win-backs. A file without it tells none of that.
type reactions struct {
	// NoticeDays is how many calendar days before the fall of a tier by silence alone a notice is given; 0 gives none.
	NoticeDays  int            `yaml:"notice_days"`
	TrailMonths int            `yaml:"trail_months"`
	Drop        *valueDrop     `yaml:"value_drop"`
	Feedback    *feedbackLines `yaml:"feedback"`
}

type valueDrop struct {
	Score float64 `yaml:"score"`
	Value float64 `yaml:"clv"`
	Tier  string  `yaml:"least_tier"`
	Least float64 `yaml:"least_clv"`
}

type feedbackLines struct {
	WindowDays int     `yaml:"window_days"`
	Falling    float64 `yaml:"falling"`
	Turned     bool    `yaml:"promoter_turned_detractor"`
	Tier       string  `yaml:"valuable_tier"`
	AtStake    float64 `yaml:"valuable_at_stake"`
	OpenDays   int     `yaml:"open_days"`
}

// The names of the actions for a drop of value and for an unhappy customer, among the alerts.
const (
	valueDropAction = "VALUE_DROP"
	feedbackAction  = "FEEDBACK"
)

// lines returns what r says, without the actions. base is the currency of its money.
func (r *reactions) lines(base event.Currency) (lines score.Reactions, err error) {
	if r == nil {
		return lines, nil
	}
	lines.NoticeDays, lines.TrailMonths = r.NoticeDays, r.TrailMonths
	var errs []error
	if d := r.Drop; d != nil {
		lines.Drop = score.Drop{Score: d.Score, Value: d.Value, Least: int64(math.RoundToEven(d.Least))}
		if lines.Drop.Tier, err = tierNamed("reactions.value_drop: least_tier", d.Tier); err != nil {
			errs = append(errs, err)
		}
		if d.Score == 0 && d.Value == 0 {
			errs = append(errs, errors.New("reactions.value_drop: needs a share of score or of clv; to switch it off, leave it out"))
		}
		if !(d.Least >= 0 && d.Least <= maxSpend) {
			errs = append(errs, fmt.Errorf("reactions.value_drop: least_clv %v is not in 0..%v", d.Least, maxSpend))
		}
	}
	if f := r.Feedback; f != nil {
		digits, _ := base.Digits()
		lines.Feedback = score.Feedback{WindowDays: f.WindowDays, Falling: f.Falling, Turned: f.Turned, OpenDays: f.OpenDays}
		if f.WindowDays < 1 {
			errs = append(errs, errors.New("reactions.feedback: window_days must be given; to switch it off, leave the section out"))
		}
		if !(f.AtStake >= 0 && f.AtStake <= maxSpend) {
			errs = append(errs, fmt.Errorf("reactions.feedback: valuable_at_stake %v is not in 0..%v", f.AtStake, maxSpend))
		} else {
			lines.Feedback.AtStake = int64(math.RoundToEven(f.AtStake * math.Pow10(digits)))
		}
		if lines.Feedback.Tier, err = tierNamed("reactions.feedback: valuable_tier", f.Tier); err != nil {
			errs = append(errs, err)
		}
	}
	return lines, errors.Join(errs...)
}

// tierNamed is the tier of a name; tier.None without one.
func tierNamed(where, name string) (score.Tier, error) {
	for t := tier.Low; int(t) < tier.Tiers; t++ {
		if name == t.String() {
			return t, nil
		}
	}
	if name != "" {
		return tier.None, fmt.Errorf("%s %q is none of HIGH, POTENTIAL, GENERAL, LOW", where, name)
	}
	return tier.None, nil
}

// reactionAdvice fills in the actions of the reactions that m has.
func (f *file) reactionAdvice(m *score.Model) error {
	var errs []error
	for _, row := range []struct {
		name string
		on   bool
		to   *score.Action
	}{
		{valueDropAction, m.Reactions.Drop != score.Drop{}, &m.Reactions.Drop.Action},
		{feedbackAction, m.Reactions.Feedback != score.Feedback{}, &m.Reactions.Feedback.Action},
	} {
		a, ok := f.Alerts[row.name]
		if !ok && !row.on {
			continue
		}
		given, err := a.answer(m.Base)
		if err != nil {
			errs = append(errs, fmt.Errorf("alerts.%s: %w", row.name, err))
		}
		errs = append(errs, a.check("alerts."+row.name))
		if row.on {
			*row.to = given
		}
	}
	return errors.Join(errs...)
}
