package rendezvousclient

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Options of a client.
type Options struct {
	// Identity is the device that logs in; required.
	Identity link.Identity
	// Handle takes the events, one at a time; required. It must not call Close.
	Handle func(signaling.Event)
	// Encoding of the frames; zero means protobuf.
	Encoding protocol.Encoding
	// Now is the clock, nil for time.Now. Timers are those of package time.
	Now func() time.Time
	// Random makes nonces and jitter, nil for crypto/rand.
	Random io.Reader
	// Roots are trusted to certify servers that have a certificate of the web;
	// nil for the system's.
	Roots *x509.CertPool
	// Proxy is what servers are reached through, nil for none. NetworkChanged after
	// it was set has sessions of before begin again.
	Proxy *proxy.Choice
	// Dial opens sockets, nil for WebSocket over TCP.
	Dial DialFunc
	// Logger: nil logs nothing.
	Logger *slog.Logger
}

// Client implements signaling.Client.
type Client struct {
	options Options
	events  *events
	context context.Context //nolint:containedctx // the client's life, which ends with Close
	cancel  context.CancelFunc
	running sync.WaitGroup
	worker  chan struct{} // held by the proof of work that is being made
	once    sync.Once

	mu      sync.Mutex
	closed  bool
	record  *wire.PeerRecord // the latest, nil until Publish
	edition uint64           // counts records
	keepers map[string]*keeper
}

var _ signaling.Client = (*Client)(nil)

// New starts a client without servers. Close it.
func New(options Options) *Client {
	if options.Encoding == 0 {
		options.Encoding = protocol.Protobuf
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Random == nil {
		options.Random = rand.Reader
	}
	if options.Dial == nil {
		options.Dial = dialer{roots: options.Roots, proxy: options.Proxy}.dial
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &Client{options: options, context: ctx, cancel: cancel, keepers: make(map[string]*keeper), worker: make(chan struct{}, 1)}
	c.events = newEvents(options.Handle)
	return c
}

// Connect implements signaling.Client. A session waits for the first Publish:
// a login carries the record. A token that is known already gets the new
// server in place of the old one.
func (c *Client) Connect(token string, server identity.Server) {
	c.ConnectCluster(token, server, nil)
}

// ConnectCluster implements signaling.Client.
func (c *Client) ConnectCluster(token string, server identity.Server, list []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	if older := c.keepers[token]; older != nil {
		older.stop()
	}
	server.URLs = slices.Clone(server.URLs)
	k := newKeeper(c, token, newCluster(server, list))
	c.keepers[token] = k
	c.running.Go(k.run)
}

// Disconnect implements signaling.Client.
func (c *Client) Disconnect(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.keepers[token]; k != nil {
		delete(c.keepers, token)
		k.stop()
	}
}

// Retry implements signaling.Client.
func (c *Client) Retry(token string) {
	if k := c.keeper(token); k != nil {
		k.retry()
	}
}

// Publish implements signaling.Client.
func (c *Client) Publish(record *wire.PeerRecord) {
	copied := proto.CloneOf(record)
	c.mu.Lock()
	c.record = copied
	c.edition++
	c.mu.Unlock()
	for _, k := range c.all() {
		k.wake()
	}
}

// Watch implements signaling.Client.
func (c *Client) Watch(token string, peers []identity.PeerID) {
	if k := c.keeper(token); k != nil {
		k.setWatched(peers)
	}
}

// Send implements signaling.Client.
func (c *Client) Send(token string, id uint64, to identity.PeerID, envelope []byte) {
	r := sendRequest(id, to, envelope)
	if len(envelope) > wire.MaxEnvelope {
		c.push(token, r.fail(signaling.AnswerRefused))
		return
	}
	c.request(token, r)
}

// Lookup implements signaling.Client.
func (c *Client) Lookup(token string, id uint64, peer identity.PeerID) {
	c.request(token, lookupRequest(id, peer))
}

// NetworkChanged implements signaling.Client.
func (c *Client) NetworkChanged() {
	for _, k := range c.all() {
		k.networkChanged()
	}
}

// Close implements signaling.Client.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	for _, k := range c.keepers {
		k.stop()
	}
	c.mu.Unlock()
	c.running.Wait()
	c.once.Do(func() {
		c.cancel()
		c.events.close()
	})
	return nil
}

// start runs work that Close waits for; false after Close.
func (c *Client) start(work func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.running.Go(work)
	return true
}

func (c *Client) keeper(token string) *keeper {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.keepers[token]
}

func (c *Client) all() []*keeper {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]*keeper, 0, len(c.keepers))
	for _, k := range c.keepers {
		all = append(all, k)
	}
	return all
}

// latest returns the record to be published and its number, 0 when there is none.
func (c *Client) latest() (*wire.PeerRecord, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.record, c.edition
}
