package envelope

import (
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Errors of Open.
var (
	ErrNotEnvelope = wire.ErrNotEnvelope
	ErrVersion     = wire.ErrOuterVersion
	ErrExpired     = errors.New("envelope: expired")
	ErrClock       = errors.New("envelope: its time is not possible: a clock is wrong")
	ErrUnknownKey  = errors.New("envelope: sealed to a key that is not here")
	ErrOpen        = errors.New("envelope: it does not open: damaged or not for this device")
	ErrSender      = errors.New("envelope: the sender does not hold")
	ErrTooLarge    = errors.New("envelope: too much for one envelope")
	ErrContent     = errors.New("envelope: the content does not fit its sender, its recipient or the protocol")
)

const (
	headerSize    = wire.OuterHeaderSize
	signatureSize = 64
	smallest      = wire.SmallestPadded // bytes of a padded plaintext, at least
	largest       = wire.LargestPadded  // bytes of a padded plaintext
	overhead      = wire.SealOverhead
	maxInner      = largest - signatureSize - 4 // bytes of it without signature and length
	maxClockAhead = 5 * time.Minute             // a sender's clock may be so much ahead
	maxLife       = 14 * 24 * time.Hour         // from writing to expiry
	maxKind       = 255                         // one byte of the header
)

// Content is what an envelope says, and between whom.
type Content struct {
	FromPeer   identity.PeerID
	FromDevice identity.DeviceID
	ToPeer     identity.PeerID
	ToDevice   identity.DeviceID
	ID         uuid.UUID // version 7; the same bytes stored again have the same id
	Time       time.Time // corrected by the carrier's time
	Kind       wire.EnvelopeKind
	// Tag is where a mailbox keeps it, if that is not the tag of the sealing key
	// on that day: only a request may name another one, that of an invite.
	Tag        [16]byte
	Body       []byte
	DeviceList *wire.Signed // of the sender, so that a stranger's device can be checked
	ReplyKey   *wire.Signed // the sender's key record, optional
}

// Tag returns the destination tag of a sealing key on a day (UTC): SHA-256 of
// "tincan/tag/1", key id, and days since 1970, cut to 16 bytes.
func Tag(keyID [keyIDSize]byte, day time.Time) [16]byte {
	hash := sha256.New()
	hash.Write([]byte("tincan/tag/1"))
	hash.Write(keyID[:])
	var days [8]byte
	binary.BigEndian.PutUint64(days[:], uint64(max(day.Unix(), 0)/86_400))
	hash.Write(days[:])
	return [16]byte(hash.Sum(nil))
}

// Seal seals content to a device, until expires: at most 14 days after the
// content's time. Errors: ErrTooLarge, ErrContent for what would not open, or
// of the keys.
func Seal(content Content, to Record, keys *identity.Keys, expires time.Time) ([]byte, error) {
	switch {
	case content.FromPeer != keys.Peer(), content.FromDevice != keys.Device(),
		content.ToPeer != to.Peer, content.ToDevice != to.Device,
		content.Kind <= 0, content.Kind > maxKind, !soundTimes(content.Time, expires):
		return nil, ErrContent
	}
	tag := Tag(to.KeyID, content.Time)
	if content.Tag != ([16]byte{}) {
		if !freeTag(content.Kind) {
			return nil, ErrContent
		}
		tag = content.Tag
	}
	inner, err := wire.Encode(&wire.EnvelopeInner{
		FromIdentity: content.FromPeer[:], FromDevice: content.FromDevice[:],
		ToIdentity: content.ToPeer[:], ToDevice: content.ToDevice[:],
		Id: content.ID[:], TimeMs: content.Time.UnixMilli(), Kind: content.Kind, Body: content.Body,
		FromDeviceList: content.DeviceList, ReplyKey: content.ReplyKey,
	})
	if err != nil {
		return nil, err
	}
	if len(inner) > maxInner {
		return nil, ErrTooLarge
	}
	padded := wire.PaddedSize(signatureSize + 4 + len(inner))
	header := wire.OuterHeader{Kind: content.Kind, Tag: tag, KeyID: to.KeyID, Expires: expires}.Encode(padded + overhead)
	enc, sender, err := hpke.NewSender(to.Public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), header)
	if err != nil {
		return nil, fmt.Errorf("envelope: sealing: %w", err)
	}
	plain := make([]byte, padded)
	copy(plain, keys.SignAsDevice(identity.ContextEnvelope, digest(header, enc, inner)))
	binary.BigEndian.PutUint32(plain[signatureSize:], uint32(len(inner)))
	copy(plain[signatureSize+4:], inner)
	sealed, err := sender.Seal(nil, plain)
	if err != nil {
		return nil, fmt.Errorf("envelope: sealing: %w", err)
	}
	whole := make([]byte, 0, len(header)+len(enc)+len(sealed))
	return append(append(append(whole, header...), enc...), sealed...), nil
}

// freeTag tells whether envelopes of a kind may have a tag that is not derived
// from their sealing key: only who has an invite knows its tag.
func freeTag(kind wire.EnvelopeKind) bool { return kind == wire.EnvelopeKind_ENVELOPE_KIND_REQUEST }

// soundTimes tells whether an envelope of that time may expire then.
func soundTimes(written, expires time.Time) bool {
	from, to := written.UnixMilli(), expires.UnixMilli()
	return from >= 0 && to <= maxTime && from < to && to-from <= maxLife.Milliseconds()
}

func digest(header, enc, inner []byte) []byte {
	hash := sha256.New()
	hash.Write(header)
	hash.Write(enc)
	hash.Write(inner)
	return hash.Sum(nil)
}

// Open opens an envelope with the key that find returns for its key id (nil:
// not here) and checks everything: header, padding, signature, that the device
// is in its identity's device list, and that it is neither expired nor of the
// future. now is the carrier's time, as in Content. Whether it is for this
// device, or came before, is for the caller to check. Errors: all of the above
// but ErrTooLarge and ErrContent.
func Open(sealed []byte, find func(keyID [keyIDSize]byte) *SealingKey, now time.Time) (Content, error) {
	header, err := wire.ParseOuter(sealed)
	if err != nil {
		return Content{}, err
	}
	if now.After(header.Expires) {
		return Content{}, ErrExpired
	}
	if header.Expires.After(now.Add(maxLife + maxClockAhead)) {
		return Content{}, ErrClock
	}
	key := find(header.KeyID)
	if key == nil {
		return Content{}, ErrUnknownKey
	}
	outer, enc, ciphertext := sealed[:headerSize], sealed[headerSize:headerSize+encSize], sealed[headerSize+encSize:]
	recipient, err := hpke.NewRecipient(enc, key.private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), outer)
	if err != nil {
		return Content{}, ErrOpen
	}
	plain, err := recipient.Open(nil, ciphertext)
	if err != nil {
		return Content{}, ErrOpen
	}
	inner, err := unpad(plain)
	if err != nil {
		return Content{}, err
	}
	content, err := readInner(inner)
	if err != nil {
		return Content{}, err
	}
	if header.Tag != Tag(header.KeyID, content.Time) {
		content.Tag = header.Tag
	}
	if content.Kind == 0 || content.Kind != header.Kind || content.Tag != ([16]byte{}) && !freeTag(content.Kind) {
		return Content{}, ErrNotEnvelope
	}
	if !identity.Verify(content.FromDevice, identity.ContextEnvelope, digest(outer, enc, inner), plain[:signatureSize]) {
		return Content{}, ErrSender
	}
	if !soundTimes(content.Time, header.Expires) || content.Time.After(now.Add(maxClockAhead)) {
		return Content{}, ErrClock
	}
	return content, nil
}

// unpad returns the inner bytes; the padding must be zeros and no longer than needed.
func unpad(plain []byte) ([]byte, error) {
	if len(plain) < smallest {
		return nil, ErrNotEnvelope
	}
	length := binary.BigEndian.Uint32(plain[signatureSize:])
	if length > maxInner { // before it becomes an int, which may have 32 bits
		return nil, ErrNotEnvelope
	}
	end := signatureSize + 4 + int(length)
	if end > len(plain) || wire.PaddedSize(end) != len(plain) {
		return nil, ErrNotEnvelope
	}
	for _, padding := range plain[end:] {
		if padding != 0 {
			return nil, ErrNotEnvelope
		}
	}
	return plain[signatureSize+4 : end], nil
}

// readInner parses the inner and checks that the device belongs to the sender.
func readInner(data []byte) (Content, error) {
	inner := &wire.EnvelopeInner{}
	if err := wire.DecodeCanonical(data, maxInner, inner); err != nil {
		return Content{}, fmt.Errorf("%w: %w", ErrNotEnvelope, err)
	}
	content := Content{
		Time: time.UnixMilli(inner.GetTimeMs()), Kind: inner.GetKind(), Body: inner.GetBody(),
		DeviceList: inner.GetFromDeviceList(), ReplyKey: inner.GetReplyKey(),
	}
	var err error
	if content.ID, err = uuid.FromBytes(inner.GetId()); err != nil {
		return Content{}, ErrNotEnvelope
	}
	if content.FromPeer, err = identity.PeerIDFromBytes(inner.GetFromIdentity()); err != nil {
		return Content{}, ErrSender
	}
	if content.FromDevice, err = identity.DeviceIDFromBytes(inner.GetFromDevice()); err != nil {
		return Content{}, ErrSender
	}
	if content.ToPeer, err = identity.PeerIDFromBytes(inner.GetToIdentity()); err != nil {
		return Content{}, ErrNotEnvelope
	}
	if content.ToDevice, err = identity.DeviceIDFromBytes(inner.GetToDevice()); err != nil {
		return Content{}, ErrNotEnvelope
	}
	devices, err := identity.ParseDeviceList(content.DeviceList)
	if err != nil || devices.Peer != content.FromPeer || !devices.Has(content.FromDevice) {
		return Content{}, ErrSender
	}
	if content.ReplyKey != nil {
		reply, err := ParseRecord(content.ReplyKey)
		if err != nil || reply.Peer != content.FromPeer || reply.Device != content.FromDevice {
			return Content{}, ErrSender
		}
	}
	return content, nil
}
