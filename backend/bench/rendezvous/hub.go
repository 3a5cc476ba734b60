package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/lesismal/nbio/logging"
	"github.com/lesismal/nbio/nbhttp"
	"github.com/lesismal/nbio/nbhttp/websocket"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

// asHub is the argument that makes this program the bare hub: an event loop
// that passes each message on to the client whose number is in its first four
// bytes, and does nothing else. Nothing that relays over WebSockets in Go takes less.
const asHub = "serve-hub"

func serveHub() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logging.SetLevel(logging.LevelNone)
	var clients sync.Map // number to connection
	upgrader := websocket.NewUpgrader()
	upgrader.KeepaliveTime = 0
	upgrader.OnMessage(func(_ *websocket.Conn, kind websocket.MessageType, message []byte) {
		if len(message) < 4 {
			return
		}
		held, _ := clients.Load(binary.BigEndian.Uint32(message))
		if to, found := held.(*websocket.Conn); found {
			_ = to.WriteMessage(kind, message) // whoever left gets nothing
		}
	})
	engine := nbhttp.NewEngine(nbhttp.Config{
		Network: "tcp", Addrs: []string{"127.0.0.1:0"}, IOMod: nbhttp.IOModNonBlocking, ReleaseWebsocketPayload: true, MaxLoad: 1 << 20,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			number, err := strconv.ParseUint(r.URL.Query().Get("number"), 10, 32)
			if err != nil {
				http.Error(w, "no number", http.StatusBadRequest)
				return
			}
			conn, err := upgrader.Upgrade(w, r, nil)
			if err == nil {
				clients.Store(uint32(number), conn)
			}
		}),
	})
	if err := engine.Start(); err != nil {
		return err
	}
	fmt.Println("listening", engine.Addrs[0])
	<-ctx.Done()
	engine.Stop()
	return nil
}

// listening reads the line that the hub and PeerJS server print.
func listening(line string, p *process) bool {
	address, found := strings.CutPrefix(line, "listening ")
	if found {
		p.address = address
	}
	return found
}

func startHub(ctx context.Context, _ settings) (*process, load.Service, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	server, err := launchUntil(ctx, listening, program, asHub)
	if err != nil {
		return nil, nil, err
	}
	return server, &other{address: server.address, dialect: hubDialect{}}, nil
}

type hubDialect struct{}

func (hubDialect) endpoint(address string, index int) load.Endpoint {
	return load.Endpoint{URL: fmt.Sprintf("ws://%s/?number=%d", address, index)}
}

func (hubDialect) greeting([]byte) error { return errors.New("a hub does not speak first") }

func (hubDialect) greets() bool { return false }

func (hubDialect) message(to int, stamp uint64) []byte {
	message := make([]byte, load.MessageSize)
	binary.BigEndian.PutUint32(message, uint32(to))
	binary.BigEndian.PutUint64(message[4:], stamp)
	return message
}

func (hubDialect) stamp(message []byte) (uint64, bool) {
	if len(message) < 12 {
		return 0, false
	}
	return binary.BigEndian.Uint64(message[4:]), true
}

func (hubDialect) heartbeat() []byte { return []byte{0} }
