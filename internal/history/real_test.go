package history_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/realdata"
)

// Real customers: what is kept says what the whole log says, and the order of arrival does not show.
func TestTwinAgreesOnRealCustomers(t *testing.T) {
	for _, row := range []struct {
		name, file string
		format     dataset.Format
		customers  int
	}{
		{"CDNOW", "cdnow/CDNOW_master.txt", dataset.CDNOW, 23_570},
		{"Online Retail", "online_retail/online_retail.csv.gz", dataset.OnlineRetail, 4_372},
	} {
		t.Run(row.name, func(t *testing.T) {
			log, err := dataset.Read(row.format, []string{realdata.File(t, row.file)}, nil)
			if err != nil {
				t.Fatalf("read: %v", err)
			}
			lives := make(map[string][]observed)
			for _, e := range log.Events {
				p, ok := e.(*event.Purchase)
				if !ok {
					t.Fatalf("event %s is a %T", e.Common().ID, e)
				}
				lives[p.Customer] = append(lives[p.Customer], observed{p, history.Amounts{Amount: p.Amount.Minor}})
			}
			if got := len(lives); got != row.customers {
				t.Errorf("%d customers, want %d", got, row.customers)
			}
			var c event.Calendar
			var all, largest int
			for customer, life := range lives {
				s := compare(t, customer, life, c)
				size := len(s.Append(nil))
				all, largest = all+size, max(largest, size)
			}
			t.Logf("%d events of %d customers: %d bytes on average, %d at most", len(log.Events), len(lives), all/len(lives), largest)
		})
	}
}

func compare(t *testing.T, customer string, life []observed, c event.Calendar) history.Summary {
	s, shuffled := history.Summary{}, history.Summary{}
	w := twin{calendar: c}
	for _, o := range life {
		w.observe(o)
	}
	slices.SortFunc(life, func(o, p observed) int { return event.Compare(o.x, p.x) })
	for _, o := range life {
		s, _ = s.Observe(o.x, o.a, c)
	}
	random := rand.New(rand.NewPCG(history.Hash(customer), 1))
	late := make(map[string]event.Day)
	for _, o := range life {
		most := 365
		if o.touch() != nil {
			most = 90
		}
		late[o.id()] = c.Day(o.at()) + event.Day(random.IntN(most))
	}
	slices.SortStableFunc(life, func(o, p observed) int { return int(late[o.id()] - late[p.id()]) })
	for _, o := range slices.Concat(life, life[len(life)-1:]) {
		shuffled, _ = shuffled.Observe(o.x, o.a, c)
	}
	if got, want := shuffled.AppendKept(shuffled.Append(nil)), s.AppendKept(s.Append(nil)); !bytes.Equal(got, want) {
		t.Fatalf("customer %s: arrival order shows:\n got %x\nwant %x", customer, got, want)
	}
	if s.Spilled() != 0 {
		t.Errorf("customer %s: %d facts beyond the caps, want none", customer, s.Spilled())
	}
	for _, days := range []event.Day{0, 100, 365} {
		at := c.Start(s.Newest()+days) + 20*hour
		got, want := s.Facts(at, c), w.facts(at)
		got.Until, got.UntilTouches = 0, 0
		if got != want {
			t.Fatalf("customer %s, %d days after H:\n got %+v\nwant %+v", customer, days, got, want)
		}
		w.agreesMore(t, &s, at)
	}
	return s
}

// TestTwinAgreesOnLongLives: real customers who live so slowly that their days are sealed and their interactions folded. Each order has a category
// and a cost of service, and a mail that cost something comes after it.
func TestTwinAgreesOnLongLives(t *testing.T) {
	for _, row := range []struct {
		name, file string
		format     dataset.Format
		slower     event.Instant
	}{
		{"CDNOW", "cdnow/CDNOW_master.txt", dataset.CDNOW, 4},
		{"Online Retail", "online_retail/online_retail.csv.gz", dataset.OnlineRetail, 6},
	} {
		t.Run(row.name, func(t *testing.T) {
			log, err := dataset.Read(row.format, []string{realdata.File(t, row.file)}, nil)
			if err != nil {
				t.Fatalf("read: %v", err)
			}
			lives := make(map[string][]observed)
			start := log.Events[0].Common().OccurredAt
			for _, e := range log.Events {
				p := *e.(*event.Purchase)
				customer := history.Hash(p.Customer)
				if customer%8 != 0 {
					continue
				}
				p.OccurredAt, p.RevisedAt = start+(p.OccurredAt-start)*row.slower, 0
				p.RecordedAt = p.OccurredAt
				content := history.Hash(p.OrderID) + customer
				amounts := history.Amounts{Amount: p.Amount.Minor}
				if p.Kind == event.Order {
					p.Items = []event.Item{{Category: []string{"", "tea", "cups", "pots", "tins", "rugs"}[content%6], Quantity: 1}}
					if content/30%3 > 0 {
						amounts.ServiceCost = event.Minor(int64(content/6%5) * 10)
					}
				}
				lives[p.Customer] = append(lives[p.Customer], observed{&p, amounts})
				mail := &event.Interaction{
					Head: event.Head{ID: "mail " + p.ID, Customer: p.Customer, OccurredAt: p.OccurredAt + 30*hour, RecordedAt: p.OccurredAt + 30*hour},
					Kind: event.OutreachSent, Channel: "email", Cost: event.Minor(int64(content % 4)),
				}
				lives[p.Customer] = append(lives[p.Customer], observed{x: mail})
			}
			var c event.Calendar
			var all, kept, sealed, tried int
			for customer, life := range lives {
				s := compare(t, customer, life, c)
				all, kept = all+len(s.Append(nil)), kept+len(s.AppendKept(nil))
				if h := s.Held().Sealed; h.Known {
					sealed++
				}
				if m := s.More(c.Start(s.Newest()), c); m.Tried > 0 && m.Tried < m.Bought && m.FirstYear.Orders > 0 && m.OutreachCost > 0 {
					tried++
				}
			}
			t.Logf("%d customers, %d with sealed days: %d bytes on average, and %.1f for what is kept", len(lives), sealed, all/len(lives), float64(kept)/float64(len(lives)))
			if sealed < len(lives)/10 || tried == 0 {
				t.Errorf("%d of %d customers have sealed days, %d of all have every number, want more", sealed, len(lives), tried)
			}
		})
	}
}
