package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/redis"
)

// A model of another scale than its base currency is in order, but `model check` and `doctor` say what it does. A model of before there
// were ranges is no fault.
func TestModelsOfAnotherScale(t *testing.T) {
	yen := strings.Replace(string(model.Default()), "base: USD", "base: JPY", 1)
	before, after, _ := strings.Cut(string(model.Default()), "    ranges:")
	_, after, _ = strings.Cut(after, "  horizon_days: 90\n")
	free := before + "  horizon_days: 90\n" + after
	for _, row := range []struct {
		why, raw, says string
		fault          bool
	}{
		{"the default model", string(model.Default()), "", false},
		{"yen with the numbers of dollars", yen, "base: the parameters were fitted to amounts in USD", true},
		{"a stack without ranges", free, "churn.stack: no range bounds repeats, spend, last_order", false},
	} {
		name := filepath.Join(t.TempDir(), "model.yaml")
		if err := os.WriteFile(name, []byte(row.raw), 0o600); err != nil {
			t.Fatal(err)
		}
		got := tidemark(t, "model", "check", name)
		got.says(t, 0, "is in order", row.says)
		if warned := strings.Contains(got.err, "warning: "); warned != (row.says != "") {
			t.Errorf("%s: model check writes %q to standard error", row.why, got.err)
		}
		f := modelFits(redis.InForce{StoredModel: redis.StoredModel{Source: []byte(row.raw)}}, someday)
		if f.OK == row.fault || !strings.Contains(f.Detail, row.says) || (f.Remedy == "") != (row.says == "") {
			t.Errorf("%s: doctor finds %+v", row.why, f)
		}
	}
}
