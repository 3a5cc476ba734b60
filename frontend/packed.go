package frontend

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
)

// packedSuffix is what the build adds to the name of a file that it packed
// (vite.config.ts).
const packedSuffix = ".gz"

// unpacked shows the files of a build under their own names, whether they are
// packed or not. Scripts and style sheets take a quarter of their size in the
// program, and so of the memory that the program takes. A packed file is
// unpacked whole by each Open and held as long as its reader.
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
	content, info, err := unpack(packed)
	if err = errors.Join(err, packed.Close()); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &whole{Reader: bytes.NewReader(content), info: wholeInfo{FileInfo: info, size: int64(len(content))}}, nil
}

func unpack(packed fs.File) ([]byte, fs.FileInfo, error) {
	info, err := packed.Stat()
	if err != nil {
		return nil, nil, err
	}
	reader, err := gzip.NewReader(packed)
	if err != nil {
		return nil, nil, err
	}
	content, err := io.ReadAll(reader) // as long as the build made it: it is part of the program
	return content, info, err
}

// whole is an unpacked file. Embedding the reader makes it an io.Seeker, which
// a file server needs.
type whole struct {
	*bytes.Reader
	info wholeInfo
}

// Stat implements fs.File.
func (w *whole) Stat() (fs.FileInfo, error) { return w.info, nil }

// Close implements fs.File.
func (w *whole) Close() error { return nil }

// wholeInfo is of a packed file, but for its name and length.
type wholeInfo struct {
	fs.FileInfo

	size int64
}

// Name implements fs.FileInfo.
func (i wholeInfo) Name() string {
	name := i.FileInfo.Name()
	return name[:len(name)-len(packedSuffix)]
}

// Size implements fs.FileInfo.
func (i wholeInfo) Size() int64 { return i.size }
