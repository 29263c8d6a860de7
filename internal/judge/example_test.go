package judge_test

import (
	"fmt"

	"tidemark/internal/judge"
)

// Ten customers, the risk that was forecast for each, and who was gone later.
func Example() {
	risk := []float64{.05, .1, .1, .2, .3, .4, .5, .6, .8, .9}
	silence := []float64{3, 60, 10, 20, 5, 80, 30, 90, 40, 70} // days
	gone := []bool{no, no, no, no, yes, no, no, yes, yes, yes}

	auc := judge.AUC(judge.Set{Scores: risk, Happened: gone})
	low, high := judge.AUCDifference(judge.Set{Scores: risk, Rival: silence, Happened: gone}).Interval()
	fmt.Printf("AUC %.2f, %.2f to %.2f above that of the silence\n", auc.Value, low, high)
	for _, b := range judge.Reliability(risk, gone, 3) {
		fmt.Printf("%d customers: forecast %.2f, came %.2f\n", b.Cases, b.Forecast, b.Observed)
	}
	fmt.Printf("the top fifth is %.1f times as risky as all\n", judge.TopShare(risk, gone, nil, .2).Lift)
	// Output:
	// AUC 0.92, -0.03 to 0.53 above that of the silence
	// 4 customers: forecast 0.11, came 0.00
	// 3 customers: forecast 0.40, came 0.33
	// 3 customers: forecast 0.77, came 1.00
	// the top fifth is 2.5 times as risky as all
}
