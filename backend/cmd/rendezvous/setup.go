package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tincan-chat/tincan/backend/identity"
)

// serverKey is the key that clients pin.
func serverKey(s settings, folder *identity.Folder) (ed25519.PrivateKey, error) {
	if s.key == "" {
		return folder.ServerKey()
	}
	key, err := identity.ReadServerKey(s.key)
	if err != nil {
		return nil, fmt.Errorf("--server-key %s: %w", s.key, err)
	}
	return key, nil
}

// clusterSetup makes what nodes behind one address have in common, unless it is
// there: the cluster's secret and the server's key. It returns the exit status.
func clusterSetup(_ context.Context, arguments []string, stdout, stderr io.Writer) int {
	rest, code, ok := local(newFlags("cluster-setup", "FOLDER", stderr), arguments, 1)
	if !ok {
		return code
	}
	path := rest[0]
	err := func() (err error) {
		folder, err := identity.OpenFolder(path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, folder.Close()) }()
		if _, err = folder.ServerKey(); err != nil {
			return err
		}
		secret := filepath.Join(folder.Path(), "cluster.pem")
		if _, err = os.Stat(secret); errors.Is(err, fs.ErrNotExist) {
			return writeSecret(secret)
		}
		return err
	}()
	if err != nil {
		say(stderr, "rendezvous: %v\n", err)
		return statusFailed
	}
	say(stdout, "%s holds cluster.pem and server.key. Keep a copy; who has them can pose as the server.\n", path)
	return statusGood
}
