package fit_test

import (
	"context"
	"fmt"

	"tidemark/internal/fit"
)

// Of a thousand subscribers, these many were left after each of seven renewals.
func Example() {
	cohort := fit.Cohort([]int{1000, 631, 468, 382, 326, 289, 262, 241})
	got, err := fit.SBG(context.Background(), cohort, fit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range got.Estimates {
		fmt.Printf("%s %.3f ± %.3f\n", e.Name, e.Value, e.StandardError)
	}
	for _, w := range got.Warnings {
		fmt.Println(w)
	}
	fmt.Printf("the first renewal keeps %.2f, the eighth %.2f\n", got.Model.Retention(1), got.Model.Retention(8))
	// Output:
	// a 0.704 ± 0.066
	// b 1.182 ± 0.152
	// the first renewal keeps 0.63, the eighth 0.92
}
