package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestClusterSetup makes what nodes have in common once, and two servers with
// it are one to their clients.
func TestClusterSetup(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "secrets")
	var made [2]map[string]string
	for i := range made {
		made[i] = map[string]string{}
		if output, err := program(t, "cluster-setup", folder).CombinedOutput(); err != nil || !strings.Contains(string(output), "Keep a copy") {
			t.Fatalf("cluster-setup: %v, %s", err, output)
		}
		for _, name := range []string{"cluster.pem", "server.key"} {
			data, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			if info, statErr := os.Stat(filepath.Join(folder, name)); statErr != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info.Mode(), statErr)
			}
			made[i][name] = string(data)
		}
	}
	for name, data := range made[0] {
		if made[1][name] != data {
			t.Errorf("the second time it made another %s", name)
		}
	}
	var keys []string
	for range 2 {
		data := t.TempDir()
		command, address := start(t, "--listen", "127.0.0.1:0", "--data", data, "--server-key", filepath.Join(folder, "server.key"))
		_, key, _ := strings.Cut(address, "#")
		keys = append(keys, key)
		if _, err := os.Stat(filepath.Join(data, "server.key")); err == nil {
			t.Error("it made a key of its own")
		}
		stop(t, command)
	}
	if keys[0] != keys[1] || keys[0] == "" {
		t.Errorf("keys %q", keys)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"cluster-setup", file}, &stdout, &stderr); code != 1 || stderr.Len() == 0 {
		t.Errorf("cluster-setup in a file: status %d, %q", code, stderr.String())
	}
	for name, says := range map[string]string{file: "damaged", file + "2": "no such file"} {
		stderr.Reset()
		if code := run(t.Context(), []string{"--data", t.TempDir(), "--server-key", name}, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), says) {
			t.Errorf("--server-key %s: status %d, %q", name, code, stderr.String())
		}
	}
}
