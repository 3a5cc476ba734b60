package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// patience is how long something may take that should take a second.
const patience = time.Minute

// demo is a server and two people on one machine.
type demo struct {
	programs string // folder of the built programs
	folder   string // where everything is kept
	browser  bool   // two browser addresses instead of two windows
	output   io.Writer
}

// person is one of the two.
type person struct {
	name  string
	color int
}

var (
	ana = person{name: "Ana", color: 2}
	ben = person{name: "Ben", color: 5}
)

// Run opens the demo and returns when both people have left or ctx ends.
func (d *demo) Run(ctx context.Context) error {
	if err := os.MkdirAll(d.folder, 0o700); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	server, address, err := d.startServer(ctx)
	if err != nil {
		return err
	}
	defer server.stop()

	if _, err := os.Stat(d.ready()); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(d.output, "Ana and Ben meet for the first time.")
		if err := d.introduce(ctx, address); err != nil {
			return err
		}
	}
	return d.open(ctx)
}

// ready is the file that says that the two are contacts.
func (d *demo) ready() string { return filepath.Join(d.folder, "ready") }

func (d *demo) home(p person) string { return filepath.Join(d.folder, strings.ToLower(p.name)) }

// startServer starts the rendezvous server where it was the last time, because
// both people remember its address.
func (d *demo) startServer(ctx context.Context) (*process, string, error) {
	kept := filepath.Join(d.folder, "address")
	listen := "127.0.0.1:0"
	switch data, err := os.ReadFile(kept); {
	case err == nil:
		listen = strings.TrimSpace(string(data))
	case !errors.Is(err, fs.ErrNotExist):
		return nil, "", fmt.Errorf("reading the server's address: %w", err)
	}
	server, err := start(ctx, filepath.Join(d.programs, "rendezvous"), "--listen", listen, "--data", filepath.Join(d.folder, "rendezvous"),
		"--operator", "off")
	if err != nil {
		return nil, "", err
	}
	address, err := server.find(ctx, "wss://")
	if err != nil {
		server.stop()
		return nil, "", fmt.Errorf("the server did not start at %s; if another program is there, delete %s and try again: %w", listen, d.folder, err)
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(address, "wss://"), "/")
	if err := os.WriteFile(kept, []byte(host+"\n"), 0o600); err != nil {
		server.stop()
		return nil, "", fmt.Errorf("keeping the server's address: %w", err)
	}
	return server, address, nil
}

// introduce makes the two contacts the way people do: an invite, a request, an answer.
func (d *demo) introduce(ctx context.Context, address string) error {
	// What an interrupted first time left is not worth keeping.
	for _, who := range []person{ana, ben} {
		if err := os.RemoveAll(d.home(who)); err != nil {
			return fmt.Errorf("clearing the way: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	host, err := d.create(ctx, ana, address)
	if err != nil {
		return err
	}
	defer host.stop()
	guest, err := d.create(ctx, ben, address)
	if err != nil {
		return err
	}
	defer guest.stop()

	var invite app.Invite
	if err := host.call(ctx, &invite, "CreateInvite", app.InviteOptions{Label: "Ben"}); err != nil {
		return err
	}
	var conversation app.Conversation
	if err := guest.call(ctx, &conversation, "SendRequest", invite.Link, "Hi Ana, Ben here. Can you hear me?"); err != nil {
		return err
	}
	asked := func(state app.State) bool { return len(state.Requests) == 1 }
	if err := host.until(ctx, "Ben's request arrives", asked); err != nil {
		return err
	}
	if err := host.call(ctx, nil, "AcceptRequest", conversation.ID); err != nil {
		return err
	}
	accepted := func(state app.State) bool {
		return len(state.Conversations) == 1 && state.Conversations[0].Contact == app.ContactMutual
	}
	if err := guest.until(ctx, "Ana's answer arrives", accepted); err != nil {
		return err
	}
	if err := d.chat(ctx, host, guest, conversation.ID); err != nil {
		return err
	}
	if err := os.WriteFile(d.ready(), nil, 0o600); err != nil {
		return fmt.Errorf("remembering that they met: %w", err)
	}
	return nil
}

// create makes one person, who knows the server and does not host one.
func (d *demo) create(ctx context.Context, who person, address string) (*device, error) {
	one, err := startDevice(ctx, filepath.Join(d.programs, "tincan-node"), d.home(who))
	if err != nil {
		return nil, err
	}
	if err := settle(ctx, one, who, address); err != nil {
		one.stop()
		return nil, fmt.Errorf("%s: %w", who.name, err)
	}
	return one, nil
}

// settle gives a new device its person and its server.
func settle(ctx context.Context, one *device, who person, address string) error {
	var state app.State
	if err := one.call(ctx, &state, "CreateProfile", who.name, who.color); err != nil {
		return err
	}
	state.Settings.Hosting = false
	if err := one.call(ctx, nil, "SaveSettings", state.Settings); err != nil {
		return err
	}
	if err := one.call(ctx, nil, "AddServer", address); err != nil {
		return err
	}
	if err := one.call(ctx, nil, "Painted"); err != nil {
		return err
	}
	online := func(server app.Server) bool { return server.State == app.ServerOnline }
	return one.until(ctx, "the server is reached", func(state app.State) bool {
		return slices.ContainsFunc(state.Network.Servers, online)
	})
}

// chat leaves something to read, and waits until it is on both disks.
func (d *demo) chat(ctx context.Context, host, guest *device, conversation string) error {
	lines := []struct {
		from *device
		text string
	}{
		{host, "Loud and clear. Where are you?"},
		{guest, "Other end of the string, same table."},
		{host, "Then the line is as short as it gets. Look at the header: it says so."},
		{guest, "Pull the plug on the server and it will still hold."},
	}
	for i, line := range lines {
		if err := line.from.call(ctx, nil, "SendText", conversation, line.text); err != nil {
			return err
		}
		other := host
		if line.from == host {
			other = guest
		}
		arrived := func(state app.State) bool {
			return len(state.Conversations) == 1 && state.Conversations[0].Preview == line.text && !state.Conversations[0].PreviewMine
		}
		if err := other.until(ctx, fmt.Sprintf("message %d arrives", i+1), arrived); err != nil {
			return err
		}
	}
	return nil
}

// open shows both people and waits for them to leave.
func (d *demo) open(ctx context.Context) error {
	first, err := d.show(ctx, ana)
	if err != nil {
		return err
	}
	defer first.stop()
	second, err := d.show(ctx, ben)
	if err != nil {
		return err
	}
	defer second.stop()
	fmt.Fprintln(d.output, "Ctrl C ends the demo. Both keep their history; delete", d.folder, "to begin anew.")

	ended := make(chan error, 2)
	for _, one := range []*process{first, second} {
		go func() {
			one.drain()
			ended <- one.wait()
		}()
	}
	var left error
	for range 2 {
		select {
		case err := <-ended:
			left = errors.Join(left, err)
		case <-ctx.Done():
			return nil
		}
	}
	return left
}

// show opens one person's window, or says where it is.
func (d *demo) show(ctx context.Context, who person) (*process, error) {
	if !d.browser {
		return start(ctx, filepath.Join(d.programs, "tincan"), "--data", d.home(who))
	}
	one, err := start(ctx, filepath.Join(d.programs, "tincan-node"), "--data", d.home(who), "--ui", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address, err := one.find(ctx, "http://")
	if err != nil {
		one.stop()
		return nil, fmt.Errorf("%s: %w", who.name, err)
	}
	fmt.Fprintf(d.output, "%s: %s\n", who.name, address)
	return one, nil
}
