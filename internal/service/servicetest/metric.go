package servicetest

import (
	"bufio"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Metric reads a counter from the admin address of a service, and returns the sum over all series that have the labels, each written
// name="value".
func Metric(t testing.TB, admin, name string, labels ...string) float64 {
	t.Helper()
	answer, err := http.Get("http://" + admin + "/metrics")
	if err != nil {
		t.Fatalf("metrics of %s: %v", admin, err)
	}
	defer answer.Body.Close()
	all, found := 0.0, false
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		rest, ok := strings.CutPrefix(lines.Text(), name)
		if !ok || rest[0] != ' ' && rest[0] != '{' {
			continue
		}
		if slices.ContainsFunc(labels, func(l string) bool { return !strings.Contains(rest, l) }) {
			continue
		}
		n, err := strconv.ParseFloat(rest[strings.LastIndexByte(rest, ' ')+1:], 64)
		if err != nil {
			t.Fatalf("metrics of %s: %q: %v", admin, lines.Text(), err)
		}
		all, found = all+n, true
	}
	if err := lines.Err(); err != nil || !found {
		t.Fatalf("metrics of %s: no %s with %v, %v", admin, name, labels, err)
	}
	return all
}
