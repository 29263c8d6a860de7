//go:build !service

package main

import (
	"encoding/json"
	"testing"

	"tidemark/internal/bench"
)

// The bench gets the values of the flags, and its result is printed as JSON.
func TestBenchPrintsJSON(t *testing.T) {
	out := must(t, "bench", "--embedded", "--events", "1000", "--customers", "100", "--mix", "0,1,0", "--partitions", "2", "--latency-for", "0", "--json")
	var r bench.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if r.Events != 1000 || r.Customers != 100 || r.Mix != [3]float64{0, 1, 0} || r.Partitions != 2 || r.Latency != nil || r.Scored != 100 {
		t.Errorf("got %+v, want what the flags say, and 100 customers scored", r)
	}
}
