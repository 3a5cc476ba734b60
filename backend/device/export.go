package device

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/export"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/vault"
	"github.com/tincan-chat/tincan/backend/wire"
)

// How much of a conversation is read at a time, and the most that is kept of a peer.
const (
	exportBytes   = 1 << 20
	exportEntries = 512
	maxPeerRecord = 48 << 10
)

// Export implements app.Door.
func (d *Device) Export(ctx context.Context, name, language string) (app.SavedExport, error) {
	d.turn()
	defer d.turning.Unlock()
	opened, history := d.open()
	if opened == nil {
		return app.SavedExport{}, explain(vault.ErrLocked, "folder")
	}
	conversation, err := uuid.Parse(name)
	if err != nil {
		return app.SavedExport{}, errNoTalk()
	}
	snapshot, err := history.Load(ctx)
	if err != nil {
		return app.SavedExport{}, err
	}
	at := slices.IndexFunc(snapshot.Contacts, func(one node.Contact) bool { return one.Conversation == conversation })
	if at < 0 && slices.ContainsFunc(snapshot.Conversations, func(one node.Conversation) bool { return one.ID == conversation }) {
		return app.SavedExport{}, &app.Error{
			Code: "export-former", Params: map[string]string{},
			Message: "This was written before you changed your key. An export is signed by the key that wrote, and that one is gone.",
		}
	}
	if at < 0 {
		return app.SavedExport{}, errNoTalk()
	}
	contact := snapshot.Contacts[at]
	devices, err := devicesOf(contact)
	if err != nil {
		return app.SavedExport{}, err
	}
	into, err := downloads(d.folder)
	if err == nil {
		into, err = newFolder(into, "tincan-"+plainName(contact.Name)+"-"+time.Now().Format("2006-01-02"))
	}
	if err != nil {
		return app.SavedExport{}, d.folderTrouble(ctx, err)
	}
	head := export.Head{
		Tincan: d.options.Version, Made: time.Now().UTC().Format(time.RFC3339), Conversation: conversation.String(), Language: export.Known(language),
		Me:   export.Person{Peer: opened.Keys().Peer().String(), Name: snapshot.Self.Name, Devices: export.Encode(snapshot.Self.DeviceList)},
		Them: export.Person{Peer: contact.Peer.String(), Name: contact.Name, Devices: export.Encode(devices)},
	}
	messages, err := export.Write(ctx, into, head, opened.Keys(), entriesOf(history, conversation))
	if err != nil {
		return app.SavedExport{}, errors.Join(d.folderTrouble(ctx, err), os.RemoveAll(into))
	}
	return app.SavedExport{Path: into, Messages: messages}, nil
}

func errNoTalk() error {
	return &app.Error{Code: "no-conversation", Message: "This conversation is not on this computer any more.", Params: map[string]string{}}
}

// devicesOf returns the signed device list of a contact.
func devicesOf(contact node.Contact) ([]byte, error) {
	record := &wire.PeerRecord{}
	if err := wire.Decode(contact.Record, maxPeerRecord, record); err != nil || record.GetDeviceList() == nil {
		return nil, &app.Error{
			Code: "export-unknown", Params: map[string]string{},
			Message: "Nothing is known of their devices yet, so nobody could check what is exported. Try again when they have answered.",
		}
	}
	return wire.Encode(record.GetDeviceList())
}

// entriesOf reads a conversation a piece at a time.
func entriesOf(history *store.Store, conversation uuid.UUID) export.Source {
	return func(ctx context.Context, each func(journal.Entry, journal.Order) error) error {
		seen := journal.Vector{}
		for {
			entries, err := history.Beyond(ctx, conversation, seen, exportBytes, exportEntries)
			if err != nil || len(entries) == 0 {
				return err
			}
			names := make([]journal.Hash, 0, len(entries))
			for _, entry := range entries {
				names = append(names, entry.Hash())
			}
			orders, err := history.Orders(ctx, names)
			if err != nil {
				return err
			}
			for i, entry := range entries {
				if err = each(entry, orders[names[i]]); err != nil {
					return err
				}
				seen[entry.Log] = entry.Head()
			}
		}
	}
}

// newFolder makes a folder that is not there yet.
func newFolder(parent, name string) (string, error) {
	for count := 1; count <= mostAlike; count++ {
		path := filepath.Join(parent, name)
		if count > 1 {
			path += "-" + strconv.Itoa(count)
		}
		if err := os.Mkdir(path, 0o700); !errors.Is(err, fs.ErrExist) {
			return path, err
		}
	}
	return "", fs.ErrExist
}
