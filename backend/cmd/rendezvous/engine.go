package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/rendezvous/certificates"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsengine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
)

// maxSecretFile is the most that is read of a cluster's secret, in bytes.
const maxSecretFile = 16 << 10

// openEngine opens what keeps presence, mail and tables.
func openEngine(ctx context.Context, s settings, logger *slog.Logger) (engine.Engine, error) {
	if s.engine == "memory" {
		return memory.New(memory.Options{}), nil
	}
	options, err := engineOptions(s, logger)
	if err != nil {
		return nil, err
	}
	return natsengine.Open(ctx, options)
}

// engineOptions are for every engine but memory.
func engineOptions(s settings, logger *slog.Logger) (natsengine.Options, error) {
	options := natsengine.Options{
		Mode: natsengine.Solo, Folder: engineFolder(s), Node: s.node, Logger: logger,
		OpenStore: func(ctx context.Context, connection *nats.Conn, store natsengine.StoreOptions) (natsengine.Store, error) {
			opened, err := natsstore.Open(ctx, connection, natsstore.Options{
				Replicas: store.Replicas, Now: store.Now, Hint: store.Hint, Logger: logger,
			})
			if err != nil {
				return nil, err
			}
			return opened, nil
		},
	}
	switch s.engine {
	case "cluster":
		secret, err := readSecret(s.secret)
		if err != nil {
			return natsengine.Options{}, err
		}
		options.Mode = natsengine.Cluster
		options.Cluster = natsengine.ClusterOptions{Listen: s.clusterListen, Advertise: s.clusterAdvertise, Seeds: s.seeds, Secret: secret}
	case "external":
		options.Mode = natsengine.External
		options.External = natsengine.ExternalOptions{
			URLs: s.nats, Credentials: s.natsCredentials, Authority: s.natsAuthority, Replicas: s.natsReplicas,
		}
	}
	return options, nil
}

func engineFolder(s settings) string { return filepath.Join(s.data, "engine") }

func readSecret(path string) (secret []byte, err error) {
	if path == "" {
		return nil, errors.New("a cluster needs --cluster-secret; make the file once with: rendezvous cluster-secret FILE")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(file, maxSecretFile+1))
}

// clusterSecret makes the file that the servers of a cluster share.
func clusterSecret(_ context.Context, arguments []string, stdout, stderr io.Writer) int {
	rest, code, ok := local(newFlags("cluster-secret", "FILE", stderr), arguments, 1)
	if !ok {
		return code
	}
	if err := writeSecret(rest[0]); err != nil {
		say(stderr, "rendezvous: %v\n", err)
		return statusFailed
	}
	say(stdout, "Written. Copy it to every server of the cluster, and to nobody else: who has it can join.\n")
	return statusGood
}

// writeSecret makes a cluster's secret; it does not replace a file.
func writeSecret(path string) error {
	secret, err := natsengine.NewClusterSecret()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("the secret is not written: %w", err)
	}
	_, err = file.Write(secret)
	return errors.Join(err, file.Sync(), file.Close())
}

// source is where the certificate is from; nil for the server's own key, or none.
func source(s settings, opened engine.Engine, logger *slog.Logger) (*certificates.Source, error) {
	switch s.tls {
	case "files":
		return certificates.Files(certificates.FilesOptions{Certificate: s.certificate, Key: s.certificateKey, Logger: logger})
	case "acme":
		return certificates.ACME(certificates.ACMEOptions{
			Hosts: s.hosts, Table: opened.Table(engine.TableCertificates), Directory: s.acme, Email: s.email, Logger: logger,
		})
	}
	return nil, nil //nolint:nilnil // no source is what the server takes for its own certificate
}
