package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestProfileIsWrittenAtTheEnd has the server write a profile, which is whole
// once the server ended.
func TestProfileIsWrittenAtTheEnd(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cpu.pprof")
	command, _ := start(t, "--listen", "127.0.0.1:0", "--relay=false", "--data", t.TempDir(), "--cpu-profile", file)
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
	profile := profileOf(t, file)
	if !bytes.Contains(profile, []byte("nanoseconds")) {
		t.Errorf("%d bytes that are no profile of the processor", len(profile))
	}
}

func TestProfileThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	file := filepath.Join(t.TempDir(), "nowhere", "cpu.pprof")
	code := run(t.Context(), []string{"--data", t.TempDir(), "--cpu-profile", file}, io.Discard, &said)
	if code != statusFailed || !strings.Contains(said.String(), "--cpu-profile") {
		t.Errorf("status %d, %q", code, said.String())
	}
}

// TestProfileForTheCompilerNamesNoMachine looks at the recorded profile that
// the server is built with.
func TestProfileForTheCompilerNamesNoMachine(t *testing.T) {
	t.Parallel()
	profile := profileOf(t, "load.pgo")
	if !bytes.Contains(profile, []byte("github.com/tincan-chat/tincan/backend/rendezvous.(*connection).take")) {
		t.Error("it knows nothing of this server")
	}
	for _, path := range []string{"/home/", "/root/", "/tmp/", "/work/", "/Users/", "/usr/", "/build/bin/"} {
		if bytes.Contains(profile, []byte(path)) {
			t.Errorf("it names %s: record it with make profile-rendezvous", path)
		}
	}
}

// profileOf reads a profile, which pprof compresses.
func profileOf(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	packed, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
