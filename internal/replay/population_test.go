package replay_test

import (
	"slices"
	"testing"
	"time"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/population"
	"tidemark/internal/realdata"
	"tidemark/internal/replay"
	"tidemark/internal/score"
)

// TestPopulationOfADay counts CDNOW on three days, and again with a replay of the events up to the end of each day, by exact lists.
func TestPopulationOfADay(t *testing.T) {
	log, err := dataset.Read(dataset.CDNOW, []string{realdata.File(t, "cdnow/CDNOW_master.txt")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, c := defaultEngine(t), event.Calendar{}
	all := replay.DaysOf(log.Events, replay.Until(log.Events, 0), replay.EveryDay, c)
	days := []event.Day{all[45], all[300], all[len(all)-1]}
	p := replay.NewPopulation(e, days)
	if _, err := replay.Stream(t.Context(), e, log.Events, replay.Options{Follow: p.Follower()}, func(*replay.Customer) int { return 0 }, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	i := 0
	err = p.Snapshots(func(s *population.Snapshot) error {
		end := c.Start(days[i]+1) - 1
		i++
		text, err := s.JSON()
		if err != nil {
			return err
		}
		if len(text) > 100<<10 {
			t.Errorf("%s: a snapshot of %d bytes, want at most 100 KB", s.Date, len(text))
		}
		_, pass, err := population.ParseSnapshot(text)
		if err != nil {
			return err
		}
		day := recount(e, log.Events, end)
		t.Logf("%s: %d bytes, %d customers, gini %.4f, pyramid %v", s.Date, len(text), s.Customers, s.Gini, s.Pyramid)
		for name, n := range day.labels {
			if s.Labels[name] != n {
				t.Errorf("%s: %s %d, want %d", s.Date, name, s.Labels[name], n)
			}
		}
		for name, n := range s.Labels {
			if day.labels[name] != n {
				t.Errorf("%s: %s %d, want %d", s.Date, name, n, day.labels[name])
			}
		}
		for name, exact := range map[string][]int64{"spend_365d": day.spend, "value_score": day.points, "orders_365d": day.orders} {
			h := pass.Histogram(name)
			var sum int64
			for _, v := range exact {
				sum += v
			}
			if h.Count() != int64(len(exact)) || h.Sum() != sum {
				t.Errorf("%s %s: %d values with the sum %d, want %d with %d", s.Date, name, h.Count(), h.Sum(), len(exact), sum)
			}
			slices.Sort(exact)
			for _, q := range []float64{.01, .05, .2, .4, .5, .6, .8, .95, .99} {
				want := float64(exact[max(0, int(float64(len(exact))*q+.999999999)-1)])
				if got := h.Quantile(q); got < want-.008*max(want, -want) || got > want+.008*max(want, -want) {
					t.Errorf("%s %s: quantile %v is %v, want %v within 0.8 %%", s.Date, name, q, got, want)
				}
			}
		}
		if s.Cohorts["1997-01"] != day.january {
			t.Errorf("%s: cohort of January %+v, want %+v", s.Date, s.Cohorts["1997-01"], day.january)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type exactDay struct {
	labels                map[string]int64
	spend, points, orders []int64
	january               population.Cohort
}

func recount(e *score.Engine, events []event.Event, end event.Instant) exactDay {
	var until []event.Event
	for _, x := range events {
		if x.StatedAt() <= end {
			until = append(until, x)
		}
	}
	d := exactDay{labels: map[string]int64{}}
	month := event.Calendar{}.Day(end).Month()
	bought := map[string]int64{}
	did := map[string]bool{}
	for _, x := range until {
		if p := x.(*event.Purchase); (event.Calendar{}).Day(p.OccurredAt).Month() == month {
			bought[p.Customer] += p.Amount.Minor
			did[p.Customer] = true
		}
	}
	for _, c := range replay.Run(e, until, end).Customers {
		s := e.Score(c.Profile, end)
		d.labels["customers"]++
		d.labels["tier:"+s.Tier.String()]++
		d.labels["level:"+s.Level.String()]++
		if s.Level > 0 {
			d.labels["episodes"]++
		}
		d.spend, d.orders = append(d.spend, s.Spend365), append(d.orders, int64(s.Orders365))
		if s.Bought {
			d.points = append(d.points, int64(s.Points))
		}
		if s.Bought && (event.Calendar{}).Day(s.FirstPurchase).String()[:7] == "1997-01" {
			d.january.Customers++
			d.january.Spend += bought[c.Profile.Customer]
			if did[c.Profile.Customer] {
				d.january.Active++
			}
		}
	}
	return d
}

// BenchmarkPopulationCDNOW is a replay of CDNOW with the snapshots of its month ends.
func BenchmarkPopulationCDNOW(b *testing.B) {
	log, err := dataset.Read(dataset.CDNOW, []string{realdata.File(b, "cdnow/CDNOW_master.txt")}, nil)
	if err != nil {
		b.Fatal(err)
	}
	e := defaultEngine(b)
	days := replay.DaysOf(log.Events, replay.Until(log.Events, 0), replay.EveryMonth, event.Calendar{})
	for b.Loop() {
		p := replay.NewPopulation(e, days)
		if _, err := replay.Stream(b.Context(), e, log.Events, replay.Options{Follow: p.Follower()}, func(*replay.Customer) int { return 0 }, func(int) error { return nil }); err != nil {
			b.Fatal(err)
		}
		if err := p.Snapshots(func(*population.Snapshot) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(days)), "days")
}

// TestPopulationOfJoinedCustomers: a customer whom an order joins to another is counted from the first event on, not before.
func TestPopulationOfJoinedCustomers(t *testing.T) {
	var l written
	l.order("ann")
	l.referred("ben", "ann")
	l.referred("eve", "ann")
	for i, x := range l.events {
		h := x.Common()
		h.OccurredAt = h.OccurredAt.Add(time.Duration(i) * 40 * 24 * time.Hour)
		h.RecordedAt = h.OccurredAt
	}
	e := defaultEngine(t)
	first := e.Calendar().Day(start)
	p := replay.NewPopulation(e, []event.Day{first + 10, first + 50, first + 90})
	if _, err := replay.Stream(t.Context(), e, l.events, replay.Options{AsOf: start.Add(100 * 24 * time.Hour), Follow: p.Follower()},
		func(*replay.Customer) int { return 0 }, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	want := int64(0)
	if err := p.Snapshots(func(s *population.Snapshot) error {
		want++
		if s.Customers != want || s.Labels["customers"] != want {
			t.Errorf("%s: %d customers by the pass, %d by the census, want %d", s.Date, s.Customers, s.Labels["customers"], want)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
