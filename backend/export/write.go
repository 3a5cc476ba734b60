package export

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Source gives the entries of a conversation from the first to the last, in
// order.
type Source func(ctx context.Context, each func(entry journal.Entry, order journal.Order) error) error

// Write writes both files into a folder that has neither, and returns how many
// messages there are. keys sign for the one who exports.
func Write(ctx context.Context, folder string, head Head, keys *identity.Keys, source Source) (messages int, err error) {
	head.Version = 1
	data, err := json.Marshal(head)
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	who, err := parseHead(data)
	if err != nil {
		return 0, err
	}
	path := filepath.Join(folder, FileName)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	defer func() { _ = file.Close() }() // closed below when all is well
	sum := sha256.New()
	buffered := bufio.NewWriter(io.MultiWriter(file, sum))
	if _, err = buffered.WriteString(headBegin + string(data) + headEnd + entriesBegin); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	count := 0
	err = source(ctx, func(entry journal.Entry, order journal.Order) error {
		text, failure := encodeLine(entry, order)
		if failure != nil {
			return failure
		}
		if count > 0 {
			_ = buffered.WriteByte(',') // its error stays, for Flush
		}
		_, _ = buffered.Write(text)
		count++
		if entry.Kind == wire.EntryKind_ENTRY_KIND_TEXT {
			messages++
		}
		return buffered.WriteByte('\n')
	})
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	_, _ = buffered.WriteString(entriesEnd)
	if err = buffered.Flush(); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	page, err := writePage(file, filepath.Join(folder, PageName))
	if err != nil {
		return 0, err
	}
	last := seal{Entries: count, SHA256: hex.EncodeToString(sum.Sum(nil)), Page: page, Device: keys.Device().String()}
	body, err := last.signed()
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	if who.me != keys.Peer() {
		return 0, falsehood("somebody else exports")
	}
	last.Signature = encode64(keys.SignAsDevice(identity.ContextExport, body))
	if data, err = json.Marshal(last); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	if _, err = file.Seek(0, io.SeekEnd); err == nil {
		_, err = file.WriteString(sealBegin + string(data) + sealEnd)
	}
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	return messages, file.Close()
}

// writePage renders the page of what is in the file so far, and returns its hash.
func writePage(file *os.File, path string) (sum string, err error) {
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("export: %w", err)
	}
	defer func() { _ = to.Close() }() // closed below when all is well
	hash := sha256.New()
	buffered := bufio.NewWriter(io.MultiWriter(to, hash))
	if _, err = render(file, buffered, func(record) error { return nil }); err != nil {
		return "", err
	}
	if err = buffered.Flush(); err == nil {
		err = to.Sync()
	}
	if err != nil {
		return "", fmt.Errorf("export: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), to.Close()
}
