package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
)

// modes are as they stand in a backup.
var modes = map[operator.Mode]string{
	operator.ModeMemory: "memory", operator.ModeSolo: "solo", operator.ModeCluster: "cluster", operator.ModeExternal: "external",
}

// Backup implements operator.Source. What was acknowledged before is in it; the server goes on working.
func (c *Console) Backup(ctx context.Context, to io.Writer) error {
	archive, ok := c.options.Engine.(engine.Archive)
	if !ok {
		return &operator.Refused{Code: "backup-nothing", Sentence: "This server keeps nothing: there is nothing to back up."}
	}
	key, err := readSmall(filepath.Join(c.options.Folder, entryKey))
	if err != nil {
		return fmt.Errorf("console: backup: %w", err)
	}
	now := time.Now()
	about := head{
		Format: archiveFormat, MadeMs: now.UnixMilli(), Version: c.options.Version, Mode: modes[c.options.Mode], Key: c.options.Server.Key().String(),
	}
	if self, known := c.self(); known {
		about.Node = self.ID
	}
	writer := newArchiveWriter(to, now)
	if err = writer.putJSON(entryHead, about); err != nil {
		return err
	}
	if err = writer.put(entryKey, key); err != nil {
		return err
	}
	err = archive.Backup(ctx, func(name string, data []byte) error { return writer.put(enginePrefix+name, data) })
	if err != nil {
		return unavailable(err)
	}
	return writer.finish()
}

// readSmall reads a file that is not longer than an entry may be.
func readSmall(path string) (data []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if data, err = io.ReadAll(io.LimitReader(file, maxSmall+1)); err == nil && len(data) > maxSmall {
		err = fmt.Errorf("%s is too large", filepath.Base(path))
	}
	return data, err
}
