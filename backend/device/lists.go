package device

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
)

const (
	// listsSetting is the name under which the store keeps them.
	listsSetting = "server-lists"
	// maxLists is as many as there are servers connected at once; a list has at
	// most 32 KiB.
	maxLists = 32
)

// settings is the part of the store that keeps texts by name.
type settings interface {
	Setting(ctx context.Context, name string) (string, error)
	SaveSetting(ctx context.Context, name, value string) error
}

// listed is the latest list that a server of a cluster handed out.
type listed struct {
	Server identity.ServerKey `json:"server"` // who handed it out
	List   []byte             `json:"list"`
}

// clusters is a client that remembers which servers belong together, so that a
// device that starts while its own server is away finds the others.
type clusters struct {
	signaling.Client

	settings settings
	logger   *slog.Logger
	wake     chan struct{}
	end      context.CancelFunc
	saving   sync.WaitGroup

	mutex  sync.Mutex
	tokens map[string]identity.ServerKey
	lists  []listed // the one that changed last at the end
}

// openClusters reads what was kept. Its client is what open returns, which
// tells its events to the function that it is given.
func openClusters(ctx context.Context, settings settings, logger *slog.Logger, events func(signaling.Event), open func(events func(signaling.Event)) signaling.Client) *clusters {
	c := &clusters{settings: settings, logger: logger, wake: make(chan struct{}, 1), tokens: map[string]identity.ServerKey{}}
	text, err := settings.Setting(ctx, listsSetting)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &c.lists)
	}
	if err != nil {
		// Without them a device finds the server that it knows, if that is there.
		c.logger.WarnContext(ctx, "the lists of servers cannot be read", "error", err)
		c.lists = nil
	}
	c.lists = c.lists[max(0, len(c.lists)-maxLists):]
	var ended context.Context
	ended, c.end = context.WithCancel(context.WithoutCancel(ctx))
	c.saving.Go(func() { c.save(ended) })
	c.Client = open(func(e signaling.Event) {
		if e.Servers != nil {
			c.take(e.Token, e.Servers.List)
		}
		events(e)
	})
	return c
}

// Connect implements signaling.Client with the list that was kept.
func (c *clusters) Connect(token string, server identity.Server) {
	c.mutex.Lock()
	c.tokens[token] = server.Key
	var list []byte
	if at := c.index(server.Key); at >= 0 {
		list = c.lists[at].List
	}
	c.mutex.Unlock()
	c.Client.ConnectCluster(token, server, list)
}

// Disconnect implements signaling.Client.
func (c *clusters) Disconnect(token string) {
	c.mutex.Lock()
	delete(c.tokens, token)
	c.mutex.Unlock()
	c.Client.Disconnect(token)
}

// Close implements signaling.Client.
func (c *clusters) Close() error {
	err := c.Client.Close()
	c.end()
	c.saving.Wait()
	return err
}

// index runs under the mutex.
func (c *clusters) index(key identity.ServerKey) int {
	return slices.IndexFunc(c.lists, func(one listed) bool { return one.Server == key })
}

// take remembers a list; it is written soon.
func (c *clusters) take(token string, list []byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	key := c.tokens[token]
	if key.IsZero() {
		return
	}
	if at := c.index(key); at >= 0 {
		c.lists = slices.Delete(c.lists, at, at+1)
	}
	c.lists = append(c.lists, listed{Server: key, List: slices.Clone(list)})
	c.lists = slices.Delete(c.lists, 0, max(0, len(c.lists)-maxLists))
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// save writes what changed until the end.
func (c *clusters) save(ctx context.Context) {
	for {
		select {
		case <-c.wake:
		case <-ctx.Done():
			return
		}
		c.mutex.Lock()
		text, err := json.Marshal(c.lists)
		c.mutex.Unlock()
		if err == nil {
			err = c.settings.SaveSetting(ctx, listsSetting, string(text))
		}
		if err != nil {
			c.logger.WarnContext(ctx, "the lists of servers are not kept", "error", err)
		}
	}
}
