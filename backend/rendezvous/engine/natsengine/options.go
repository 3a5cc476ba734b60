package natsengine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// Errors of Open. Their sentences are meant for the operator.
var (
	ErrInUse     = errors.New("another server uses this data folder; stop that one, or choose another folder")
	ErrOtherMode = errors.New("this data folder was made in another mode")
	ErrSecret    = errors.New("the other node holds another cluster secret; copy one node's secret file to all of them")
	ErrNoQuorum  = errors.New("the cluster has no majority")
	ErrOptions   = errors.New("natsengine: options")
)

// Mode says where the NATS server is.
type Mode int

// The modes.
const (
	Solo     Mode = iota + 1 // in this process, alone
	Cluster                  // in this process, with others
	External                 // somebody else's
)

// String returns the mode as it stands in the folder's marker.
func (m Mode) String() string {
	switch m {
	case Solo:
		return "solo"
	case Cluster:
		return "cluster"
	case External:
		return "external"
	}
	return fmt.Sprintf("mode %d", int(m))
}

// Store keeps mail and tables over a connection that it does not close.
type Store interface {
	Mailbox() engine.Mailbox
	Table(name engine.TableName) engine.Table
	Close() error
}

// StoreOptions is what a Store is opened with.
type StoreOptions struct {
	Replicas int // of every stream, 1 to 5
	Now      func() time.Time
	Hint     func(owner identity.PeerID) // mail arrived; does not block
}

// Options of an engine. Fields without a default are required.
type Options struct {
	Mode   Mode
	Folder string // for data; External keeps nothing there, and refuses it while it is being moved
	// Node is this server's name, the same after a restart and unlike any other's:
	// letters, digits, - and _, at most 64. Empty: one is made up and kept in the
	// folder; External has no folder and forgets it.
	Node string

	Cluster  ClusterOptions
	External ExternalOptions

	// OpenStore opens the mail and tables.
	OpenStore func(ctx context.Context, connection *nats.Conn, options StoreOptions) (Store, error)

	Logger *slog.Logger // nil: nothing is logged
	Now    func() time.Time

	MaxMemory  int64         // bytes that JetStream may take in memory; 512 MiB
	MaxDisk    int64         // bytes that it may promise on disk, used or not; 16 GiB
	RecordLife time.Duration // how long records are kept of those who do not come back; 14 days
}

// ClusterOptions is what a node of a cluster needs to know.
type ClusterOptions struct {
	Listen    string // host:port for the other nodes
	Advertise string // host:port where others reach it, when Listen is not it
	// Seeds are the addresses of all nodes that store, this one's too: JetStream
	// takes the number of them for the size of the cluster when it first starts,
	// and forms it when all of them are there.
	Seeds    []string
	Secret   []byte        // of NewClusterSecret, the same on each node
	Replicas int           // of records and mail, 1 to 5; as many as there are seeds, at most 3
	Wait     time.Duration // how long Open waits for a majority; a minute
}

// ExternalOptions is how to reach a NATS that runs already, with JetStream.
type ExternalOptions struct {
	URLs        []string
	Credentials string // file with a user's JWT and key; empty: none
	Authority   string // PEM file of the certificate authority; empty: the system's
	Replicas    int    // 1
}

const (
	defaultWait       = time.Minute
	defaultMemory     = 512 << 20
	defaultDisk       = 16 << 30 // more than the streams of a store say that they may grow to; left alone, JetStream would not start on a disk with less free than that
	defaultRecordLife = 14 * 24 * time.Hour
	maxNode           = 64 // characters of the name of a node
	maxReplicas       = 5  // copies of what is kept
	usualReplicas     = 3
)

func (o *Options) complete() error {
	if o.OpenStore == nil {
		return fmt.Errorf("%w: no store", ErrOptions)
	}
	if !goodNode(o.Node) {
		return fmt.Errorf("%w: the node's name takes letters, digits, - and _, at most %d", ErrOptions, maxNode)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = defaultMemory
	}
	if o.MaxDisk == 0 {
		o.MaxDisk = defaultDisk
	}
	if o.RecordLife == 0 {
		o.RecordLife = defaultRecordLife
	}
	if o.Mode != External && o.Folder == "" {
		return fmt.Errorf("%w: no data folder", ErrOptions)
	}
	switch o.Mode {
	case Solo:
		return nil
	case Cluster:
		return o.Cluster.complete(o.Logger)
	case External:
		if len(o.External.URLs) == 0 {
			return fmt.Errorf("%w: no URL of the NATS server", ErrOptions)
		}
		if o.External.Replicas == 0 {
			o.External.Replicas = 1
		}
		return goodReplicas(o.External.Replicas)
	}
	return fmt.Errorf("%w: %s", ErrOptions, o.Mode)
}

func (o *ClusterOptions) complete(logger *slog.Logger) error {
	if _, _, err := net.SplitHostPort(o.Listen); err != nil {
		return fmt.Errorf("%w: the address for other nodes: %w", ErrOptions, err)
	}
	for _, seed := range o.Seeds {
		if _, _, err := net.SplitHostPort(seed); err != nil {
			return fmt.Errorf("%w: a seed: %w", ErrOptions, err)
		}
	}
	switch len(o.Seeds) {
	case 0, 1:
		return fmt.Errorf("%w: a cluster needs the addresses of all its nodes as seeds, this one's too", ErrOptions)
	case 2:
		logger.Warn("A CLUSTER OF TWO IS LESS AVAILABLE THAN ONE SERVER: when either stops, both stop storing. Use three or five.")
	}
	if o.Replicas == 0 {
		o.Replicas = min(len(o.Seeds), usualReplicas)
	}
	if o.Wait == 0 {
		o.Wait = defaultWait
	}
	return goodReplicas(o.Replicas)
}

func goodReplicas(count int) error {
	if count < 1 || count > maxReplicas {
		return fmt.Errorf("%w: %d replicas", ErrOptions, count)
	}
	return nil
}

func goodNode(name string) bool {
	return len(name) <= maxNode && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

func (o *Options) replicas() int {
	switch o.Mode {
	case Cluster:
		return o.Cluster.Replicas
	case External:
		return o.External.Replicas
	default:
		return 1
	}
}
