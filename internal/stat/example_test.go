package stat_test

import (
	"fmt"

	"tidemark/internal/stat"
)

// A customer who bought three times in 39 weeks, last 8 weeks ago.
func Example() {
	purchases := stat.MBGNBD{R: .525, Alpha: 6.183, A: .891, B: 1.614}
	spend := stat.GammaGamma{P: 6.25, Q: 3.74, V: 15.44}

	h := stat.Rhythm{X: 2, TX: 30.43, T: 38.86}
	fmt.Printf("still there: %.3f\n", purchases.Alive(h))
	fmt.Printf("no purchase in 13 weeks: %.3f\n", purchases.NoPurchase(h, 13))
	fmt.Printf("worth in a year: %.2f\n", purchases.Discounted(h, 12, 4.345, .008)*spend.ExpectedSpend(2, 44.70))
	fmt.Printf("given up at week: %.1f\n", purchases.AliveCrossing(h, .5))
	// Output:
	// still there: 0.706
	// no purchase in 13 weeks: 0.666
	// worth in a year: 37.64
	// given up at week: 57.6
}
