package export

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Errors of an export that is looked at.
var (
	ErrNone  = errors.New("export: this is no exported conversation")
	ErrNewer = errors.New("export: a newer version made it")
	// ErrFalse is wrapped by what does not hold; the text says where.
	ErrFalse = errors.New("export: it does not hold")
)

// Names of the files.
const (
	FileName = "conversation.json"
	PageName = "conversation.html"
)

// Limits of what is read.
const (
	maxLine    = 256 << 10 // an entry of 96 KiB in base64, and room
	maxEntries = 10_000_000
	maxParts   = 1_000_000 // edits, deletions and reactions
	maxName    = 1 << 10
)

// Marks between the parts of the file.
const (
	headBegin    = `{"head":`
	headEnd      = ",\n"
	entriesBegin = "\"entries\":[\n"
	entriesEnd   = "],\n"
	sealBegin    = `"seal":`
	sealEnd      = "}\n"
)

// Person is one of the two.
type Person struct {
	Peer    string `json:"peer"`    // PeerID
	Name    string `json:"name"`    // as the one who exported sees it
	Devices string `json:"devices"` // the signed device list
}

// Head says what the file is.
type Head struct {
	Version      int    `json:"version"` // 1: of the file and of the page
	Tincan       string `json:"tincan"`  // the version that made it
	Made         string `json:"made"`    // RFC 3339, UTC
	Conversation string `json:"conversation"`
	Language     string `json:"language,omitempty"` // of the page: BCP 47, as Known has it; English where there is none
	Me           Person `json:"me"`                 // who exported
	Them         Person `json:"them"`
}

// line is an entry in the file.
type line struct {
	Header    string `json:"header"`
	Signature string `json:"signature"`
	Salt      string `json:"salt,omitempty"`
	Body      string `json:"body,omitempty"`
	Order     string `json:"order"` // among all entries
}

// seal ends the file.
type seal struct {
	Entries   int    `json:"entries"`
	SHA256    string `json:"sha256"` // hexadecimal, of everything before the seal's line
	Page      string `json:"page"`   // hexadecimal SHA-256 of the page
	Device    string `json:"device"` // hexadecimal, who signs
	Signature string `json:"signature,omitempty"`
}

// signed is what the signature of a seal is over.
func (s seal) signed() ([]byte, error) {
	bare := s
	bare.Signature = ""
	return json.Marshal(bare)
}

// Encode writes bytes as they stand in a file.
func Encode(data []byte) string { return encode64(data) }

func encode64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// exact decodes JSON that is in the form that this package writes.
func exact(data []byte, into any) error {
	if err := json.Unmarshal(data, into); err != nil {
		return ErrNone
	}
	again, err := json.Marshal(into)
	if err != nil || !bytes.Equal(again, data) {
		return ErrNone
	}
	return nil
}

// people are the two, with whom each device belongs to.
type people struct {
	head         Head
	conversation uuid.UUID
	me, them     identity.PeerID
	owner        map[identity.DeviceID]identity.PeerID
}

// parseHead checks a head. Errors: ErrNone, ErrNewer, ErrFalse.
func parseHead(data []byte) (*people, error) {
	var version struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(data, &version) == nil && version.Version > 1 {
		return nil, ErrNewer
	}
	p := &people{owner: map[identity.DeviceID]identity.PeerID{}}
	if err := exact(data, &p.head); err != nil {
		return nil, err
	}
	var err error
	if p.conversation, err = uuid.Parse(p.head.Conversation); err != nil || p.head.Version != 1 || Known(p.head.Language) != p.head.Language {
		return nil, ErrNone
	}
	if _, err = time.Parse(time.RFC3339, p.head.Made); err != nil {
		return nil, ErrNone
	}
	if p.me, err = p.add(p.head.Me); err != nil {
		return nil, err
	}
	if p.them, err = p.add(p.head.Them); err != nil {
		return nil, err
	}
	if p.me == p.them {
		return nil, falsehood("the two people are one")
	}
	return p, nil
}

func (p *people) add(person Person) (identity.PeerID, error) {
	peer, err := identity.ParsePeerID(person.Peer)
	if err != nil || peer.String() != person.Peer || len(person.Name) > maxName {
		return peer, ErrNone
	}
	data, err := base64.StdEncoding.DecodeString(person.Devices)
	if err != nil {
		return peer, ErrNone
	}
	listed := &wire.Signed{}
	if err = wire.Decode(data, maxLine, listed); err != nil {
		return peer, ErrNone
	}
	list, err := identity.ParseDeviceList(listed)
	if err != nil || list.Peer != peer {
		return peer, falsehood("a device list is not signed by its person")
	}
	for _, device := range list.Devices {
		if _, known := p.owner[device]; known {
			return peer, falsehood("a device belongs to both")
		}
		p.owner[device] = peer
	}
	return peer, nil
}

// record is an entry of the file, parsed; its signature is not looked at.
type record struct {
	entry  journal.Entry
	order  journal.Order
	author identity.PeerID
}

func encodeLine(entry journal.Entry, order journal.Order) ([]byte, error) {
	one := line{Header: encode64(entry.HeaderBytes), Signature: encode64(entry.Signature), Order: order.String()}
	if entry.Body != nil {
		one.Salt, one.Body = encode64(entry.Salt), encode64(entry.Body)
	}
	return json.Marshal(one)
}

func (p *people) parseLine(data []byte) (record, error) {
	var one line
	var found record
	if err := exact(data, &one); err != nil {
		return found, err
	}
	kept := &wire.Entry{}
	var err error
	for _, part := range []struct {
		text string
		into *[]byte
	}{{one.Header, &kept.Header}, {one.Signature, &kept.Signature}, {one.Salt, &kept.Salt}, {one.Body, &kept.Body}} {
		if part.text == "" {
			continue
		}
		if *part.into, err = base64.StdEncoding.DecodeString(part.text); err != nil {
			return found, ErrNone
		}
	}
	if found.entry, err = journal.Parse(kept); err != nil {
		return found, falsehood("an entry is not what its author signed")
	}
	if found.order, err = journal.ParseOrder(one.Order); err != nil {
		return found, ErrNone
	}
	entry := found.entry
	if found.order != journal.OrderOf(uint64(found.order.Effective().UnixMilli()), entry.Log, entry.Sequence) {
		return found, falsehood("an entry stands where another one belongs")
	}
	author, known := p.owner[entry.Log.Device]
	if !known || entry.Conversation != p.conversation {
		return found, falsehood("an entry belongs to somebody else")
	}
	found.author = author
	return found, nil
}
