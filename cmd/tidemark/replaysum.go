package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"tidemark/internal/replay"
	"tidemark/internal/score"
)

func newSummary(engine *score.Engine) summary {
	return summary{
		Model: engine.Version(), Events: map[string]int{}, NoRate: map[string]int{}, Tiers: map[string]int{}, Levels: map[string]int{},
		Segments: map[string]int{}, Capped: map[string]int{}, ValueCapped: map[string]int{}, TierMoves: map[string]int{}, Alerts: map[string]int{}, SecondOrders: map[string]int{},
		Unhappy: map[string]int{}, Drops: map[string]int{},
	}
}

// total takes over the counts of the whole replay.
func (s *summary) total(engine *score.Engine, t *replay.Totals) {
	s.AsOf, s.AfterAsOf, s.Forgotten, s.BeyondCaps, s.OverCaps = t.AsOf.String(), t.Late, t.Forgotten, t.BeyondCaps, t.Capped
	for _, currency := range slices.Sorted(maps.Keys(t.NoRate)) {
		n := t.NoRate[currency]
		s.NoRate[string(currency)] = n.Events
		s.noRate = append(s.noRate, fmt.Sprintf("no rate for %s: %d events, %s to %s", engine.Unrated(currency), n.Events, n.First.Time().Format(time.DateOnly), n.Last.Time().Format(time.DateOnly)))
	}
	for verdict, n := range t.Verdicts {
		s.Events[verdict.String()] = n
	}
	s.Shops.sort()
}

// add counts a customer.
func (s *summary) add(c *folded) {
	s.Published += c.published
	for _, t := range c.customer.Transitions {
		s.tell(t)
	}
	switch {
	case c.customer.Erased():
		s.Erased++
		return
	case c.customer.Profile.Away():
		s.Merged++
		return
	case len(c.customer.Profile.Origins()) > 0:
		s.MergedInto++
	}
	row := &c.score
	if row.Test {
		s.TestAccounts++
	} else {
		s.Customers++
		s.Purchases += row.Orders
	}
	if row.Shop {
		s.Shops = append(s.Shops, sharedID{row.Customer, row.Orders, row.PurchaseDays})
	}
	if row.Bought {
		s.Buyers++
		s.Tiers[row.Tier.String()]++
		s.Levels[row.Level.String()]++
		s.Segments[row.Segment]++
	}
	for _, term := range c.held {
		s.Capped[term]++
	}
	for _, term := range c.heldValue {
		s.ValueCapped[term]++
	}
}

// tell counts a transition.
func (s *summary) tell(t score.Transition) {
	if t.Common().Unannounced {
		s.KeptBack++
	}
	switch t := t.(type) {
	case *score.TierChanged:
		s.TierMoves[t.Direction.String()]++
	case *score.ChurnAlert:
		alerts := s.Alerts
		switch t.Kind {
		case score.SecondOrderWindow:
			alerts = s.SecondOrders
		case score.FeedbackAlert:
			alerts = s.Unhappy
		case score.ValueDrop:
			alerts = s.Drops
		case score.Churn, score.UnknownAlert:
		}
		alerts[t.State.String()]++
	case *score.WonBack:
		s.WonBack++
	case *score.TierWillChange:
		if s.Notices == nil {
			s.Notices = map[string]int{}
		}
		s.Notices[t.State.String()]++
	case *score.SegmentChanged:
		if s.SegmentMoves == nil {
			s.SegmentMoves = map[string]int{}
		}
		s.SegmentMoves[t.Change.String()]++
	}
}
