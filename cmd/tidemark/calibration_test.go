package main

import (
	"encoding/json"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/realdata"
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
