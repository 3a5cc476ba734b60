package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// controlled is the program in this process, driven by its control lines.
type controlled struct {
	t     *testing.T
	input *io.PipeWriter
	lines *bufio.Scanner
	ended chan error
}

func start(t *testing.T, arguments ...string) *controlled {
	t.Helper()
	fromUs, input := io.Pipe()
	output, fromIt := io.Pipe()
	c := &controlled{t: t, input: input, lines: bufio.NewScanner(output), ended: make(chan error, 1)}
	c.lines.Buffer(nil, 1<<20)
	go func() {
		err := run(context.Background(), append(arguments, "--data", t.TempDir(), "--control"), fromUs, fromIt, io.Discard)
		_ = fromIt.Close()
		c.ended <- err
	}()
	return c
}

// ask sends a line and returns the line that answers it, past events.
func (c *controlled) ask(line string) map[string]json.RawMessage {
	c.t.Helper()
	if _, err := io.WriteString(c.input, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
	for c.lines.Scan() {
		var answer map[string]json.RawMessage
		if err := json.Unmarshal(c.lines.Bytes(), &answer); err != nil {
			c.t.Fatalf("%s: %v", c.lines.Text(), err)
		}
		if answer["event"] == nil {
			return answer
		}
	}
	c.t.Fatalf("%s was not answered: %v", line, c.lines.Err())
	return nil
}

// end closes the input, as whoever controls does when it ends.
func (c *controlled) end() {
	c.t.Helper()
	if err := c.input.Close(); err != nil {
		c.t.Error(err)
	}
	for c.lines.Scan() {
		continue
	}
	if err := <-c.ended; err != nil {
		c.t.Error(err)
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	c := start(t, "--name", "Robot", "--color", "4", "--server", server.Address(), "--no-host")
	var state app.State
	if err := json.Unmarshal(c.ask(`{"id":1,"call":"Start","args":[]}`)["result"], &state); err != nil {
		t.Fatal(err)
	}
	if state.Profile.Name != "Robot" || state.Profile.Color != 4 || len(state.Network.Servers) != 1 {
		t.Errorf("the state is %+v", state)
	}
	for line, code := range map[string]string{
		`{"id":"a","call":"Open","args":["x"]}`: "no-conversation",
		`{"id":"b","call":"Gone"}`:              "call",
		`{"id":"c","call":"Open"}`:              "arguments",
		`nonsense`:                              "line",
		`[]`:                                    "line",
	} {
		answer := c.ask(line)
		var refused app.Error
		if err := json.Unmarshal(answer["error"], &refused); err != nil || refused.Code != code {
			t.Errorf("%s: %s", line, answer["error"])
		}
		if strings.HasPrefix(line, `{"id":"a"`) && string(answer["id"]) != `"a"` {
			t.Errorf("the id is %s", answer["id"])
		}
	}
	c.end()
}

func TestPrintInvite(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	output, fromIt := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--data", t.TempDir(), "--name", "Ana", "--server", server.Address(), "--print-invite"}, strings.NewReader(""), fromIt, io.Discard)
		_ = fromIt.Close()
	}()
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "tincan:invite/1#") {
		t.Errorf("%q, %v", line, err)
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		arguments []string
		code      int
		says      string
	}{
		{[]string{"--version"}, 0, "tincan-node "},
		{[]string{"--help"}, 0, ""},
		{[]string{"--nonsense"}, 2, ""},
		{[]string{"stray"}, 2, ""},
		{[]string{"--data", t.TempDir(), "--server", "not an address", "--name", "A"}, 1, ""},
	} {
		var output bytes.Buffer
		if code := report(run(t.Context(), one.arguments, strings.NewReader(""), &output, io.Discard)); code != one.code || !strings.Contains(output.String(), one.says) {
			t.Errorf("%q: %d %q", one.arguments, code, output.String())
		}
	}
}
