package history_test

import (
	"cmp"
	"math/big"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// twin answers what a Summary answers, and keeps every event to do so. It seals, folds and forgets nothing, and it follows
// the words of the package comment rather than the code: sets and filters, no state.
type twin struct {
	calendar event.Calendar
	seen     []observed
}

type observed struct {
	x event.Event
	a history.Amounts
}

func (o observed) at() event.Instant { return o.x.Common().OccurredAt }
func (o observed) id() string        { return o.x.Common().ID }

func (w *twin) observe(o observed)             { w.seen = append(w.seen, o) }
func (w *twin) day(o observed) event.Day       { return w.calendar.Day(o.at()) }
func (w *twin) near(o, p observed) bool        { return w.day(o)-w.day(p) < 365 && w.day(p)-w.day(o) < 365 }
func (o observed) purchase() *event.Purchase   { p, _ := o.x.(*event.Purchase); return p }
func (o observed) touch() *event.Interaction   { i, _ := o.x.(*event.Interaction); return i }
func (o observed) opinion() *event.Feedback    { f, _ := o.x.(*event.Feedback); return f }
func is[K comparable](kind K, among ...K) bool { return slices.Contains(among, kind) }

// past returns the distinct events of one sort that had happened by an instant, in canonical order. Of two contents of one
// event the greater is taken.
func (w *twin) past(at event.Instant, sort func(observed) bool, same func(o, p observed) bool, content func(o, p observed) int) []observed {
	var chosen []observed
	for _, o := range w.seen {
		if !sort(o) {
			continue
		}
		i := slices.IndexFunc(chosen, func(p observed) bool { return same(o, p) })
		switch {
		case i < 0:
			chosen = append(chosen, o)
		case content(o, chosen[i]) > 0:
			chosen[i] = o
		}
	}
	chosen = slices.DeleteFunc(chosen, func(o observed) bool { return o.at() > at })
	slices.SortFunc(chosen, func(o, p observed) int {
		return cmp.Or(cmp.Compare(o.at(), p.at()), cmp.Compare(history.Hash(o.id()), history.Hash(p.id())))
	})
	return chosen
}

func (w *twin) sameEvent(o, p observed) bool { return o.id() == p.id() && w.day(o) == w.day(p) }

// version is a version of an order, as the twin sees it: from is the instant from which it is in force, placed and day are where the order is.
type version struct {
	observed
	from, placed event.Instant
	day          event.Day
}

// revised is the instant that a version speaks of.
func (o observed) revised() event.Instant { return o.x.StatedAt() }

func (w *twin) revisedDay(o observed) event.Day { return w.calendar.Day(o.revised()) }

// compareVersions says which of two versions of an order counts.
func compareVersions(o, p observed) int {
	cancel := func(o observed) int { return int(o.purchase().Kind) } // CANCEL > ORDER
	return cmp.Or(
		cmp.Compare(o.revised(), p.revised()), cmp.Compare(cancel(o), cancel(p)), cmp.Compare(o.x.Common().RecordedAt, p.x.Common().RecordedAt),
		cmp.Compare(history.Hash(o.id()), history.Hash(p.id())), cmp.Compare(o.at(), p.at()),
	)
}

// versions returns the distinct versions of all orders: of the contents of one event the greatest, of its record times the least.
func (w *twin) versions() []observed {
	isVersion := func(o observed) bool {
		return o.purchase() != nil && is(o.purchase().Kind, event.Order, event.Cancel)
	}
	same := func(o, p observed) bool {
		return o.id() == p.id() && o.at() == p.at() && o.revised() == p.revised() && o.purchase().Kind == p.purchase().Kind &&
			o.purchase().OrderID == p.purchase().OrderID
	}
	all := w.past(event.Never, isVersion, same, func(o, p observed) int {
		return cmp.Or(cmp.Compare(o.a.Amount, p.a.Amount), cmp.Compare(len(o.purchase().Items), len(p.purchase().Items)), compareOptional(o.a, p.a), cmp.Compare(o.purchase().Channel, p.purchase().Channel),
			cmp.Compare(mainOf(o.purchase()), mainOf(p.purchase())), compareSaid(o.a.Said, p.a.Said))
	})
	for i := range all {
		p := *all[i].purchase()
		for _, o := range w.seen {
			if isVersion(o) && same(o, all[i]) {
				p.RecordedAt = min(p.RecordedAt, o.x.Common().RecordedAt)
			}
		}
		all[i].x = &p
	}
	return all
}

// standing returns the versions of orders that no other overrules at an instant.
func (w *twin) standing(at event.Instant) []version {
	all := w.versions()
	ofOrder := func(o, p observed) bool { return o.purchase().OrderID == p.purchase().OrderID }
	var inForce []version
	days := map[event.Day]map[string]event.Instant{} // from when the versions that are revised on a day are in force, by order
	for _, o := range all {
		v := version{observed: o, from: o.revised(), placed: o.at(), day: w.day(o)}
		greatest := true // of those that are revised on its day
		for _, p := range all {
			if ofOrder(o, p) && w.revisedDay(o) == w.revisedDay(p) {
				v.from = min(v.from, p.revised())
				greatest = greatest && compareVersions(o, p) >= 0
			}
			if ofOrder(o, p) && o.purchase().Kind == event.Order && p.purchase().Kind == event.Order && o.revised() == o.at() &&
				compareVersions(o, p) >= 0 && w.day(p) > w.day(o)-365 && cmp.Or(cmp.Compare(w.day(p), v.day), cmp.Compare(p.at(), v.placed)) < 0 {
				v.placed, v.day = p.at(), w.day(p)
			}
		}
		if v.from = max(v.from, v.placed); !greatest {
			continue
		}
		day := w.revisedDay(o)
		if days[day] == nil {
			days[day] = map[string]event.Instant{}
		}
		days[day][o.purchase().OrderID] = v.from
		if v.from <= at {
			inForce = append(inForce, v)
		}
	}
	standing := slices.DeleteFunc(slices.Clone(inForce), func(o version) bool {
		return slices.ContainsFunc(all, func(p observed) bool { // be it overruled itself
			return ofOrder(o.observed, p) && compareVersions(p, o.observed) > 0 && w.near(o.observed, p) &&
				days[w.revisedDay(p)][p.purchase().OrderID] <= at
		})
	})
	slices.SortFunc(standing, func(o, p version) int {
		return cmp.Or(cmp.Compare(o.placed, p.placed), cmp.Compare(history.Hash(o.id()), history.Hash(p.id())))
	})
	return standing
}

// compareSaid orders amounts in other currencies as they are stored.
func compareSaid(a, b event.Money) int {
	return cmp.Or(cmp.Compare(history.CurrencyHash(a.Currency), history.CurrencyHash(b.Currency)), cmp.Compare(a.Minor, b.Minor))
}

// parts says what r gives back of v, and what v comes to, in the currency of v.
func parts(v, r observed) (given, whole *big.Rat) {
	if v.a.Said.Currency == "" {
		return big.NewRat(r.a.Amount, 1), big.NewRat(v.a.Amount, 1)
	}
	whole = big.NewRat(v.a.Said.Minor, 1)
	switch {
	case r.a.Said.Currency == v.a.Said.Currency:
		return big.NewRat(r.a.Said.Minor, 1), whole
	case v.a.Amount == 0:
		return whole, whole
	}
	given = rounded(new(big.Rat).Mul(big.NewRat(r.a.Amount, v.a.Amount), whole))
	return given, whole
}

// rounded rounds half up.
func rounded(x *big.Rat) *big.Rat {
	y := new(big.Rat).Add(x, big.NewRat(1, 2))
	return new(big.Rat).SetInt(new(big.Int).Div(y.Num(), y.Denom()))
}

func compareOptional(a, b history.Amounts) int {
	known := func(a history.Amounts) (bits int) {
		for i, o := range []event.OptionalMinor{a.Margin, a.Discount, a.ServiceCost, a.AcquisitionCost} {
			if o.Known {
				bits |= 1 << i
			}
		}
		return bits
	}
	return cmp.Or(
		cmp.Compare(known(a), known(b)), cmp.Compare(a.Margin.Minor, b.Margin.Minor), cmp.Compare(a.Discount.Minor, b.Discount.Minor),
		cmp.Compare(a.ServiceCost.Minor, b.ServiceCost.Minor), cmp.Compare(a.AcquisitionCost.Minor, b.AcquisitionCost.Minor),
	)
}

func (w *twin) refunds(at event.Instant) []observed {
	return w.past(at, func(o observed) bool {
		return o.purchase() != nil && is(o.purchase().Kind, event.Refund, event.Chargeback)
	}, w.sameEvent, func(o, p observed) int {
		order := func(o observed) uint64 {
			if o.purchase().OrderID == "" {
				return 0
			}
			return history.Hash(o.purchase().OrderID)
		}
		return cmp.Or(cmp.Compare(o.at(), p.at()), cmp.Compare(o.purchase().Kind, p.purchase().Kind),
			cmp.Compare(order(o), order(p)), cmp.Compare(o.a.Amount, p.a.Amount), compareSaid(o.a.Said, p.a.Said))
	})
}

// booked is money on a day.
type booked struct {
	order  version // nil x: a reduction
	of     version // the order that is reduced; nil x: none that stands
	day    event.Day
	amount int64
	orphan bool
}

// books resolves what cancels, refunds and restates what: first the refunds of each standing version, then its effect.
func (w *twin) books(at event.Instant) []booked {
	standing, refunds := w.standing(at), w.refunds(at)
	claimed := make(map[int][]observed) // by place in standing
	var books []booked
	for _, r := range refunds {
		id, target := r.purchase().OrderID, -1
		for i, v := range standing {
			if id == "" || v.purchase().OrderID != id || !w.near(v.observed, r) {
				continue
			}
			older := func(j int) bool { return standing[j].at() <= r.at() }
			switch {
			case target < 0, older(i) && !older(target), older(i) && v.at() > standing[target].at(),
				!older(i) && !older(target) && v.at() < standing[target].at():
				target = i
			}
		}
		if target < 0 {
			books = append(books, booked{day: w.day(r), amount: -r.a.Amount, orphan: id != ""})
			continue
		}
		claimed[target] = append(claimed[target], r)
	}
	for i, v := range standing {
		if v.purchase().Kind == event.Cancel {
			continue
		}
		isEarlier := func(r observed) bool { return r.at() < v.at() }
		sum := func(refunds []observed) *big.Rat {
			total := new(big.Rat)
			for _, r := range refunds {
				given, _ := parts(v.observed, r)
				total.Add(total, given)
			}
			return total
		}
		_, whole := parts(v.observed, observed{})
		all := claimed[i]
		later := slices.DeleteFunc(slices.Clone(all), isEarlier)
		if earlier := slices.DeleteFunc(slices.Clone(all), func(r observed) bool { return !isEarlier(r) }); sum(earlier).Cmp(whole) >= 0 {
			all = later // given back in whole, then placed again
		}
		if len(later) > 0 && sum(all).Cmp(whole) >= 0 {
			continue
		}
		books = append(books, booked{order: v, day: v.day, amount: v.a.Amount})
		taken := int64(0)
		for k, r := range all {
			given := sum(all[:k+1])
			worth := given
			if v.a.Said.Currency != "" {
				worth = rounded(new(big.Rat).Mul(new(big.Rat).Quo(given, whole), big.NewRat(v.a.Amount, 1)))
			}
			amount := worth.Num().Int64() - taken
			taken += amount
			books = append(books, booked{of: v, day: max(w.day(r), v.day), amount: -amount})
		}
	}
	return books
}
