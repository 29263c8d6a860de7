package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// Process is a server that runs as a child process. Only one goroutine at a time may call its methods.
type Process struct {
	name string // for errors
	path string // of the program
	args []string
	dir  string // the working folder, which also holds the log
	ours bool   // Close removes dir

	ready func(ctx context.Context) error // nil when the server serves
	cmd   *exec.Cmd
	ended chan struct{} // closed when the process has ended
	keep  bool          // Close leaves dir

	frozen bool // by Freeze, until Thaw or another start
}

// PID returns the id of the process, of the last one if it has ended, and 0 before the first start.
func (p *Process) PID() int {
	if p.cmd == nil || p.cmd.Process == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// Dir returns the folder of the server's data and log.
func (p *Process) Dir() string { return p.dir }

// LogFile returns the path of the log: what the server has printed, over all starts.
func (p *Process) LogFile() string { return filepath.Join(p.dir, "server.log") }

// Keep makes Close leave the folder.
func (p *Process) Keep() { p.keep = true }

// Start starts the process and waits until the server serves, up to a minute. A server that ran before starts on the same ports and
// data. Start fails if the process already runs. If the process ends or does not serve in time, Start kills it, and the error holds
// the end of the log.
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
	// The process gets a process group of its own. So Ctrl-C in a terminal reaches only us, and we stop the servers in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		// To the kernel, the parent of a child is the thread that started it. This thread must live as long as the child.
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
	p.cmd, p.ended, p.frozen = cmd, ended, false
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

// Stop sends SIGTERM, as an operator would, and waits until the process has ended. After 30 s Stop kills
// the process and returns an error.
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

// Kill sends SIGKILL and waits until the process has ended.
func (p *Process) Kill() {
	if p.running() {
		p.signal(syscall.SIGKILL)
		<-p.ended
	}
}

// Freeze suspends the process (SIGSTOP): the process keeps its connections, and answers nothing. It returns once all threads stand still, which on
// a busy machine is later than the signal.
func (p *Process) Freeze() {
	if p.frozen || !p.running() {
		return
	}
	p.signal(syscall.SIGSTOP)
	p.frozen = true
	for again := true; again; {
		_, err := syscall.Wait4(p.PID(), nil, syscall.WUNTRACED, nil) // the kernel tells of a stop once
		again = errors.Is(err, syscall.EINTR)
	}
}

// Thaw resumes a frozen process (SIGCONT).
func (p *Process) Thaw() {
	p.signal(syscall.SIGCONT)
	p.frozen = false
}

func (p *Process) signal(s syscall.Signal) {
	if p.running() {
		_ = p.cmd.Process.Signal(s) // fails only if the process has ended meanwhile
	}
}

// Close stops the process. It removes the folder, unless the caller chose the folder or called Keep.
func (p *Process) Close() error {
	err := p.Stop()
	if p.ours && !p.keep {
		_ = os.RemoveAll(p.dir)
	}
	return err
}

// LogTail returns the end of the log, at most this many bytes. If the log cannot be read, it returns the error's text.
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
