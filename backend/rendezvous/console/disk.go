package console

import (
	"io/fs"
	"path/filepath"
	"sync"
	"time"
)

const (
	diskLife  = 30 * time.Second
	mostFiles = 200_000 // that are added up
)

// room is what there is on the disk, in bytes. total is 0 when the system does not say.
type room struct{ used, free, total uint64 }

// disk adds up the data folder now and then.
type disk struct {
	folder string

	mu   sync.Mutex
	last room
	at   time.Time
}

func (d *disk) look(now time.Time) room {
	d.mu.Lock()
	defer d.mu.Unlock()
	if since := now.Sub(d.at); !d.at.IsZero() && since >= 0 && since < diskLife {
		return d.last
	}
	d.at, d.last = now, room{used: used(d.folder)}
	if free, total, err := freeOn(d.folder); err == nil {
		d.last.free, d.last.total = free, total
	}
	return d.last
}

// used leaves out what cannot be read or goes meanwhile.
func used(folder string) uint64 {
	sum, files := uint64(0), 0
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // files come and go
		}
		if files++; files > mostFiles {
			return filepath.SkipAll
		}
		if info, infoErr := entry.Info(); infoErr == nil && info.Mode().IsRegular() {
			sum += uint64(info.Size())
		}
		return nil
	})
	return sum
}
