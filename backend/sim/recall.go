package sim

import (
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// RecallMail implements signaling.Mail.
func (c *client) RecallMail(token string, id uint64, envelope signaling.Receipt) {
	c.request(token, func(why signaling.Answer) signaling.Event { return answered(id, why) }, func(s *server) (signaling.Event, func()) {
		tag := engine.Tag(envelope.Tag)
		owner, box, found, err := s.mailbox.Resolve(c.world().ctx, tag)
		if err == nil && found {
			found, _, err = s.mailbox.Recall(c.world().ctx, owner, box, tag, envelope.Hash, envelope.Size)
		}
		switch {
		case err != nil:
			return answered(id, signaling.AnswerUnavailable), nil
		case !found:
			return answered(id, signaling.AnswerNotFound), nil
		}
		return answered(id, signaling.AnswerDone), nil
	})
}
