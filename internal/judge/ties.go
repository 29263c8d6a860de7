package judge

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
)

// ties yields the cases from the least score up; it yields all cases of one
// score together.
func ties(scores []float64) iter.Seq[[]int] {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(scores[i], scores[j]), cmp.Compare(i, j))
	})
	return func(yield func([]int) bool) {
		for from := 0; from < len(order); {
			to := from + 1
			for to < len(order) && scores[order[to]] == scores[order[from]] {
				to++
			}
			if !yield(order[from:to]) {
				return
			}
			from = to
		}
	}
}

func sameLength(what string, n, want int) {
	if n != want {
		panic(fmt.Sprintf("judge: %d %s of %d cases", n, what, want))
	}
}
