package device

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// texts are settings in memory.
type texts struct {
	mutex sync.Mutex
	held  map[string]string
	fails error
	saved chan string
}

func (s *texts) Setting(_ context.Context, name string) (string, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.held[name], s.fails
}

func (s *texts) SaveSetting(_ context.Context, name, value string) error {
	s.mutex.Lock()
	s.held[name] = value
	s.mutex.Unlock()
	s.saved <- value
	return nil
}

// connected is a client that only notes what it is asked to connect to.
type connected struct {
	signaling.Client

	lists map[string]string
}

func (c *connected) ConnectCluster(token string, _ identity.Server, list []byte) {
	c.lists[token] = string(list)
}

func (c *connected) Disconnect(string) {}

func (c *connected) Close() error { return nil }

// begin opens clusters over a client that notes, and returns how to tell events.
func begin(t *testing.T, s *texts) (*clusters, *connected, func(signaling.Event)) {
	t.Helper()
	var tell func(signaling.Event)
	client := &connected{lists: map[string]string{}}
	passed := 0
	c := openClusters(t.Context(), s, slog.New(slog.DiscardHandler), func(signaling.Event) { passed++ }, func(events func(signaling.Event)) signaling.Client {
		tell = func(e signaling.Event) {
			before := passed
			if events(e); passed != before+1 {
				t.Error("an event did not pass")
			}
		}
		return client
	})
	return c, client, tell
}

func server(number byte) identity.Server {
	return identity.Server{URLs: []string{fmt.Sprintf("wss://192.0.2.%d:7117", number)}, Key: identity.ServerKey{number}}
}

func finish(t *testing.T, c *clusters) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestListsAreRemembered(t *testing.T) {
	t.Parallel()
	s := &texts{held: map[string]string{}, saved: make(chan string, 2*maxLists)}
	c, client, tell := begin(t, s)
	c.Connect("home", server(1))
	if client.lists["home"] != "" {
		t.Errorf("a list out of nowhere: %q", client.lists["home"])
	}
	tell(signaling.Event{Token: "stranger", Servers: &signaling.Servers{List: []byte("x")}})
	tell(signaling.Event{Token: "home", Servers: &signaling.Servers{List: []byte("old")}})
	<-s.saved
	tell(signaling.Event{Token: "home", Servers: &signaling.Servers{List: []byte("\xffnew")}})
	<-s.saved
	finish(t, c)

	c, client, _ = begin(t, s)
	c.Connect("any", server(1))
	c.Connect("other", server(2))
	if client.lists["any"] != "\xffnew" || client.lists["other"] != "" {
		t.Errorf("connected with %q", client.lists)
	}
	finish(t, c)
}

// TestListsAreBounded: the oldest goes, and what is damaged counts as none.
func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	s := &texts{held: map[string]string{}, saved: make(chan string, 3*maxLists)}
	c, _, tell := begin(t, s)
	for i := range byte(maxLists + 1) {
		c.Connect("one", server(i+1))
		tell(signaling.Event{Token: "one", Servers: &signaling.Servers{List: []byte{i}}})
	}
	c.Disconnect("one")
	tell(signaling.Event{Token: "one", Servers: &signaling.Servers{List: []byte("late")}})
	for text := range s.saved {
		if strings.Count(text, "server") == maxLists && !strings.Contains(text, "[1,0") {
			break
		}
	}
	finish(t, c)
	s.held[listsSetting] = "{"
	c, client, _ := begin(t, s)
	c.Connect("one", server(1))
	if client.lists["one"] != "" {
		t.Errorf("connected with %q", client.lists)
	}
	finish(t, c)
	s.fails = errors.New("no disk")
	c, _, _ = begin(t, s)
	finish(t, c)
}
