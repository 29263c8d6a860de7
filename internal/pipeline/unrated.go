package pipeline

import (
	"fmt"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

const (
	// unratedEvery is the time between two reports of the same missing rate, unratedMost the number of missing rates that a lane reports: any
	// three letters may come as a currency.
	unratedEvery, unratedMost = time.Hour, 50
)

// unrated are the rates that the model in force does not have, although events need them.
type unrated map[string]*missing

// missing counts the events that a rate was missing for, since it was last reported.
type missing struct {
	events int
	told   time.Time
}

// add counts what was refused, by reason as the breaker has it, and returns what is to be reported now.
func (u unrated) add(refused map[string]int, at time.Time) (reports []error) {
	for reason, n := range refused {
		code, currency, found := strings.Cut(reason, " ")
		if !found || event.Reason(code) != event.UnknownCurrency {
			continue
		}
		m := u[currency]
		if m == nil {
			if len(u) >= unratedMost {
				continue
			}
			m = &missing{}
			u[currency] = m
		}
		m.events += n
		if m.told.IsZero() || at.Sub(m.told) >= unratedEvery {
			reports = append(reports, fmt.Errorf("no rate for %s: %d events; add the rate under rates in the model file, and activate the file", currency, m.events))
			*m = missing{told: at}
		}
	}
	return reports
}

// reportUnrated reports the rates that were missing in a batch.
func (s *session) reportUnrated() {
	for _, err := range s.lane.unrated.add(s.refused, time.Now()) {
		s.cfg.Report(Notice{Kind: NoRate, Partition: shard.Partition{Topic: event.Purchases, Index: s.cfg.Index}, Err: err})
	}
}
