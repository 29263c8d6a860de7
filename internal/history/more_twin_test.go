package history_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// more is Summary.More by the twin. What a summary cannot know, because it is sealed, the twin knows.
func (w *twin) more(at event.Instant) history.More {
	var m history.More
	today := w.calendar.Day(at)
	w.moreAnswers(&m, at, today)
	books := w.books(at)
	w.moreTouches(&m, at, today)
	w.moreOrders(&m, books, at, today)
	for _, v := range w.standing(at) {
		if today-v.day < 365 {
			m.Placed++
		}
	}
	for _, b := range books {
		switch age := today - b.day; {
		case age < 182:
			m.SpendHalf += b.amount
		case age < 365:
			m.SpendHalfBefore += b.amount
		}
	}
	var gaps []float64
	days := slices.DeleteFunc(w.bought(at), func(d event.Day) bool { return today-d >= 365 })
	for i := 1; i < len(days); i++ {
		gaps = append(gaps, float64(days[i]-days[i-1]))
	}
	if m.Gaps = len(gaps); m.Gaps > 1 {
		mean, variance := 0.0, 0.0
		for _, g := range gaps {
			mean += g / float64(len(gaps))
		}
		for _, g := range gaps {
			variance += (g - mean) * (g - mean) / float64(len(gaps))
		}
		m.GapCV = math.Sqrt(variance) / mean
	}
	return m
}

func (w *twin) moreAnswers(m *history.More, at event.Instant, today event.Day) {
	all := w.opinionsBy(at)
	answers := func(about int) (a history.Answers) {
		var sum int64
		for _, o := range all {
			if is(o.opinion().Kind, event.CSAT, event.Review) && today-w.day(o) < 365 && (about < 0 || int(o.opinion().About) == about) {
				sum += int64(score(o))
				a.Count, a.Latest, a.LatestAt = a.Count+1, float64(score(o))/1e6, o.at()
				a.Mean = float64(sum) / 1e6 / float64(a.Count)
			}
		}
		return a
	}
	m.CSAT = answers(-1)
	for about := range m.CSATBy {
		m.CSATBy[about] = answers(about)
	}
	var handled []float64
	for _, o := range all {
		if o.opinion().Kind != event.Complaint || today-w.day(o) >= 365 {
			continue
		}
		m.Complaints.Count++
		m.Complaints.LastDay, m.Complaints.SinceDays = w.day(o), int(today-w.day(o))
		i := slices.IndexFunc(all, func(r observed) bool { // all ascends
			return r.opinion().Kind == event.ComplaintResolved && r.at() >= o.at() && (orderOf(r) == 0 || orderOf(r) == orderOf(o))
		})
		if i < 0 {
			m.Complaints.Open++
			continue
		}
		m.Complaints.Closed++
		handled = append(handled, float64(all[i].at()-o.at())/float64(24*hour))
	}
	slices.Sort(handled)
	switch n := len(handled); {
	case n%2 == 1:
		m.Complaints.HandlingDays = handled[n/2]
	case n > 0:
		m.Complaints.HandlingDays = (handled[n/2-1] + handled[n/2]) / 2
	}
}

func (w *twin) moreTouches(m *history.More, at event.Instant, today event.Day) {
	bought := w.bought(at)
	channels, days := map[string]bool{}, map[event.Day]bool{}
	m.OutreachKnown = true
	for _, o := range w.past(at, func(o observed) bool { return o.touch() != nil }, w.sameEvent, compareTouches) {
		t := o.touch()
		age := today - w.day(o)
		if age < 365 {
			m.OutreachCost += t.Cost.Minor
		}
		if t.Kind == event.OutreachSent {
			m.Sent++
		}
		if t.Kind == event.OfferRedeemed {
			m.Redeemed++
		}
		if t.Kind.Weight() == 0 {
			continue
		}
		if m.Engagements++; age >= 90 {
			continue
		}
		m.Touched.Count++
		m.Touched.Weight += int64(t.Depth())
		m.Touched.DoubledWeight += int64(t.Depth())
		if is(t.Kind, event.CartAdd, event.CheckoutStart) {
			m.Touched.DoubledWeight += int64(t.Depth())
		}
		m.Touched.Decayed += math.Round(1e6*math.Pow(.5, float64(age)/30)) / 1e6
		if t.Channel != "" {
			channels[t.Channel] = true
		}
		days[w.day(o)] = true
	}
	m.Touched.Channels, m.Touched.Days = len(channels), len(days)
	for d := range days {
		if slices.Contains(bought, d) || slices.Contains(bought, d+1) {
			m.Touched.Followed++
		}
	}
}

func (w *twin) moreOrders(m *history.More, books []booked, at event.Instant, today event.Day) {
	m.CategoriesKnown, m.BoughtKnown = true, true
	first, known := event.Day(0), false
	for _, b := range books {
		if b.order.x != nil && (!known || b.day < first) {
			first, known = b.day, true
		}
	}
	m.FirstYearKnown = known
	channels, categories := map[string]history.ChannelUse{}, map[string]history.CategoryUse{}
	for _, b := range books {
		of := b.order
		if of.x == nil {
			of = b.of
		}
		if of.x == nil {
			continue
		}
		add := func(s *history.Sums) {
			s.Net += b.amount
			if b.order.x == nil {
				return
			}
			a := b.order.a
			s.Orders++
			s.Amount += a.Amount
			if a.Margin.Known {
				s.Margin, s.MarginSpend = s.Margin+a.Margin.Minor, s.MarginSpend+a.Amount
			}
			if a.Discount.Known {
				s.Discount, s.DiscountOrders = s.Discount+a.Discount.Minor, s.DiscountOrders+1
			}
			if a.ServiceCost.Known {
				s.Service, s.ServiceOrders = s.Service+a.ServiceCost.Minor, s.ServiceOrders+1
			}
			s.Acquisition += a.AcquisitionCost.Minor
		}
		if of.day-first < 365 {
			var s history.Sums
			add(&s)
			m.FirstYear.Orders, m.FirstYear.Cost = m.FirstYear.Orders+s.ServiceOrders, m.FirstYear.Cost+s.Service
		}
		if main := mainOf(of.purchase()); main != "" {
			u, seen := categories[main]
			if !seen || of.day < u.First {
				u.Name, u.First = main, of.day
			}
			add(&u.Sums)
			categories[main] = u
		}
		if today-of.day >= 365 {
			continue
		}
		add(&m.Year)
		name := of.purchase().Channel
		if name == "" {
			continue
		}
		u := channels[name]
		u.Name = name
		u.Spend += b.amount
		if b.order.x != nil {
			u.Orders++
			if today-of.day < 89 {
				u.Seen++
				if w.assisted(of, at) {
					u.Assisted++
				}
			}
		}
		channels[name] = u
	}
	for _, u := range channels {
		m.Channels = append(m.Channels, u)
	}
	slices.SortFunc(m.Channels, func(a, b history.ChannelUse) int {
		return cmp.Or(cmp.Compare(b.Orders, a.Orders), cmp.Compare(a.Name, b.Name))
	})
	for _, name := range slices.Sorted(maps.Keys(categories)) {
		m.Categories = append(m.Categories, categories[name])
	}
	for _, u := range m.Categories {
		if m.Bought++; today-u.First < 365 {
			m.Tried++
		}
	}
	slices.SortStableFunc(m.Categories, func(a, b history.CategoryUse) int { return cmp.Compare(a.First, b.First) })
}

// assisted reports whether an interaction on another channel is of the day of an order or of the day before.
func (w *twin) assisted(of version, at event.Instant) bool {
	return slices.ContainsFunc(w.past(at, func(o observed) bool { return o.touch() != nil }, w.sameEvent, compareTouches), func(o observed) bool {
		return is(of.day-w.day(o), 0, 1) && o.touch().Channel != "" && o.touch().Channel != of.purchase().Channel
	})
}

// agreesMore holds a summary to the twin. What the summary says not to know is left out, and must be unknown for a reason.
func (w *twin) agreesMore(t rapid.TB, s *history.Summary, at event.Instant) {
	t.Helper()
	got, want := s.More(at, w.calendar), w.more(at)
	if sealed := s.Held().Sealed; sealed.Orders > 0 {
		if got.CategoriesKnown {
			t.Fatalf("%d orders are sealed, and the categories of all are known", sealed.Orders)
		}
		want.CategoriesKnown = false
		want.Categories, got.Categories = nil, nil
	}
	for _, m := range []*history.More{&got, &want} { // both compute them on floats of their own
		m.GapCV = math.Round(1e9*m.GapCV) / 1e9
		m.Touched.Decayed = math.Round(1e6*m.Touched.Decayed) / 1e6
		m.Complaints.HandlingDays = math.Round(1e9*m.Complaints.HandlingDays) / 1e9
		for i := range m.CSATBy {
			m.CSATBy[i].Mean = math.Round(1e9*m.CSATBy[i].Mean) / 1e9
		}
		m.CSAT.Mean = math.Round(1e9*m.CSAT.Mean) / 1e9
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("at day %d (H = day %d):\n got %+v\nwant %+v", w.calendar.Day(at)-base, s.Newest()-base, got, want)
	}
	bought := w.bought(at)
	for _, absence := range []int{90, 365} {
		var day event.Day
		known := false
		for i, d := range bought {
			if i > 0 && int(d-bought[i-1]) >= absence && d > s.Newest()-700 {
				day, known = d, true
			}
		}
		if got, ok := s.Returned(at, absence); ok != known && !(ok && got <= s.Newest()-700) || ok && known && got != day {
			t.Fatalf("at day %d: returned after %d days on day %d, %t; want %d, %t", w.calendar.Day(at)-base, absence, got-base, ok, day-base, known)
		}
	}
}

func TestTwinAgreesOnMore(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		life := drawAny(t, c)
		if rapid.Bool().Draw(t, "busy") {
			life = drawBusy(t, c)
		}
		w := twin{calendar: c}
		s := observeAll(t, arrive(t, life, c), c)
		for _, o := range life {
			w.observe(o)
		}
		decoded := restored(t, s)
		for range 4 {
			at := drawInstant(t, s.Newest(), c)
			w.agreesMore(t, &s, at)
			if got, want := decoded.More(at, c), s.More(at, c); !reflect.DeepEqual(got, want) {
				t.Fatalf("of the decoded summary:\n got %+v\nwant %+v", got, want)
			}
		}
	})
}

// drawBusy draws a life in which much happens on few days: interactions on and about the days of orders, complaints that are resolved, and
// then what moves H.
func drawBusy(t *rapid.T, c event.Calendar) []observed {
	var life []observed
	last := rapid.SampledFrom([]int{3, 20, 100, 400, 760, 1500}).Draw(t, "span")
	for i := range rapid.IntRange(4, 40).Draw(t, "events") {
		day := event.Day(rapid.SampledFrom([]int{0, 1, 2, 3, last - 2, last - 1, last, rapid.IntRange(0, last).Draw(t, "any day")}).Draw(t, "day"))
		at := c.Start(base+day) + rapid.SampledFrom([]event.Instant{0, hour, 9 * hour, 13*hour + 1}).Draw(t, "hour")
		head := event.Head{ID: fmt.Sprint("e", i), Customer: "c", OccurredAt: at, RecordedAt: at}
		channel := rapid.SampledFrom([]string{"", "web", "app", "shop"}).Draw(t, "channel")
		switch rapid.IntRange(0, 5).Draw(t, "topic") {
		case 0, 1:
			kind := rapid.SampledFrom([]event.InteractionKind{event.PageView, event.CartAdd, event.CheckoutStart, event.OutreachSent, event.OfferRedeemed, event.Login}).Draw(t, "kind")
			touch := &event.Interaction{Head: head, Kind: kind, Channel: channel}
			if kind == event.OutreachSent {
				touch.Cost = event.Minor(rapid.Int64Range(0, 5).Draw(t, "cost"))
			}
			life = append(life, observed{x: touch})
		case 2:
			kind := rapid.SampledFrom([]event.FeedbackKind{event.Complaint, event.Complaint, event.ComplaintResolved}).Draw(t, "kind")
			life = append(life, observed{x: &event.Feedback{Head: head, Kind: kind, OrderID: rapid.SampledFrom([]string{"", "o1", "o2"}).Draw(t, "order")}})
		case 3:
			life = append(life, drawEvent(t, head))
		default:
			p := &event.Purchase{Head: head, Kind: event.Order, OrderID: fmt.Sprint("o", i), Channel: channel}
			p.Items = []event.Item{{Category: rapid.SampledFrom([]string{"", "tea", "cups", "pots"}).Draw(t, "category"), AmountMinor: 1, Quantity: 1}}
			life = append(life, observed{x: p, a: history.Amounts{Amount: 100, Margin: event.Minor(30), ServiceCost: event.Minor(rapid.Int64Range(0, 5).Draw(t, "service"))}})
		}
	}
	return life
}
