package node

import (
	"maps"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/handle"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// Times and limits of tags.
const (
	tagDay        = 24 * time.Hour
	tagLeast      = time.Minute // what ends sooner is not worth registering
	maxInviteTags = 1000        // of the newest invites that are open
)

// tagging is a RegisterTags under way: of keys, or of invites.
type tagging struct {
	token   string
	keys    [][16]byte
	invites []signaling.Tag
	gone    map[[16]byte]time.Time
	// strangers is not nil when it is about the tag of strangers, and holds it when it was removed.
	strangers map[[16]byte]time.Time
}

// registerAll makes mail reach this device at its own servers.
func (c *Core) registerAll() {
	for _, token := range sortedTokens(c.network.servers) {
		c.register(c.network.servers[token])
	}
}

// register makes the tags of every sealing key lead here, for each day on which
// somebody may seal to it and one before, since clocks differ; and those of the
// invites that are open, for as long as a tag lives. A new key, which is made
// every day, renews these.
func (c *Core) register(server *server) {
	box := &server.mailbox
	if !server.up || !box.here || server.guest {
		return
	}
	box.tagAt = time.Time{}
	c.registerKeys(server)
	c.registerInvites(server)
	c.registerStrangers(server)
}

func (c *Core) registerKeys(server *server) {
	box := &server.mailbox
	if box.tagged == nil {
		box.tagged = map[[16]byte]bool{}
	}
	var tags []signaling.Tag
	var keys [][16]byte
	for _, key := range c.sealingKeys {
		if box.tagged[key.ID] || key.Delete.Sub(c.now) < tagLeast {
			continue
		}
		// Senders count the days by the server's time.
		for day := key.Created.Add(server.offset - tagDay); !day.After(key.Delete.Add(server.offset)); day = day.Add(tagDay) {
			tags = append(tags, signaling.Tag{Tag: envelope.Tag(key.ID, day), Box: signaling.BoxContact, Expires: c.tagEnds(key.Delete)})
		}
		box.tagged[key.ID] = true
		keys = append(keys, key.ID)
	}
	if len(tags) > 0 {
		c.registerTags(tagging{token: server.token, keys: keys}, tags, nil)
	}
}

func (c *Core) registerInvites(server *server) {
	box := &server.mailbox
	if box.invited == nil {
		box.invited = map[[16]byte]time.Time{}
	}
	maps.DeleteFunc(box.invited, func(_ [16]byte, ends time.Time) bool { return !ends.After(c.now) })
	asked := tagging{token: server.token, gone: maps.Clone(box.invited)}
	open := 0
	for _, one := range c.sortedInvites() {
		if one.Revoked || len(one.Used) >= one.Uses || one.Expires.Sub(c.now) < tagLeast {
			continue
		}
		if open++; open > maxInviteTags {
			break
		}
		tag := signaling.Tag{Tag: invite.Tag(one.Secret), Box: signaling.BoxInvite, Expires: c.tagEnds(one.Expires)}
		delete(asked.gone, tag.Tag)
		if known := box.invited[tag.Tag]; tag.Expires.Sub(known) >= tagDay || known.IsZero() {
			box.invited[tag.Tag] = tag.Expires
			asked.invites = append(asked.invites, tag)
		}
	}
	remove := slices.SortedFunc(maps.Keys(asked.gone), func(a, b [16]byte) int { return slices.Compare(a[:], b[:]) })
	for _, tag := range remove {
		delete(box.invited, tag)
	}
	if len(asked.invites)+len(remove) > 0 {
		c.registerTags(asked, asked.invites, remove)
	}
}

// tagEnds is the end of a tag of something that ends itself.
func (c *Core) tagEnds(end time.Time) time.Time { return earlier(end, c.now.Add(signaling.MaxTagLife)) }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (c *Core) registerTags(asked tagging, tags []signaling.Tag, remove [][16]byte) {
	c.network.nextID++
	c.network.tagging[c.network.nextID] = asked
	c.do(RegisterTags{Token: asked.token, ID: c.network.nextID, Tags: tags, Remove: remove})
}

// tagged: what a session cannot do now is asked again; what a session did not
// live to do is done by the client after the next login.
func (c *Core) tagged(answered signaling.Answered) {
	asked, known := c.network.tagging[answered.ID]
	delete(c.network.tagging, answered.ID)
	server := c.network.servers[asked.token]
	if !known || server == nil {
		return
	}
	switch answered.Answer {
	case signaling.AnswerDone:
		c.do(Log{Message: "mail comes here"})
	case signaling.AnswerUnavailable:
		box := &server.mailbox
		for _, key := range asked.keys {
			delete(box.tagged, key)
		}
		for _, tag := range asked.invites {
			delete(box.invited, tag.Tag)
		}
		maps.Copy(box.invited, asked.gone)
		if asked.strangers != nil {
			box.strangers = asked.strangers[handle.StrangersTag(c.keys.Peer())]
		}
		box.tagAt = c.now.Add(fetchAgain)
	default: // the client registers again what it can
	}
}
