package node

import (
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// syncs tells whether both sides compare by digest and send batches.
func (s *session) syncs() bool { return s.greeted && s.features&wire.FeatureSync != 0 }

// inCommon returns the conversations with a contact, in a fixed order.
func (c *Core) inCommon(one *contact) []*conversation {
	var common []*conversation
	for _, conversation := range c.conversations {
		if conversation.peer == one.Peer {
			common = append(common, conversation)
		}
	}
	slices.SortFunc(common, func(a, b *conversation) int { return slices.Compare(a.id[:], b.id[:]) })
	return common
}

// beginExchanges opens the exchange of every conversation in common: by digest,
// or, with an older version, by the position of the one that it knows.
func (c *Core) beginExchanges(session *session, one *contact) {
	if !session.syncs() {
		session.exchanges[one.Conversation] = replica.NewExchange()
		c.sendPosition(session, c.conversationOf(one))
		return
	}
	states := map[uuid.UUID]replica.State{}
	session.compared = map[uuid.UUID]journal.Vector{}
	for _, conversation := range c.inCommon(one) {
		session.exchanges[conversation.id] = replica.NewExchange()
		session.compared[conversation.id] = conversation.held.Clone()
		states[conversation.id] = conversation.state(session.remote.Device, session.compared[conversation.id])
	}
	session.comparison = replica.NewComparison(states)
	c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Digest{Digest: session.comparison.Open()}})
}

// state is what two devices compare.
func (v *conversation) state(remote identity.DeviceID, held journal.Vector) replica.State {
	theirs := journal.Vector{}
	if position := v.remotes[remote]; position != nil {
		theirs = position.Read.Clone()
	}
	state := replica.State{Held: held, Reads: [2]journal.Vector{v.read.Clone(), theirs}}
	if remote.Compare(v.own.Device) < 0 {
		state.Reads[0], state.Reads[1] = state.Reads[1], state.Reads[0]
	}
	return state
}

// compared goes on with what a frame of the comparison brought.
func (c *Core) compared(session *session, one *contact, outcome replica.Outcome, err error) {
	if err != nil {
		c.refuse(session, one, err.Error())
		return
	}
	for _, page := range outcome.Digests {
		c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Digests{Digests: page}})
	}
	if !outcome.Done {
		return
	}
	for _, id := range outcome.Same {
		held := session.compared[id]
		session.exchanges[id].Position(held, c.now)
		c.filled(one, c.conversations[id], held)
		way := c.broughtBy(session, one, held)
		if moved := c.conversations[id].moveRemote(session.remote.Device, held, nil, way, c.now); len(moved) > 0 {
			c.commit(func(error) { c.tell(Change{Position: id}) }, moved...)
			c.dirty(one.Peer)
		}
	}
	var positions []*wire.Position
	for _, id := range outcome.Differ {
		conversation := c.conversations[id]
		positions = append(positions, replica.Positions(id, conversation.held, c.readToTell(conversation))...)
	}
	for _, page := range replica.Pages(positions) {
		c.frame(session, &wire.LinkFrame{Kind: &wire.LinkFrame_Vectors{Vectors: page}})
	}
	session.comparison, session.compared = nil, nil
	c.pump(session)
}

// comparison takes a frame of the comparison; false for one of another kind.
func (c *Core) comparison(session *session, one *contact, frame *wire.LinkFrame) bool {
	switch kind := frame.GetKind().(type) {
	case *wire.LinkFrame_Digest:
		if session.comparison == nil {
			c.compared(session, one, replica.Outcome{}, replica.ErrComparison)
			return true
		}
		outcome, err := session.comparison.Digest(kind.Digest)
		c.compared(session, one, outcome, err)
	case *wire.LinkFrame_Digests:
		if session.comparison == nil {
			c.compared(session, one, replica.Outcome{}, replica.ErrComparison)
			return true
		}
		outcome, err := session.comparison.Digests(kind.Digests)
		c.compared(session, one, outcome, err)
	case *wire.LinkFrame_Vectors:
		if err := replica.CheckVectors(kind.Vectors); err != nil {
			c.compared(session, one, replica.Outcome{}, err)
			return true
		}
		for _, position := range kind.Vectors.GetPositions() {
			if c.sessions[session.id] == nil {
				break // one of them ended it
			}
			c.position(session, one, position)
		}
	default:
		return false
	}
	return true
}
