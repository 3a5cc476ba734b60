package webrtclink

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

var errCertificate = errors.New("webrtclink: the certificate is not the one that was signalled")

// ready sends our confirmation once all channels are there and the answer is
// known, and begins to wait for theirs.
func (s *session) ready() {
	if s.expected || !s.described || s.binding.AnswerHash == [sha256.Size]byte{} {
		return
	}
	for _, opened := range s.channels {
		if opened == nil {
			return
		}
	}
	s.expected = true
	s.confirmBy = time.Now().Add(s.transport.config.Timing.Confirm)
	s.hear()
	if s.checkPair(); s.finished {
		return
	}
	remote := sha256.Sum256(s.connection.SCTP().Transport().GetRemoteCertificate())
	if remote != s.theirs {
		s.finish(link.ReasonIdentity, errCertificate)
		return
	}
	s.binding.OffererCertificate, s.binding.AnswererCertificate = s.certificate, remote
	if s.role == link.RoleAnswerer {
		s.binding.OffererCertificate, s.binding.AnswererCertificate = remote, s.certificate
	}
	config := &s.transport.config
	proof, err := s.binding.Confirm(s.role, config.Random, config.Identity.Sign)
	if err == nil {
		err = s.channels[channelMessages].writeNow(append([]byte{frameConfirm}, proof...))
	}
	if err != nil {
		s.finish(link.ReasonFailed, err)
		return
	}
	s.readers.Go(s.readMessages)
}

// confirm judges the first frame that came.
func (s *session) confirm(frame []byte) {
	if s.open {
		return
	}
	if len(frame) == 0 || frame[0] != frameConfirm {
		s.finish(link.ReasonIdentity, fmt.Errorf("%w: something came before the confirmation", link.ErrConfirm))
		return
	}
	if err := s.binding.Verify(s.role.Other(), frame[1:]); err != nil {
		s.finish(link.ReasonIdentity, err)
		return
	}
	if s.checkPair(); s.finished {
		return
	}
	now := time.Now()
	s.open = true
	close(s.confirmed)
	s.dialer.suffices()
	s.outgoing.start()
	s.streams.start(s.channels[channelStreams])
	s.readers.Go(s.writeMessages)
	s.readers.Go(s.readControl)
	s.readers.Go(s.readStreams)
	path, host := s.path()
	s.emit(link.Event{Opened: &link.Opened{Path: path, RelayHost: host, Address: s.address(), Binding: s.binding.Digest()}})
	s.ping(now)
}

// readMessages reads the message channel: the confirmation first, and nothing
// of what follows before it has been judged.
func (s *session) readMessages() {
	defer close(s.deaf)
	messages := s.channels[channelMessages]
	buffer := make([]byte, wire.LinkFragment)
	frame, err := messages.read(buffer)
	if err != nil {
		s.post(func() { s.broke(err) })
		return
	}
	first := append([]byte(nil), frame...)
	s.post(func() { s.confirm(first) })
	select {
	case <-s.confirmed:
	case <-s.context.Done():
		return
	}
	var parts assembler
	waiting := newBudget(maxUndelivered)
	for {
		if frame, err = messages.read(buffer); err != nil {
			s.post(func() { s.broke(err) })
			return
		}
		if s.muted.Load() {
			continue
		}
		s.hear()
		if len(frame) == frameHeader && frame[0] == frameBye {
			s.post(func() { s.finish(link.ReasonRemote, nil) })
			return
		}
		message, whole, partErr := parts.add(frame)
		if partErr != nil {
			s.post(func() { s.broke(partErr) })
			return
		}
		if !whole {
			continue
		}
		if !waiting.take(s.context, len(message)+messageCost) {
			return
		}
		s.post(func() {
			waiting.give(len(message) + messageCost)
			s.emit(link.Event{Message: message})
		})
	}
}
