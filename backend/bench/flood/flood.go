package flood

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
)

// Options of one run.
type Options struct {
	Program string        // tincan-node
	Folder  string        // for the files of all of them
	For     time.Duration // the flood
	Rest    time.Duration // before it, so that the device is calm, and after it
}

// Result is what was seen. Memory is the device's PSS in KiB.
type Result struct {
	Before, Highest, After int
	Calm                   []time.Duration // as Calls, before it was
	Calls                  []time.Duration // of the interface, one every 100 ms while it was flooded
	Texts                  int64           // that the contact wrote
	Frames                 int64           // without use, or broken, that its lines took
	Lines                  int64           // that it opened
	ServerFrames           int64
	Muted                  bool
	Kept                   int // of what the contact wrote: unread, or counted before the mute
}

// run is one of them.
type run struct {
	options Options
	honest  *rendezvous.Server
	ended   chan error
	server  *server
	victim  *device
	contact *contact
}

// Run floods a device and returns what became of it.
func Run(ctx context.Context, options Options) (_ Result, err error) {
	r := &run{options: options, ended: make(chan error, 1)}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.meet(ctx); err != nil {
		return Result{}, err
	}
	return r.measure(ctx)
}

func (r *run) close() error {
	var err error
	if r.contact != nil {
		err = r.contact.close()
	}
	if r.victim != nil {
		err = errors.Join(err, r.victim.close())
	}
	if r.server != nil {
		err = errors.Join(err, r.server.close())
	}
	if r.honest != nil {
		err = errors.Join(err, r.honest.Close(), <-r.ended)
	}
	return err
}

// meet makes the two contacts.
func (r *run) meet(ctx context.Context) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	if r.honest, err = rendezvous.New(rendezvous.Options{Key: key, Listen: "127.0.0.1:0"}); err != nil { //nolint:contextcheck // it lives until it is closed
		return err
	}
	go func() { r.ended <- r.honest.Run(context.WithoutCancel(ctx)) }()
	at := r.honest.Server()
	behind, err := url.Parse(at.URLs[0])
	if err != nil {
		return err
	}
	if r.server, err = newServer(ctx, behind.Host); err != nil {
		return err
	}
	if r.contact, err = newContact(ctx, filepath.Join(r.options.Folder, "contact"), at); err != nil {
		return err
	}
	r.server.watched = r.contact.keys.Peer()
	hostile := identity.Server{Key: at.Key, URLs: []string{"ws://" + r.server.address()}}
	if r.victim, err = startDevice(ctx, r.options.Program, filepath.Join(r.options.Folder, "device"), filepath.Join(r.options.Folder, "device.log"),
		"--name", "Ben", "--no-host", "--server", hostile.Text()); err != nil {
		return err
	}
	if err = r.victim.call(nil, "Painted"); err != nil {
		return err
	}
	var state state
	if err = r.until(ctx, &state, func() bool { return len(state.Network.Servers) > 0 && state.Network.Servers[0].State == "online" }); err != nil {
		return err
	}
	var made struct{ Link string }
	if err = r.victim.call(&made, "CreateInvite", map[string]any{"label": "for anybody"}); err != nil {
		return err
	}
	if err = r.contact.ask(ctx, made.Link); err != nil {
		return err
	}
	if err = r.until(ctx, &state, func() bool { return len(state.Requests) == 1 }); err != nil {
		return err
	}
	if err = r.victim.call(nil, "AcceptRequest", state.Requests[0].ID); err != nil {
		return err
	}
	return r.until(ctx, &state, func() bool { return r.contact.open() != [16]byte{} })
}

// state is what is looked at of app.State.
type state struct {
	Network struct {
		Servers []struct{ State string }
	}
	Requests      []struct{ ID string }
	Conversations []struct {
		ID     string
		Muted  string
		Unread int
	}
}

func (r *run) until(ctx context.Context, into *state, condition func() bool) error {
	for end := time.Now().Add(patience); time.Now().Before(end); rest(ctx, 20*time.Millisecond) {
		*into = state{}
		if err := r.victim.call(into, "Start"); err != nil {
			return err
		}
		if condition() {
			return nil
		}
	}
	return errors.New("the two do not come together")
}

// measure floods the device, and looks at it meanwhile.
func (r *run) measure(ctx context.Context) (Result, error) {
	var result Result
	conversation := r.contact.conversation.String()
	// What the calls need once is there before.
	for range 20 {
		if err := r.look(conversation); err != nil {
			return result, err
		}
	}
	calm, end := context.WithTimeout(ctx, r.options.Rest)
	var err error
	result.Calm, err = r.lookOn(calm, conversation)
	end()
	if err != nil {
		return result, err
	}
	if result.Before, err = r.victim.memory(); err != nil {
		return result, err
	}
	var flooding context.Context
	flooding, end = context.WithTimeout(ctx, r.options.For)
	defer end()
	var group sync.WaitGroup
	var highest atomic.Int64
	group.Go(func() { r.contact.write(flooding) })
	group.Go(func() { r.contact.chatter(flooding) })
	group.Go(func() { r.contact.redial(flooding) })
	group.Go(func() {
		for flooding.Err() == nil {
			if now, failure := r.victim.memory(); failure == nil {
				highest.Store(max(highest.Load(), int64(now)))
			}
			rest(flooding, 100*time.Millisecond)
		}
	})
	r.server.started.Store(true)
	result.Calls, err = r.lookOn(flooding, conversation)
	end()
	group.Wait()
	r.server.started.Store(false)
	r.server.end() // no more of its frames
	if err != nil {
		return result, err
	}
	rest(ctx, r.options.Rest)
	result.Highest = int(highest.Load())
	result.Texts, result.Frames, result.Lines, result.ServerFrames = r.contact.texts.Load(), r.contact.frames.Load(), r.contact.lines.Load(), r.server.sent.Load()
	if result.After, err = r.victim.memory(); err != nil {
		return result, err
	}
	var now state
	if err = r.victim.call(&now, "Start"); err != nil {
		return result, err
	}
	for _, one := range now.Conversations {
		result.Muted, result.Kept = one.Muted != "", one.Unread
	}
	return result, nil
}

// lookOn looks every 100 ms and returns how long it took each time.
func (r *run) lookOn(ctx context.Context, conversation string) ([]time.Duration, error) {
	var all []time.Duration
	for ctx.Err() == nil {
		start := time.Now()
		if err := r.look(conversation); err != nil {
			return all, err
		}
		took := time.Since(start)
		all = append(all, took)
		rest(ctx, 100*time.Millisecond-took)
	}
	return all, nil
}

// look calls what the interface calls when a person opens the conversation: its
// last page, and the list of people.
func (r *run) look(conversation string) error {
	return errors.Join(r.victim.call(nil, "PageLast", conversation, 50), r.victim.call(nil, "Start"))
}
