package node

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/bundle"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// importBatch is how many letters of a bundle are taken at a time.
const importBatch = 32

// ExportBundle implements Commands.
func (n *Node) ExportBundle(ctx context.Context, conversation uuid.UUID) (Bundle, error) {
	plan, err := call[bundlePlan](ctx, n, bundleCall{conversation})
	if err != nil {
		return Bundle{}, err
	}
	made := Bundle{Until: n.config.Now().Add(plan.life)}
	var file bundle.Writer
	reached := plan.after.Clone()
	for _, log := range plan.through.Logs() {
		if err = n.bundleLog(ctx, plan, log, reached, &file, &made); err != nil {
			return Bundle{}, err
		}
	}
	if file.Bytes() == nil { // nothing is missing: it says what is held here
		var sealed []byte
		if sealed, _, err = n.bundleLetter(plan, nil); err != nil {
			return Bundle{}, err
		}
		file.Add(sealed)
	}
	made.Data = file.Bytes()
	_, err = call[nothing](ctx, n, bundledCall{conversation: conversation, device: plan.to.Device, after: plan.after, through: reached})
	return made, err
}

// bundleLog puts what they miss of one log into a bundle, as far as it has room.
func (n *Node) bundleLog(ctx context.Context, plan bundlePlan, log journal.Log, reached journal.Vector, file *bundle.Writer, made *Bundle) error {
	for reached[log].Sequence < plan.through[log].Sequence && !made.More {
		entries, err := n.config.Store.Entries(ctx, plan.conversation, log, reached[log].Sequence, maxEntriesBody)
		if err != nil || len(entries) == 0 {
			return errors.Join(errNoEntries, err)
		}
		sealed, through, err := n.bundleLetter(plan, entries)
		if err != nil {
			return err
		}
		if made.More = !file.Add(sealed); !made.More {
			made.Entries += int(through - reached[log].Sequence)
			reached[log] = journal.Head{Sequence: through}
		}
	}
	return nil
}

// errNoEntries: the disk has not what the core counts on.
var errNoEntries = errors.New("node: entries of the own log cannot be read")

// bundleLetter seals as many of the entries as a letter holds.
func (n *Node) bundleLetter(plan bundlePlan, entries []journal.Entry) (sealed []byte, through uint64, err error) {
	head, _ := proto.Clone(plan.head).(*wire.EntriesBody)
	body, through, err := packLetter(head, entries)
	if err != nil {
		return nil, 0, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, 0, err
	}
	sealed, err = sealLetter(n.config.Keys, SealLetter{
		Letter: Outgoing{ID: id}, Kind: wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES, To: plan.to, Time: plan.now, Life: plan.life, Body: body, DeviceList: plan.deviceList, ReplyKey: plan.replyKey,
	})
	return sealed, through, err
}

// ImportBundle implements Commands.
func (n *Node) ImportBundle(ctx context.Context, data []byte) (Imported, error) {
	envelopes, damage := bundle.Read(data)
	switch {
	case errors.Is(damage, bundle.ErrVersion):
		return Imported{}, &Refusal{Code: "bundle-version", Message: "This file was made by a newer Tincan. Update Tincan to open it."}
	case errors.Is(damage, bundle.ErrTooLarge), errors.Is(damage, bundle.ErrNotBundle):
		return Imported{}, &Refusal{Code: "bundle-none", Message: "This is not a file that Tincan made for sending messages. Choose one that ends with .tincan."}
	case len(envelopes) == 0:
		return Imported{}, errBundleForeign
	}
	live, err := n.Live(ctx) // the core has begun, and the keys are there
	if err != nil {
		return Imported{}, err
	}
	now := n.config.Now().Add(live.Clock)
	all := Imported{Known: true, Damaged: damage != nil}
	var failure error
	for start := 0; start < len(envelopes); start += importBatch {
		var letters []OpenedLetter
		for _, envelope := range envelopes[start:min(start+importBatch, len(envelopes))] {
			one := openLetter(n.config.Keys, n.keyring.Load(), now, signaling.Letter{Envelope: envelope})
			if one.Err == nil && one.Request != nil {
				one = OpenedLetter{Err: errLetter} // a request is for the box of its invite
			}
			if one.Err == nil {
				one.Orders = n.knownOrders(ctx, one.Entries)
			}
			letters = append(letters, one)
		}
		some, err := call[Imported](ctx, n, importCall{letters})
		if refused, ok := errors.AsType[*Refusal](err); ok && strings.HasPrefix(refused.Code, "bundle-") {
			failure, all.Damaged = err, true // the rest may be whole
			continue
		}
		if err != nil {
			return Imported{}, err
		}
		all.Peer, all.Entries, all.Known = some.Peer, all.Entries+some.Entries, all.Known && some.Known
	}
	if all.Peer == (Imported{}).Peer {
		return Imported{}, failure
	}
	return all, nil
}
