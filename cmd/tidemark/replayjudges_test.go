//go:build !race

// The test here checks figures of replays, which apply one event after another. The race detector sees the same code in TestEmbeddedDrift,
// and takes ten times as long.

package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"tidemark/internal/realdata"
	"tidemark/internal/score"
	"tidemark/internal/watch"
)

// TestReplayJudgesTheModel: on CDNOW the default model shows no drift through 1997, to which it was fitted; a wrong model does. For both,
// the printed figures follow from the counters in the file.
func TestReplayJudgesTheModel(t *testing.T) {
	t.Parallel()
	log := []string{"replay", realdata.File(t, "cdnow/CDNOW_sample.txt"), "--format", "cdnow-sample", "--as-of", "1997-12-31"}
	for _, row := range []struct {
		why    string
		args   []string
		drifts bool
	}{
		{"the model that was fitted to it", nil, false},
		{"a model that takes nearly everybody for lost", []string{"--model", wrongModel(t)}, true},
		{"a wrong model, but more is wanted before anything is said", []string{"--model", wrongModel(t), "--drift-settled", "10000"}, false},
		{"a wrong model within wide bounds", []string{"--model", wrongModel(t), "--drift-shift", "9", "--drift-slope", "9"}, false},
	} {
		counters := filepath.Join(t.TempDir(), "counters.csv")
		args := append(append([]string{}, log...), row.args...)
		var got summary
		if err := json.Unmarshal([]byte(must(t, append(args, "--json", "--calibration", counters)...)), &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Forecasts) != 1 {
			t.Fatalf("%s: figures of %d models, want 1", row.why, len(got.Forecasts))
		}
		q := got.Forecasts[0]
		if len(q.Drift) > 0 != row.drifts || q.Fair.Settled < 1000 || q.Fair.Settled != q.Groups["uncontacted"].Settled+q.Groups["control"].Settled {
			t.Errorf("%s: drift %q of %d settled (%v), want drift %v of at least 1000, in groups that add up to them", row.why, q.Drift, q.Fair.Settled, q.Groups, row.drifts)
		}
		reports := watch.DefaultBounds().Reports(readCounters(t, counters))
		r := reports[0]
		if row.args == nil && (r.Model != q.Model || r.Fair.Brier != *q.Fair.Brier || r.Groups[score.Control].AUC.Value != *q.Groups["control"].AUC) {
			t.Errorf("%s: the counters say %s, the summary %+v: want the same", row.why, r.String(), q)
		}
		if row.args != nil && !row.drifts {
			continue
		}
		text := must(t, args...)
		if said := strings.Contains(text, "`tidemark fit` is due"); said != row.drifts || !strings.Contains(text, "forecasts    of model "+q.Model+" since ") {
			t.Errorf("%s: says that a fit is due: %v, want %v, and the figures of %s, in\n%s", row.why, said, row.drifts, q.Model, text)
		}
	}
}
