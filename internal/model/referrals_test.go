package model_test

import (
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
)

// TestReferralsLine: a file without the line counts each REFERRAL_MADE.
func TestReferralsLine(t *testing.T) {
	for _, row := range []struct {
		line  string
		pairs bool
		wrong string
	}{
		{"", false, ""},
		{"referrals: {pairs: true}\n", true, ""},
		{"referrals: {pairs: false}\n", false, ""},
		{"referrals: {orders: true}\n", false, "orders"},
		{"referrals: {pairs: perhaps}\n", false, "perhaps"},
	} {
		m, err := model.Parse(append([]byte(row.line), modeltest.Quiet()...))
		if row.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), row.wrong) {
				t.Errorf("%q: got %v, want an error that names %s", row.line, err, row.wrong)
			}
			continue
		}
		if err != nil || m.PairReferrals != row.pairs {
			t.Errorf("%q: pairs %t, %v; want %t", row.line, m.PairReferrals, err, row.pairs)
		}
	}
}
