package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// notice is a line of the service's log.
type notice struct {
	Message   string `json:"msg"`
	Operation string
	Partition int
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

// look asks the service's admin address, and returns the status and the answer.
func (p *process) look(t *testing.T, path string) (int, string) {
	t.Helper()
	p.mu.Lock()
	admin := p.admin
	p.mu.Unlock()
	answer, err := http.Get("http://" + admin + path)
	if err != nil {
		t.Fatalf("%s of %s: %v", path, p.name, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s of %s: %v", path, p.name, err)
	}
	return answer.StatusCode, string(body)
}
