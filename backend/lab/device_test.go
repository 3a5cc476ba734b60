//go:build lab

package lab_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// device is a person's device on a machine of the lab, driven over its control
// protocol. It notes when what happened.
type device struct {
	*process

	machine *namespace
	name    string

	mutex    sync.Mutex
	id       int
	waits    map[int]chan reply
	happened chan struct{}        // closed and replaced when something was noted
	online   time.Time            // when a server was reached first
	states   []lineMoment         // of the line to the one contact
	texts    map[string]time.Time // when a text was first there, mine or theirs
}

// lineMoment is a state of a line, and when it began.
type lineMoment struct {
	at    time.Time
	state app.LineState
}

type reply struct {
	ID     int             `json:"id"`
	Event  string          `json:"event"`
	Data   app.Changes     `json:"data"`
	Result json.RawMessage `json:"result"`
	Error  *app.Error      `json:"error"`
}

// startDevice starts a device, which goes to a server unless that is "" and has
// no lines until it is painted.
func startDevice(t *testing.T, on *namespace, folder, name, server string) *device {
	t.Helper()
	options := []string{"--data", folder, "--control", "--name", name, "--no-host"}
	if server != "" {
		options = append(options, "--server", server)
	}
	d := &device{
		process: start(t, on, "tincan-node", options...),
		machine: on, name: name, waits: map[int]chan reply{}, happened: make(chan struct{}), texts: map[string]time.Time{},
	}
	go func() {
		for line := range d.process.lines {
			var got reply
			if json.Unmarshal([]byte(line), &got) == nil {
				d.hear(got, time.Now())
			}
		}
	}()
	return d
}

// hear notes a line of the device's output.
func (d *device) hear(got reply, now time.Time) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if wait := d.waits[got.ID]; got.ID != 0 && wait != nil {
		delete(d.waits, got.ID)
		wait <- got
		return
	}
	if network := got.Data.Network; network != nil && d.online.IsZero() &&
		slices.ContainsFunc(network.Servers, func(server app.Server) bool { return server.State == app.ServerOnline }) {
		d.online = now
	}
	for _, row := range got.Data.Conversations {
		if len(d.states) == 0 || d.states[len(d.states)-1].state != row.Line.State {
			d.states = append(d.states, lineMoment{now, row.Line.State})
		}
	}
	for _, message := range got.Data.Messages {
		if _, known := d.texts[message.Text]; !known {
			d.texts[message.Text] = now
		}
	}
	close(d.happened)
	d.happened = make(chan struct{})
}

// when waits until something was noted and says when that was.
func (d *device) when(what string, noted func() (time.Time, bool)) time.Time {
	d.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		d.mutex.Lock()
		at, there := noted()
		happened := d.happened
		history := d.history()
		d.mutex.Unlock()
		if there {
			return at
		}
		select {
		case <-happened:
		case <-d.gone:
			d.t.Fatalf("%s's device ended", d.name)
		case <-deadline.C:
			d.t.Fatalf("on %s's device it never came true that %s; the line was: %s", d.name, what, history)
		}
	}
}

func (d *device) whenOnline() time.Time {
	d.t.Helper()
	return d.when("a server is reached", func() (time.Time, bool) { return d.online, !d.online.IsZero() })
}

func (d *device) whenText(text string) time.Time {
	d.t.Helper()
	return d.when("the text "+strings.TrimSpace(text[:min(len(text), 40)])+" is there", func() (time.Time, bool) {
		at, there := d.texts[text]
		return at, there
	})
}

// whenOpen says when a line opened that is open now.
func (d *device) whenOpen() time.Time {
	d.t.Helper()
	return d.when("a line is open", func() (time.Time, bool) {
		var since time.Time
		for _, moment := range d.states {
			switch {
			case !isOpen(moment.state):
				since = time.Time{}
			case since.IsZero():
				since = moment.at
			}
		}
		return since, !since.IsZero()
	})
}

// whenPath waits for a line of this path.
func (d *device) whenPath(path app.LineState) time.Time {
	d.t.Helper()
	return d.when("the line is "+string(path), func() (time.Time, bool) {
		if len(d.states) == 0 {
			return time.Time{}, false
		}
		last := d.states[len(d.states)-1]
		return last.at, last.state == path
	})
}

func isOpen(state app.LineState) bool {
	return state == app.LineLAN || state == app.LineDirect || state == app.LineRelayed
}

// history is what the line went through, with the milliseconds since the first
// state. The caller holds the mutex.
func (d *device) history() string {
	var out strings.Builder
	for i, moment := range d.states {
		if i > 0 {
			out.WriteString(", ")
		}
		fmt.Fprintf(&out, "%s at %d ms", moment.state, moment.at.Sub(d.states[0].at).Milliseconds())
	}
	return out.String()
}

func (d *device) lineHistory() string {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.history()
}

// call calls a method of the API, and demands that it is not refused.
func (d *device) call(into any, method string, arguments ...any) {
	d.t.Helper()
	wait := make(chan reply, 1)
	d.mutex.Lock()
	d.id++
	id := d.id
	d.waits[id] = wait
	d.mutex.Unlock()
	if arguments == nil {
		arguments = []any{}
	}
	line, err := json.Marshal(map[string]any{"id": id, "call": method, "args": arguments})
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.input.Write(append(line, '\n')); err != nil {
		d.t.Fatalf("%s: %v", method, err)
	}
	select {
	case got := <-wait:
		if got.Error != nil {
			d.t.Fatalf("%s: %s (%s)", method, got.Error.Message, got.Error.Code)
		}
		if into == nil {
			return
		}
		if err := json.Unmarshal(got.Result, into); err != nil {
			d.t.Fatalf("%s answered %s: %v", method, got.Result, err)
		}
	case <-d.gone:
		d.t.Fatalf("%s's device ended during %s", d.name, method)
	case <-time.After(patience):
		d.t.Fatalf("%s did not answer %s", d.name, method)
	}
}

// timeline is a whole conversation as it is on the device's disk, in order.
func (d *device) timeline(conversation string) []app.Message {
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
