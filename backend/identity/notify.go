package identity

import (
	"bufio"
	"context"
	"crypto/sha256"
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
	retryAccept   = 200 * time.Millisecond
	retryReach    = 50 * time.Millisecond
	socketName    = "tincan.sock"
	longestSocket = 100 // sockaddr_un holds 108 bytes, macOS 104
)

var (
	// errNotice says that a second instance sent something else than arguments.
	errNotice = errors.New("identity: not a notice of a second instance")
	// errSocketFolder says that the folder for sockets belongs to somebody else.
	errSocketFolder = errors.New("identity: the folder for sockets is not this user's own")
)

// Listen hears from later instances that were started with the same folder:
// each hands over its arguments, so that this one can show itself and open a
// link. Close the result before the folder.
func (f *Folder) Listen(handler func(arguments []string)) (io.Closer, error) {
	address, err := socketPath(f.path)
	if err != nil {
		return nil, fmt.Errorf("identity: listening for a second instance: %w", err)
	}
	_ = os.Remove(address) // of an instance that was killed: the folder's lock says there is no other
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "unix", address)
	if err != nil {
		return nil, fmt.Errorf("identity: listening for a second instance: %w", err)
	}
	if err := os.Chmod(address, fileMode); err != nil {
		return nil, errors.Join(fmt.Errorf("identity: listening for a second instance: %w", err), listener.Close())
	}
	ears := &ears{listener: listener, closed: make(chan struct{})}
	ears.done.Go(func() { ears.hear(handler) })
	return ears, nil
}

type ears struct {
	listener net.Listener
	done     sync.WaitGroup
	once     sync.Once
	closed   chan struct{}
}

func (e *ears) hear(handler func([]string)) {
	for {
		connection, err := e.listener.Accept()
		switch {
		case err == nil:
			e.serve(connection, handler)
		case errors.Is(err, net.ErrClosed):
			return
		default: // out of descriptors, most likely
			select {
			case <-e.closed:
				return
			case <-time.After(retryAccept):
			}
		}
	}
}

// serve hears one instance; they are few and say little, so one at a time.
func (e *ears) serve(connection net.Conn, handler func([]string)) {
	served := make(chan struct{})
	e.done.Go(func() {
		select {
		case <-e.closed:
		case <-served:
		}
		_ = connection.Close()
	})
	defer close(served)
	_ = connection.SetDeadline(time.Now().Add(noticeTime))
	if arguments, err := readNotice(connection); err == nil {
		handler(arguments)
		_, _ = connection.Write([]byte("ok\n"))
	}
}

// Close stops listening, hangs up on whoever is talking, and waits for a
// handler that is running. It is idempotent.
func (e *ears) Close() error {
	var err error
	e.once.Do(func() {
		close(e.closed)
		err = e.listener.Close()
	})
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
// arguments of this one. Only the first 16 arguments are told, and 16 KiB is
// the most that they may be. It waits up to 5 s for one that does not hear yet.
func Notify(ctx context.Context, path string, arguments []string) error {
	if err := notify(ctx, path, arguments); err != nil {
		return fmt.Errorf("identity: telling the first instance: %w", err)
	}
	return nil
}

func notify(ctx context.Context, path string, arguments []string) error {
	line, err := json.Marshal(arguments[:min(len(arguments), maxArguments)])
	if err != nil {
		return err
	}
	if len(line) >= maxNotice {
		return errNotice
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return err
	}
	address, err := socketPath(path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, noticeTime)
	defer cancel()
	connection, err := reach(ctx, address)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = connection.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := connection.Write(append(line, '\n')); err != nil {
		return err
	}
	if _, err := bufio.NewReader(io.LimitReader(connection, 8)).ReadBytes('\n'); err != nil {
		return fmt.Errorf("it did not answer: %w", err)
	}
	return nil
}

// reach connects to the first instance. One that has just started locks the
// folder first and hears only when its history is open, so somebody who starts
// Tincan twice in a row comes in between: it is tried until ctx ends.
func reach(ctx context.Context, address string) (net.Conn, error) {
	for {
		connection, err := (&net.Dialer{}).DialContext(ctx, "unix", address)
		if err == nil {
			return connection, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(retryReach):
		}
	}
}

// socketPath is in the folder, unless its path is too long for a socket: then
// it is in a folder of this user's own in the system's place for temporary
// files, named by the path's hash.
func socketPath(folder string) (string, error) {
	if path := filepath.Join(folder, socketName); len(path) <= longestSocket {
		return path, nil
	}
	if resolved, err := filepath.EvalSymlinks(folder); err == nil {
		folder = resolved
	}
	own, err := ownTemporaryFolder()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(folder))
	return filepath.Join(own, fmt.Sprintf("%x.sock", sum[:12])), nil
}
