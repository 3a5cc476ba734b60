package flood

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/signaling/rendezvousclient"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/wire"
)

// contact is a device whose line says more than it should.
type contact struct {
	*node.Node
	keys         *identity.Keys
	store        *store.Store
	transport    link.Transport
	conversation uuid.UUID
	texts        atomic.Int64
	frames       atomic.Int64
	lines        atomic.Int64 // that were opened

	mutex sync.Mutex
	line  link.Session // the open one, zero: none is
}

func newContact(ctx context.Context, folder string, at identity.Server) (*contact, error) {
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		return nil, err
	}
	if err = os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	c := &contact{keys: keys}
	silent := slog.New(slog.DiscardHandler)
	if c.store, err = store.Open(ctx, folder, store.Options{Logger: silent}); err != nil {
		return nil, err
	}
	c.Node, err = node.New(ctx, node.Config{
		Keys: keys, Store: c.store, Logger: silent, Changed: func([]node.Change) {},
		Links: func(config node.LinkConfig) (link.Transport, error) {
			made, failure := webrtclink.New(webrtclink.Config{
				Identity: config.Identity, Filter: config.Filter, Logger: config.Logger, Now: config.Now, Random: rand.Reader,
				Events: func(e link.Event) {
					c.lined(e)
					config.Events(e)
				},
			})
			c.transport = made
			return made, failure
		},
		Signaling: func(config node.SignalingConfig) (signaling.Client, error) {
			return rendezvousclient.New(rendezvousclient.Options{
				Identity: link.Identity{Peer: config.Keys.Peer(), Device: config.Keys.Device(), Sign: config.Keys.SignAsDevice},
				Handle:   config.Events, Now: config.Now, Logger: config.Logger,
			}), nil
		},
	})
	if err != nil {
		return nil, errors.Join(err, c.store.Close())
	}
	if err = errors.Join(c.SetProfile(ctx, "Mallory", 2), c.AddServer(ctx, at)); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (c *contact) close() error { return errors.Join(c.Node.Close(), c.store.Close()) }

// lined follows which line is open.
func (c *contact) lined(e link.Event) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	switch {
	case e.Opened != nil:
		c.line = e.Session
		c.lines.Add(1)
	case e.Closed != nil && e.Session == c.line:
		c.line = uuid.Nil
	}
}

func (c *contact) open() link.Session {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.line
}

// ask opens an invite with a first message.
func (c *contact) ask(ctx context.Context, address string) error {
	opened, err := invite.Parse(address)
	if err != nil {
		return err
	}
	made, err := c.Ask(ctx, opened, "Let me in.")
	c.conversation = made.Conversation
	return err
}

// writers is how many write at once: as many as group commit likes.
const writers = 64

// write sends texts, edits and reactions as fast as its own disk takes them.
func (c *contact) write(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	text := strings.Repeat("x", 200)
	for writer := range writers {
		group.Go(func() {
			for i := writer; ctx.Err() == nil; i++ {
				sent, err := c.SendText(ctx, c.conversation, text)
				if err != nil {
					return
				}
				c.texts.Add(1)
				switch i % 8 {
				case 0:
					_ = c.EditMessage(ctx, c.conversation, sent.Hash, fmt.Sprint(text, i))
				case 1:
					_ = c.React(ctx, c.conversation, journal.Reaction{Target: sent.Hash, Emoji: "👍"})
				}
			}
		})
	}
}

// useless is how many frames without use come before one that is broken.
const useless = 3000

// chatter sends frames that bring nothing, as fast as the line takes them, and now
// and then one that breaks the protocol, after which there has to be another line.
func (c *contact) chatter(ctx context.Context) {
	id := c.conversation
	position := &wire.Position{Conversation: id[:]}
	foreign := uuid.New()
	harmless := encoded(
		&wire.LinkFrame{Kind: &wire.LinkFrame_Typing{Typing: &wire.Typing{Conversation: id[:]}}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Typing{Typing: &wire.Typing{Conversation: id[:]}}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Typing{Typing: &wire.Typing{Conversation: foreign[:]}}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Position{Position: position}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Vectors{Vectors: &wire.Vectors{Positions: []*wire.Position{position, position, position, position}}}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major, Minor: wire.Minor, Features: wire.Features}}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Entries{Entries: &wire.Entries{Conversation: id[:]}}},
		&wire.LinkFrame{},
	)
	broken := append(encoded(
		&wire.LinkFrame{Kind: &wire.LinkFrame_Digest{Digest: &wire.Digest{Conversations: 1, Digest: noise(32)}}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Digests{Digests: &wire.Digests{More: true}}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Batch{Batch: &wire.Batch{Conversation: id[:], Zstd: noise(200 << 10)}}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Proof{Proof: &wire.Proof{}}},
		&wire.LinkFrame{Kind: &wire.LinkFrame_Check{Check: &wire.Check{Id: noise(3)}}},
	), noise(100), noise(wire.MaxLinkFrame))
	var before link.Session
	for i, onLine, wrong := 0, 0, 0; ctx.Err() == nil; i++ {
		line := c.open()
		if line == uuid.Nil {
			rest(ctx, 5*time.Millisecond)
			continue
		}
		if line != before {
			before, onLine = line, 0
		}
		frame := harmless[i%len(harmless)]
		// Every other line takes many and then a broken one, the others take many.
		if onLine++; onLine == useless && c.lines.Load()%2 == 0 {
			frame = broken[wrong%len(broken)]
			wrong++
		}
		if c.transport.Send(line, frame) != nil {
			rest(ctx, time.Millisecond) // as much as may wait is waiting
			continue
		}
		c.frames.Add(1)
	}
}

func encoded(frames ...*wire.LinkFrame) [][]byte {
	var all [][]byte
	for _, frame := range frames {
		if data, err := wire.Encode(frame); err == nil {
			all = append(all, data)
		}
	}
	return all
}

// redial has the device look for reasons for a line all the time.
func (c *contact) redial(ctx context.Context) {
	for ctx.Err() == nil {
		_ = errors.Join(c.Focus(ctx, uuid.Nil), c.Focus(ctx, c.conversation))
		rest(ctx, 50*time.Millisecond)
	}
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
