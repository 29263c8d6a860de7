package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Breaker says when too many records are bad. Then the lane pauses instead of draining a topic into the dead letters: a schema has
// broken, or a currency has no rate, and people must mend it. No pause lasts: after each one the lane probes, and goes on.
//
//	           too many are bad                 the pause is over
//	closed ──────────────────────> paused ──────────────────────> probing
//	  ^                              ^                              │  │
//	  │                              └── again too many: the next ──┘  │
//	  │                                  pause is twice as long        │
//	  └────────────── a window without too many ───────────────────────┘
//
// What the lane has in hand is in the dead letters before it pauses: a restart goes on behind it.
type Breaker struct {
	// Share (0.05) is the greatest share of bad records without a pause; 1 or more never pauses.
	Share float64
	// AtLeast (100) is the least number of bad records within Window (1 min) that pauses.
	AtLeast int
	Window  time.Duration
	// Pause (1 min) is the first pause of an incident, LongestPause (15 min) the longest.
	Pause, LongestPause time.Duration
	// Bury never pauses: it reports each incident once, and sends all bad records to the dead letters.
	Bury bool
}

func (b Breaker) withDefaults() Breaker {
	b.Share = cmp.Or(b.Share, 0.05)
	b.AtLeast = cmp.Or(b.AtLeast, 100)
	b.Window = cmp.Or(b.Window, time.Minute)
	b.Pause = cmp.Or(b.Pause, time.Minute)
	b.LongestPause = max(b.Pause, cmp.Or(b.LongestPause, 15*time.Minute))
	return b
}

// tally counts the records of the current half window and of the half window before it.
type tally struct {
	half        int64
	now, before counted
}

type counted struct {
	all, bad int
	// reasons counts the bad ones by why they are bad.
	reasons map[string]int
}

func (c counted) plus(d counted) counted {
	sum := counted{c.all + d.all, c.bad + d.bad, map[string]int{}}
	for _, reasons := range []map[string]int{c.reasons, d.reasons} {
		for reason, n := range reasons {
			sum.reasons[reason] += n
		}
	}
	return sum
}

// add counts a batch at a time. It returns the counts of the window, and whether too many records are bad.
func (t *tally) add(b Breaker, at time.Time, batch counted) (counted, bool) {
	half := at.UnixNano() / int64(max(b.Window/2, 1))
	switch half - t.half {
	case 0:
	case 1:
		t.before, t.now = t.now, counted{}
	default:
		t.before, t.now = counted{}, counted{}
	}
	t.half = half
	t.now = t.now.plus(batch)
	sum := t.before.plus(t.now)
	return sum, sum.bad >= b.AtLeast && float64(sum.bad) > b.Share*float64(sum.all)
}

// breaker is the state of a Breaker. It lives for the generation; a restart begins with a closed one.
type breaker struct {
	tally tally
	// tripped is when too many were bad last, pauses how often the incident has paused the lane.
	tripped time.Time
	pauses  int
	open    bool // an incident is going on
}

// add counts a batch, and returns how long the lane is to pause, and the notice of it; no notice where all is well, or has been said.
func (b *breaker) add(settings Breaker, at time.Time, batch counted) (pause time.Duration, n *Notice) {
	sum, trips := b.tally.add(settings, at, batch)
	if !trips {
		if b.open && at.Sub(b.tripped) > settings.Window {
			*b = breaker{tally: b.tally}
			return 0, &Notice{Kind: Resumed, Err: errors.New("the share of bad records is back within its bound")}
		}
		return 0, nil
	}
	said := b.open
	b.tripped, b.open = at, true
	if settings.Bury {
		if said {
			return 0, nil
		}
		return 0, &Notice{Kind: TooManyBad, Err: errors.New(sum.describe(settings))}
	}
	pause = min(settings.Pause<<min(b.pauses, 16), settings.LongestPause)
	b.pauses++
	b.tally, b.tripped = tally{}, at.Add(pause)
	return pause, &Notice{Kind: Paused, Err: fmt.Errorf("%s; the lane goes on in %s", sum.describe(settings), pause)}
}

// describe says how many records are bad, why, and what to do about each reason.
func (c counted) describe(settings Breaker) string {
	text := &strings.Builder{}
	fmt.Fprintf(text, "%d of %d records within %s are bad: ", c.bad, c.all, settings.Window)
	reasons := slices.SortedFunc(maps.Keys(c.reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(c.reasons[b], c.reasons[a]), cmp.Compare(a, b))
	})
	for i, reason := range reasons {
		if i == 5 {
			fmt.Fprintf(text, " and %d further reasons", len(reasons)-i)
			break
		}
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(text, "%s %d", reason, c.reasons[reason])
	}
	for _, reason := range reasons[:min(len(reasons), 5)] {
		code, detail, _ := strings.Cut(reason, " ")
		switch event.Reason(code) { //nolint:exhaustive // the others have no remedy of their own
		case event.UnknownCurrency:
			fmt.Fprintf(text, "; the model in force has no rate for %s: add it under rates in the model file, and activate the file", detail)
		case event.TooOld:
			text.WriteString("; a producer that sends seconds as milliseconds, or 0 for a time that it does not know, must be mended; a log that is as old needs an earlier oldest in the model file")
		case event.TooLate:
			text.WriteString("; events older than what their customers' histories still hold singly count only in a load in event time: `tidemark rebuild` makes one, and takes them all")
		}
	}
	return text.String()
}

// errDraining is the error of a wait that was ended by Drain.
var errDraining = errors.New("draining")

// pauseIfTooManyBad counts a batch that has been processed, and pauses the lane when the share of bad records jumps.
func (s *session) pauseIfTooManyBad(ctx context.Context, records int) error {
	batch := counted{all: records, reasons: s.refused}
	for _, n := range s.refused {
		batch.bad += n
	}
	s.reportUnrated()
	s.refused = nil
	pause, notice := s.lane.breaker.add(s.cfg.Breaker, time.Now(), batch)
	if notice != nil {
		notice.Partition.Index = s.cfg.Index
		s.cfg.Report(*notice)
	}
	if pause == 0 {
		return nil
	}
	s.states.evictAll() // other lanes need the memory meanwhile
	timer := time.NewTimer(pause)
	defer timer.Stop()
	s.publishProgress(true)
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.lane.drain:
		return errDraining
	case <-timer.C:
	}
	s.noteProgress()
	s.cfg.Report(Notice{Kind: Probing, Partition: shard.Partition{Index: s.cfg.Index}})
	return nil
}
