package servers

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// Process is a server as a process of its own. Its methods are for one goroutine at a time.
type Process struct {
	name string // what it is, for errors
	path string
	args []string
	dir  string // where it runs, and writes its log
	ours bool   // dir is removed by Close

	ready func(ctx context.Context) error
	cmd   *exec.Cmd
	ended chan struct{} // closed when the process has ended
	keep  bool
}

// PID is the process's id, 0 before the first start.
func (p *Process) PID() int {
	if p.cmd == nil || p.cmd.Process == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// Dir is the folder of its data and log.
func (p *Process) Dir() string { return p.dir }

// LogFile is where its output goes, of all its lives.
func (p *Process) LogFile() string { return filepath.Join(p.dir, "server.log") }

// Keep has Close leave the folder behind.
func (p *Process) Keep() { p.keep = true }

// Start starts the process, on the same ports and data where it ran before, and waits until it answers.
func (p *Process) Start(ctx context.Context) error {
	if p.running() {
		return fmt.Errorf("start %s: it runs", p.name)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := p.launch(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	alive, died := context.WithCancelCause(ctx)
	defer died(nil)
	ended := p.ended
	go func() {
		select {
		case <-ended:
			died(fmt.Errorf("it ended: %v", p.cmd.ProcessState))
		case <-alive.Done():
		}
	}()
	if err := await(alive, p.ready); err != nil {
		log := p.LogTail(4_000)
		p.Kill()
		return fmt.Errorf("start %s: %w\n%s", p.name, err, log)
	}
	return nil
}

func (p *Process) launch() error {
	log, err := os.OpenFile(p.LogFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(p.path, p.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, log, log
	// A group of its own, so that Ctrl-C in a terminal reaches it through us, in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		// The kernel takes the thread that started a child for its parent: it must live as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // its ProcessState says the same
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	p.cmd, p.ended = cmd, ended
	return nil
}

func (p *Process) running() bool {
	if p.ended == nil {
		return false
	}
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Stop asks the process to end, as an operator would, and waits for it. One that does not end in time is killed, which is
// an error.
func (p *Process) Stop() error {
	if !p.running() {
		return nil
	}
	p.Thaw()
	p.signal(syscall.SIGTERM)
	patience := time.NewTimer(stopTimeout)
	defer patience.Stop()
	select {
	case <-p.ended:
		return nil
	case <-patience.C:
		p.Kill()
		return fmt.Errorf("stop %s: killed after %v", p.name, stopTimeout)
	}
}

// Kill ends the process at once and waits until it has gone.
func (p *Process) Kill() {
	if p.running() {
		p.signal(syscall.SIGKILL)
		<-p.ended
	}
}

// Freeze stops the process where it is: it keeps its connections and answers nothing.
func (p *Process) Freeze() { p.signal(syscall.SIGSTOP) }

// Thaw has it go on.
func (p *Process) Thaw() { p.signal(syscall.SIGCONT) }

func (p *Process) signal(s syscall.Signal) {
	if p.running() {
		_ = p.cmd.Process.Signal(s) // fails only for one that has ended meanwhile
	}
}

// Close stops the process and removes its folder, unless that is the caller's or Keep was called.
func (p *Process) Close() error {
	err := p.Stop()
	if p.ours && !p.keep {
		_ = os.RemoveAll(p.dir)
	}
	return err
}

// LogTail is the end of the log, at most so many bytes.
func (p *Process) LogTail(most int64) string {
	file, err := os.Open(p.LogFile())
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > most {
		_, _ = file.Seek(-most, io.SeekEnd)
	}
	tail, err := io.ReadAll(file)
	if err != nil {
		return err.Error()
	}
	return string(tail)
}
