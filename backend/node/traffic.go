package node

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of what is told of lines.
const (
	MaxTraffic = 256 // contacts
	MaxDelays  = 30  // round trips of a line: five minutes of pings
)

// Traffic is what lines carried since this device started. Bytes are those of
// frames as they travel: packed, without what encryption and packets add.
type Traffic struct {
	Received, Sent int64 // of all lines
	// Lines are those that are open, then those that carried most; at most MaxTraffic.
	Lines []LineTraffic
}

// LineTraffic is what lines to one contact carried, and how the open one does.
type LineTraffic struct {
	Conversation   uuid.UUID
	Received, Sent int64
	Opened         time.Time       // zero: no line is open; then there is nothing below
	Family         AddressFamily   // of the other end
	Delays         []time.Duration // round trips, oldest first, one every link.PingInterval; at most MaxDelays
}

// AddressFamily is what kind of address somebody has.
type AddressFamily int

// The families. Unknown is also that of somebody behind a relay.
const (
	FamilyUnknown AddressFamily = iota
	FamilyIPv4
	FamilyIPv6
)

func familyOf(address netip.Addr) AddressFamily {
	switch {
	case address.Is4() || address.Is4In6():
		return FamilyIPv4
	case address.Is6():
		return FamilyIPv6
	}
	return FamilyUnknown
}

// volume is how many bytes of frames came and went.
type volume struct{ received, sent int64 }

// frame sends one over an open line and counts it.
func (c *Core) frame(session *session, frame *wire.LinkFrame) {
	size := int64(proto.Size(frame))
	c.volume.sent += size
	if one := c.contacts[session.remote.Peer]; one != nil {
		one.volume.sent += size
	}
	c.do(SendFrame{Session: session.id, Frame: frame})
}

// came counts a frame of theirs.
func (c *Core) came(one *contact, size int) {
	c.volume.received += int64(size)
	one.volume.received += int64(size)
}

// tookRoundTrip keeps one of a line; 0 is not known.
func (s *session) tookRoundTrip(sample time.Duration) {
	if sample <= 0 {
		return
	}
	if len(s.delays) == MaxDelays {
		s.delays = slices.Delete(s.delays, 0, 1)
	}
	s.delays = append(s.delays, sample)
}

func (c *Core) traffic() Traffic {
	all := Traffic{Received: c.volume.received, Sent: c.volume.sent}
	for _, peer := range c.peersSorted() {
		one := c.contacts[peer]
		line := LineTraffic{Conversation: one.Conversation, Received: one.volume.received, Sent: one.volume.sent}
		if current := c.sessions[one.session]; current != nil && current.open {
			line.Opened, line.Delays = current.opened, slices.Clone(current.delays)
			line.Family = familyOf(current.address)
		}
		if line.Opened.IsZero() && line.Received == 0 && line.Sent == 0 {
			continue
		}
		all.Lines = append(all.Lines, line)
	}
	slices.SortStableFunc(all.Lines, func(a, b LineTraffic) int {
		if a.Opened.IsZero() != b.Opened.IsZero() {
			if b.Opened.IsZero() {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Received+b.Sent, a.Received+a.Sent)
	})
	all.Lines = all.Lines[:min(len(all.Lines), MaxTraffic)]
	return all
}
