package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// patience is how long a condition may take on a busy machine.
const patience = 45 * time.Second

// process is a real program under test.
type process struct {
	t       *testing.T
	name    string
	command *exec.Cmd
	input   io.WriteCloser
	lines   chan string // of standard output
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

func start(t *testing.T, name string, arguments ...string) *process {
	t.Helper()
	return run(t, name, exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(programs, name), arguments...), "TINCAN_LOG=debug")
}

// run starts a command with more in its environment.
func run(t *testing.T, name string, command *exec.Cmd, environment ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, command: command, lines: make(chan string, 4096), errors: &lockedBuffer{}, gone: make(chan struct{})}
	p.command.Stderr = p.errors
	p.command.Env = append(os.Environ(), environment...)
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
		err := p.command.Wait()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			p.code = exit.ExitCode()
		}
		close(p.gone)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s %v said:\n%s", name, command.Args[1:], p.errors.text())
		}
	})
	return p
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
		p.t.Fatalf("%s did not stop:\n%s", p.name, p.errors.text())
	}
	if p.code != 0 {
		p.t.Fatalf("%s ended with %d:\n%s", p.name, p.code, p.errors.text())
	}
}

// kill ends a process like a power cut.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.gone
}

// server is a rendezvous server in a process.
type server struct {
	*process
	address string
}

func startServer(t *testing.T, folder, listen string, more ...string) *server {
	t.Helper()
	p := start(t, "rendezvous", append([]string{"--listen", listen, "--data", folder, "--operator", "off"}, more...)...)
	deadline := time.After(patience)
	for {
		select {
		case line := <-p.lines:
			for field := range strings.FieldsSeq(line) {
				if strings.HasPrefix(field, "wss://") {
					return &server{process: p, address: field}
				}
			}
		case <-p.gone:
			t.Fatalf("the rendezvous ended:\n%s", p.errors.text())
		case <-deadline:
			t.Fatalf("the rendezvous did not say where it listens:\n%s", p.errors.text())
		}
	}
}

// device is a person's device in a process, driven over its control protocol.
type device struct {
	*process
	folder string
	id     int
	mutex  sync.Mutex
	waits  map[int]chan reply
}

type reply struct {
	ID     int             `json:"id"`
	Event  string          `json:"event"`
	Result json.RawMessage `json:"result"`
	Error  *app.Error      `json:"error"`
}

func startDevice(t *testing.T, folder, name string, more ...string) *device {
	t.Helper()
	arguments := append([]string{"--data", folder, "--control", "--name", name}, more...)
	return listen(start(t, "tincan-node", arguments...), folder)
}

// listen takes the answers of a device.
func listen(p *process, folder string) *device {
	d := &device{process: p, folder: folder, waits: map[int]chan reply{}}
	go func() {
		for {
			select {
			case line := <-d.lines:
				var got reply
				if json.Unmarshal([]byte(line), &got) != nil || got.ID == 0 {
					continue
				}
				d.mutex.Lock()
				wait := d.waits[got.ID]
				delete(d.waits, got.ID)
				d.mutex.Unlock()
				if wait != nil {
					wait <- got
				}
			case <-d.gone:
				return
			}
		}
	}()
	return d
}

// try calls a method of the API and returns its refusal.
func (d *device) try(into any, method string, arguments ...any) *app.Error {
	d.t.Helper()
	refused, alive := d.attempt(into, method, arguments...)
	if !alive {
		d.t.Fatalf("the device ended during %s:\n%s", method, d.errors.text())
	}
	return refused
}

// attempt is try for a device that may end meanwhile.
func (d *device) attempt(into any, method string, arguments ...any) (refused *app.Error, alive bool) {
	d.t.Helper()
	d.mutex.Lock()
	d.id++
	id := d.id
	wait := make(chan reply, 1)
	d.waits[id] = wait
	d.mutex.Unlock()
	if arguments == nil {
		arguments = []any{}
	}
	line, err := json.Marshal(map[string]any{"id": id, "call": method, "args": arguments})
	if err != nil {
		d.t.Fatal(err)
	}
	if _, gone := d.input.Write(append(line, '\n')); gone != nil {
		return nil, false //nolint:nilerr // that it ended is what the caller is told
	}
	select {
	case got := <-wait:
		if got.Error != nil {
			return got.Error, true
		}
		if into != nil {
			if err := json.Unmarshal(got.Result, into); err != nil {
				d.t.Fatalf("%s answered %s: %v", method, got.Result, err)
			}
		}
		return nil, true
	case <-d.gone:
		return nil, false
	case <-time.After(patience):
		d.t.Fatalf("%s did not answer:\n%s", method, d.errors.text())
	}
	return nil, false
}

// call is try for what must work.
func (d *device) call(into any, method string, arguments ...any) {
	d.t.Helper()
	if refused := d.try(into, method, arguments...); refused != nil {
		d.t.Fatalf("%s: %s (%s)", method, refused.Message, refused.Code)
	}
}

func (d *device) state() app.State {
	d.t.Helper()
	var state app.State
	d.call(&state, "Start")
	return state
}

// texts returns the ids of a whole conversation, in order, and fails on a text twice.
func (d *device) texts(conversation string) []app.Message {
	d.t.Helper()
	var all []app.Message
	after := ""
	for {
		var page app.Page
		d.call(&page, "PageAfter", conversation, after, 200)
		all = append(all, page.Messages...)
		if !page.HasAfter || len(page.Messages) == 0 {
			return all
		}
		after = page.Messages[len(page.Messages)-1].Order
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	eventuallyWithin(t, patience, what, condition)
}

// eventuallyWithin waits longer for what takes its time on any machine.
func eventuallyWithin(t *testing.T, most time.Duration, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(most)
	defer deadline.Stop()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("it never came true that %s", what)
		case <-poll.C:
		}
	}
}
