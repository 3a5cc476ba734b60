package frontend

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"strings"
)

// packedSuffix is what the build adds to the name of a file that it packed
// (vite.config.ts).
const packedSuffix = ".gz"

// unpacked shows the files of a build under their own names, whether they are
// packed or not. Scripts and style sheets take a quarter of their size in the
// program, and so of the memory that the program takes.
type unpacked struct{ built fs.FS }

// Open implements fs.FS.
func (u unpacked) Open(name string) (fs.File, error) {
	file, err := u.built.Open(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	packed, missing := u.built.Open(name + packedSuffix)
	if missing != nil {
		return nil, err // it speaks of the name that was asked for
	}
	opened, err := unpack(packed)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.Join(err, packed.Close())}
	}
	return opened, nil
}

// unpack reads what a packed file says of itself: its header, and at its end
// the length of its content in four bytes, the lowest first (RFC 1952).
func unpack(packed fs.File) (*unpackedFile, error) {
	info, err := packed.Stat()
	if err != nil {
		return nil, err
	}
	source, seeks := packed.(io.ReadSeeker)
	if !seeks {
		return nil, errors.New("it can only be read from its beginning")
	}
	var length [4]byte
	if _, err = source.Seek(-int64(len(length)), io.SeekEnd); err != nil {
		return nil, err
	}
	if _, err = io.ReadFull(source, length[:]); err != nil {
		return nil, err
	}
	if _, err = source.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	content, err := gzip.NewReader(source)
	if err != nil {
		return nil, err
	}
	size := int64(binary.LittleEndian.Uint32(length[:]))
	return &unpackedFile{File: packed, source: source, content: content, info: unpackedInfo{FileInfo: info, size: size}}, nil
}

// unpackedFile is read piece by piece, so that none of it is held whole. Its
// Seek is what a file server needs: it unpacks nothing until the next Read.
type unpackedFile struct {
	fs.File // the packed one

	source  io.ReadSeeker // the same
	content *gzip.Reader
	info    unpackedInfo
	read    int64 // how much was read from content
	next    int64 // where the next Read begins
}

// Stat implements fs.File.
func (f *unpackedFile) Stat() (fs.FileInfo, error) { return f.info, nil }

// Seek implements io.Seeker.
func (f *unpackedFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.next
	case io.SeekEnd:
		offset += f.info.size
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	f.next = offset
	return offset, nil
}

// Read implements fs.File.
func (f *unpackedFile) Read(into []byte) (int, error) {
	if f.next >= f.info.size {
		return 0, io.EOF
	}
	if f.next < f.read {
		if _, err := f.source.Seek(0, io.SeekStart); err != nil {
			return 0, err
		}
		if err := f.content.Reset(f.source); err != nil {
			return 0, err
		}
		f.read = 0
	}
	skipped, err := io.CopyN(io.Discard, f.content, f.next-f.read)
	f.read += skipped
	if err != nil {
		return 0, err
	}
	n, err := f.content.Read(into)
	f.read += int64(n)
	f.next = f.read
	return n, err
}

// unpackedInfo is of a packed file, but for its name and length.
type unpackedInfo struct {
	fs.FileInfo

	size int64
}

// Name implements fs.FileInfo.
func (i unpackedInfo) Name() string { return strings.TrimSuffix(i.FileInfo.Name(), packedSuffix) }

// Size implements fs.FileInfo.
func (i unpackedInfo) Size() int64 { return i.size }
