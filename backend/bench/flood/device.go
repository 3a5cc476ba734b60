package flood

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long a call, or a condition, may take.
const patience = 45 * time.Second

// device is a tincan-node driven over its control protocol.
type device struct {
	command *exec.Cmd
	input   io.WriteCloser
	gone    chan struct{}

	mutex sync.Mutex
	next  int
	waits map[int]chan answer
}

type answer struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// startDevice starts the program; its log goes to a file in the folder.
func startDevice(ctx context.Context, program, folder, log string, arguments ...string) (*device, error) {
	d := &device{gone: make(chan struct{}), waits: map[int]chan answer{}}
	d.command = exec.CommandContext(ctx, program, append([]string{"--data", folder, "--control"}, arguments...)...)
	said, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = said.Close() }() // the process has its own
	d.command.Stderr = said
	if d.input, err = d.command.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := d.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err = d.command.Start(); err != nil {
		return nil, err
	}
	go d.listen(output)
	return d, nil
}

// listen takes answers; what changed is read and forgotten, as fast as it comes.
func (d *device) listen(output io.Reader) {
	defer close(d.gone)
	lines := bufio.NewReaderSize(output, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		var got answer
		if err == nil && !strings.HasPrefix(string(line[:min(len(line), 9)]), `{"event":`) && json.Unmarshal(line, &got) == nil {
			d.mutex.Lock()
			wait := d.waits[got.ID]
			delete(d.waits, got.ID)
			d.mutex.Unlock()
			if wait != nil {
				wait <- got
			}
		}
		if err != nil {
			return
		}
	}
}

// call calls a method of the API.
func (d *device) call(into any, method string, arguments ...any) error {
	if arguments == nil {
		arguments = []any{}
	}
	d.mutex.Lock()
	d.next++
	id := d.next
	wait := make(chan answer, 1)
	d.waits[id] = wait
	d.mutex.Unlock()
	line, err := json.Marshal(map[string]any{"id": id, "call": method, "args": arguments})
	if err != nil {
		return err
	}
	if _, err = d.input.Write(append(line, '\n')); err != nil {
		return err
	}
	select {
	case got := <-wait:
		if got.Error != nil {
			return fmt.Errorf("%s: %s (%s)", method, got.Error.Message, got.Error.Code)
		}
		if into == nil {
			return nil
		}
		return json.Unmarshal(got.Result, into)
	case <-d.gone:
		return errors.New("the device ended during " + method)
	case <-time.After(patience):
		return errors.New("no answer to " + method)
	}
}

// close ends the device as a system does.
func (d *device) close() error {
	if err := d.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-d.gone:
	case <-time.After(patience):
		return errors.Join(errors.New("the device does not end"), d.command.Process.Kill())
	}
	return d.command.Wait()
}

// memory is what the process holds by itself and its share of what it shares
// (PSS, proc_pid_smaps(5)), in KiB.
func (d *device) memory() (int, error) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(d.command.Process.Pid) + "/smaps_rollup")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if rest, is := strings.CutPrefix(line, "Pss:"); is {
			return strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
		}
	}
	return 0, errors.New("the memory of a process cannot be read here")
}
