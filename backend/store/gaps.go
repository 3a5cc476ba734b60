package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Pages of the database's file (https://www.sqlite.org/fileformat2.html). A page
// of a B-tree has a header, pointers to its cells, a gap, and the cells, between
// which there may be free blocks.
const (
	fileHeader    = 100 // bytes at the beginning of the first page
	pageSizeAt    = 16  // in the file's header, 2 bytes, 1 for 65536
	reservedAt    = 20  // bytes at the end of each page that are not SQLite's
	leafHeader    = 8   // bytes
	innerHeader   = 12  // bytes
	freeBlockHead = 4   // bytes: where the next one is, and how long this one is
	// mostPages is how many there may be so that the number which a page that is
	// not of a B-tree begins with cannot look like the kind of one that is: 0x02
	// is the least of these, in the number's highest byte.
	mostPages = 1 << 25
)

// wipeGaps overwrites the gaps and free blocks of all pages, which hold nothing:
// SQLite leaves copies of rows there when it moves them to other pages, and later
// cells may cover the ends of such a copy, by which it would be known. It tells
// whether something that was erased lies elsewhere. It reads the whole file, 1 GiB
// in about a second, and writes past SQLite: whatever part of it arrives on the
// disk, the pages say the same. The write-ahead log must be empty, and the caller
// holds writing. The file stays open: closing it would end SQLite's own locks on
// it (fcntl).
func (t *transaction) wipeGaps() (elsewhere bool, err error) {
	if t.raw == nil {
		if t.raw, err = os.OpenFile(filepath.Join(t.folder, fileName), os.O_RDWR, 0); err != nil {
			t.raw = nil
			return false, translate(err)
		}
	}
	size, usable, err := t.pages()
	if err != nil {
		return false, err
	}
	const part = 1 << 20 // a multiple of every page's size
	wanted := newNeedles(t.erased)
	buffer := make([]byte, wanted.longest+part)
	empty := make([]byte, size)
	wiped := false
	for at, held := int64(0), 0; ; {
		read, failure := t.raw.ReadAt(buffer[held:held+part], at)
		fresh := buffer[held : held+read]
		for begin := 0; size > 0 && begin+size <= read; begin += size {
			if at == 0 && begin == 0 {
				continue // the first page is laid out differently
			}
			page := fresh[begin : begin+size]
			for _, gap := range freeOf(page, usable) {
				stretch := page[gap.from:gap.to]
				if bytes.Equal(stretch, empty[:len(stretch)]) {
					continue
				}
				clear(stretch)
				if _, err = t.raw.WriteAt(stretch, at+int64(begin)+gap.from); err != nil {
					return false, translate(err)
				}
				wiped = true
			}
		}
		at += int64(read)
		elsewhere = elsewhere || wanted.in(buffer[:held+read])
		if errors.Is(failure, io.EOF) {
			break
		}
		if failure != nil {
			return false, translate(failure)
		}
		// What stands across two parts is found with the next one.
		held = copy(buffer, buffer[max(0, held+read-wanted.longest):held+read])
	}
	if !wiped {
		return elsewhere, nil
	}
	if err = t.raw.Sync(); err != nil {
		return false, translate(err)
	}
	// The writer remembers pages with their gaps, and would write these again.
	_, err = t.exec("PRAGMA shrink_memory")
	return elsewhere, err
}

// pages returns the size of the file's pages and how much of each is SQLite's, 0
// when they are not to be understood.
func (t *transaction) pages() (size, usable int, err error) {
	header := make([]byte, fileHeader)
	if _, err = t.raw.ReadAt(header, 0); err != nil {
		return 0, 0, translate(err)
	}
	information, err := t.raw.Stat()
	if err != nil {
		return 0, 0, translate(err)
	}
	size = int(binary.BigEndian.Uint16(header[pageSizeAt:]))
	if size == 1 {
		size = 65536
	}
	if size < 512 || information.Size()/int64(size) > mostPages {
		return 0, 0, nil
	}
	return size, size - int(header[reservedAt]), nil
}

// span is a stretch of a page, in bytes.
type span struct{ from, to int64 }

// freeOf returns the stretches of a page of a B-tree that hold nothing, none when
// it is not such a page or not as it should be.
func freeOf(page []byte, usable int) []span {
	number := func(at int) int { return int(binary.BigEndian.Uint16(page[at:])) }
	var header int
	switch page[0] {
	case 0x0a, 0x0d: // leaves, of an index and of a table
		header = leafHeader
	case 0x02, 0x05:
		header = innerHeader
	default:
		return nil
	}
	cells, content := number(3), number(5)
	if content == 0 {
		content = 65536
	}
	begin := header + 2*cells
	if begin > content || content > usable {
		return nil
	}
	for cell := range cells {
		if at := number(header + 2*cell); at < content || at >= usable {
			return nil
		}
	}
	free := []span{{int64(begin), int64(content)}}
	for block := number(1); block != 0; {
		if block < content || block+freeBlockHead > usable {
			return nil
		}
		next, length := number(block), number(block+2)
		if length < freeBlockHead || block+length > usable || next != 0 && next < block+length {
			return nil
		}
		free = append(free, span{int64(block + freeBlockHead), int64(block + length)})
		block = next
	}
	return free
}
