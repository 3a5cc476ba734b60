package webrtclink

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/link"
)

// Frames of the control channel: kind, flags, 8 bytes.
const (
	controlPing   byte = 1
	controlPong   byte = 2
	controlLength      = 10

	flagRelay byte = 1

	maxPongs = 16 << 10 // bytes of pongs on their way; beyond it pings go unanswered
)

// pinger measures the round trip with one ping at a time.
type pinger struct {
	number uint64
	sent   time.Time
}

func readControlFrame(frame []byte) (kind, flags byte, number uint64, err error) {
	if len(frame) != controlLength || (frame[0] != controlPing && frame[0] != controlPong) {
		return 0, 0, 0, fmt.Errorf("%w: a control frame", errProtocol)
	}
	return frame[0], frame[1], binary.BigEndian.Uint64(frame[2:]), nil
}

func (s *session) controlFrame(kind byte, number uint64) []byte {
	frame := make([]byte, controlLength)
	frame[0] = kind
	if pair := s.pair(); pair != nil && pair.Local.Typ == webrtc.ICECandidateTypeRelay {
		frame[1] = flagRelay
	}
	binary.BigEndian.PutUint64(frame[2:], number)
	return frame
}

// ping asks the other side for a sign of life.
func (s *session) ping(now time.Time) {
	s.nextPing = now.Add(s.transport.config.Timing.Ping)
	s.pings.number++
	s.pings.sent = now
	if err := s.channels[channelControl].writeNow(s.controlFrame(controlPing, s.pings.number)); err != nil {
		s.broke(err)
	}
}

// probe is a ping that must be answered soon.
func (s *session) probe() {
	if !s.open {
		return
	}
	now := time.Now()
	s.silentBy = now.Add(probeTimeout)
	s.ping(now)
}

func (s *session) pong(number uint64, flags byte, now time.Time) {
	if number != s.pings.number {
		return // late, or a second copy
	}
	s.silentBy = time.Time{}
	s.roundTrip = now.Sub(s.pings.sent)
	s.remoteSays = flags&flagRelay != 0
	s.tellPath()
}

func (s *session) tellPath() {
	if !s.open {
		return
	}
	path, host := s.path()
	s.emit(link.Event{Path: &link.PathChanged{Path: path, RoundTrip: s.roundTrip, RelayHost: host, Address: s.address()}})
}

// pairChanged follows each change of the selected pair.
func (s *session) pairChanged() {
	if s.checkPair(); s.finished || !s.open {
		return
	}
	s.tellPath()
	s.ping(time.Now())
}

func (s *session) readControl() {
	control := s.channels[channelControl]
	buffer := make([]byte, controlLength)
	for {
		frame, err := control.read(buffer)
		if err != nil {
			s.post(func() { s.broke(err) })
			return
		}
		if s.muted.Load() {
			continue
		}
		kind, flags, number, err := readControlFrame(frame)
		if err != nil {
			s.post(func() { s.broke(err) })
			return
		}
		s.hear()
		if kind == controlPing {
			if control.raw.BufferedAmount() < maxPongs {
				err = control.writeNow(s.controlFrame(controlPong, number))
			}
			if err != nil {
				s.post(func() { s.broke(err) })
				return
			}
			continue
		}
		now := time.Now()
		s.post(func() { s.pong(number, flags, now) })
	}
}
