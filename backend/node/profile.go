package node

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"slices"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

type setProfileCall struct {
	name  string
	color int
	more  bool // about and picture are set, too
	about string
	// picture is a JPEG, nil for none.
	picture []byte
}

func (c *Core) setProfile(id uint64, call setProfileCall) {
	before, self := c.self, c.self
	self, err := call.apply(self)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	if self.Created.IsZero() {
		self.Created = c.now
		signed, err := c.keys.DeviceList(1, c.now)
		if err != nil {
			c.answer(id, nil, err)
			return
		}
		if self.DeviceList, err = wire.Encode(signed); err != nil {
			c.answer(id, nil, err)
			return
		}
	}
	// Counted at once, so that whatever is written of this person meanwhile says the same.
	c.self = self
	writes := []Write{PutSelf{Self: self}}
	told := c.tellProfile(before)
	for _, one := range told {
		writes = append(writes, one)
	}
	c.commit(func(err error) {
		if err != nil {
			c.self.Name, c.self.Color, c.self.Created, c.self.DeviceList = before.Name, before.Color, before.Created, before.DeviceList
			c.self.About, c.self.Picture = before.About, before.Picture
			c.answer(id, nil, refusal(err))
			return
		}
		c.tell(Change{Self: true})
		for _, one := range told {
			c.appendedQuietly(one)
		}
		if before.Created.IsZero() {
			c.arrangeServers()
			c.relocate()
		} else {
			c.publish()
		}
		c.answer(id, nil, nil)
	}, writes...)
}

// apply returns this person as the call wants them to be.
func (call setProfileCall) apply(self Self) (Self, error) {
	var err error
	if self.Name, err = chat.CheckName(call.name); err != nil {
		return self, err
	}
	if err = chat.CheckColor(call.color); err != nil {
		return self, err
	}
	self.Color = call.color
	if !call.more {
		return self, nil
	}
	if self.About, err = checkAbout(call.about); err != nil {
		return self, err
	}
	if len(call.picture) > journal.MaxPicture {
		return self, &Refusal{Code: "picture", Message: "This picture cannot be used. Choose a JPEG, PNG or GIF image."}
	}
	self.Picture = call.picture
	return self, nil
}

func sameProfile(a, b Self) bool {
	return a.Name == b.Name && a.Color == b.Color && a.About == b.About && bytes.Equal(a.Picture, b.Picture)
}

// tellProfileTo writes it to somebody who was not a contact yet when it changed.
func (c *Core) tellProfileTo(one *contact, before Self) {
	if sameProfile(before, c.self) {
		return
	}
	if appended, err := c.writeProfile(c.conversationOf(one)); err == nil {
		c.commit(func(err error) {
			if err == nil {
				c.appendedQuietly(appended)
			}
		}, appended)
	}
}

// tellProfile writes how this person wants to be shown into every conversation,
// also with people who were only asked, if that is something else than before.
func (c *Core) tellProfile(before Self) []AppendEntry {
	if before.Created.IsZero() || sameProfile(before, c.self) {
		return nil
	}
	var told []AppendEntry
	for _, peer := range c.peersSorted() {
		one := c.contacts[peer]
		if _, banned := c.bannedPeer(peer); banned {
			continue
		}
		if appended, err := c.writeProfile(c.conversationOf(one)); err == nil {
			told = append(told, appended)
		}
	}
	return told
}

func (c *Core) writeProfile(conversation *conversation) (AppendEntry, error) {
	body, err := journal.ProfileBody(journal.Profile{Name: c.self.Name, Color: uint32(c.self.Color), About: c.self.About, Picture: c.self.Picture})
	if err != nil {
		return AppendEntry{}, err
	}
	return c.writeEntry(conversation, wire.EntryKind_ENTRY_KIND_PROFILE, body)
}

// appendedQuietly goes on after an own entry is on disk that is no talk.
func (c *Core) appendedQuietly(appended AppendEntry) {
	one := c.byConversation(appended.Entry.Conversation)
	if one == nil {
		return
	}
	c.conversationOf(one).count(appended, false)
	c.push(appended.Entry, one.Peer)
	c.dirty(one.Peer)
}

// learnProfile takes how they want to be shown, unless an entry of theirs says it.
func (c *Core) learnProfile(one *contact, profile *wire.Profile) {
	if profile == nil || !one.Profile.IsZero() {
		return
	}
	name := chat.TheirName(profile.GetName(), one.Name)
	color := chat.TheirColor(profile.GetColor())
	if name != one.Name || color != one.Color {
		one.Name, one.Color = name, color
		c.keep(PutContact{Contact: one.Contact})
		c.dirty(one.Peer)
	}
}

// learnEntries adds to entries of theirs what they say about their author. The
// contact is changed at once, but for its picture, which the interface reads from
// the store; kept says that the writes ended: when the entries could not be
// kept, they are not known and come again.
func (c *Core) learnEntries(one *contact, writes []Write) (_ []Write, kept func(error)) {
	before := one.Contact
	for _, write := range writes {
		appended, ok := write.(AppendEntry)
		if !ok || appended.Mine || appended.Order.Compare(one.ProfileOrder) <= 0 {
			continue
		}
		profile, err := appended.Entry.Profile()
		name := chat.TheirName(profile.Name, "")
		if err != nil || name == "" {
			continue
		}
		one.Name, one.Color, one.About = name, chat.TheirColor(profile.Color), chat.CleanName(profile.About)
		one.Profile, one.ProfileOrder = appended.Entry.Hash(), appended.Order
		one.Picture = [32]byte{}
		if len(profile.Picture) > 0 {
			one.Picture = sha256.Sum256(profile.Picture)
		}
	}
	if one.ProfileOrder == before.ProfileOrder {
		return writes, func(error) {}
	}
	one.keeping++
	c.dirty(one.Peer)
	return append(writes, PutContact{Contact: one.Contact}), func(err error) {
		one.keeping--
		c.dirty(one.Peer)
		if err != nil {
			one.Profile, one.ProfileOrder = before.Profile, before.ProfileOrder
		}
	}
}

// remotesSorted returns the positions of all devices in a fixed order.
func (v *conversation) remotesSorted() []*RemotePosition {
	return slices.SortedFunc(maps.Values(v.remotes), func(a, b *RemotePosition) int { return a.Device.Compare(b.Device) })
}
