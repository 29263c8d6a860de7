package service_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"tidemark/internal/service/servicetest"
)

// beforeVariable names another commit for the version before; the default is the first parent of the commit that is checked out.
const beforeVariable = "TIDEMARK_BEFORE"

// binaryBefore builds tidemark as it was at the commit before, and returns the path of the binary. The build is that of `make
// build-service`, so it finds most packages in Go's build cache.
//
// If that commit is not there, because this is no git repository or a clone without history, the test is skipped; it fails instead if
// TIDEMARK_STRICT is 1.
func binaryBefore(t *testing.T) string {
	t.Helper()
	const root = "../.."
	commit := cmp.Or(os.Getenv(beforeVariable), "HEAD^1")
	archive := exec.CommandContext(t.Context(), "git", "-C", root, "archive", "--format=tar", commit)
	var said bytes.Buffer
	archive.Stderr = &said
	tree, err := archive.Output()
	if err != nil {
		const help = "the version before cannot be built: git has no commit %s here (a clone without history: git fetch --deepen=1; or name another commit with %s): %v %s"
		if os.Getenv("TIDEMARK_STRICT") == "1" {
			t.Fatalf(help, commit, beforeVariable, err, said.String())
		}
		t.Skipf(help, commit, beforeVariable, err, said.String())
	}
	dir := t.TempDir()
	unpack := exec.CommandContext(t.Context(), "tar", "-x", "-C", dir)
	unpack.Stdin = bytes.NewReader(tree)
	if out, err := unpack.CombinedOutput(); err != nil {
		t.Fatalf("unpack commit %s: %v\n%s", commit, err, out)
	}
	binary := filepath.Join(dir, "tidemark-before")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-tags", "service", "-o", binary, "./cmd/tidemark")
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build commit %s: %v\n%s", commit, err, out)
	}
	return binary
}

// earlier is a member of the version before, as a process.
type earlier struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended

	mu         sync.Mutex
	log        bytes.Buffer
	partitions []int // of its newest generation, by its log
}

// startBefore starts a binary as a member of the group that scores a staged log. If it still runs at the end of the test, it is killed.
func (g *staged) startBefore(t *testing.T, binary, name string, s *servicetest.Servers) *earlier {
	t.Helper()
	p := &earlier{name: name, done: make(chan struct{})}
	p.cmd = exec.Command(binary, "run", "--clock", "event", "--as-of", stagedAsOf.String(), "--alert-max-age", "0", "--shards", "16",
		"--batch-events", "10", "--admin", "", "--kafka-session-timeout", "3s", "--kafka-client-id", name, "--drain-within", "30s",
		"--kafka-brokers", s.Kafka, "--redis-url", "redis://"+s.Redis, "--registry-url", g.registry)
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
		_ = p.cmd.Wait() // ProcessState says how it ended
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, p.said())
		}
	})
	return p
}

func (p *earlier) read(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var line struct {
			Message    string `json:"msg"`
			Partitions []int  `json:"partitions"`
		}
		p.mu.Lock()
		p.log.Write(append(lines.Bytes(), '\n'))
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "generation begins" {
			p.partitions = line.Partitions
		}
		p.mu.Unlock()
	}
}

// owns returns the number of partitions that this member owns, by its log.
func (p *earlier) owns() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.partitions)
}

func (p *earlier) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// kill ends the process without warning, and waits for its end.
func (p *earlier) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// drain asks the process to end, and waits until it has drained.
func (p *earlier) drain(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("end %s: %v", p.name, err)
	}
	servicetest.Eventually(t, servicetest.Longest, p.name+" has drained", func() bool {
		select {
		case <-p.done:
			return true
		default:
			return false
		}
	})
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("%s: exit code %d, want 0", p.name, code)
	}
}

// owns returns the number of partitions that a member in this process owns, by its log.
func (m *member) owns() int {
	n := 0
	for line := range strings.Lines(m.said()) {
		var begun struct {
			Message    string `json:"msg"`
			Partitions []int  `json:"partitions"`
		}
		if json.Unmarshal([]byte(line), &begun) == nil && begun.Message == "generation begins" {
			n = len(begun.Partitions)
		}
	}
	return n
}

// formatsOf returns the lines of the code of package redis that fix the format of its keys, at a commit or, without one, as they are now.
func formatsOf(t *testing.T, commit string) []string {
	t.Helper()
	args := []string{"-C", "../..", "grep", "-h", "^const Format = "}
	if commit != "" {
		args = append(args, commit)
	}
	out, err := exec.CommandContext(t.Context(), "git", append(args, "--", "internal/redis")...).Output()
	if err != nil {
		t.Fatalf("look for the format: %v", err)
	}
	return slices.Sorted(strings.Lines(string(out)))
}
