package churn

import (
	"errors"
	"fmt"
	"math"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/stat"
)

// Risk is a probability in [0, 1], rounded to 1e-6.
type Risk = float64

// Line says where one level begins and ends. The excess is the rise of the log-odds of the risk above what is normal for the
// customer (just after the last purchase), in thousandths.
type Line struct {
	// Up is the least excess that enters the level, Down the least excess that keeps it.
	Up, Down int32
	// Floor is the least risk of the level, whatever the excess.
	Floor Risk
}

// Lines decide the level of a customer.
type Lines struct {
	// Horizon is the span of the risk: a customer who buys nothing within it counts as churned.
	Horizon time.Duration
	// Levels holds the lines of WATCH, AT_RISK and CRITICAL.
	Levels [3]Line
	// An episode begins only after MinPurchaseDays purchase days, and after a silence of MinSilence or of what is usual for the customer,
	// whichever is longer: see Entry.
	MinPurchaseDays int
	MinSilence      time.Duration
	// MinSpend is the least net spend over life of a customer with episodes, in minor units, because an alert costs its
	// reader something too. Zero asks for no spend.
	MinSpend int64
	// MinStay is the time for which a level is kept before it may ease without a purchase.
	MinStay time.Duration
	// Lapse is the least silence that ends an episode: the customer is then lost, not at risk. It is a whole number of days. Who has
	// a slow rhythm is lost later: see LapseOf.
	Lapse time.Duration
	// SecondOrder is the silence of a one-time buyer after which half of those who ever came back had come back; in whole
	// days. Zero opens no window for a second order.
	SecondOrder time.Duration
}

// Check returns nil where l is valid, else the first thing that is wrong.
func (l Lines) Check() error {
	for i, line := range l.Levels {
		if line.Down > line.Up || line.Down <= 0 || !(line.Floor >= 0 && line.Floor < 1) {
			return fmt.Errorf("churn line %d: needs 0 < down <= up and a floor in [0, 1)", i+1)
		}
		if i > 0 && (line.Up <= l.Levels[i-1].Up || line.Down <= l.Levels[i-1].Down || line.Floor < l.Levels[i-1].Floor) {
			return fmt.Errorf("churn line %d must lie above line %d", i+1, i)
		}
	}
	if l.Horizon <= 0 || l.MinSilence < 0 || l.MinStay < 0 || l.Lapse <= l.MinSilence || l.MinPurchaseDays < 1 {
		return errors.New("churn: horizon and minimum purchase days must be positive, the lapse longer than the minimum silence")
	}
	if l.MinSpend < 0 {
		return fmt.Errorf("churn: the minimum spend %d is below 0", l.MinSpend)
	}
	if l.Lapse%(24*time.Hour) != 0 || l.SecondOrder%(24*time.Hour) != 0 {
		return fmt.Errorf("churn: the lapse %v and the second order window %v must be in whole days", l.Lapse, l.SecondOrder)
	}
	if l.SecondOrder < 0 || l.SecondOrder >= l.Lapse || l.SecondOrder > 0 && l.MinPurchaseDays < 2 {
		return errors.New("churn: the second order window must be shorter than the lapse, and one-time buyers have no other alert")
	}
	return nil
}

// Signs are what the level depends on, besides the level before.
type Signs struct {
	// Risk is the risk now, Normal the risk just after the last purchase.
	Risk, Normal Risk
	PurchaseDays int
	// Shop says that the id behaves like a shop, which has no episodes. Test says that the customer is a test account, which has none either.
	Shop, Test bool
	// Spend is net over life, in minor units.
	Spend int64
	// Silence is the time since the last purchase. Usual is the silence that is usual for the customer, see the function Usual. LifeGap is
	// the gap of the customer's rhythm over life, see LapseOf. Usual and LifeGap are 0 where they are not known.
	Silence, Usual, LifeGap time.Duration
}

// Excess is the rise of the log-odds above normal, in thousandths.
func (s Signs) Excess() int32 { return LogOdds(s.Risk) - LogOdds(s.Normal) }

// LogOdds returns ln(p / (1 − p)) in thousandths. p is held within [1e-6, 1 − 1e-6].
func LogOdds(p Risk) int32 {
	return int32(math.RoundToEven(1000 * stat.LogOdds(p)))
}

// Counts reports whether a customer with these purchase days and this net spend over life, in minor units, can have an
// episode at all. Silence does not change the answer.
func (l Lines) Counts(purchaseDays int, spend int64) bool {
	return purchaseDays >= l.MinPurchaseDays && l.Worth(spend)
}

// Worth reports whether a customer with this net spend over life, in minor units, is worth an alert.
func (l Lines) Worth(spend int64) bool { return l.MinSpend == 0 || spend >= l.MinSpend }

// Next returns the level, at an instant, of a customer who has been at a level since an instant. Next is idempotent: from its
// own answer it returns the same answer. In silence the level only rises, until the lapse.
func (l Lines) Next(level Level, since event.Instant, s Signs, at event.Instant) Level {
	if s.Shop || s.Test || !l.Counts(s.PurchaseDays, s.Spend) || s.Silence >= l.LapseOf(s.LifeGap) {
		return None
	}
	if level == None && s.Silence < l.Entry(s.Usual) {
		return None
	}
	excess, next := s.Excess(), None
	for i, line := range l.Levels {
		candidate := Level(i + 1)
		bar := line.Up
		if candidate <= level {
			bar = line.Down
		}
		if excess >= bar && s.Risk >= line.Floor {
			next = candidate
		}
	}
	if next < level && s.Silence >= l.Entry(s.Usual) && at < since.Add(l.MinStay) {
		return level
	}
	return next
}
