package sim

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// mailBatch is the protocol's, in bytes.
const mailBatch = 256 << 10

// server is a rendezvous server: the real engine of one process, whose mailbox
// outlives a restart as that of a server with disks does, while who is here and
// their records do not.
type server struct {
	world   *World
	number  int
	address identity.Server
	mailbox engine.Mailbox
	board   *memory.Engine
	handed  map[identity.PeerID][]engine.Mail // the last that were handed out
	down    bool
	full    bool // every box
	here    []*session
}

// session is one device's connection, seen from the server.
type session struct {
	server     *server
	connection *connection
	attachment engine.Attachment
	ended      bool
}

func newServer(w *World, number int) (*server, error) {
	keys, err := identity.NewKeys(source(w.plan.Seed, "server", number))
	if err != nil {
		return nil, err
	}
	s := &server{world: w, number: number, handed: map[identity.PeerID][]engine.Mail{}}
	s.address = identity.Server{Key: identity.ServerKey(keys.Peer()), URLs: []string{fmt.Sprintf("wss://127.0.0.1:%d", 7117+number)}}
	s.board = memory.New(memory.Options{Now: s.now})
	s.mailbox = s.board.Mailbox()
	return s, nil
}

func (s *server) now() time.Time { return s.world.now }

// attach takes a login. Errors: of engine.ParseRecord and engine.Engine.Attach.
func (s *server) attach(c *connection, record *wire.PeerRecord) (*session, error) {
	device := c.client.device
	parsed, err := engine.ParseRecord(device.keys.Peer(), record)
	if err != nil {
		return nil, err
	}
	one := &session{server: s, connection: c}
	one.attachment, err = s.board.Attach(s.world.ctx, device.keys.Peer(), device.keys.Device(), parsed, one)
	if err != nil {
		return nil, err
	}
	s.here = append(s.here, one)
	return one, nil
}

// detach ends a session.
func (s *server) detach(one *session) {
	if one.ended {
		return
	}
	one.ended = true
	one.attachment.Detach()
	s.here = without(s.here, one)
}

func without[T comparable](all []T, gone T) []T {
	var left []T
	for _, one := range all {
		if one != gone {
			left = append(left, one)
		}
	}
	return left
}

// lose ends the server; what it keeps is there when it returns.
func (s *server) lose() {
	s.world.tell("server %d is lost", s.number)
	s.down = true
	here := s.here
	s.here = nil
	for _, one := range here {
		one.ended = true
		one.attachment.Detach()
	}
	for _, one := range here {
		one.connection.broken(signaling.CodeUnreachable)
	}
	s.board = memory.New(memory.Options{Now: s.now})
}

func (s *server) comeBack() {
	s.world.tell("server %d is back", s.number)
	s.down = false
}

// Deliver implements engine.Sink.
func (one *session) Deliver(envelope []byte) bool {
	w := one.server.world
	event := signaling.Event{Received: append([]byte{}, envelope...)}
	if w.strikes(w.weather.loseSignal) {
		w.report.Lost++
		return true
	}
	if w.strikes(w.weather.forge) {
		w.report.Forged++
		one.connection.tell(signaling.Event{Received: w.changed(envelope)})
	}
	if w.strikes(w.weather.doubleSignal) {
		w.report.Doubled++
		one.late(event)
	}
	if w.strikes(w.weather.delaySignal) {
		w.report.Reordered++
		one.late(event)
		return true
	}
	one.connection.tell(event)
	return true
}

// late tells an event out of order.
func (one *session) late(event signaling.Event) {
	c := one.connection
	number := c.number
	c.client.during(one.server.world.spread(5*time.Second), func() {
		if c.up && c.number == number {
			c.client.hear(c, event)
		}
	})
}

// Presence implements engine.Sink.
func (one *session) Presence(peer identity.PeerID, online bool) {
	one.connection.tell(signaling.Event{Presence: &signaling.Presence{Peer: peer, Online: online}})
}

// MailArrived implements engine.Sink.
func (one *session) MailArrived() {
	one.connection.tell(signaling.Event{Arrived: &signaling.Arrived{}})
}

// Ended implements engine.Sink.
func (one *session) Ended(engine.End) {
	one.ended = true
	one.server.here = without(one.server.here, one)
}

// register makes tags lead to a peer's boxes.
func (s *server) register(owner identity.PeerID, add []signaling.Tag, offset time.Duration) signaling.Answer {
	var claims []engine.TagClaim
	for _, tag := range add {
		if expires := tag.Expires.Add(offset); expires.After(s.now()) {
			claims = append(claims, engine.TagClaim{Tag: engine.Tag(tag.Tag), Box: engine.Box(tag.Box), Expires: expires})
		}
	}
	err := s.mailbox.Register(s.world.ctx, owner, claims, nil)
	switch {
	case err == nil:
		return signaling.AnswerDone
	case errors.Is(err, engine.ErrTagTaken):
		return signaling.AnswerTaken
	case errors.Is(err, engine.ErrTooManyTags):
		return signaling.AnswerTooMany
	}
	return signaling.AnswerUnavailable
}

// put leaves a letter, as rendezvous.Server does.
func (s *server) put(envelope, secret []byte) (answer signaling.Answer, until time.Time) {
	header, err := wire.ParseOuter(envelope)
	if err != nil || !header.Expires.After(s.now()) {
		return signaling.AnswerRefused, until
	}
	until = header.Expires
	if most := s.now().Add(engine.MaxMailLife).Truncate(time.Millisecond); until.After(most) {
		until = most
	}
	owner, box, found, err := s.mailbox.Resolve(s.world.ctx, header.Tag)
	switch {
	case err != nil:
		return signaling.AnswerUnavailable, until
	case !found:
		s.world.report.NoTag++
		return signaling.AnswerNotFound, until
	case box == engine.BoxInvite && (len(secret) != protocol.SecretSize || protocol.InviteTag([protocol.SecretSize]byte(secret)) != header.Tag):
		return signaling.AnswerProof, until
	case s.full:
		return signaling.AnswerFull, until
	case s.world.plan.drops(s.world.random):
		return signaling.AnswerDone, until
	}
	err = s.mailbox.Put(s.world.ctx, owner, box, header.Tag, envelope, until)
	switch {
	case errors.Is(err, engine.ErrBoxFull):
		return signaling.AnswerFull, until
	case err != nil:
		return signaling.AnswerUnavailable, until
	}
	s.world.report.Stored++
	if s.board.Mailbox() != s.mailbox { // hints of an earlier life go nowhere
		for _, one := range s.here {
			if one.connection.client.device.keys.Peer() == owner {
				one.MailArrived()
			}
		}
	}
	return signaling.AnswerDone, until
}

// fetch returns a page of what is kept for a peer.
func (s *server) fetch(owner identity.PeerID, after []byte, offset time.Duration) (letters []signaling.Letter, next []byte, answer signaling.Answer) {
	mails, next, err := s.mailbox.Fetch(s.world.ctx, owner, after, mailBatch)
	if err != nil {
		return nil, nil, signaling.AnswerUnavailable
	}
	for _, mail := range s.forge(owner, mails) {
		letters = append(letters, signaling.Letter{ID: mail.ID, Envelope: mail.Envelope, Stored: mail.Stored.Add(-offset), Box: signaling.Box(mail.Box)})
	}
	return letters, next, signaling.AnswerDone
}

// mostHanded is how many letters a server can hand out again, to each peer.
const mostHanded = 8

// forge adds to letters some that were changed, and some once more: of these, and
// of those that were deleted since.
func (s *server) forge(owner identity.PeerID, mails []engine.Mail) []engine.Mail {
	w := s.world
	handed := s.handed[owner]
	all := mails
	if w.weather.forge > 0 {
		all = nil
		for _, mail := range slices.Concat(handed, mails) {
			if w.strikes(w.weather.forge) {
				w.report.Forged++
				mail := mail
				mail.ID, mail.Envelope = fmt.Append(nil, "forged ", w.report.Forged), w.changed(mail.Envelope)
				all = append(all, mail)
			}
			if w.strikes(w.weather.forge) {
				w.report.Forged++
				mail := mail
				mail.ID = fmt.Append(nil, "again ", w.report.Forged)
				all = append(all, mail)
			}
		}
		all = append(all, mails...)
	}
	handed = append(handed, mails...)
	s.handed[owner] = handed[max(0, len(handed)-mostHanded):]
	return all
}

// changed returns an envelope with a bit of it changed, or cut short.
func (w *World) changed(envelope []byte) []byte {
	other := bytes.Clone(envelope)
	at := w.random.IntN(len(other))
	if w.random.IntN(8) == 0 {
		return other[:at]
	}
	other[at] ^= 1 << w.random.IntN(8)
	return other
}

// kept returns the envelopes that a server keeps for a peer.
func (s *server) kept(owner identity.PeerID) (names [][sha256.Size]byte, err error) {
	mails, _, err := s.mailbox.Fetch(s.world.ctx, owner, nil, 1<<30)
	for _, mail := range mails {
		names = append(names, sha256.Sum256(mail.Envelope))
	}
	return names, err
}
