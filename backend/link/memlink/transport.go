package memlink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Config of a transport.
type Config struct {
	Identity link.Identity    // required
	Events   func(link.Event) // required; see link.Event
	Random   io.Reader        // required
	Now      func() time.Time // corrected by the server; nil is the network's clock
	Filter   link.Filter      // nil bans nothing
	Timing   link.Timing      // zero fields are the promised times
	Address  netip.Addr       // where others see it; zero is 127.0.0.1
}

// Transport is a link.Transport on a Network, whose mutex guards it.
type Transport struct {
	network  *Network
	config   Config
	own      link.Remote
	closed   bool
	silent   bool // no more events
	sessions map[link.Session]*session
	seen     link.Seen
	blocked  map[netip.Addr]time.Time
}

var _ link.Transport = (*Transport)(nil)

// New makes a device's transport on the network; it takes the place of an
// earlier one of the same device.
func (n *Network) New(config Config) (*Transport, error) {
	if config.Events == nil || config.Random == nil || config.Identity.Sign == nil {
		return nil, errors.New("memlink: the configuration lacks Identity, Events or Random")
	}
	if config.Now == nil {
		config.Now = n.now
	}
	if !config.Address.IsValid() {
		config.Address = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	config.Timing = config.Timing.WithDefaults()
	t := &Transport{
		network: n, config: config, own: config.Identity.Remote(),
		sessions: make(map[link.Session]*session), blocked: make(map[netip.Addr]time.Time),
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.devices[t.own.Device] = t
	return t, nil
}

// Dial implements link.Transport.
func (t *Transport) Dial(id link.Session, remote link.Remote, options link.Options) error {
	if t.own.Device.Compare(remote.Device) >= 0 {
		return link.ErrRole
	}
	if id.Version() != 7 {
		return fmt.Errorf("%w: not a UUID v7", link.ErrUnknownSession)
	}
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	s, err := t.begin(id, remote, options, link.RoleOfferer)
	if err != nil {
		return err
	}
	s.do(s.offer)
	return nil
}

// Accept implements link.Transport.
func (t *Transport) Accept(remote link.Remote, offer link.Signal, options link.Options) error {
	parsed, err := offer.Read(remote, t.own, t.config.Now())
	switch {
	case err != nil:
		return err
	case parsed.Kind != link.SignalOffer:
		return link.Refuse(link.ErrMalformed)
	case remote.Device.Compare(t.own.Device) >= 0:
		return link.Refuse(link.ErrRole)
	}
	if err = checkDescription(parsed.Description); err != nil {
		return err
	}
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	s, err := t.begin(parsed.Session, remote, options, link.RoleAnswerer)
	if errors.Is(err, link.ErrKnownSession) {
		return link.Refuse(err)
	}
	if err != nil {
		return err
	}
	s.do(func() { s.answer(parsed) })
	return nil
}

// begin registers a session; the mutex is held.
func (t *Transport) begin(id link.Session, remote link.Remote, options link.Options, role link.Role) (*session, error) {
	if t.closed {
		return nil, link.ErrClosed
	}
	if t.sessions[id] != nil || !t.seen.Add(remote.Device, id, t.config.Now()) {
		return nil, link.ErrKnownSession
	}
	s := &session{transport: t, id: id, remote: remote, options: options, role: role}
	s.binding = link.Binding{Session: id, Offerer: t.own, Answerer: remote}
	if role == link.RoleAnswerer {
		s.binding.Offerer, s.binding.Answerer = remote, t.own
	}
	t.sessions[id] = s
	s.after(t.config.Timing.Open, func() {
		if !s.open {
			s.finish(link.ReasonTimeout, nil)
		}
	})
	return s, nil
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
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	s := t.sessions[id]
	if s == nil || s.remote != remote {
		if err == nil && s == nil && parsed.Kind == link.SignalHangup {
			t.seen.Add(remote.Device, id, t.config.Now()) // its offer is void when it comes
		}
		return err
	}
	switch {
	case errors.Is(err, link.ErrSkew):
		return err
	case err != nil:
		reason := link.ReasonProtocol
		if errors.Is(err, link.ErrBinding) || errors.Is(err, link.ErrAddressee) || errors.Is(err, link.ErrVersion) {
			reason = link.ReasonIdentity
		}
		s.do(func() { s.finish(reason, err) })
		return err
	}
	s.do(func() { s.receive(parsed) })
	return nil
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
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	s := t.sessions[id]
	switch {
	case s == nil:
		return link.ErrUnknownSession
	case !s.open:
		return link.ErrNotOpen
	}
	return s.send(append([]byte{}, message...))
}

// OpenStream implements link.Transport.
func (t *Transport) OpenStream(ctx context.Context, id link.Session, label string) (link.Stream, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	s := t.sessions[id]
	switch {
	case s == nil:
		return nil, link.ErrUnknownSession
	case !s.open:
		return nil, link.ErrNotOpen
	}
	return s.openStream(label)
}

// Hangup implements link.Transport.
func (t *Transport) Hangup(id link.Session) {
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	if s := t.sessions[id]; s != nil {
		s.do(s.hangup)
	}
}

// Cut implements link.Transport: nothing that is on its way arrives.
func (t *Transport) Cut(id link.Session) {
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	if s := t.sessions[id]; s != nil {
		s.cut = true
		s.do(s.hangup)
	}
}

// SetRelays implements link.Transport: there is nothing to relay.
func (*Transport) SetRelays([]link.Relay) {}

// NetworkChanged implements link.Transport.
func (t *Transport) NetworkChanged() {
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	for _, s := range t.ordered() {
		s.do(s.probe)
	}
}

// RecheckBans implements link.Transport.
func (t *Transport) RecheckBans() {
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	for _, s := range t.ordered() {
		s.do(func() {
			if s.open && t.bans(s.remote) {
				s.finish(link.ReasonBanned, nil)
			}
		})
	}
}

// Close implements link.Transport. The last events are told from here.
func (t *Transport) Close() error {
	t.network.stepping.Lock()
	defer t.network.stepping.Unlock()
	t.network.mutex.Lock()
	if t.silent {
		t.network.mutex.Unlock()
		return nil
	}
	t.closed = true
	for _, s := range t.ordered() {
		s.hangup()
	}
	t.network.mutex.Unlock()
	t.network.tell()
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	t.silent = true
	t.leave()
	return nil
}

// Crash ends the device without a word: no events here, silence for the others.
func (t *Transport) Crash() {
	t.network.mutex.Lock()
	defer t.network.mutex.Unlock()
	t.closed, t.silent = true, true
	for _, s := range t.ordered() {
		s.finish(link.ReasonLocal, nil)
	}
	t.leave()
}

// leave takes the device off the network; the mutex is held.
func (t *Transport) leave() {
	if t.network.devices[t.own.Device] == t {
		delete(t.network.devices, t.own.Device)
	}
}

// ordered answers the sessions in an order that does not depend on the map.
func (t *Transport) ordered() []*session {
	out := make([]*session, 0, len(t.sessions))
	for _, s := range t.sessions {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *session) int { return slices.Compare(a.id[:], b.id[:]) })
	return out
}

// bans tells whether the filter bans a device's address, and counts the
// attempt; the mutex is held.
func (t *Transport) bans(remote link.Remote) bool {
	address := t.addressOf(remote)
	return address.IsValid() && t.config.Filter != nil && t.config.Filter(address)
}

// addressOf is a device's address; the mutex is held.
func (t *Transport) addressOf(remote link.Remote) netip.Addr {
	if other := t.network.devices[remote.Device]; other != nil {
		return other.config.Address
	}
	return netip.Addr{}
}

// tellBlocked is at most once a minute for each address.
func (t *Transport) tellBlocked(s *session) {
	other := t.network.devices[s.remote.Device]
	if other == nil {
		return
	}
	now := t.network.now()
	if last, ok := t.blocked[other.config.Address]; ok && now.Sub(last) < time.Minute {
		return
	}
	t.blocked[other.config.Address] = now
	s.emit(link.Event{Blocked: other.config.Address})
}
