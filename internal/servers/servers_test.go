package servers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tidemark/deploy"
)

// bounded returns a context of 30 s, for calls that should take a moment.
func bounded(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func require(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, ErrMissing) && os.Getenv("TIDEMARK_STRICT") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestMissingServersSaySo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	_, redis := StartRedis(t.Context(), RedisOptions{})
	_, kafka := StartKafka(t.Context(), KafkaOptions{})
	for name, err := range map[string]error{"redis-server": redis, "java": kafka} {
		if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("without %s: got error %v, want one line that is %v and names it", name, err, ErrMissing)
		}
	}
}

// TestPOMNamesTheNewestVersion compares two defaults that must be the same: Kafka4, and kafka.version in the POM.
func TestPOMNamesTheNewestVersion(t *testing.T) {
	if want := "<kafka.version>" + Kafka4 + "</kafka.version>"; !strings.Contains(string(deploy.KafkaPOM), want) {
		t.Errorf("the POM does not say %s", want)
	}
}

// TestPartsAreMadeOnce makes one part eight times at once, after a build of the part was interrupted.
func TestPartsAreMadeOnce(t *testing.T) {
	c := cache(t.TempDir())
	path := filepath.Join(string(c), "part")
	if err := os.MkdirAll(filepath.Join(path+".new", "half"), 0o755); err != nil {
		t.Fatal(err)
	}
	var makers atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			unlock, err := c.lock(bounded(t))
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			if err := makeOnce(t.Context(), path, func(_ context.Context, aside string) error {
				makers.Add(1)
				return os.Mkdir(aside, 0o755)
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := makers.Load(); got != 1 {
		t.Errorf("made %d times, want once", got)
	}
	if left, err := filepath.Glob(path + "*/*"); err != nil || len(left) != 0 {
		t.Errorf("left over: %v and error %v, want nothing of the interrupted one", left, err)
	}
	broken := errors.New("broken")
	other := filepath.Join(string(c), "other")
	if err := makeOnce(t.Context(), other, func(_ context.Context, aside string) error {
		return errors.Join(os.Mkdir(aside, 0o755), broken)
	}); !errors.Is(err, broken) {
		t.Errorf("a part that cannot be made: got error %v, want %v", err, broken)
	}
	if _, err := os.Stat(other); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a part that cannot be made: got %v, want it not there", err)
	}
}

func TestProcessThatEndsAtOnce(t *testing.T) {
	p := &Process{
		name: "a shell", path: "/bin/sh", args: []string{"-c", "echo the reason; exit 3"}, dir: t.TempDir(),
		ready: func(context.Context) error { return errors.New("no answer") },
	}
	began := time.Now()
	err := p.Start(bounded(t))
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "the reason") {
		t.Errorf("got error %v, want one with its exit status and its log", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v to notice, want a moment", took)
	}
}

func TestProcessThatNeverAnswers(t *testing.T) {
	p := &Process{
		name: "a shell", path: "/bin/sh", args: []string{"-c", "while :; do read x; done </dev/zero"}, dir: t.TempDir(),
		ready: func(context.Context) error { return errors.New("no answer") },
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := p.Start(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("got error %v, want the deadline's, with the last answer", err)
	}
	if p.running() {
		t.Error("it runs still, want it gone")
	}
}

// orphan is an environment variable. If it holds a folder, this test program starts a server in the folder and waits to be killed.
const orphan = "TIDEMARK_TEST_ORPHAN"

func TestMain(m *testing.M) {
	if os.Getenv(orphan) != "" {
		r, err := StartRedis(context.Background(), RedisOptions{Dir: os.Getenv(orphan)})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(r.PID())
		select {}
	}
	os.Exit(m.Run())
}

func TestServersDieWithTheirParent(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("only Linux ends the children of a process that was killed")
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		require(t, missing("redis-server is not installed"))
	}
	parent := exec.CommandContext(bounded(t), os.Args[0])
	parent.Env = append(os.Environ(), orphan+"="+t.TempDir())
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	pid, bad := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || bad != nil {
		t.Fatalf("start a server in another process: got %q and error %v, want its process id", line, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	if err := await(bounded(t), func(context.Context) error {
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && !strings.Contains(string(stat), ") Z ") {
			return errors.New("the server runs still")
		}
		return nil
	}); err != nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		t.Errorf("after its parent was killed: %v", err)
	}
}
