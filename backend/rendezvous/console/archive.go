package console

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// ErrArchive says that a file is no backup, or not a whole one.
var ErrArchive = errors.New("this is not a whole backup of a rendezvous server")

const (
	archiveFormat = 1
	entryHead     = "backup.json"
	entryKey      = "server.key"
	enginePrefix  = "engine/"
	entryEnd      = "end.json"
	maxName       = 200     // bytes
	maxSmall      = 4 << 10 // bytes of the entries that are not the engine's
)

// head is the first entry.
type head struct {
	Format  int    `json:"format"`
	MadeMs  int64  `json:"made_ms"`
	Version string `json:"version,omitempty"`
	Node    string `json:"node"`
	Mode    string `json:"mode"`
	Key     string `json:"key"` // the public one, as it stands in addresses
}

// end is the last entry.
type end struct {
	Entries int    `json:"entries"` // before this one
	Sum     string `json:"sha256"`  // over their names, sizes and data
}

// archiveWriter writes entries, and sums them up.
type archiveWriter struct {
	tar  *tar.Writer
	sum  hash.Hash
	many int
	now  time.Time
}

func newArchiveWriter(to io.Writer, now time.Time) *archiveWriter {
	return &archiveWriter{tar: tar.NewWriter(to), sum: sha256.New(), now: now}
}

// put writes an entry.
func (w *archiveWriter) put(name string, data []byte) error {
	add(w.sum, name, data)
	w.many++
	return w.write(name, data)
}

func (w *archiveWriter) write(name string, data []byte) error {
	header := &tar.Header{Name: name, Mode: 0o600, Size: int64(len(data)), ModTime: w.now, Typeflag: tar.TypeReg, Format: tar.FormatPAX}
	if err := w.tar.WriteHeader(header); err != nil {
		return fmt.Errorf("console: backup: %w", err)
	}
	if _, err := w.tar.Write(data); err != nil {
		return fmt.Errorf("console: backup: %w", err)
	}
	return nil
}

func (w *archiveWriter) putJSON(name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("console: backup: %w", err)
	}
	return w.put(name, data)
}

// finish writes the last entry.
func (w *archiveWriter) finish() error {
	data, err := json.Marshal(end{Entries: w.many, Sum: hex.EncodeToString(w.sum.Sum(nil))})
	if err == nil {
		err = w.write(entryEnd, data)
	}
	if err != nil {
		return err
	}
	return w.tar.Close()
}

func add(sum hash.Hash, name string, data []byte) {
	_, _ = fmt.Fprintf(sum, "%d %s %d\n", len(name), name, len(data)) // a hash takes everything
	sum.Write(data)
}

// archiveReader reads entries. It never holds more than one.
type archiveReader struct {
	tar  *tar.Reader
	sum  hash.Hash
	many int
	data []byte
	done bool
}

func newArchiveReader(from io.Reader) *archiveReader {
	return &archiveReader{tar: tar.NewReader(from), sum: sha256.New()}
}

// next returns an entry until it is called again, and io.EOF behind the last
// one, which it checks. Error: ErrArchive.
func (r *archiveReader) next() (name string, data []byte, err error) {
	if r.done {
		return "", nil, io.EOF
	}
	header, err := r.tar.Next()
	if err != nil {
		return "", nil, fmt.Errorf("%w: it ends too early: %w", ErrArchive, notEnd(err))
	}
	most := int64(maxSmall)
	if strings.HasPrefix(header.Name, enginePrefix) {
		most = engine.MaxPiece
	}
	if header.Typeflag != tar.TypeReg || len(header.Name) > maxName || header.Size < 0 || header.Size > most {
		return "", nil, fmt.Errorf("%w: it has something else in it", ErrArchive)
	}
	if int64(cap(r.data)) < header.Size {
		r.data = make([]byte, header.Size)
	}
	r.data = r.data[:header.Size]
	if _, err = io.ReadFull(r.tar, r.data); err != nil {
		return "", nil, fmt.Errorf("%w: it ends too early: %w", ErrArchive, notEnd(err))
	}
	if header.Name != entryEnd {
		add(r.sum, header.Name, r.data)
		r.many++
		return header.Name, r.data, nil
	}
	var told end
	if json.Unmarshal(r.data, &told) != nil || told.Entries != r.many || told.Sum != hex.EncodeToString(r.sum.Sum(nil)) {
		return "", nil, fmt.Errorf("%w: it was changed or damaged", ErrArchive)
	}
	r.done = true
	return "", nil, io.EOF
}

// notEnd keeps io.EOF from being taken for the end of the entries.
func notEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// begin reads the entries before the engine's.
func (r *archiveReader) begin() (about head, key []byte, err error) {
	name, data, err := r.next()
	if err != nil {
		return head{}, nil, err
	}
	if name != entryHead || json.Unmarshal(data, &about) != nil {
		return head{}, nil, fmt.Errorf("%w: it begins otherwise", ErrArchive)
	}
	if about.Format != archiveFormat {
		return head{}, nil, fmt.Errorf("%w: it has format %d, which this program does not know", ErrArchive, about.Format)
	}
	name, data, err = r.next()
	if err != nil {
		return head{}, nil, err
	}
	if name != entryKey {
		return head{}, nil, fmt.Errorf("%w: it has no key", ErrArchive)
	}
	return about, append([]byte(nil), data...), nil
}

// piece returns the next of the engine's.
func (r *archiveReader) piece() (string, []byte, error) {
	name, data, err := r.next()
	if err != nil {
		return "", nil, err
	}
	piece, ok := strings.CutPrefix(name, enginePrefix)
	if !ok {
		return "", nil, fmt.Errorf("%w: %q stands among the engine's", ErrArchive, name)
	}
	return piece, data, nil
}
