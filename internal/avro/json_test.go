package avro

import (
	"math"
	"testing"

	"tidemark/internal/score"
)

// TestLinesAreThoseOfYesterday pins the JSON of transitions: goldens are compared byte by byte.
func TestLinesAreThoseOfYesterday(t *testing.T) {
	odd := sampleAlert()
	odd.Customer, odd.Owner, odd.Corrects = "a <b> & \"c\"\n\u2028 Zürich \xff", "\\", "é"
	odd.Risk, odd.RiskBefore, odd.RiskNormal, odd.DaysSilent, odd.UsualGapDays = 1e-6, math.Inf(1), 0, 1e21, 12345678.5
	for _, row := range []struct {
		name string
		t    score.Transition
		want string
	}{
		{"TierChanged", sampleTier(), "aa46d3b4dcbb04520f070f4732a7a012"},
		{"ChurnAlert", sampleAlert(), "fd3db9ef3ffdef570ee6fcfebe281d8c"},
		{"ChurnAlert with odd texts and numbers", odd, "2f72a03a43ff2c0fac081b8b2f7c5b65"},
		{"WonBack", sampleWinBack(), "f4e2c22ffe711c1f902839aadb278b9e"},
		{"TierChanged that says nothing", &score.TierChanged{}, "191c54cbaf3712972cf24d6dfc0af656"},
		{"ChurnAlert that says nothing", &score.ChurnAlert{}, "4cc9c8ab035f7ce35c7107c51783dd78"},
		{"WonBack that says nothing", &score.WonBack{}, "affb97fc5bf9490c4f6f3f92ed241613"},
	} {
		if _, line := TransitionJSON(row.t); digest(line) != row.want {
			t.Errorf("%s: digest %q, want %q, of %s", row.name, digest(line), row.want, line)
		}
	}
}
