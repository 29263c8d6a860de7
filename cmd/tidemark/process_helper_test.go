package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"tidemark/internal/service/servicetest"
)

// process is a tidemark run as a process of its own.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error

	mu         sync.Mutex
	log        bytes.Buffer
	admin      string // the address of its metrics
	joined     int    // the newest generation of the group that it has said to be in
	partitions []int  // of that
}

// start starts tidemark with these arguments. If the process still runs at the end of the test, it is killed.
func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{name: name, cmd: exec.Command(os.Args[0], args...), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), childVariable+"=1", "GOMAXPROCS=2")
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		defer close(p.done)
		p.read(stderr)
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, p.said())
		}
	})
	return p
}

// read reads the log, and records which partitions a generation has given to this member.
func (p *process) read(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var line struct {
			Message    string `json:"msg"`
			Admin      string `json:"admin"`
			Generation int    `json:"generation"`
			Partitions []int  `json:"partitions"`
		}
		p.mu.Lock()
		p.log.Write(append(lines.Bytes(), '\n'))
		_ = json.Unmarshal(lines.Bytes(), &line) // what ends it in a panic is not JSON
		switch line.Message {
		case "tidemark starts":
			p.admin = line.Admin
		case "generation begins":
			p.joined, p.partitions = line.Generation, line.Partitions
		}
		p.mu.Unlock()
	}
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// metric returns servicetest.Metric of this member.
func (p *process) metric(t *testing.T, name string, labels ...string) float64 {
	t.Helper()
	p.mu.Lock()
	admin := p.admin
	p.mu.Unlock()
	return servicetest.Metric(t, admin, name, labels...)
}

// share returns the partitions that this member owns, by its log.
func (p *process) share() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.partitions)
}

// generation returns the newest generation in the log of this member, 0 before the first.
func (p *process) generation() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.joined
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// kill ends the process without warning, and waits for its end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// freeze suspends the process. It keeps its connections, does not answer, and does not notice that time passes.
func (p *process) freeze(t *testing.T) { p.signal(t, syscall.SIGSTOP) }

// thaw resumes the process.
func (p *process) thaw(t *testing.T) { p.signal(t, syscall.SIGCONT) }

// ask asks the process to end.
func (p *process) ask(t *testing.T) {
	t.Helper()
	p.signal(t, syscall.SIGTERM)
}

func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatalf("send %s to %s: %v", s, p.name, err)
	}
}

// code waits for the end and returns the exit code.
func (p *process) code(t *testing.T, within time.Duration) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(within):
		t.Fatalf("%s still runs after %v", p.name, within)
	}
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) {
		t.Fatalf("wait for %s: %v", p.name, p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}
