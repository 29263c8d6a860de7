package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/realdata"
	"tidemark/internal/score"
	"tidemark/internal/watch"
)

// wrongModel returns the default model, changed so that it takes nearly every customer for lost.
func wrongModel(t *testing.T) string {
	t.Helper()
	wrong := strings.Replace(string(model.Default()), "intercept: 0.8318173", "intercept: 2.5", 1)
	if wrong == string(model.Default()) {
		t.Fatal("the default model has no intercept of 0.8318173: want one to spoil")
	}
	return file(t, wrong)
}

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

// TestReplayBeyondTheEndOfALog: what lies beyond the last purchase says nothing of the model.
func TestReplayBeyondTheEndOfALog(t *testing.T) {
	t.Parallel()
	log := []string{"replay", realdata.File(t, "cdnow/CDNOW_sample.txt"), "--format", "cdnow-sample", "--as-of", "1999-12-31"}
	said := must(t, log...)
	if strings.Contains(said, "`tidemark fit` is due") || strings.Contains(said, "NaN") || !strings.Contains(said, "nobody has bought anything since 1998-06-30") {
		t.Errorf("want no drift, no NaN, and since when nobody has bought anything, in\n%s", said)
	}
}

// TestEmbeddedDrift: the service reports the drift of a wrong model.
func TestEmbeddedDrift(t *testing.T) {
	s := startServers(t, 1)
	must(t, append([]string{"import", realdata.File(t, "cdnow/CDNOW_sample.txt"), "--format", "cdnow-sample"}, s.kafkaFlags()...)...)
	got := tidemark(t, append([]string{
		"run", "--clock", "event", "--as-of", "1998-06-30", untilCaughtUp, "--model", wrongModel(t), "--shards", "4", "--admin", "",
	}, s.flags()...)...)
	if got.code != 0 {
		t.Fatalf("exit code %d, want 0:\n%s", got.code, got.err)
	}
	var line struct {
		Level, Msg, Error string
	}
	said := 0
	for text := range strings.Lines(got.err) {
		if !strings.Contains(text, "tidemark fit is due") {
			continue
		}
		said++
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
	}
	if said < 1 || said > 3 || line.Level != "warn" || !strings.Contains(line.Error, "had no purchase where") || !strings.Contains(line.Error, "Brier") {
		t.Errorf("said %d times that a fit is due, last %+v; want it once for a half-year, with the figures:\n%s", said, line, got.err)
	}
	for _, field := range s.Keys(t, "tm:population") {
		for name := range s.Hashes(t, field)[0] {
			if strings.HasPrefix(name, watch.Prefix) {
				t.Errorf("the public view of the population has the field %s", name)
			}
		}
	}
}
