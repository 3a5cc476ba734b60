package sim

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Disconnect implements signaling.Client.
func (c *client) Disconnect(token string) {
	if k := c.connections[token]; k != nil {
		k.leave()
		delete(c.connections, token)
	}
}

// Retry implements signaling.Client.
func (c *client) Retry(token string) {
	if k := c.connections[token]; k != nil && !k.up {
		c.during(c.world().spread(c.world().pace.network), k.login)
	}
}

// Publish implements signaling.Client.
func (c *client) Publish(record *wire.PeerRecord) {
	c.record, c.device.record = record, record
	for _, token := range sortedKeys(c.connections) {
		k := c.connections[token]
		if !k.up {
			continue
		}
		one := k.session
		k.send(&k.to, func() {
			if parsed, err := engine.ParseRecord(c.device.keys.Peer(), record); err == nil && !one.ended {
				_ = one.attachment.Publish(c.world().ctx, parsed) // an older one is refused
			}
		})
	}
}

// Watch implements signaling.Client.
func (c *client) Watch(token string, peers []identity.PeerID) {
	k := c.connections[token]
	if k == nil {
		return
	}
	before := k.watched
	k.watched = peers
	if !k.up {
		return
	}
	one := k.session
	k.send(&k.to, func() {
		if !one.ended {
			_ = one.attachment.Watch(c.world().ctx, peers, missing(before, peers)) // as in watch
		}
	})
}

// Refuse implements signaling.Client.
func (c *client) Refuse(token string, peers []identity.PeerID) {
	k := c.connections[token]
	if k == nil {
		return
	}
	k.refused = peers
	if !k.up {
		return
	}
	one := k.session
	k.send(&k.to, func() {
		if !one.ended {
			one.attachment.Refuse(peers)
		}
	})
}

// missing returns what is in the first list only.
func missing(all, some []identity.PeerID) []identity.PeerID {
	for _, one := range some {
		all = without(all, one)
	}
	return all
}

// Send implements signaling.Client.
func (c *client) Send(token string, id uint64, to identity.PeerID, envelope []byte) {
	sent := func(outcome signaling.Outcome) signaling.Event {
		return signaling.Event{Sent: &signaling.Sent{ID: id, Outcome: outcome}}
	}
	var one *session
	if k := c.connections[token]; k != nil {
		one = k.session
	}
	c.request(token, func(signaling.Answer) signaling.Event { return sent(signaling.OutcomeFailed) }, func(*server) (signaling.Event, func()) {
		outcome, err := one.attachment.Send(c.world().ctx, to, envelope)
		if err != nil {
			return sent(signaling.OutcomeFailed), nil
		}
		if outcome == engine.Absent {
			return sent(signaling.OutcomeAbsent), nil
		}
		return sent(signaling.OutcomeAccepted), nil
	})
}

// Lookup implements signaling.Client.
func (c *client) Lookup(token string, id uint64, peer identity.PeerID) {
	found := func(record *wire.PeerRecord) signaling.Event {
		return signaling.Event{Found: &signaling.Found{ID: id, Peer: peer, Record: record}}
	}
	c.request(token, func(signaling.Answer) signaling.Event { return found(nil) }, func(s *server) (signaling.Event, func()) {
		known, here, err := s.board.Lookup(c.world().ctx, peer)
		if err != nil || !here {
			return found(nil), nil
		}
		record, err := known.Message()
		if err != nil {
			return found(nil), nil
		}
		return found(record), nil
	})
}

// RegisterTags implements signaling.Mail.
func (c *client) RegisterTags(token string, id uint64, add []signaling.Tag, remove [][16]byte) {
	if k := c.connections[token]; k != nil {
		for _, name := range remove {
			delete(k.tags, name)
		}
		for _, tag := range add {
			if !tag.Expires.After(c.device.now()) || tag.Expires.Sub(c.device.now()) > signaling.MaxTagLife {
				c.hear(k, answered(id, signaling.AnswerInvalid))
				return
			}
			k.tags[tag.Tag] = tag
		}
		if k.up {
			k.register(id, add)
			return
		}
	}
	event := answered(id, signaling.AnswerNoSession)
	event.Token = token
	c.events(event)
}

// PutMail implements signaling.Mail.
func (c *client) PutMail(token string, id uint64, envelope []byte, proof signaling.Proof) {
	stored := func(answer signaling.Answer, until time.Time) signaling.Event {
		return signaling.Event{Stored: &signaling.Stored{ID: id, Answer: answer, Until: until}}
	}
	k := c.connections[token]
	c.request(token, func(why signaling.Answer) signaling.Event { return stored(why, time.Time{}) }, func(s *server) (signaling.Event, func()) {
		answer, until := s.put(envelope, proof.Invite)
		if answer != signaling.AnswerDone {
			return stored(answer, time.Time{}), nil
		}
		return stored(answer, until.Add(-k.offset)), nil
	})
}

// Cancel implements signaling.Mail.
func (*client) Cancel(string, uint64) {}

// FetchMail implements signaling.Mail.
func (c *client) FetchMail(token string, id uint64) { c.fetchAfter(token, id, nil) }

func (c *client) fetchAfter(token string, id uint64, after []byte) {
	fetched := func(page signaling.Fetched) signaling.Event {
		page.ID = id
		return signaling.Event{Fetched: &page}
	}
	k := c.connections[token]
	c.request(token, func(why signaling.Answer) signaling.Event { return fetched(signaling.Fetched{Answer: why}) }, func(s *server) (signaling.Event, func()) {
		letters, next, answer := s.fetch(c.device.keys.Peer(), after, k.offset)
		page := fetched(signaling.Fetched{Mails: letters, More: len(next) > 0, Answer: answer})
		if len(next) == 0 {
			return page, nil
		}
		return page, func() { c.fetchAfter(token, id, next) }
	})
}

// DeleteMail implements signaling.Mail.
func (c *client) DeleteMail(token string, id uint64, mail [][]byte) {
	c.request(token, func(why signaling.Answer) signaling.Event { return answered(id, why) }, func(s *server) (signaling.Event, func()) {
		if err := s.mailbox.Delete(c.world().ctx, c.device.keys.Peer(), mail); err != nil {
			return answered(id, signaling.AnswerUnavailable), nil
		}
		return answered(id, signaling.AnswerDone), nil
	})
}

// Report implements signaling.Client: nobody complains in a simulation.
func (c *client) Report(token string, id uint64, _ identity.PeerID, _ wire.ReportReason) {
	event := answered(id, signaling.AnswerNotOffered)
	event.Token = token
	c.events(event)
}

// NetworkChanged implements signaling.Client.
func (c *client) NetworkChanged() {
	for _, token := range sortedKeys(c.connections) {
		if k := c.connections[token]; k.up && (*k.to.cut || *k.from.cut) {
			k.dies()
		} else if !k.up {
			c.Retry(token)
		}
	}
}

// Close implements signaling.Client.
func (c *client) Close() error {
	for _, token := range sortedKeys(c.connections) {
		c.connections[token].leave()
	}
	c.closed = true
	return nil
}

// crash ends the client without a word: the servers notice by their lease.
func (c *client) crash() {
	c.closed = true
	for _, token := range sortedKeys(c.connections) {
		if k := c.connections[token]; k.up {
			k.up = false
			one, server := k.session, k.server
			c.world().after(c.world().spread(lease), func() { server.detach(one) })
		}
	}
}

// dies ends a session over a cut way: the client knows at once, the server later.
func (k *connection) dies() {
	if !k.up {
		return
	}
	one, server := k.session, k.server
	k.broken(signaling.CodeUnreachable)
	k.client.world().after(lease-heartbeats, func() { server.detach(one) })
}
