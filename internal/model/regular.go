package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tidemark/internal/stat"
)

// regularities is the section of the mixture of regularities: the share of customers for each k of stat.Regularities. A k without a share has
// none. The purchase rate and the leaving are those of the section purchase.
type regularities struct {
	Weights map[int]float64 `yaml:"weights"`
}

// Weights are the shares of customers by how regularly they buy, for each of stat.Regularities. The zero Weights are no mixture.
type Weights [len(stat.Regularities)]float64

// roughly is how far the sum of the written shares, which are rounded, may lie from 1.
const roughly = 1e-4

// mixture returns the mixture of the section over a purchase model; nil where there is no section, or where all customers buy at random.
func (r *regularities) mixture(over stat.PurchaseModel) (*stat.Regular, error) {
	if r == nil {
		return nil, nil
	}
	m := stat.Regular{}
	switch over := over.(type) {
	case stat.MBGNBD:
		m.Purchases = stat.Limit{R: over.R, Alpha: over.Alpha, A: over.A, B: over.B}
	case stat.Limit:
		m.Purchases = over
	}
	if (m.Purchases == stat.Limit{}) || m.Purchases.FirstStays {
		return nil, errors.New("regular: needs the purchase model " + mbgNBD)
	}
	var sum float64
	for _, k := range sortedInts(r.Weights) {
		i, w := slices.Index(stat.Regularities[:], k), r.Weights[k]
		if i < 0 {
			return nil, fmt.Errorf("regular.weights: k = %d is none of %v", k, stat.Regularities)
		}
		if !(w >= 0 && w <= 1) {
			return nil, fmt.Errorf("regular.weights: the share %v of k = %d is not in [0, 1]", w, k)
		}
		m.Weights[i] = w
		sum += w
	}
	if !(math.Abs(sum-1) <= roughly) {
		return nil, fmt.Errorf("regular.weights: the shares add up to %v, want 1", sum)
	}
	if m.Weights[0] == sum {
		return nil, nil
	}
	for i := range m.Weights {
		m.Weights[i] /= sum
	}
	return &m, nil
}

func sortedInts(m map[int]float64) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// rounded are the weights as a file says them.
func (w Weights) rounded() Weights {
	for i := range w {
		w[i] = significant(w[i], digits)
	}
	return w
}

// section is the text of the section; empty for no mixture.
func (w Weights) section() string {
	if w == (Weights{}) {
		return ""
	}
	var shares []string
	for i, share := range w {
		if share > 0 {
			shares = append(shares, strconv.Itoa(stat.Regularities[i])+": "+decimal(share))
		}
	}
	return "regular: # the share of customers for each k: 1 buys at random, 13 nearly on the day; `tidemark fit --regular` writes it\n" +
		"  weights: {" + strings.Join(shares, ", ") + "}\n"
}

// withRegular replaces the section regular, adds it at the end, or removes it where there is no mixture.
func withRegular(file string, w Weights) string {
	before, _, after := cutSection(file, "regular")
	section := w.section()
	if section != "" && after == "" {
		before = strings.TrimRight(before, "\n") + "\n\n"
	}
	return before + section + after
}

// standsRegular returns an error where a model, as it is written, has not the weights that were fitted.
func (w Weights) standsRegular(m *stat.Regular) error {
	var got Weights
	if m != nil {
		got = m.Weights
	}
	for i, want := range w.rounded() {
		if !(math.Abs(got[i]-want) <= roughly) {
			return errors.New("the base cannot be edited: section regular is to be a block whose lines are indented")
		}
	}
	return nil
}
