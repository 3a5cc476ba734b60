package rendezvous

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// effect is what a session asks its shell to do.
type effect interface{ isEffect() }

type (
	// write sends a frame to the device.
	write struct{ frame *wire.ServerFrame }
	// attach asks the engine; the answer comes back as Admit or Refuse.
	attach struct {
		peer   identity.PeerID
		device identity.DeviceID
		record engine.Record
	}
	// publish replaces the record; refusal comes back as Refuse.
	publish struct{ record engine.Record }
	// watch changes the watched set.
	watch struct{ add, remove []identity.PeerID }
	// handOn hands an envelope on and answers with the outcome.
	handOn struct {
		id       uint64
		to       identity.PeerID
		envelope []byte
		came     time.Time // when it was read
	}
	// lookup answers with a published record.
	lookup struct {
		id   uint64
		peer identity.PeerID
	}
	// issueRelay answers with STUN and TURN credentials.
	issueRelay struct{}
	// leave detaches, and closes the connection once everything is written.
	leave struct{}
)

func (write) isEffect()      {}
func (attach) isEffect()     {}
func (publish) isEffect()    {}
func (watch) isEffect()      {}
func (handOn) isEffect()     {}
func (lookup) isEffect()     {}
func (issueRelay) isEffect() {}
func (leave) isEffect()      {}
