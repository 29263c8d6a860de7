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
		{"TierChanged", sampleTier(), "2ed1d032f7f3806f69aa40488c5847c7"},
		{"ChurnAlert", sampleAlert(), "fd3db9ef3ffdef570ee6fcfebe281d8c"},
		{"ChurnAlert with odd texts and numbers", odd, "2f72a03a43ff2c0fac081b8b2f7c5b65"},
		{"WonBack", sampleWinBack(), "f4e2c22ffe711c1f902839aadb278b9e"},
		{"TierChanged that says nothing", &score.TierChanged{}, "9016148595a64f845f7e631ba17929cd"},
		{"ChurnAlert that says nothing", &score.ChurnAlert{}, "4cc9c8ab035f7ce35c7107c51783dd78"},
		{"TierWillChange", sampleNotice(), "5c274320b9e088f1c68739336fd7c99d"},
		{"TierWillChange that says nothing", &score.TierWillChange{}, "9261f672dd7bd9b77953f7d757a62e1c"},
		{"SegmentChanged", sampleSegment(), "c4311165fa932f73dc4ee0e7ef723dcb"},
		{"SegmentChanged that says nothing", &score.SegmentChanged{}, "24db6fce156b2378afddb8f18a54a3c6"},
		{"WonBack that says nothing", &score.WonBack{}, "affb97fc5bf9490c4f6f3f92ed241613"},
	} {
		if _, line := TransitionJSON(row.t); digest(line) != row.want {
			t.Errorf("%s: digest %q, want %q, of %s", row.name, digest(line), row.want, line)
		}
	}
}
