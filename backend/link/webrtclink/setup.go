package webrtclink

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/pion/ice/v2"
	"github.com/pion/stun"
	"github.com/pion/transport/v2"
	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// How ICE and SCTP are tuned. Measured: behind NAT a channel opens in 0.2-0.3 s
// instead of 1.0-1.2 s with the shorter acceptance waits, and a cut is noticed
// after 6 s instead of 30 s.
const (
	disconnectedAfter = 2 * time.Second
	failedAfter       = 4 * time.Second // counted from disconnected
	keepalive         = 500 * time.Millisecond
	acceptHost        = 0
	acceptReflexive   = 50 * time.Millisecond
	acceptPeer        = 100 * time.Millisecond
	acceptRelay       = 500 * time.Millisecond // and relayTrips more, see relayWait
	acceptRelayMost   = 2 * time.Second        // pion's own
	relayTrips        = 5
	handshakeRetry    = 250 * time.Millisecond // of DTLS; the default of 1 s is felt when the first flight is lost
	receiveWindow     = 16 << 20               // of SCTP
)

var errNoRelay = errors.New("webrtclink: only relays are allowed, and none is known")

// connect makes the peer connection with its channels.
func (s *session) connect() error {
	certificate, hash, err := newCertificate()
	if err != nil {
		return err
	}
	s.certificate = hash
	servers := s.iceServers()
	policy := webrtc.ICETransportPolicyAll
	if s.options.Route == link.RouteRelayed {
		policy = webrtc.ICETransportPolicyRelay
		if len(servers) == 0 {
			return errNoRelay
		}
	}
	base, err := s.transport.config.Network()
	if err != nil {
		return fmt.Errorf("webrtclink: reading the network interfaces: %w", err)
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(s.settings(base)))
	connection, err := api.NewPeerConnection(webrtc.Configuration{
		Certificates:       []webrtc.Certificate{certificate},
		ICEServers:         servers,
		ICETransportPolicy: policy,
	})
	if err != nil {
		return fmt.Errorf("webrtclink: making a connection: %w", err)
	}
	s.connection = connection
	connection.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil {
			if candidate.Typ == webrtc.ICECandidateTypeRelay {
				s.dialer.suffices()
			}
			s.post(func() { s.sendCandidate(candidate) })
		}
	})
	connection.OnICEConnectionStateChange(func(state webrtc.ICEConnectionState) {
		if state == webrtc.ICEConnectionStateFailed {
			s.post(func() { s.failed(errors.New("webrtclink: ICE failed")) })
		}
	})
	connection.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateFailed {
			s.post(func() { s.failed(errors.New("webrtclink: the connection failed")) })
		}
	})
	connection.OnDataChannel(func(*webrtc.DataChannel) {
		s.post(func() {
			s.finish(link.ReasonProtocol, fmt.Errorf("%w: a channel that was not agreed on", errProtocol))
		})
	})
	connection.SCTP().Transport().ICETransport().OnSelectedCandidatePairChange(func(pair *webrtc.ICECandidatePair) {
		s.gate(pair)
		s.post(s.pairChanged)
	})
	return s.addChannels()
}

func (s *session) settings(base transport.Net) webrtc.SettingEngine {
	config := &s.transport.config
	var settings webrtc.SettingEngine
	settings.LoggerFactory = pionLog{logger: s.transport.logger}
	settings.DetachDataChannels()
	settings.SetSDPMediaLevelFingerprints(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetIncludeLoopbackCandidate(true) // two people on one machine, without any network
	settings.DisableActiveTCP(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	settings.SetICETimeouts(disconnectedAfter, failedAfter, keepalive)
	settings.SetHostAcceptanceMinWait(acceptHost)
	settings.SetSrflxAcceptanceMinWait(acceptReflexive)
	settings.SetPrflxAcceptanceMinWait(acceptPeer)
	settings.SetRelayAcceptanceMinWait(relayWait(s.servers))
	settings.SetDTLSRetransmissionInterval(handshakeRetry)
	settings.SetDTLSInsecureSkipHelloVerify(true) // ICE has proved the return path already
	settings.SetSCTPMaxReceiveBufferSize(receiveWindow)
	settings.EnableSCTPZeroChecksum(true) // RFC 9653: DTLS protects every packet better than a CRC
	wrapped := &network{Net: base, resolved: s.relays.note, disguised: s.relays.disguised, asking: &s.asking, ports: int(s.transport.ports.Load())}
	if config.Filter != nil || s.options.Route == link.RouteNetwork {
		wrapped.banned = s.refused
	}
	s.dialer.network, wrapped.actual = wrapped, s.dialer.actual
	settings.SetICEProxyDialer(s.dialer)
	settings.SetNet(wrapped)
	settings.SetIPFilter(func(ip net.IP) bool {
		address, ok := netip.AddrFromSlice(ip)
		return ok && (!config.LoopbackOnly || address.Unmap().IsLoopback()) && (s.options.Route != link.RouteNetwork || near(address.Unmap()))
	})
	return settings
}

// refused tells whether no packet goes to or comes from an address: it is
// banned, or not on this network when nothing else is wanted.
func (s *session) refused(address netip.Addr) bool {
	if s.options.Route == link.RouteNetwork && !near(address) {
		return true
	}
	return s.transport.config.Filter != nil && s.blocked(address)
}

// relayWait is how long relayed pairs wait for a direct one. On a slow network
// everything before the first check of a direct pair takes round trips: the own
// address, the candidates, and what pion's agent asks of the relay meanwhile.
func relayWait(relays []link.Relay) time.Duration {
	nearest := time.Duration(0)
	for _, relay := range relays {
		if relay.RoundTrip > 0 && (nearest == 0 || relay.RoundTrip < nearest) {
			nearest = relay.RoundTrip
		}
	}
	return min(acceptRelay+relayTrips*nearest, acceptRelayMost)
}

// iceServers leaves out what pion would refuse, so that one bad address of a
// server does not keep a line from opening, and tells the dialer of the rest.
func (s *session) iceServers() []webrtc.ICEServer {
	s.dialer = newRelayDialer(s.context, s.transport.config.RelayRoots, s.through())
	if s.options.Route == link.RouteNetwork {
		return nil // not even to learn the own address
	}
	var out []webrtc.ICEServer
	for _, relay := range s.servers {
		var urls []string
		for _, url := range relay.URLs {
			turn := strings.HasPrefix(url, "turn:") || strings.HasPrefix(url, "turns:")
			uri, err := stun.ParseURI(url)
			if err != nil || (turn && (relay.Username == "" || relay.Password == "")) {
				s.transport.logger.Warn("a relay's address or credentials are not usable")
				continue
			}
			if s.options.Route == link.RouteRelayed && !turn {
				continue
			}
			if learned, usable := s.dialer.learn(url, uri, &relay); usable {
				urls = append(urls, learned)
			}
		}
		if len(urls) > 0 {
			out = append(out, webrtc.ICEServer{URLs: urls, Username: relay.Username, Credential: relay.Password})
		}
	}
	return out
}

// offer is the first step of the offerer.
func (s *session) offer() {
	if err := s.connect(); err != nil {
		s.finish(link.ReasonFailed, err)
		return
	}
	description, err := s.connection.CreateOffer(nil)
	if err != nil {
		s.finish(link.ReasonFailed, fmt.Errorf("webrtclink: making an offer: %w", err))
		return
	}
	body, err := describe(description.SDP, nil)
	if err == nil {
		err = s.connection.SetLocalDescription(description)
	}
	if err != nil {
		s.finish(link.ReasonFailed, err)
		return
	}
	if sent, ok := s.signal(&wire.SignalBody{Kind: &wire.SignalBody_Offer{Offer: body}}); ok {
		s.binding.OfferHash, s.binding.OfferNonce = sent.Hash, sent.Nonce
		s.offerSDP = sha256.Sum256([]byte(description.SDP))
	}
}

// answer is the first step of the answerer; the offer has been checked.
func (s *session) answer(offer link.Parsed) {
	s.binding.OfferHash, s.binding.OfferNonce = offer.Hash, offer.Nonce
	if err := s.connect(); err != nil {
		s.finish(link.ReasonFailed, err)
		return
	}
	if !s.describeRemote(webrtc.SDPTypeOffer, offer.Description) {
		return
	}
	description, err := s.connection.CreateAnswer(nil)
	if err != nil {
		s.finish(link.ReasonFailed, fmt.Errorf("webrtclink: making an answer: %w", err))
		return
	}
	body, err := describe(description.SDP, offer.Description.GetSdpHash())
	if err == nil {
		err = s.connection.SetLocalDescription(description)
	}
	if err != nil {
		s.finish(link.ReasonFailed, err)
		return
	}
	if sent, ok := s.signal(&wire.SignalBody{Kind: &wire.SignalBody_Answer{Answer: body}}); ok {
		s.binding.AnswerHash, s.binding.AnswerNonce = sent.Hash, sent.Nonce
		s.ready()
	}
}

func (s *session) receiveAnswer(answer link.Parsed) {
	if s.described && s.answered == answer.Hash {
		return // a second copy
	}
	if s.role != link.RoleOfferer || s.described {
		s.finish(link.ReasonProtocol, link.Refuse(link.ErrMalformed))
		return
	}
	if !bytes.Equal(answer.Description.GetOfferHash(), s.offerSDP[:]) {
		s.finish(link.ReasonIdentity, link.Refuse(fmt.Errorf("%w: it answers another offer", link.ErrBinding)))
		return
	}
	s.answered = answer.Hash
	s.binding.AnswerHash, s.binding.AnswerNonce = answer.Hash, answer.Nonce
	s.describeRemote(webrtc.SDPTypeAnswer, answer.Description)
}

// describeRemote checks a description and hands it to pion.
func (s *session) describeRemote(kind webrtc.SDPType, description *wire.Description) bool {
	read, err := checkDescription(description)
	if err != nil {
		s.finish(link.ReasonIdentity, link.Refuse(err))
		return false
	}
	s.theirs = read.fingerprint
	s.relays.begin(time.Now(), relayWait(s.servers))
	if err = s.connection.SetRemoteDescription(webrtc.SessionDescription{Type: kind, SDP: description.GetSdp()}); err != nil {
		s.finish(link.ReasonProtocol, fmt.Errorf("%w: a description that cannot be used", errProtocol))
		return false
	}
	s.described = true
	for _, candidate := range s.pending {
		s.addCandidate(candidate)
	}
	s.pending = nil
	return true
}

func (s *session) sendCandidate(candidate *webrtc.ICECandidate) {
	if s.options.Route == link.RouteRelayed && candidate.Typ != webrtc.ICECandidateTypeRelay {
		return
	}
	// The related address (RFC 8839 section 5.1) is for diagnosis only and would
	// tell the address behind a relay; pion leaves it out when it is empty.
	candidate.RelatedAddress, candidate.RelatedPort = "", 0
	text := candidate.ToJSON().Candidate
	s.signal(&wire.SignalBody{Kind: &wire.SignalBody_Candidate{Candidate: &wire.Candidate{Candidate: text}}})
}

func (s *session) receiveCandidate(text string) {
	if text == "" {
		return // the end of candidates changes nothing: checks go on until the session opens or ends
	}
	address, err := readCandidate(text)
	if err != nil {
		s.finish(link.ReasonProtocol, link.Refuse(err))
		return
	}
	if s.candidates++; s.candidates > maxPending {
		return
	}
	if !s.tells(text, address.Addr()) {
		return
	}
	if s.refused(address.Addr()) {
		return
	}
	section := uint16(0)
	candidate := webrtc.ICECandidateInit{Candidate: text, SDPMLineIndex: &section}
	if !s.described {
		s.pending = append(s.pending, candidate)
		return
	}
	s.addCandidate(candidate)
}

func (s *session) addCandidate(candidate webrtc.ICECandidateInit) {
	if err := s.connection.AddICECandidate(candidate); err != nil {
		s.transport.logger.Debug("a candidate cannot be used", "error", err)
		return
	}
	if address, err := readCandidate(candidate.Candidate); err == nil {
		s.relays.expect(address)
	}
	s.nudging(candidate)
}
