package main

import (
	"strings"
	"testing"

	"tidemark/internal/realdata"
	"tidemark/internal/score/churn"
)

// `fit --churn-stack` leaves the purchase model alone where a hold-out says that a stack over it does not pay, and says so with the figures.
func TestFitOfAStackThatDoesNotPay(t *testing.T) {
	t.Parallel()
	log := realdata.File(t, "apparel/apparel.jsonl.gz")
	got := tidemark(t, "fit", log, "--format", "jsonl", "--season", "never", "--as-of", "2010-05-31", "--churn-stack", "--keep-alert-lines")
	got.says(t, 0, "churn      by the purchase model alone: a stack over it, of ", "does not pay", "gain of log loss, by 600 customers, judged at cuts after",
		"money  ", "costs more than it brings, and is left out", "may well be chance, so the purchase model stays alone")
	if parsed(t, got.out).Stack != churn.Plain() {
		t.Errorf("got the stack %+v, want none", parsed(t, got.out).Stack)
	}
	_, section, _ := strings.Cut(got.out, "  hold_out:\n")
	for _, want := range []string{"of: the time since earlier cuts\n", "customers: 600\n", "left_out: true}\n", "money:\n"} {
		if !strings.Contains(section, want) {
			t.Errorf("section hold_out: want %q, got\n%s", want, section)
		}
	}
}
