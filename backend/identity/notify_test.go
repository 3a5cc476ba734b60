package identity

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Exit statuses of the second instance.
const (
	statusOpened = 10
	statusInUse  = 11
	statusOther  = 12
)

// secondInstance is what a second process does, with that folder.
type secondInstance string

func (s secondInstance) Run() int {
	folder := string(s)
	opened, err := OpenFolder(folder)
	switch {
	case err == nil:
		if opened.Close() != nil {
			return statusOther
		}
		return statusOpened
	case !errors.Is(err, ErrInUse):
		return statusOther
	}
	if Notify(context.Background(), folder, []string{"tincan:invite/1#abc", "second argument"}) != nil {
		return statusOther
	}
	return statusInUse
}

// startSecondInstance runs this test binary as another process.
func startSecondInstance(t *testing.T, folder string) int {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program)
	command.Env = append(os.Environ(), folderForSecondInstance+"="+folder)
	var exit *exec.ExitError
	if err := command.Run(); errors.As(err, &exit) {
		return exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return 0
}

func listen(t *testing.T, folder *Folder) <-chan []string {
	t.Helper()
	told := make(chan []string, 16)
	ears, err := folder.Listen(func(arguments []string) { told <- arguments })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(ears.Close(), ears.Close()); err != nil {
			t.Error(err)
		}
	})
	return told
}

func TestSecondProcessIsRefusedAndTellsTheFirst(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	folder := openFolder(t, path)
	told := listen(t, folder)
	if status := startSecondInstance(t, path); status != statusInUse {
		t.Fatalf("the second process ended with %d", status)
	}
	select {
	case arguments := <-told:
		if !slices.Equal(arguments, []string{"tincan:invite/1#abc", "second argument"}) {
			t.Errorf("told %q", arguments)
		}
	default:
		t.Error("the first was not told before the second ended")
	}
	if err := folder.Close(); err != nil {
		t.Fatal(err)
	}
	if status := startSecondInstance(t, path); status != statusOpened {
		t.Errorf("after the first is gone the second ended with %d", status)
	}
}

func TestSocketIsPrivateAndReplaced(t *testing.T) {
	t.Parallel()
	needsModes(t)
	path := t.TempDir()
	folder := openFolder(t, path)
	// What a killed instance left behind is in nobody's way.
	if err := os.WriteFile(filepath.Join(path, socketName), []byte("left"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := listen(t, folder)
	if got := mode(t, filepath.Join(path, socketName)); got != fileMode {
		t.Errorf("the socket has mode %v", got)
	}
	if err := Notify(t.Context(), path, nil); err != nil {
		t.Fatal(err)
	}
	if arguments := <-told; len(arguments) != 0 {
		t.Errorf("told %q", arguments)
	}
}

func TestLongPathsHaveTheirSocketElsewhere(t *testing.T) {
	needsModes(t)
	t.Setenv("TMPDIR", shortTemporary(t))
	path := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
	folder := openFolder(t, path)
	told := listen(t, folder)
	address, err := socketPath(folder.Path())
	if err != nil || strings.HasPrefix(address, path) || len(address) > longestSocket {
		t.Fatalf("%s, %v", address, err)
	}
	if got := mode(t, filepath.Dir(address)); got != folderMode {
		t.Errorf("its folder has mode %v", got)
	}
	if err := Notify(t.Context(), path, []string{"here"}); err != nil {
		t.Fatal(err)
	}
	if arguments := <-told; !slices.Equal(arguments, []string{"here"}) {
		t.Errorf("told %q", arguments)
	}
}

// TestSocketFolderOfSomebodyElseIsRefused: in a shared place somebody could
// make the folder first, to hear links that are secret.
func TestSocketFolderOfSomebodyElseIsRefused(t *testing.T) {
	needsModes(t)
	temporary := shortTemporary(t)
	t.Setenv("TMPDIR", temporary)
	own, err := ownTemporaryFolder()
	if err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(temporary, strings.Repeat("x", longestSocket))
	if err := os.Chmod(own, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Notify(t.Context(), long, []string{"secret"}); !errors.Is(err, errSocketFolder) {
		t.Errorf("open to everybody: %v", err)
	}
	if err := errors.Join(os.Remove(own), os.WriteFile(own, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := ownTemporaryFolder(); !errors.Is(err, errSocketFolder) {
		t.Errorf("a file: %v", err)
	}
	target := filepath.Join(temporary, "target")
	if err := errors.Join(os.Remove(own), os.Mkdir(target, 0o700), os.Symlink(target, own)); err != nil {
		t.Fatal(err)
	}
	if err := Notify(t.Context(), long, []string{"secret"}); !errors.Is(err, errSocketFolder) {
		t.Errorf("a link: %v", err)
	}
}

// shortTemporary is a folder whose path leaves room for a socket's name.
func shortTemporary(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "t") //nolint:usetesting // the path of t.TempDir holds the test's name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(path); err != nil {
			t.Error(err)
		}
	})
	return path
}

// TestNotifyWithoutAFirstInstance gives up, but not before a first instance
// that is just starting had its time.
func TestNotifyWithoutAFirstInstance(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := Notify(t.Context(), path, nil); err == nil {
			t.Error("nobody was told and nothing was said")
		}
		if took := time.Since(start); took != noticeTime {
			t.Errorf("it was given up after %v", took)
		}
	})
}

// TestNotifyBeforeTheFirstHears: the second instance comes while the first
// holds the folder already and still opens its history.
func TestNotifyBeforeTheFirstHears(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	folder := openFolder(t, path)
	begun, notified := make(chan struct{}), make(chan error, 1)
	go func() {
		close(begun)
		notified <- Notify(context.Background(), path, []string{"early"})
	}()
	<-begun
	told := listen(t, folder)
	if err := <-notified; err != nil {
		t.Fatal(err)
	}
	if arguments := <-told; !slices.Equal(arguments, []string{"early"}) {
		t.Errorf("told %q", arguments)
	}
}

// TestSilenceIsHungUpOn: somebody who connects and says nothing, or does not
// end, holds up later instances for a short time only.
func TestSilenceIsHungUpOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer func() { _ = there.Close() }()
		ears := &ears{closed: make(chan struct{})}
		start := time.Now()
		ears.serve(here, func([]string) { t.Error("nothing was said") })
		if took := time.Since(start); took != noticeTime {
			t.Errorf("it was heard for %v", took)
		}
		ears.done.Wait()
		if _, err := there.Write([]byte("x")); err == nil {
			t.Error("the connection is left open")
		}
	})
}

// endless gives the same byte for ever, or until it gave far too much.
type endless struct{ given int }

func (e *endless) Read(into []byte) (int, error) {
	if e.given > 8*maxNotice {
		return 0, errors.New("more was read than a notice may hold")
	}
	for i := range into {
		into[i] = 'a'
	}
	e.given += len(into)
	return len(into), nil
}

func TestEndlessNoticeIsNotHeld(t *testing.T) {
	t.Parallel()
	from := &endless{}
	if _, err := readNotice(from); !errors.Is(err, errNotice) {
		t.Errorf("%v", err)
	}
	if from.given > 2*maxNotice {
		t.Errorf("%d bytes were read", from.given)
	}
}

func TestNotifyIsBounded(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	told := listen(t, openFolder(t, path))
	if err := Notify(t.Context(), path, slices.Repeat([]string{"a"}, 40)); err != nil {
		t.Fatal(err)
	}
	if arguments := <-told; len(arguments) != maxArguments {
		t.Errorf("%d arguments were told", len(arguments))
	}
	if err := Notify(t.Context(), path, []string{strings.Repeat("a", maxNotice)}); !errors.Is(err, errNotice) {
		t.Errorf("too much: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Notify(ctx, path, nil); err == nil {
		t.Error("told after it was called off")
	}
}

// TestStrangeNoticesAreNotAnswered talks to the socket by hand; the instance
// goes on hearing others.
func TestStrangeNoticesAreNotAnswered(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	told := listen(t, openFolder(t, path))
	for name, sent := range map[string]string{
		"not JSON":           "show yourself\n",
		"an object":          `{"a":1}` + "\n",
		"numbers":            "[1,2]\n",
		"too many":           `["` + strings.Repeat(`","`, maxArguments) + `"]` + "\n",
		"too long":           strings.Repeat("a", 2*maxNotice) + "\n",
		"endless whitespace": strings.Repeat(" ", 2*maxNotice),
	} {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "unix", filepath.Join(path, socketName))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = connection.Write([]byte(sent)) // it may hang up in the middle
		if line, err := bufio.NewReader(connection).ReadString('\n'); err == nil {
			t.Errorf("%s: answered %q", name, line)
		}
		_ = connection.Close()
	}
	if err := Notify(t.Context(), path, []string{"well"}); err != nil {
		t.Fatal(err)
	}
	if arguments := <-told; !slices.Equal(arguments, []string{"well"}) || len(told) != 0 {
		t.Errorf("told %q and %d more", arguments, len(told))
	}
}

// TestCloseHangsUp: somebody who says nothing does not hold up the end.
func TestCloseHangsUp(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	ears, err := openFolder(t, path).Listen(func([]string) { t.Error("nothing was said") })
	if err != nil {
		t.Fatal(err)
	}
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "unix", filepath.Join(path, socketName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	start := time.Now()
	if err := ears.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > noticeTime/2 {
		t.Errorf("closing took %v", took)
	}
	if _, err := os.Stat(filepath.Join(path, socketName)); err == nil {
		t.Error("the socket is left")
	}
}

func FuzzParseNotice(f *testing.F) {
	f.Add([]byte("[]\n"))
	f.Add([]byte(`["tincan:invite/1#abc"]` + "\n"))
	f.Add([]byte(`null`))
	f.Add([]byte(`[null,"\ud800"]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		arguments, err := parseNotice(line)
		if err != nil {
			if !errors.Is(err, errNotice) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if len(arguments) > maxArguments {
			t.Errorf("%d arguments", len(arguments))
		}
		told, err := json.Marshal(arguments)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parseNotice(told); len(told) <= maxNotice && (err != nil || !slices.Equal(again, arguments)) {
			t.Errorf("%q becomes %q, %v", arguments, again, err)
		}
	})
}
