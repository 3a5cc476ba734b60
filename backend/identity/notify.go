package identity

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Limits of what a second instance may say to the first.
const (
	maxNotice     = 16 << 10 // bytes of a serialised notice
	maxArguments  = 16
	noticeTime    = 5 * time.Second
	socketName    = "tincan.sock"
	longestSocket = 100 // sockaddr_un holds 108 bytes, macOS 104
)

// errNotice says that a second instance sent something else than arguments.
var errNotice = errors.New("identity: not a notice of a second instance")

// Listen hears from later instances that were started with the same folder:
// each hands over its arguments, so that this one can show itself and open a
// link. Close the result.
func (f *Folder) Listen(handler func(arguments []string)) (io.Closer, error) {
	address := socketPath(f.path)
	_ = os.Remove(address) // of an instance that was killed: the folder's lock says there is no other
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "unix", address)
	if err != nil {
		return nil, fmt.Errorf("identity: listening for a second instance: %w", err)
	}
	if err := os.Chmod(address, fileMode); err != nil {
		return nil, errors.Join(fmt.Errorf("identity: listening for a second instance: %w", err), listener.Close())
	}
	ears := &ears{listener: listener}
	ears.done.Go(func() { ears.hear(handler) })
	return ears, nil
}

type ears struct {
	listener net.Listener
	done     sync.WaitGroup
}

func (e *ears) hear(handler func([]string)) {
	for {
		connection, err := e.listener.Accept()
		if err != nil {
			return
		}
		_ = connection.SetDeadline(time.Now().Add(noticeTime))
		if arguments, err := readNotice(connection); err == nil {
			handler(arguments)
			_, _ = connection.Write([]byte("ok\n"))
		}
		_ = connection.Close()
	}
}

// Close stops listening and waits.
func (e *ears) Close() error {
	err := e.listener.Close()
	e.done.Wait()
	return err
}

func readNotice(from io.Reader) ([]string, error) {
	line, err := bufio.NewReader(io.LimitReader(from, maxNotice)).ReadBytes('\n')
	if err != nil {
		return nil, errNotice
	}
	return parseNotice(line)
}

func parseNotice(line []byte) ([]string, error) {
	var arguments []string
	if len(line) > maxNotice || json.Unmarshal(line, &arguments) != nil || len(arguments) > maxArguments {
		return nil, errNotice
	}
	return arguments, nil
}

// Notify tells the instance that holds a folder to show itself, with the
// arguments of this one. Only the first 16 arguments are told.
func Notify(ctx context.Context, path string, arguments []string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("identity: telling the first instance: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, noticeTime)
	defer cancel()
	connection, err := (&net.Dialer{}).DialContext(ctx, "unix", socketPath(path))
	if err != nil {
		return fmt.Errorf("identity: telling the first instance: %w", err)
	}
	defer func() { _ = connection.Close() }()
	_ = connection.SetDeadline(time.Now().Add(noticeTime))
	line, err := json.Marshal(arguments[:min(len(arguments), maxArguments)])
	if err != nil {
		return fmt.Errorf("identity: telling the first instance: %w", err)
	}
	if _, err := connection.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("identity: telling the first instance: %w", err)
	}
	if _, err := bufio.NewReader(io.LimitReader(connection, 8)).ReadBytes('\n'); err != nil {
		return fmt.Errorf("identity: the first instance did not answer: %w", err)
	}
	return nil
}

// socketPath is in the folder, unless its path is too long for a socket: then
// it is in the system's folder for temporary files, named by the path's hash.
func socketPath(folder string) string {
	if path := filepath.Join(folder, socketName); len(path) <= longestSocket {
		return path
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("tincan-%x.sock", shortHash(folder)))
}
