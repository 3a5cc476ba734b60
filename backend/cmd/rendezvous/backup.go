package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"connectrpc.com/connect"

	"github.com/tincan-chat/tincan/backend/rendezvous/console"
	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// backup writes a copy of what a running server keeps.
func backup(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("backup", "FILE, or - for standard output", stdout, stderr)
	if code, ok := c.begin(arguments, 1, 1); !ok {
		return code
	}
	path := c.rest[0]
	if path == "-" {
		if _, err := c.receive(ctx, stdout); err != nil {
			return c.fail(err)
		}
		return statusGood
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return c.fail(fmt.Errorf("%s is there already; a backup replaces nothing", path))
	}
	got, err := c.receiveFile(ctx, path)
	if err != nil {
		return c.fail(err)
	}
	return c.print(got, func() {
		say(stdout, "Written: %s to %s. It holds the server's key: keep it as safe as that.\n", size(float64(got.GetBytes())), path)
	})
}

// receiveFile leaves a whole file or none.
func (c *call) receiveFile(ctx context.Context, path string) (*operatorwire.BackupEnd, error) {
	fresh := path + ".part"
	file, err := os.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	got, err := c.receive(ctx, file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(fresh))
	}
	return got, nil
}

// receive writes a backup and checks that it is whole.
func (c *call) receive(ctx context.Context, to io.Writer) (*operatorwire.BackupEnd, error) {
	stream, err := c.Backup(ctx, connect.NewRequest(&operatorwire.BackupRequest{}))
	if err != nil {
		return nil, err
	}
	defer func() { _ = stream.Close() }() // all of it was read, or it failed
	sum, written := sha256.New(), uint64(0)
	var end *operatorwire.BackupEnd
	for stream.Receive() {
		data := stream.Msg().GetData()
		if _, err = to.Write(data); err != nil {
			return nil, err
		}
		sum.Write(data)
		written += uint64(len(data))
		end = stream.Msg().GetEnd()
	}
	switch {
	case stream.Err() != nil:
		return nil, stream.Err()
	case end == nil || end.GetBytes() != written || !bytes.Equal(end.GetSha256(), sum.Sum(nil)):
		return nil, errors.New("the backup ended too early; nothing of it is kept")
	}
	return end, nil
}

// restore makes a data folder of a backup.
func restore(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	flags := newFlags("restore", "FILE --data FOLDER", stderr)
	data := flags.String("data", "", "folder to make the server's data folder of: a new or an empty one")
	rest, code, ok := local(flags, arguments, 1)
	if !ok {
		return code
	}
	if *data == "" {
		say(stderr, "rendezvous: say where to with --data\n")
		return statusUsage
	}
	restored, err := restoreFile(ctx, rest[0], *data, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		say(stderr, "rendezvous: %v\n", err)
		return statusFailed
	}
	say(stdout, "Restored into %s: what %s kept at %s. Its key is %s.\n"+
		"Start it with --engine solo. Its first start prints a new operator's token.\n",
		*data, plain(restored.Node), moment(restored.Made.UnixMilli()), restored.Key)
	return statusGood
}

func restoreFile(ctx context.Context, path, data string, logger *slog.Logger) (restored console.Restored, err error) {
	file, err := os.Open(path)
	if err != nil {
		return console.Restored{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return console.Restore(ctx, file, data, logger)
}
