package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// openMail opens a page of letters.
func (n *Node) openMail(ctx context.Context, token string, fetched *signaling.Fetched) MailOpened {
	opened := MailOpened{Token: token, ID: fetched.ID, More: fetched.More, Answer: fetched.Answer}
	now := n.config.Now().Add(n.clockOffset(token))
	for _, kept := range fetched.Mails {
		one := openLetter(n.config.Keys, n.keyring.Load(), now, kept)
		if one.Err != nil {
			n.logger.InfoContext(ctx, "a letter was dropped", slog.Any("error", one.Err))
		} else {
			one.Orders = n.knownOrders(ctx, one.Entries)
		}
		opened.Letters = append(opened.Letters, one)
	}
	return opened
}

// openLetter opens a letter and checks the signatures of its entries. now is
// the time at the server that kept it.
func openLetter(keys *identity.Keys, ring *map[[16]byte]*envelope.SealingKey, now time.Time, kept signaling.Letter) OpenedLetter {
	find := func(id [16]byte) *envelope.SealingKey {
		if ring == nil {
			return nil
		}
		return (*ring)[id]
	}
	content, err := envelope.Open(kept.Envelope, find, now)
	if err == nil && (content.ToPeer != keys.Peer() || content.ToDevice != keys.Device()) {
		err = errLetter
	}
	opened := OpenedLetter{Mail: kept.ID, Stored: kept.Stored, Box: kept.Box, Content: content}
	if err == nil {
		switch content.Kind {
		case wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES:
			opened.Body, opened.Entries, err = parseLetter(content.Body)
		case wire.EnvelopeKind_ENVELOPE_KIND_REQUEST:
			opened.Request, err = parseRequest(content)
		case wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL, wire.EnvelopeKind_ENVELOPE_KIND_UNSPECIFIED:
			err = errLetter
		default: // of a newer minor version
			err = errLetter
		}
	}
	if err != nil {
		return OpenedLetter{Mail: kept.ID, Err: err}
	}
	return opened
}

// parseRequest reads what a request says and checks what can be checked without
// knowing anybody.
func parseRequest(content envelope.Content) (*OpenedRequest, error) {
	body := &wire.RequestBody{}
	if err := wire.Decode(content.Body, maxWhatTheySaid, body); err != nil {
		return nil, errors.Join(errRequest, err)
	}
	if body.GetVersion() != wire.Major || len(body.GetEntries()) != 1 {
		return nil, fmt.Errorf("%w: another version, or not one entry", errRequest)
	}
	entry, err := journal.Parse(body.GetEntries()[0])
	if err != nil {
		return nil, errors.Join(errRequest, err)
	}
	opened := &OpenedRequest{Body: body, Entry: entry}
	if entry.Kind == wire.EntryKind_ENTRY_KIND_SUCCESSION {
		opened.Successions, err = successionsTo(content.FromPeer, entry)
	} else if opened.Text, err = entry.Text(); err == nil {
		err = chat.CheckRequestText(opened.Text)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: its text: %w", errRequest, err)
	case entry.Conversation != chat.DirectConversation(content.FromPeer, content.ToPeer),
		entry.Log.Device != content.FromDevice, entry.Sequence != 1, len(entry.Parents) != 0, entry.Verify() != nil:
		return nil, fmt.Errorf("%w: its entry does not begin a log of its sender", errRequest)
	}
	return opened, nil
}

// parseLetter reads what a letter says and checks the signatures of its entries.
func parseLetter(data []byte) (*wire.EntriesBody, []journal.Entry, error) {
	body := &wire.EntriesBody{}
	if err := wire.Decode(data, maxWhatTheySaid, body); err != nil {
		return nil, nil, err
	}
	entries, err := verifyEntries(body.GetEntries())
	return body, entries, err
}

// sealLetter seals a letter.
func (n *Node) sealLetter(ctx context.Context, e SealLetter) {
	fault.Point("node.letter.seal")
	sealed, err := sealLetter(n.config.Keys, e)
	fault.Point("node.letter.sealed")
	if err != nil {
		n.logger.WarnContext(ctx, "a letter cannot be sealed", slog.Any("error", err))
	}
	e.Letter.Sealed = sealed
	n.inbox.put(LetterSealed{Letter: e.Letter, Err: err})
}

func sealLetter(keys *identity.Keys, e SealLetter) ([]byte, error) {
	return envelope.Seal(envelope.Content{
		FromPeer: keys.Peer(), FromDevice: keys.Device(), ToPeer: e.To.Peer, ToDevice: e.To.Device,
		ID: e.Letter.ID, Time: e.Time, Kind: e.Kind, Tag: e.Tag, Body: e.Body,
		DeviceList: e.DeviceList, ReplyKey: e.ReplyKey,
	}, e.To, keys, e.Time.Add(e.Life))
}
