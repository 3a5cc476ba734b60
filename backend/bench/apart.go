package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// visits is how often somebody comes for a text of somebody who left.
const visits = 20

// apart: two people, each a tincan-node process (TINCAN_BIN), never there at
// once, on a server in this process that keeps mail. Ana comes, writes a text of
// 200 bytes, sees it stored, and ends. Then Ben's process is started. Measured until
// PageLast, the bound call that a window shows a conversation with, has the text,
// which it has once the text is on his disk: from the start of his process, and from
// when Start, the bound call, first says that his server is online (asked every
// millisecond). The call is alone in its process; a window would paint meanwhile.
func apart(ctx context.Context, folder string) (_ []figure, err error) {
	program := filepath.Join(os.Getenv("TINCAN_BIN"), "tincan-node")
	if !exists(program) || !exists(filepath.Join(os.Getenv("TINCAN_BIN"), "rendezvous")) {
		return []figure{{"written to read by mail", "not measured", "", "needs tincan-node and rendezvous in TINCAN_BIN (make bench has both)"}}, nil
	}
	server, address, err := startServer(ctx, folder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Process.Signal(os.Interrupt), server.Wait()) }()
	come := func(name string) (*visitor, error) {
		return newVisitor(ctx, program, "--data", filepath.Join(folder, name), "--name", name, "--control", "--no-host", "--server", address)
	}
	conversation, err := introduce(ctx, come)
	if err != nil {
		return nil, err
	}
	var started, online []time.Duration
	for visit := range visits {
		fromStart, fromLogin, err := oneVisit(ctx, come, conversation, visit+2)
		if err != nil {
			return nil, err
		}
		started, online = append(started, fromStart), append(online, fromLogin)
	}
	show := func(took []time.Duration) string {
		return milliseconds(quantile(took, 0.5)) + " / " + milliseconds(slices.Max(took))
	}
	return []figure{{
		fmt.Sprintf("never there at once: from the second's login to the text on their disk and shown, median / worst of %d", visits),
		show(online), "1,000 ms", "from the start of their process: " + show(started),
	}}, nil
}

// startServer starts a rendezvous that keeps mail, and returns its address.
func startServer(ctx context.Context, folder string) (*exec.Cmd, string, error) {
	command := exec.CommandContext(ctx, filepath.Join(os.Getenv("TINCAN_BIN"), "rendezvous"),
		"--listen", "127.0.0.1:0", "--data", filepath.Join(folder, "server"), "--operator", "off")
	output, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return nil, "", err
	}
	lines, address := bufio.NewScanner(output), ""
	for lines.Scan() {
		if at, found := strings.CutPrefix(lines.Text(), "address: "); found {
			address = at
		}
		if lines.Text() == "ready" {
			return command, address, nil
		}
	}
	return nil, "", errors.Join(errors.New("the server ended"), lines.Err(), command.Wait())
}

// introduce makes Ana and Ben contacts, who are both there for it, and ends both.
func introduce(ctx context.Context, come func(string) (*visitor, error)) (conversation string, err error) {
	ana, err := come("Ana")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, ana.end()) }()
	ben, err := come("Ben")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, ben.end()) }()
	var invite app.Invite
	var asked app.Conversation
	var request string
	err = errors.Join(ana.online(ctx), ben.online(ctx), ana.call(&invite, "CreateInvite", app.InviteOptions{}))
	if err != nil {
		return "", err
	}
	if err = ben.call(&asked, "SendRequest", invite.Link, "hello"); err != nil {
		return "", err
	}
	if err = ana.until(ctx, func(state app.State) bool {
		if len(state.Requests) == 1 {
			request = state.Requests[0].ID
		}
		return request != ""
	}); err != nil {
		return "", err
	}
	if err = ana.call(nil, "AcceptRequest", request); err != nil {
		return "", err
	}
	return asked.ID, ben.until(ctx, func(state app.State) bool { return state.Conversations[0].Contact == app.ContactMutual })
}

// oneVisit has Ana leave a text, and Ben come for it: then there are count texts.
func oneVisit(ctx context.Context, come func(string) (*visitor, error), conversation string, count int) (fromStart, fromLogin time.Duration, err error) {
	ana, err := come("Ana")
	if err != nil {
		return 0, 0, err
	}
	var sent app.Message
	if err = errors.Join(ana.online(ctx), ana.call(&sent, "SendText", conversation, text)); err != nil {
		return 0, 0, errors.Join(err, ana.end())
	}
	stored := func(app.State) bool {
		var told app.Delivery
		return ana.call(&told, "Delivery", sent.ID) == nil && told.State == app.MessageStored
	}
	if err = errors.Join(ana.until(ctx, stored), ana.end()); err != nil {
		return 0, 0, err
	}
	begin := time.Now()
	ben, err := come("Ben")
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, ben.end()) }()
	if err = ben.online(ctx); err != nil {
		return 0, 0, err
	}
	login := time.Now()
	err = ben.until(ctx, func(app.State) bool {
		var page app.Page
		return ben.call(&page, "PageLast", conversation, 50) == nil && len(page.Messages) == count && page.Messages[count-1].ID == sent.ID
	})
	return time.Since(begin), time.Since(login), err
}

// visitor is a tincan-node process, driven by its control lines.
type visitor struct {
	command *exec.Cmd
	input   io.WriteCloser
	lines   *bufio.Scanner
}

func newVisitor(ctx context.Context, program string, arguments ...string) (*visitor, error) {
	v := &visitor{command: exec.CommandContext(ctx, program, arguments...)}
	var err error
	if v.input, err = v.command.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := v.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	v.lines = bufio.NewScanner(output)
	v.lines.Buffer(make([]byte, 64<<10), 4<<20)
	if err := v.command.Start(); err != nil {
		return nil, err
	}
	return v, v.call(nil, "Painted")
}

// call asks one thing at a time.
func (v *visitor) call(into any, method string, arguments ...any) error {
	if arguments == nil {
		arguments = []any{}
	}
	if err := json.NewEncoder(v.input).Encode(map[string]any{"id": 1, "call": method, "args": arguments}); err != nil {
		return err
	}
	for v.lines.Scan() {
		var answer struct {
			ID     int             `json:"id"`
			Result json.RawMessage `json:"result"`
			Error  *app.Error      `json:"error"`
		}
		if err := json.Unmarshal(v.lines.Bytes(), &answer); err != nil || answer.ID == 0 {
			continue // an event, or what it says to people
		}
		if answer.Error != nil {
			return fmt.Errorf("%s: %s", method, answer.Error.Code)
		}
		if into == nil {
			return nil
		}
		return json.Unmarshal(answer.Result, into)
	}
	return fmt.Errorf("%s: the process ended: %w", method, errors.Join(v.lines.Err(), io.ErrUnexpectedEOF))
}

// until asks every millisecond, for a minute.
func (v *visitor) until(ctx context.Context, condition func(app.State) bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for {
		var state app.State
		if err := v.call(&state, "Start"); err != nil {
			return err
		}
		if condition(state) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-poll.C:
		}
	}
}

func (v *visitor) online(ctx context.Context) error {
	return v.until(ctx, func(state app.State) bool {
		return slices.ContainsFunc(state.Network.Servers, func(one app.Server) bool { return one.State == app.ServerOnline })
	})
}

func (v *visitor) end() error {
	return errors.Join(v.input.Close(), v.command.Wait())
}
