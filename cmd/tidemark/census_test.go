package main

import (
	"strings"
	"testing"

	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
)

// TestDoctorChecksTheCensus: every profile counts once, and no counter is below zero.
func TestDoctorChecksTheCensus(t *testing.T) {
	head := []shard.Meta{{Token: "a"}}
	head[0].Counts.Profiles = 5 // four and the sentinel
	for _, row := range []struct {
		why    string
		census map[string]int64
		says   string
	}{
		{"customers, a test account and a merged id", map[string]int64{"customers": 2, "tier:LOW": 2, "level:NONE": 2, pipeline.TestAccounts: 1, pipeline.Merged: 1}, "every customer is counted"},
		{"an older program counts no levels", map[string]int64{"customers": 4, "tier:LOW": 4}, "level counts 0 of 4 customers in shard 0"},
		{"somebody is missing", map[string]int64{"customers": 3, "tier:LOW": 3, "level:NONE": 3}, "customers counts 3 of 4"},
		{
			"an older program has scored a merged id",
			map[string]int64{"customers": 3, "tier:LOW": 4, "tier:NONE": -1, "level:NONE": 3, pipeline.Merged: 1},
			"tier:NONE counts -1 in shard 0",
		},
		{"errors of forecasts may be below zero", map[string]int64{"customers": 4, "tier:LOW": 4, "level:NONE": 4, "forecast:x": -7}, "every customer is counted"},
	} {
		f := checkCensus(head, []map[string]int64{row.census}, head)
		if fine := row.says == "every customer is counted"; f.OK != fine || !strings.Contains(f.Detail, row.says) {
			t.Errorf("%s: got %v %q, want %q", row.why, f.OK, f.Detail, row.says)
		}
	}
}
