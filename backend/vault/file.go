package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/tincan-chat/tincan/backend/identity"
)

const (
	magicBegin   = "tincan keys  v"
	magic        = magicBegin + "2\n"
	firstMagic   = magicBegin + "1\n" // of package identity
	masterSize   = 32
	entrySize    = 16
	saltSize     = 16
	nonceSize    = 24
	overhead     = 16 // of a Poly1305 tag
	checksumSize = 8

	// maxFile is more than any key file has.
	maxFile = 1 << 10
)

// Protection is where the master key is.
type Protection byte

// The protections.
const (
	// File: in the key file itself, which only file permissions protect.
	File Protection = 1
	// Keyring: in the system's keyring.
	Keyring Protection = 2
	// Passphrase: wrapped by a key that is made of a passphrase.
	Passphrase Protection = 3
)

// cost is what Argon2id (RFC 9106) takes.
type cost struct {
	passes uint32
	memory uint32 // KiB
	lanes  uint8
}

// standard is the cost of a passphrase that is set: 256 MiB.
var standard = cost{passes: 3, memory: 256 << 10, lanes: 4}

// Bounds of a cost that is read: what a file asks for is spent before anything
// of it is believed.
const (
	maxPasses = 16
	minMemory = 8 << 10
	maxMemory = 1 << 20
	maxLanes  = 16
	// maxWork bounds passes times memory: 4 GiB written.
	maxWork = 4 << 20
)

func (c cost) sound() bool {
	return c.passes >= 1 && c.passes <= maxPasses && c.memory >= minMemory && c.memory <= maxMemory &&
		c.lanes >= 1 && c.lanes <= maxLanes && uint64(c.passes)*uint64(c.memory) <= maxWork
}

// file is a key file, taken apart.
type file struct {
	protection Protection
	peer       identity.PeerID
	device     identity.DeviceID

	master  [masterSize]byte // File
	entry   [entrySize]byte  // Keyring
	cost    cost             // Passphrase, as the following
	salt    [saltSize]byte
	nonce   [nonceSize]byte
	wrapped [masterSize + overhead]byte

	keysNonce [nonceSize]byte
	keys      [identity.SeedsSize + overhead]byte
}

// common is what every header begins with, without magic.
func (f *file) common() []byte {
	data := append([]byte(magic), byte(f.protection))
	data = append(data, f.peer[:]...)
	return append(data, f.device[:]...)
}

// wrapHeader is what is authenticated with the wrapped master key.
func (f *file) wrapHeader() []byte {
	data := binary.BigEndian.AppendUint32(f.common(), f.cost.passes)
	data = binary.BigEndian.AppendUint32(data, f.cost.memory)
	data = append(data, f.cost.lanes)
	return append(data, f.salt[:]...)
}

// header is what is authenticated with the keys.
func (f *file) header() []byte {
	switch f.protection {
	case File:
		return append(f.common(), f.master[:]...)
	case Keyring:
		return append(f.common(), f.entry[:]...)
	case Passphrase:
		data := append(f.wrapHeader(), f.nonce[:]...)
		return append(data, f.wrapped[:]...)
	}
	return nil
}

func (f *file) encode() []byte {
	data := append(f.header(), f.keysNonce[:]...)
	data = append(data, f.keys[:]...)
	sum := sha256.Sum256(data)
	return append(data, sum[:checksumSize]...)
}

// parse takes a key file of version 2 apart. Errors: ErrNewer, identity.ErrKeyFile.
func parse(data []byte) (*file, error) {
	if len(data) > maxFile {
		return nil, identity.ErrKeyFile
	}
	rest, found := bytes.CutPrefix(data, []byte(magic))
	if !found {
		return nil, otherVersion(data)
	}
	if len(rest) < checksumSize {
		return nil, identity.ErrKeyFile
	}
	body := data[:len(data)-checksumSize]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:checksumSize], data[len(body):]) {
		return nil, identity.ErrKeyFile
	}
	r := reader{rest: rest[:len(rest)-checksumSize]}
	f := &file{}
	f.protection = Protection(r.number(1))
	peer, peerErr := identity.PeerIDFromBytes(r.take(len(f.peer)))
	device, deviceErr := identity.DeviceIDFromBytes(r.take(len(f.device)))
	if peerErr != nil || deviceErr != nil {
		return nil, identity.ErrKeyFile
	}
	f.peer, f.device = peer, device
	switch f.protection {
	case File:
		r.fill(f.master[:])
	case Keyring:
		r.fill(f.entry[:])
	case Passphrase:
		f.cost = cost{passes: r.number(4), memory: r.number(4), lanes: uint8(r.number(1))}
		if !f.cost.sound() {
			return nil, identity.ErrKeyFile
		}
		r.fill(f.salt[:])
		r.fill(f.nonce[:])
		r.fill(f.wrapped[:])
	default:
		return nil, identity.ErrKeyFile
	}
	r.fill(f.keysNonce[:])
	r.fill(f.keys[:])
	if r.short || len(r.rest) > 0 {
		return nil, identity.ErrKeyFile
	}
	return f, nil
}

// otherVersion says what a file is that is none of this version.
func otherVersion(data []byte) error {
	rest, found := bytes.CutPrefix(data, []byte(magicBegin))
	if found && len(rest) >= 2 && rest[0] > '2' && rest[0] <= '9' && rest[1] == '\n' {
		return ErrNewer
	}
	return identity.ErrKeyFile
}

// reader takes bytes; past the end it gives nothing and notes it.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(count int) []byte {
	if len(r.rest) < count {
		r.short, r.rest = true, nil
		return nil
	}
	taken := r.rest[:count]
	r.rest = r.rest[count:]
	return taken
}

func (r *reader) fill(into []byte) { copy(into, r.take(len(into))) }

func (r *reader) number(size int) (value uint32) {
	for _, one := range r.take(size) {
		value = value<<8 | uint32(one)
	}
	return value
}
