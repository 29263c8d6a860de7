package value

import "math/bits"

// Shapley splits worth(all n players) − worth(nobody) over the players: a player's part is the mean of what the player adds to the
// worth, over all orders in which the players may join (L. S. Shapley, 1953). The parts add up to the difference. A set of players
// is a number whose bit i says that player i has joined; worth is asked once for each of the 2^n sets. n is at least 1.
func Shapley(n int, worth func(set int) float64) []float64 {
	worths := make([]float64, 1<<n)
	for set := range worths {
		worths[set] = worth(set)
	}
	weights, parts := shapleyWeights(n), make([]float64, n)
	for set := range worths {
		size := bits.OnesCount(uint(set))
		for i := range n {
			if set>>i&1 == 0 {
				parts[i] += float64(weights[size] * (worths[set|1<<i] - worths[set]))
			}
		}
	}
	return parts
}

// shapleyWeights returns s! (n − s − 1)! / n! for each size s of a set that a player joins.
func shapleyWeights(n int) []float64 {
	weights := make([]float64, n)
	for s := range weights {
		w := 1 / float64(n)
		for k := 1; k <= s; k++ { // divide by C(n−1, s)
			w *= float64(k) / float64(n-k)
		}
		weights[s] = w
	}
	return weights
}
