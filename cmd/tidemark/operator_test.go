package main

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// notice is a line of the service's log.
type notice struct {
	Level     string
	Message   string `json:"msg"`
	Admin     string
	Operation string
	Partition int
	Shard     int
	Error     string
}

// notices are those of the log so far that begin with something.
func (p *process) notices(begin string) []notice {
	var all []notice
	for line := range strings.Lines(p.said()) {
		var n notice
		if json.Unmarshal([]byte(line), &n) == nil && strings.HasPrefix(n.Message, begin) {
			all = append(all, n)
		}
	}
	return all
}

// admin asks the service's admin address, and returns the status, 0 where there is no answer, and the answer.
func (p *process) admin(t *testing.T, path string) (int, string) {
	t.Helper()
	var begun []notice
	eventually(t, longest, "the admin address is told", func() bool {
		begun = p.notices("tidemark starts")
		return len(begun) > 0
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+begun[0].Admin+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	return answer.StatusCode, string(body)
}

// metric is the sum of a metric's series that bear all of the labels, written name="value".
func (p *process) metric(t *testing.T, name string, labels ...string) float64 {
	t.Helper()
	status, body := p.admin(t, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("metrics: status %d, want %d: %s", status, http.StatusOK, body)
	}
	var all float64
	for line := range strings.Lines(body) {
		series, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		is, bears, _ := strings.Cut(series, "{")
		if is != name || slices.ContainsFunc(labels, func(l string) bool { return !strings.Contains(bears, l) }) {
			continue
		}
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatalf("metric %s: %v", line, err)
		}
		all += n
	}
	return all
}
