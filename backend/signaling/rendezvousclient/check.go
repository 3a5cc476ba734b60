package rendezvousclient

import (
	"context"
	"fmt"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// Info is what a server says of itself before anybody logs in.
type Info struct {
	Server    identity.Server // with its key and the URL that answered
	Major     uint32
	Minor     uint32
	RoundTrip time.Duration
	Offset    time.Duration // server's time minus ours, about
}

// Check asks the server at an address (host:port, wss://host:port, with or
// without #key) who it is. An address that cannot be read gives the error of
// identity.ParseServerAddress; everything else is a *Failure.
func Check(ctx context.Context, address string, through *proxy.Choice) (Info, error) {
	server, err := identity.ParseServerAddress(address)
	if err != nil {
		return Info{}, fmt.Errorf("rendezvous: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	began := time.Now()
	targets, _ := newCluster(server, nil).targets(began, func() float64 { return 0 }, choice{})
	found, err := dialAny(ctx, dialer{proxy: through}.dial, targets, protocol.Protobuf)
	if err != nil {
		return Info{}, err
	}
	defer found.conn.Close()
	took := time.Since(began)
	info := Info{
		Server: identity.Server{Key: found.key, URLs: []string{found.target.url}},
		Major:  found.challenge.GetMajor(), Minor: found.challenge.GetMinor(),
		Offset: time.UnixMilli(found.challenge.GetTimeMs()).Sub(began.Add(took / 2)),
	}
	info.RoundTrip, err = pingTime(ctx, found.conn)
	if err != nil {
		return Info{}, fail(signaling.CodeUnreachable, err)
	}
	return info, nil
}

// pingTime measures one round trip.
func pingTime(ctx context.Context, conn Conn) (time.Duration, error) {
	opened, ok := conn.(*webSocket)
	if !ok {
		return 0, errNotServer
	}
	// Something must read for the pong to be seen.
	reading := opened.socket.CloseRead(ctx)
	began := time.Now()
	if err := opened.socket.Ping(reading); err != nil {
		return 0, fmt.Errorf("no answer to a ping: %w", err)
	}
	return time.Since(began), nil
}
