package deploy_test

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"tidemark/internal/embed"
	"tidemark/internal/servers"
)

// image stands for the image of the Dockerfile, without Docker: a folder with the binary, the entry point, and the user that runs
// it. A process inside sees nothing else of the machine, and can write nothing.
type image struct {
	dir      string
	entry    []string
	uid, gid uint32
}

// TestMain removes the folder of the binary, which the tests share.
func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// built is the folder with the image's binary. The tests build it once.
var built struct {
	sync.Once
	dir string
	err error
}

// build runs the Dockerfile's build command, and returns a new folder with the binary.
func build(command string) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "tidemark-image-"); err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // only the owner may read a new temporary folder
		return dir, err
	}
	cmd := exec.Command("sh", "-c", strings.Replace(command, "-o /tidemark", `-o "$OUT"`, 1))
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "OUT="+filepath.Join(dir, "tidemark"), "GOFLAGS=-buildvcs=false") // .dockerignore leaves .git out
	if out, err := cmd.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("%s: %w\n%s", command, err, out)
	}
	return dir, nil
}

func newImage(t *testing.T) image {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the image is made for Linux, and this is another system")
	}
	command := buildCommand(t)
	built.Do(func() { built.dir, built.err = build(command) })
	if built.err != nil {
		t.Fatal(built.err)
	}
	last := stages(t)[1]
	i := image{dir: built.dir}
	if err := json.Unmarshal([]byte(only(t, last, "ENTRYPOINT")), &i.entry); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(only(t, last, "USER"), "%d:%d", &i.uid, &i.gid); err != nil {
		t.Fatal(err)
	}
	return i
}

// container is a command in the image with its variables, as Docker Compose would run it for a service.
type container struct {
	image     image
	variables []string
	args      []string
}

// of returns the container of a service. addresses replaces addresses in the service's variables; more are further variables.
func (i image) of(s types.ServiceConfig, addresses *strings.Replacer, more ...string) container {
	c := container{image: i, variables: more, args: slices.Concat(i.entry[1:], s.Command)}
	for name, value := range environment(s) {
		c.variables = append(c.variables, name+"="+addresses.Replace(value))
	}
	return c
}

// command returns the container's command, ready to start. If the test runs as root, the command runs in a chroot of the image's
// folder, as the image's user. Other users may not do this: for them the command is a plain process.
func (c container) command(t *testing.T) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), c.image.entry[0], c.args...)
	cmd.Env, cmd.Dir = c.variables, "/"
	if os.Getuid() != 0 {
		cmd.Path = filepath.Join(c.image.dir, c.image.entry[0])
		return cmd
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Chroot: c.image.dir, Credential: &syscall.Credential{Uid: c.image.uid, Gid: c.image.gid},
	}
	return cmd
}

// run runs the container to its end. It returns the exit code and the output.
func (c container) run(t *testing.T) (code int, said string) {
	t.Helper()
	out, err := c.command(t).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("run %q: %v", c.args, err)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	return code, string(out)
}

// checks returns the container that runs the service's health check.
func (c container) checks(s types.ServiceConfig) container {
	c.args = s.HealthCheck.Test[2:] // the words after CMD and the program
	return c
}

func TestImageHoldsAStaticBinary(t *testing.T) {
	file, err := elf.Open(filepath.Join(newImage(t).dir, "tidemark"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if file.Section(".symtab") != nil {
		t.Error("the binary has a table of symbols, want it stripped")
	}
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary wants a dynamic linker, and the image has none")
		}
	}
	if libraries, err := file.ImportedLibraries(); err != nil || len(libraries) > 0 {
		t.Errorf("the binary wants the libraries %v, %v; want none", libraries, err)
	}
}

// A command that the image leaves out says so by name, whatever its flags, and how to get it.
func TestImageSaysWhatItLeavesOut(t *testing.T) {
	for _, args := range [][]string{{"demo"}, {"demo", "--for", "5s"}, {"bench"}, {"backtest", "log.csv"}, {"crosssection", "--help"}} {
		code, said := container{image: newImage(t), args: args}.run(t)
		if code != 1 || !strings.Contains(said, "tidemark "+args[0]+" is not in this build") || !strings.Contains(said, "make build") {
			t.Errorf("%q: code %d, saying %q; want 1, that it is not in this build, and how to get it", args, code, said)
		}
	}
}

// TestImageRuns does with the image what docker compose up does, on embedded servers: the topics are created, the service starts,
// its health check says when it is ready, and it stops on SIGTERM.
func TestImageRuns(t *testing.T) {
	running := startStack(t)
	service := running.project.Services["tidemark"]
	if got := service.HealthCheck.Test[1]; got != running.scorer.image.entry[0] {
		t.Errorf("the health check runs %s, want the image's one program %s", got, running.scorer.image.entry[0])
	}
	if code, said := running.scorer.checks(service).run(t); code != 0 || said != "ready\n" {
		t.Errorf("the health check of a service that is ready: code %d, saying %q; want 0", code, said)
	}
	if !running.registry.SubjectExists("customer.purchases.v1-value") {
		t.Error("the schema registry has no schema of purchases, want those of the service")
	}
	if err := running.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-running.ended:
	case <-time.After(time.Duration(*service.StopGracePeriod)):
		t.Fatalf("it still runs after its stop_grace_period, %s", service.StopGracePeriod)
	}
	if code := running.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("asked to stop: code %d, want 0; it said\n%s", code, running.said.String())
	}
	if code, said := running.scorer.checks(service).run(t); code != 1 || !strings.Contains(said, "connection refused") {
		t.Errorf("the health check of a service that has ended: code %d, saying %q; want 1", code, said)
	}
}

// stack is a running scorer on embedded servers, with the settings of docker-compose.yml.
type stack struct {
	project  *types.Project
	scorer   container
	cmd      *exec.Cmd
	ended    chan struct{}
	said     *bytes.Buffer // the output; to be read only after ended is closed
	admin    string
	registry *srfake.Registry
}

func startStack(t *testing.T) *stack {
	t.Helper()
	kafka, err := embed.StartKafka(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(kafka.Close)
	redis, err := embed.StartRedis(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(redis.Close)
	ports, err := servers.FreePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(ports[0])
	s := &stack{
		project: project(t), registry: srfake.New(), ended: make(chan struct{}), said: &bytes.Buffer{},
		admin: net.JoinHostPort("127.0.0.1", port),
	}
	t.Cleanup(s.registry.Close)
	addresses := strings.NewReplacer("kafka:19092", kafka.Addr(), "redis:6379", redis.Addr(),
		"http://schema-registry:8081", s.registry.URL(), ":9464", ":"+port)

	i := newImage(t)
	if code, said := i.of(s.project.Services["topics"], addresses).run(t); code != 0 {
		t.Fatalf("the service topics: code %d, want 0; it said\n%s", code, said)
	}
	// The image has no time zones: this zone must come from the binary.
	s.scorer = i.of(s.project.Services["tidemark"], addresses, "TIDEMARK_ZONE=Europe/Berlin")
	s.start(t)
	return s
}

// start starts the scorer, and returns when the health check succeeds.
func (s *stack) start(t *testing.T) {
	t.Helper()
	s.cmd = s.scorer.command(t)
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		_ = s.cmd.Wait() // its ProcessState says the same
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // fails if the scorer has ended, which is fine
		<-s.ended
	})
	service := s.project.Services["tidemark"]
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Duration(*service.HealthCheck.StartPeriod)); ; <-tick.C {
		code, said := s.scorer.checks(service).run(t)
		if code == 0 {
			return
		}
		select {
		case <-s.ended:
			t.Fatalf("it ended before it was ready, with code %d; it said\n%s", s.cmd.ProcessState.ExitCode(), s.said)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ready within its start_period, %s; the health check says\n%s", service.HealthCheck.StartPeriod, said)
		}
	}
}
