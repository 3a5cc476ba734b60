package node

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Bundle is a file for one contact.
type Bundle struct {
	Data    []byte // see package bundle
	Entries int
	Until   time.Time // it can be opened until then
	More    bool      // not everything that is missing had room
}

// Imported is what a bundle brought.
type Imported struct {
	Peer    identity.PeerID // who made it
	Entries int             // that were not here
	Known   bool            // everything was here already
	Damaged bool            // a part of the file could not be read: the rest was taken
}

type (
	bundleCall struct{ conversation uuid.UUID }
	// bundledCall says what a bundle has that was made by a plan.
	bundledCall struct {
		conversation uuid.UUID
		device       identity.DeviceID
		after        journal.Vector
		through      journal.Vector
	}
	importCall struct{ letters []OpenedLetter }
)

// bundlePlan is what a bundle is made by, outside the core: it may be large.
type bundlePlan struct {
	conversation uuid.UUID
	to           envelope.Record
	now          time.Time // by the servers' clocks
	life         time.Duration
	head         *wire.EntriesBody
	deviceList   *wire.Signed
	replyKey     *wire.Signed
	after        journal.Vector // what they hold of my logs
	through      journal.Vector // what there is of them
}

// Why a bundle cannot be made or taken.
var (
	errBundleAsked = &Refusal{Code: "bundle-asked", Message: "They have not accepted yet. A file can be made when they have."}
	errBundleKey   = &Refusal{Code: "bundle-key", Message: "No key of theirs is known that is valid today. Both need to be online once before a file can be made."}
)

// importFailures have a sentence each; for the rest there is a general one.
var importFailures = []struct {
	err     error
	refusal *Refusal
}{
	{errLetterStranger, &Refusal{Code: "bundle-stranger", Message: "This file is from somebody who is not a contact. Nothing was taken from it."}},
	{errLetterBanned, &Refusal{Code: "bundle-banned", Message: "This file is from somebody you banned. Nothing was taken from it."}},
	{envelope.ErrExpired, &Refusal{Code: "bundle-expired", Message: "This file is too old to be opened. Ask for a new one."}},
	{envelope.ErrClock, &Refusal{Code: "bundle-clock", Message: "This file was made at a time that has not come yet. Check the clocks of both computers."}},
	{envelope.ErrVersion, &Refusal{Code: "bundle-version", Message: "This file was made by a newer Tincan. Update Tincan to open it."}},
}

var errBundleForeign = &Refusal{Code: "bundle-foreign", Message: "This file was not made for this computer, or it is damaged. Nothing was taken from it."}

func importRefusal(err error) error {
	for _, known := range importFailures {
		if errors.Is(err, known.err) {
			return known.refusal
		}
	}
	return errBundleForeign
}

// bundle plans a bundle for a contact.
func (c *Core) bundle(id uint64, of uuid.UUID) {
	one := c.byConversation(of)
	if one == nil {
		c.answer(id, bundlePlan{}, errNoConversation)
		return
	}
	if one.State != ContactMutual {
		c.answer(id, bundlePlan{}, errBundleAsked)
		return
	}
	if one.held() {
		c.answer(id, bundlePlan{}, errHeld(one))
		return
	}
	device, _ := one.record.first()
	to, known := one.record.sealTo(device)
	life := min(mailLife, to.Expires.Add(sealingKeyKept).Sub(c.now))
	if !known || life < mailLeastLife || c.network.keyRecord == nil {
		c.answer(id, bundlePlan{}, errBundleKey)
		return
	}
	plan := bundlePlan{
		conversation: of, to: to, now: c.now.Add(c.network.offset), life: life, head: c.letterHead(one),
		deviceList: c.ownRecord().GetDeviceList(), replyKey: c.network.keyRecord,
		after: journal.Vector{}, through: journal.Vector{},
	}
	conversation := c.conversationOf(one)
	for _, log := range conversation.held.Logs() {
		if conversation.ours(log) {
			plan.after[log] = journal.Head{Sequence: conversation.delivered(log)}
			plan.through[log] = conversation.held[log]
		}
	}
	c.answer(id, plan, nil)
}

// bundled remembers what a bundle has.
func (c *Core) bundled(id uint64, call bundledCall) {
	one := c.byConversation(call.conversation)
	if one == nil {
		c.answer(id, nil, errNoConversation)
		return
	}
	var writes []Write
	for _, log := range call.through.Logs() {
		after, through := call.after[log].Sequence, call.through[log].Sequence
		if through <= after {
			continue
		}
		writes = append(writes, PutStep{Step: Step{
			Conversation: one.Conversation, Log: log, After: after, Through: through, Device: call.device, Kind: StepExported, Way: WayBundle, At: c.now,
		}})
		if one.exported == nil {
			one.exported = map[journal.Log]uint64{}
		}
		one.exported[log] = max(one.exported[log], through)
	}
	c.commit(func(err error) { c.answer(id, nil, refusal(err)) }, writes...)
}

// importBundle takes letters of a file as those of a mailbox are taken, and
// answers when they are on disk.
func (c *Core) importBundle(id uint64, call importCall) {
	var imported Imported
	var failure error
	known := 0
	before := map[uuid.UUID]uint64{}
	for _, opened := range call.letters {
		if one := c.contacts[opened.Content.FromPeer]; one != nil {
			if _, counted := before[one.Conversation]; !counted {
				before[one.Conversation] = total(c.conversationOf(one).tip)
			}
		}
		switch err := c.letterOpened(place{}, opened); {
		case err == nil:
			imported.Peer = opened.Content.FromPeer
		case errors.Is(err, errLetterKnown):
			known++
			imported.Peer = opened.Content.FromPeer
		default:
			failure = err
		}
	}
	for conversation, count := range before {
		imported.Entries += int(total(c.conversations[conversation].tip) - count)
	}
	imported.Known = known == len(call.letters)
	if failure != nil && imported.Peer == (identity.PeerID{}) {
		c.answer(id, imported, importRefusal(failure))
		return
	}
	c.commit(func(err error) { c.answer(id, imported, refusal(err)) })
}

// total is how many entries a vector says there are.
func total(vector journal.Vector) uint64 {
	var sum uint64
	for _, head := range vector {
		sum += head.Sequence
	}
	return sum
}
