package webrtclink

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Config of a transport.
type Config struct {
	Identity link.Identity    // required
	Events   func(link.Event) // required; see link.Event
	Now      func() time.Time // required; corrected by the server
	Random   io.Reader        // required; nonces (keys of DTLS come from crypto/rand)
	Filter   link.Filter      // nil bans nothing
	Logger   *slog.Logger     // nil logs nothing
	Timing   link.Timing      // zero fields are the promised times

	// Proxy is what relays are reached through, nil for none. While one is chosen
	// lines go over relays alone, but for those that shall stay on this network.
	// NetworkChanged after it was set ends those of before.
	Proxy *proxy.Choice

	RelayRoots   *x509.CertPool // who may sign certificates of relays; nil: the machine's authorities
	LoopbackOnly bool           // for tests: no candidate but 127.0.0.1 and ::1
	// Network is for tests: the network under the ban check; nil is the machine's.
	// It is asked for each session, since a network lists the interfaces that
	// there were when it was made, and machines move.
	Network func() (transport.Net, error)
}

// Transport is a link.Transport over pion/webrtc.
type Transport struct {
	config Config
	own    link.Remote
	logger *slog.Logger

	mutex    sync.Mutex
	closed   bool
	sessions map[link.Session]*session
	seen     link.Seen
	early    earlySignals
	relays   []link.Relay
	warned   map[netip.Addr]time.Time // when a Blocked event was last told
	running  sync.WaitGroup

	ports atomic.Uint32 // the first port of sockets, 0: any
}

var _ link.Transport = (*Transport)(nil)

// New makes a transport. Close it.
func New(config Config) (*Transport, error) {
	if config.Events == nil || config.Now == nil || config.Random == nil || config.Identity.Sign == nil {
		return nil, errors.New("webrtclink: the configuration lacks Identity, Events, Now or Random")
	}
	logger := config.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	if config.Network == nil {
		config.Network = func() (transport.Net, error) { return stdnet.NewNet() }
	}
	config.Timing = config.Timing.WithDefaults()
	return &Transport{
		config:   config,
		own:      config.Identity.Remote(),
		logger:   logger,
		sessions: make(map[link.Session]*session),
		warned:   make(map[netip.Addr]time.Time),
	}, nil
}

// Dial implements link.Transport.
func (t *Transport) Dial(id link.Session, remote link.Remote, options link.Options) error {
	if t.own.Device.Compare(remote.Device) >= 0 {
		return link.ErrRole
	}
	if id.Version() != 7 {
		return fmt.Errorf("%w: not a UUID v7", link.ErrUnknownSession)
	}
	s, err := t.begin(id, remote, options, link.RoleOfferer)
	if err != nil {
		return err
	}
	s.post(s.offer)
	return nil
}

// Accept implements link.Transport.
func (t *Transport) Accept(remote link.Remote, offer link.Signal, options link.Options) error {
	parsed, err := offer.Read(remote, t.own, t.config.Now())
	if err != nil {
		return err
	}
	if parsed.Kind != link.SignalOffer {
		return link.Refuse(link.ErrMalformed)
	}
	if remote.Device.Compare(t.own.Device) >= 0 {
		return link.Refuse(link.ErrRole)
	}
	if _, err = checkDescription(parsed.Description); err != nil {
		return link.Refuse(err)
	}
	s, err := t.begin(parsed.Session, remote, options, link.RoleAnswerer)
	if errors.Is(err, link.ErrKnownSession) {
		return link.Refuse(err)
	}
	if err != nil {
		return err
	}
	s.post(func() { s.answer(parsed) })
	for _, signal := range t.takeEarly(remote, parsed.Session) {
		s.post(func() { s.receive(signal) })
	}
	return nil
}

// begin registers a session and starts its goroutine.
func (t *Transport) begin(id link.Session, remote link.Remote, options link.Options, role link.Role) (*session, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.closed {
		return nil, link.ErrClosed
	}
	if _, running := t.sessions[id]; running || !t.seen.Add(remote.Device, id, t.config.Now()) {
		return nil, link.ErrKnownSession
	}
	chosen := t.config.Proxy.Address()
	if !chosen.IsZero() && options.Route != link.RouteNetwork {
		options.Route = link.RouteRelayed
	}
	s := newSession(t, id, remote, options, role, t.relays)
	s.proxied = chosen.String()
	t.sessions[id] = s
	t.running.Go(s.run)
	return s, nil
}

// find answers a session that remote has part in.
func (t *Transport) find(id link.Session) *session {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.sessions[id]
}

func (t *Transport) forget(s *session) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.sessions[s.id] == s {
		delete(t.sessions, s.id)
	}
}

// all answers the sessions of this moment.
func (t *Transport) all() []*session {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	out := make([]*session, 0, len(t.sessions))
	for _, s := range t.sessions {
		out = append(out, s)
	}
	return out
}

// Deliver implements link.Transport.
func (t *Transport) Deliver(remote link.Remote, signal link.Signal) error {
	parsed, err := signal.Read(remote, t.own, t.config.Now())
	if err == nil && parsed.Kind != link.SignalAnswer && parsed.Kind != link.SignalCandidate && parsed.Kind != link.SignalHangup {
		err = link.Refuse(link.ErrMalformed)
	}
	id := signal.Session
	if err == nil {
		id = parsed.Session
	}
	s := t.find(id)
	if s == nil || s.remote != remote {
		if err == nil && s == nil {
			t.keepEarly(remote, parsed)
		}
		return err
	}
	switch {
	case errors.Is(err, link.ErrSkew):
		return err
	case err != nil:
		s.post(func() { s.finish(refusal(err), err) })
		return err
	}
	s.post(func() { s.receive(parsed) })
	return nil
}

// refusal is the reason that belongs to a refused signal.
func refusal(err error) link.Reason {
	if errors.Is(err, link.ErrBinding) || errors.Is(err, link.ErrAddressee) || errors.Is(err, link.ErrVersion) {
		return link.ReasonIdentity
	}
	return link.ReasonProtocol
}

// AskDial implements link.Transport.
func (t *Transport) AskDial(remote link.Remote) (link.Signal, error) {
	if t.own.Device.Compare(remote.Device) <= 0 {
		return link.Signal{}, link.ErrRole
	}
	return link.AskDial(t.own, remote, t.config.Now(), t.config.Random)
}

// Send implements link.Transport. It takes a copy of message.
func (t *Transport) Send(id link.Session, message []byte) error {
	if len(message) > wire.MaxLinkFrame {
		return link.ErrTooLarge
	}
	s := t.find(id)
	if s == nil {
		return link.ErrUnknownSession
	}
	return s.outgoing.push(message)
}

// OpenStream implements link.Transport.
func (t *Transport) OpenStream(ctx context.Context, id link.Session, label string) (link.Stream, error) {
	s := t.find(id)
	if s == nil {
		return nil, link.ErrUnknownSession
	}
	return s.streams.open(ctx, label)
}

// Hangup implements link.Transport.
func (t *Transport) Hangup(id link.Session) {
	if s := t.find(id); s != nil {
		s.post(s.hangup)
	}
}

// Cut implements link.Transport.
func (t *Transport) Cut(id link.Session) {
	if s := t.find(id); s != nil {
		s.post(s.cut)
	}
}

// SetRelays implements link.Transport.
func (t *Transport) SetRelays(relays []link.Relay) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.relays = append([]link.Relay(nil), relays...)
}

// NetworkChanged implements link.Transport: every open session must answer a
// ping within probeTimeout, or it is closed and its owner opens a new one.
func (t *Transport) NetworkChanged() {
	for _, s := range t.all() {
		if s.proxied != t.config.Proxy.Address().String() && s.options.Route != link.RouteNetwork {
			s.post(s.cut)
			continue
		}
		s.post(s.probe)
	}
}

// RecheckBans implements link.Transport: it closes the sessions whose path is banned by now. Packets of a
// newly banned address are dropped without it; this makes the line end at once.
func (t *Transport) RecheckBans() {
	for _, s := range t.all() {
		s.post(s.checkPair)
	}
}

// Close implements link.Transport.
func (t *Transport) Close() error {
	t.mutex.Lock()
	t.closed = true
	t.mutex.Unlock()
	for _, s := range t.all() {
		s.post(s.hangup)
	}
	t.running.Wait()
	return nil
}

// Blocked events are limited to one a minute for each address, in a table
// that cannot grow without bound.
const (
	blockedEvery = time.Minute
	maxBlocked   = 1024
)

func (t *Transport) tellBlocked(address netip.Addr) bool {
	now := time.Now()
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if last, ok := t.warned[address]; ok && now.Sub(last) < blockedEvery {
		return false
	}
	if len(t.warned) >= maxBlocked {
		for old, last := range t.warned {
			if now.Sub(last) >= blockedEvery {
				delete(t.warned, old)
			}
		}
		if len(t.warned) >= maxBlocked {
			return false
		}
	}
	t.warned[address] = now
	return true
}
