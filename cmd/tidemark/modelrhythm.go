package main

import (
	"fmt"
	"io"

	"tidemark/internal/model"
	"tidemark/internal/score/churn"
)

// printRhythm writes, each line behind a prefix, for how long a model waits for a customer before an alert, and before the customer counts as lost.
// The comments of a model file say less: the hash of a model is that of its text, so a comment that says more would be another model.
func printRhythm(w io.Writer, raw []byte, prefix string) error {
	m, err := model.Parse(raw)
	if err != nil {
		return err
	}
	const day = 24
	fmt.Fprintf(w, "%san alert takes %d purchase days and a silence of %g days, or of the median gap where that is longer\n",
		prefix, m.Churn.MinPurchaseDays, m.Churn.MinSilence.Hours()/day)
	fmt.Fprintf(w, "%sa customer is LAPSED after %g days of silence\n", prefix, m.Churn.Lapse.Hours()/day)
	_, err = fmt.Fprintf(w, "%scustomers whose gaps are alike are waited for longer: at least %g usual gaps before an alert, %g before LAPSED\n", prefix, churn.Late, churn.Lost)
	return err
}
