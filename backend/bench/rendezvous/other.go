package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
)

// dialect is what a server that is not ours understands.
type dialect interface {
	endpoint(address string, index int) load.Endpoint
	greets() bool                // the server says when a client is registered
	greeting(first []byte) error // whether that is what it said
	message(to int, stamp uint64) []byte
	stamp(message []byte) (uint64, bool)
	heartbeat() []byte
}

// other is a server that is not ours. It implements load.Service.
type other struct {
	address string
	dialect dialect
}

// Prepare implements load.Service.
func (*other) Prepare(int) error { return nil }

// Pause implements load.Service: the others have no limits.
func (*other) Pause() time.Duration { return 0 }

// BeatEvery implements load.Service: as often as our clients.
func (*other) BeatEvery() time.Duration { return protocol.Heartbeat }

// Join implements load.Service.
func (o *other) Join(ctx context.Context, index int, events load.Events) (load.Client, error) {
	socket, err := load.Dial(ctx, o.dialect.endpoint(o.address, index))
	if err != nil {
		return nil, err
	}
	if o.dialect.greets() {
		var first []byte
		if first, err = socket.Read(); err == nil {
			err = o.dialect.greeting(first)
		}
		if err != nil {
			socket.Close()
			return nil, err
		}
	}
	if err = socket.Endless(); err != nil {
		socket.Close()
		return nil, err
	}
	c := &otherClient{dialect: o.dialect, socket: socket, left: make(chan struct{})}
	go c.read(events)
	return c, nil
}

// otherClient implements load.Client.
type otherClient struct {
	dialect dialect
	socket  *load.Socket
	once    sync.Once
	left    chan struct{}
}

func (c *otherClient) read(events load.Events) {
	for {
		message, err := c.socket.Read()
		if err != nil {
			select {
			case <-c.left:
			default:
				events.Ended(err)
			}
			return
		}
		if stamp, good := c.dialect.stamp(message); good {
			events.Received(stamp)
		}
	}
}

// Send implements load.Client.
func (c *otherClient) Send(to int, stamp uint64) error {
	return c.socket.Write(c.dialect.message(to, stamp))
}

// Beat implements load.Client.
func (c *otherClient) Beat() error { return c.socket.Write(c.dialect.heartbeat()) }

// Leave implements load.Client.
func (c *otherClient) Leave() {
	c.once.Do(func() { close(c.left) })
	c.socket.Close()
}

func startPeerJS(ctx context.Context, s settings) (*process, load.Service, error) {
	server, err := launchUntil(ctx, listening, "node", filepath.Join(s.peerjs, "server.cjs"))
	if err != nil {
		return nil, nil, err
	}
	return server, &other{address: server.address, dialect: peerJS{}}, nil
}

// peerJS is the protocol of PeerJS: JSON objects with type, dst and payload.
type peerJS struct{}

func (peerJS) endpoint(address string, index int) load.Endpoint {
	return load.Endpoint{URL: fmt.Sprintf("ws://%s/peerjs?key=peerjs&id=p%d&token=t%d", address, index, index), Text: true}
}

func (peerJS) greets() bool { return true }

func (peerJS) greeting(first []byte) error {
	if !bytes.Contains(first, []byte(`"OPEN"`)) {
		return fmt.Errorf("PeerJS server says %.100q", first)
	}
	return nil
}

const stampDigits = 16

var payload = strings.Repeat("x", load.MessageSize-stampDigits)

func (peerJS) message(to int, stamp uint64) []byte {
	message := append(make([]byte, 0, load.MessageSize+64), `{"type":"OFFER","dst":"p`...)
	message = strconv.AppendInt(message, int64(to), 10)
	message = append(message, `","payload":"`...)
	return append(append(append(message, fmt.Sprintf("%0*x", stampDigits, stamp)...), payload...), `"}`...)
}

func (peerJS) stamp(message []byte) (uint64, bool) {
	_, after, found := bytes.Cut(message, []byte(`"payload":"`))
	if !found || len(after) < stampDigits {
		return 0, false
	}
	stamp, err := strconv.ParseUint(string(after[:stampDigits]), 16, 64)
	return stamp, err == nil
}

func (peerJS) heartbeat() []byte { return []byte(`{"type":"HEARTBEAT"}`) }
