package export

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

func falsehood(what string) error { return fmt.Errorf("%w: %s", ErrFalse, what) }

// Verified is what an export holds.
type Verified struct {
	Head     Head
	Device   string // that exported
	Entries  int
	Messages int // of them
	Erased   int // of those, without their text
}

// Verify checks an exported conversation: its folder, or one of its two files.
// Errors: ErrNone, ErrNewer, those that wrap ErrFalse, the system's.
func Verify(path string) (Verified, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		path = filepath.Dir(path)
	}
	file, err := os.Open(filepath.Join(path, FileName))
	if err != nil {
		return Verified{}, fmt.Errorf("export: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	shown, err := os.Open(filepath.Join(path, PageName))
	if err != nil {
		return Verified{}, fmt.Errorf("export: %w", err)
	}
	defer func() { _ = shown.Close() }() // only read
	pageSum := sha256.New()
	if _, err = io.Copy(pageSum, shown); err != nil {
		return Verified{}, fmt.Errorf("export: %w", err)
	}
	return verify(file, hex.EncodeToString(pageSum.Sum(nil)))
}

// verify checks a file against the hash of the page beside it.
func verify(file io.ReadSeeker, pageSum string) (Verified, error) {
	rendered := sha256.New()
	checks := &chains{heads: map[journal.Log]journal.Head{}}
	end, err := render(file, rendered, checks.follow)
	if err != nil {
		return Verified{}, err
	}
	var last seal
	text, ended := bytes.CutSuffix(end.rest, []byte(sealEnd))
	text, begun := bytes.CutPrefix(text, []byte(sealBegin))
	if !begun || !ended {
		return Verified{}, falsehood("its end is missing")
	}
	if err = exact(text, &last); err != nil {
		return Verified{}, falsehood("its seal is damaged")
	}
	body, err := last.signed()
	if err != nil {
		return Verified{}, ErrNone
	}
	device, err := identity.ParseDeviceID(last.Device)
	signature, decodeErr := base64.StdEncoding.DecodeString(last.Signature)
	switch {
	case err != nil || decodeErr != nil || end.people.owner[device] != end.people.me:
		return Verified{}, falsehood("a device of somebody else sealed it")
	case !identity.Verify(device, identity.ContextExport, body, signature):
		return Verified{}, falsehood("its seal is not signed by the device that it names")
	case last.SHA256 != hex.EncodeToString(end.sum.Sum(nil)) || last.Entries != checks.entries:
		return Verified{}, falsehood("it was changed after it was sealed")
	case last.Page != hex.EncodeToString(rendered.Sum(nil)) || last.Page != pageSum:
		return Verified{}, falsehood("the page does not show what the file says")
	}
	return Verified{Head: end.people.head, Device: last.Device, Entries: checks.entries, Messages: checks.messages, Erased: checks.erased}, nil
}

// chains checks that each log is whole from its first entry on.
type chains struct {
	heads                     map[journal.Log]journal.Head
	entries, messages, erased int
}

func (c *chains) follow(one record) error {
	entry := one.entry
	head := c.heads[entry.Log]
	if entry.Sequence != head.Sequence+1 || entry.Previous != head.Hash {
		return falsehood(fmt.Sprintf("entry %d of a log does not follow the one before it", entry.Sequence))
	}
	if entry.Verify() != nil {
		return falsehood("an entry is not signed by its device")
	}
	c.heads[entry.Log] = entry.Head()
	c.entries++
	if entry.Kind == wire.EntryKind_ENTRY_KIND_TEXT {
		c.messages++
		if entry.Erased() {
			c.erased++
		}
	}
	return nil
}

// ending is what a rendered file has besides its entries.
type ending struct {
	people *people
	sum    hash.Hash // of everything before the seal's line
	rest   []byte    // that line
}

// render reads a file twice and writes its page; each sees every entry once, in
// order. A file that has no seal yet is rendered, too.
func render(file io.ReadSeeker, to io.Writer, each func(record) error) (*ending, error) {
	folding := newFolding()
	var before journal.Order
	count := 0
	if _, err := read(file, nil, func(one record) error {
		if one.order.Compare(before) <= 0 {
			return falsehood("the entries are not in their order")
		}
		before = one.order
		if count++; count > maxEntries {
			return ErrNone
		}
		if err := each(one); err != nil {
			return err
		}
		return folding.take(one)
	}); err != nil {
		return nil, err
	}
	shown := &page{to: to, folding: folding}
	end, err := read(file, func(who *people) {
		shown.people = who
		shown.begin()
	}, func(one record) error {
		shown.message(one)
		return shown.err
	})
	if err != nil {
		return nil, err
	}
	return end, shown.end()
}

// read reads a file from its beginning.
func read(file io.ReadSeeker, begin func(*people), each func(record) error) (*ending, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	found := &ending{sum: sha256.New()}
	lines := &lineReader{from: bufio.NewReaderSize(file, maxLine)}
	head, err := lines.next()
	if err != nil {
		return nil, err
	}
	text, begun := bytes.CutPrefix(head, []byte(headBegin))
	text, ended := bytes.CutSuffix(text, []byte(headEnd))
	if !begun || !ended {
		return nil, ErrNone
	}
	if found.people, err = parseHead(text); err != nil {
		return nil, err
	}
	found.sum.Write(head)
	if begin != nil {
		begin(found.people)
	}
	opening, err := lines.next()
	if err != nil || string(opening) != entriesBegin {
		return nil, errors.Join(err, ErrNone)
	}
	found.sum.Write(opening)
	for first := true; ; first = false {
		var one []byte
		if one, err = lines.next(); err != nil {
			return nil, err
		}
		found.sum.Write(one)
		if string(one) == entriesEnd {
			break
		}
		text, ended = bytes.CutSuffix(one, []byte("\n"))
		text, begun = bytes.CutPrefix(text, []byte(","))
		if !ended || begun == first {
			return nil, ErrNone
		}
		var parsed record
		if parsed, err = found.people.parseLine(text); err != nil {
			return nil, err
		}
		if err = each(parsed); err != nil {
			return nil, err
		}
	}
	if found.rest, err = io.ReadAll(io.LimitReader(lines.from, maxLine)); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return found, nil
}

// lineReader reads lines of at most maxLine bytes, with their end.
type lineReader struct{ from *bufio.Reader }

func (l *lineReader) next() ([]byte, error) {
	text, err := l.from.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, ErrNone
	case errors.Is(err, io.EOF):
		return nil, falsehood("its end is missing")
	case err != nil:
		return nil, fmt.Errorf("export: %w", err)
	}
	return text, nil
}
