package replay

import (
	"sync"

	"tidemark/internal/event"
	"tidemark/internal/population"
	"tidemark/internal/score"
)

// Population counts all customers at the ends of days, while a log goes by: what the live scorer writes to tm:population:day:<date>.
type Population struct {
	calendar event.Calendar
	reader   *population.Reader
	days     []event.Day
	passes   []counted
	lock     sync.Mutex // of census
	census   population.Census
}

// counted is the pass of a day.
type counted struct {
	sync.Mutex
	pass *population.Pass
}

// Every says of which days there are snapshots.
type Every string

// The steps.
const (
	EveryDay   Every = "day"
	EveryMonth Every = "month"
)

// DaysOf are the days that have ended by an instant, from the day of the first event on: each, or the last of each month.
func DaysOf(events []event.Event, until event.Instant, every Every, c event.Calendar) []event.Day {
	if len(events) == 0 {
		return nil
	}
	first := event.Never
	for _, x := range events {
		first = min(first, x.StatedAt())
	}
	var days []event.Day
	for d := c.Day(first); c.Start(d+1)-1 <= until; d++ {
		if every != EveryMonth || d.Month() != (d+1).Month() {
			days = append(days, d)
		}
	}
	return days
}

// NewPopulation returns what counts at the ends of days, which ascend.
func NewPopulation(e *score.Engine, days []event.Day) *Population {
	c := e.Calendar()
	p := &Population{calendar: c, reader: population.NewReader(e), days: days, passes: make([]counted, len(days)), census: population.Census{}}
	for i, d := range days {
		p.passes[i].pass = p.reader.NewPass(c.Start(d+1) - 1)
	}
	return p
}

// Follower is what Options.Follow takes.
func (p *Population) Follower() *Follower {
	f := &Follower{At: p.at, Changed: p.changed}
	for _, d := range p.days {
		f.Ends = append(f.Ends, p.calendar.Start(d+1)-1)
	}
	return f
}

func (p *Population) at(end int, profile *score.Profile) {
	c := &p.passes[end]
	x, counts := p.reader.Read(profile, c.pass.Began)
	if !counts {
		return
	}
	c.Lock()
	defer c.Unlock()
	c.pass.Add(&x)
}

func (p *Population) changed(before, after *score.Profile, transitions []score.Transition, at event.Instant) {
	x := population.Change{
		Before: population.LabelsOf(before), After: population.LabelsOf(after), Transitions: transitions, Day: p.calendar.Day(at),
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.census.Count(&x, p.calendar)
}

// Census is the count of labels and flows so far.
func (p *Population) Census() population.Census { return p.census }

// Snapshots calls take with the snapshot of each day, in order. Error: the first of take.
func (p *Population) Snapshots(take func(*population.Snapshot) error) error {
	for i, d := range p.days {
		labels, moved := p.census.At(d)
		if err := take(p.reader.NewSnapshot(d, p.passes[i].pass, labels, moved)); err != nil {
			return err
		}
	}
	return nil
}
