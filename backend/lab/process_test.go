//go:build lab

package lab_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take, once.
const patience = 45 * time.Second

// process is a program of Tincan on a machine of the lab.
type process struct {
	t       *testing.T
	name    string
	command *exec.Cmd
	input   io.WriteCloser
	lines   chan string // of standard output, closed at the end
	errors  *lockedBuffer
	gone    chan struct{}
	code    int
}

type lockedBuffer struct {
	mutex sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) text() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.String()
}

func start(t *testing.T, on *namespace, name string, arguments ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, lines: make(chan string, 64), errors: &lockedBuffer{}, gone: make(chan struct{})}
	program := filepath.Join(programs, name)
	if name == proxyProgram {
		program = name
	}
	whole := append([]string{"netns", "exec", on.name, program}, arguments...)
	p.command = exec.CommandContext(context.WithoutCancel(t.Context()), "ip", whole...)
	p.command.Stderr = p.errors
	p.command.Env = append(os.Environ(), "TINCAN_LOG=debug")
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // a killed test leaves nothing running
	var err error
	if p.input, err = p.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	output, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		scanner := bufio.NewScanner(output)
		scanner.Buffer(make([]byte, 1<<20), 16<<20)
		for scanner.Scan() {
			p.lines <- scanner.Text()
		}
		close(p.lines)
		err := p.command.Wait()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			p.code = exit.ExitCode()
		}
		close(p.gone)
	}()
	t.Cleanup(func() {
		_ = p.command.Process.Kill()
		for range p.lines { // what nobody read holds up the end
			continue
		}
		<-p.gone
		p.keepLog(on)
	})
	return p
}

// keepLog keeps what a process said as output of the run, and shows it when the test failed.
func (p *process) keepLog(on *namespace) {
	folder := os.Getenv("TINCAN_ARTIFACTS")
	if folder == "" {
		if p.t.Failed() {
			p.t.Logf("%s on %s said:\n%s", p.name, on.name, p.errors.text())
		}
		return
	}
	folder = filepath.Join(folder, "lab", filepath.Base(p.t.Name()))
	path := filepath.Join(folder, fmt.Sprintf("%s-%s-%d.log", p.name, on.role, p.command.Process.Pid))
	err := os.MkdirAll(folder, 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(p.errors.text()), 0o600)
	}
	if err != nil {
		p.t.Errorf("what %s said is not kept: %v", p.name, err)
	}
	if p.t.Failed() {
		p.t.Logf("what %s on %s said is in %s", p.name, on.role, path)
	}
}

// stop ends a process as a system does, and demands that it ends well.
func (p *process) stop() {
	p.t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
	select {
	case <-p.gone:
	case <-time.After(patience):
		p.t.Fatalf("%s did not stop", p.name)
	}
	if p.code != 0 {
		p.t.Fatalf("%s ended with %d", p.name, p.code)
	}
}

// kill ends a process like a power cut.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.gone
}

// proxyProgram is Debian's SOCKS server, which knows nothing of Tincan.
const proxyProgram = "microsocks"

// startProxy starts a SOCKS proxy for a home, which asks for a name and password.
func startProxy(t *testing.T, on *namespace) *process {
	t.Helper()
	return start(t, on, proxyProgram, "-i", "192.168.1.1", "-p", "1080", "-u", "ana", "-P", "open sesame")
}

// startServer starts the rendezvous server and returns the part of its address
// after the host and port: its key.
func startServer(t *testing.T, on *namespace) (key string) {
	t.Helper()
	p := start(t, on, "rendezvous", "--listen", ":"+serverPort, "--data", t.TempDir())
	deadline := time.After(patience)
	for {
		select {
		case line, more := <-p.lines:
			if !more {
				t.Fatal("the rendezvous server ended")
			}
			_, after, found := strings.Cut(line, "/#")
			if found && key == "" {
				key = after
			}
			if line == "ready" {
				go func() {
					for range p.lines { // nothing more is asked of it
						continue
					}
				}()
				return key
			}
		case <-deadline:
			t.Fatal("the rendezvous server did not say where it listens")
		}
	}
}

// serverKnows tells whether the built server has a flag.
func serverKnows(t *testing.T, flag string) bool {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), filepath.Join(programs, "rendezvous"), "--help").CombinedOutput()
	if err != nil {
		t.Fatalf("rendezvous --help: %v", err)
	}
	for line := range strings.Lines(string(output)) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] == "-"+flag {
			return true
		}
	}
	return false
}
