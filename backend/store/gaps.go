package store

import (
	"encoding/binary"
	"slices"
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

// wipePages overwrites what was found where it lies in gaps and free blocks of
// pages, which hold nothing; false when some of it lies elsewhere. It writes past
// SQLite: whatever part of it arrives on the disk, the pages say the same. The
// write-ahead log must be empty, and the caller holds writing.
func (t *transaction) wipePages(found []span) (bool, error) {
	if len(found) == 0 {
		return true, nil
	}
	header := make([]byte, fileHeader)
	if _, err := t.raw.ReadAt(header, 0); err != nil {
		return false, translate(err)
	}
	size := int64(binary.BigEndian.Uint16(header[pageSizeAt:]))
	if size == 1 {
		size = 65536
	}
	information, err := t.raw.Stat()
	if err != nil {
		return false, translate(err)
	}
	if size < 512 || information.Size()/size > mostPages {
		return false, nil
	}
	page := make([]byte, size)
	usable := int(size) - int(header[reservedAt])
	slices.SortFunc(found, func(a, b span) int { return int(min(max(a.from-b.from, -1), 1)) })
	all := true
	for len(found) > 0 {
		begin := found[0].from / size * size
		end := 0
		for end < len(found) && found[end].from < begin+size {
			end++
		}
		here := found[:end]
		found = found[end:]
		if begin == 0 { // the first page is laid out differently
			all = false
			continue
		}
		if _, err = t.raw.ReadAt(page, begin); err != nil {
			return false, translate(err)
		}
		free := freeOf(page, usable)
		for _, one := range here {
			at := slices.IndexFunc(free, func(gap span) bool { return begin+gap.from <= one.from && one.to <= begin+gap.to })
			if at < 0 {
				all = false
				continue
			}
			if _, err = t.raw.WriteAt(make([]byte, free[at].to-free[at].from), begin+free[at].from); err != nil {
				return false, translate(err)
			}
		}
	}
	if err = t.raw.Sync(); err != nil {
		return false, translate(err)
	}
	// The writer remembers pages with their gaps, and would write these again.
	_, err = t.exec("PRAGMA shrink_memory")
	return all, err
}

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
