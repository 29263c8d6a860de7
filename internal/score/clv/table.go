package clv

import (
	"math"
	"sync"

	"tidemark/internal/stat"
)

// table remembers what is to come of customers who are still there, by the number of their purchases and their age. Most looks at a customer are
// at an age of whole days, and are asked for again: of the same customer, or of others. An answer is the same, to the last bit, whether it is
// remembered or computed. Goroutines share a table.
type table struct {
	by     stat.Stayed
	of     asked
	months months
	places [1 << tableBits]place
}

// tableBits make 16,384 places, half a megabyte. On CDNOW they answer half of the questions, with all reactions on two thirds; a table without a
// bound would answer three fifths and three quarters.
const tableBits = 14

// asked is what the answers of a table depend on besides the customer.
type asked struct {
	by                 stat.PurchaseModel
	horizonDays        int
	discount, unitDays float64
}

// place is the answer to the last question that has come to the place; the zero place is none. Nothing is to come of a customer only where that is
// too little for a float64: then it is computed each time.
type place struct {
	sync.Mutex
	repeats int
	age     float64
	stayed  float64
}

// asks is what m asks of a purchase model.
func (m *Model) asks(by stat.PurchaseModel) asked {
	return asked{by, m.HorizonDays, m.Discount, m.UnitDays}
}

// newTable returns an empty table of m; nil where the purchase model has no answer that may be shared.
func (m *Model) newTable() *table {
	if by, ok := m.Purchase.(stat.Stayed); ok {
		return &table{by: by, of: m.asks(by), months: m.months()}
	}
	return nil
}

// discounted is by.Discounted of h over the months of the horizon.
func (t *table) discounted(h stat.Rhythm) float64 { return t.by.Alive(h) * t.stayed(h) }

func (t *table) stayed(h stat.Rhythm) float64 {
	const spread = 0x9E3779B97F4A7C15 // 2^64 over the golden ratio
	age := math.Float64bits(h.T)
	at := &t.places[((age+uint64(h.X)*spread)^age>>23)*spread>>(64-tableBits)]
	compute := func() float64 { return t.by.Stayed(h, t.months.count, t.months.length, t.months.rate) }
	if !at.TryLock() { // somebody else asks at this moment
		return compute()
	}
	defer at.Unlock()
	if at.repeats != h.X || at.age != h.T || at.stayed == 0 {
		at.repeats, at.age, at.stayed = h.X, h.T, compute()
	}
	return at.stayed
}
