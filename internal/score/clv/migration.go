package clv

import "fmt"

// MaxCells is the number of recency cells of the migration model: silent for less than one year, for one, two, three and four years.
const MaxCells = 5

// Migration values a customer who may come back after years of silence ("always a share"): Dwyer (1989), Customer lifetime valuation to support
// marketing decision making, Journal of Direct Marketing 3. Cell k holds who has been silent for k years. With a contact cost the customer's
// value is that of the Chain.
type Migration struct {
	// Rates are the probabilities of a purchase within the next year, by cell; in [0, 1]. Who leaves the last cell without a purchase is lost.
	Rates []float64
	// Discount is the yearly discount rate, Cost the cost of contacting a customer for a year who is not lost, in the money of the spend.
	Discount, Cost float64
}

// Cell is the recency cell of a customer who has been silent for so many days.
func Cell(silentDays float64) int { return int(max(0, silentDays) / 365) }

// Value is the value of a customer in a cell who brings so much in a year with a purchase, in the money of that year. It is false for a cell
// beyond the last.
//
// Without a cost it is V_k = p_k·(year + V_0/(1+d)) + (1−p_k)·V_{k+1}/(1+d), what comes from next year on: (1+d) times the value of the Chain
// less its reward of now. With a cost it is the value of the Chain, which counts the year that has begun.
func (m *Migration) Value(year float64, cell int) (float64, bool) {
	if cell < 0 || cell >= len(m.Rates) {
		return 0, false
	}
	if m.Cost > 0 {
		return Chain{Rates: m.Rates, Reward: year, Cost: m.Cost, Discount: m.Discount}.Values()[cell], true
	}
	after := 1 / (1 + m.Discount)
	// V_k = a + b·V_0: from the last cell back to the first, where V_0 = a / (1 − b).
	var a, b, of [MaxCells + 1]float64
	for k := len(m.Rates) - 1; k >= 0; k-- {
		p := m.Rates[k]
		a[k] = p*year + (1-p)*after*a[k+1]
		b[k] = p*after + (1-p)*after*b[k+1]
	}
	of[0] = a[0] / (1 - b[0])
	for k := 1; k < len(m.Rates); k++ {
		of[k] = a[k] + b[k]*of[0]
	}
	return of[cell], true
}

// Check returns nil where m is valid, else what is wrong.
func (m *Migration) Check() error {
	if len(m.Rates) < 1 || len(m.Rates) > MaxCells || !(m.Discount >= 0) || !(m.Cost >= 0) {
		return fmt.Errorf("want 1 to %d rates, and a discount and a contact cost of at least 0; got %d, %v and %v", MaxCells, len(m.Rates), m.Discount, m.Cost)
	}
	for k, p := range m.Rates {
		if !(p >= 0 && p <= 1) || p == 1 && m.Discount == 0 {
			return fmt.Errorf("rate %v of cell %d must be in [0, 1], and below 1 without a discount", p, k)
		}
	}
	return nil
}
