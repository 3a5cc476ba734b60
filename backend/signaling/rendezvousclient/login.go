package rendezvousclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// login opens a session with the keeper's server.
func login(ctx context.Context, k *keeper) (*session, error) {
	options := &k.client.options
	found, err := dialAny(ctx, options.Dial, k.server, options.Encoding)
	if err != nil {
		return nil, err
	}
	s, err := answer(ctx, k, found)
	if err != nil {
		found.conn.Close()
		return nil, err
	}
	return s, nil
}

// answer logs in on a socket that greeted us.
func answer(ctx context.Context, k *keeper, found *greeted) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, protocol.AnswerTimeout)
	defer cancel()
	options := &k.client.options
	self := options.Identity
	var nonce protocol.Nonce
	if _, err := io.ReadFull(options.Random, nonce[:]); err != nil {
		return nil, fail(signaling.CodeUnreachable, fmt.Errorf("no randomness: %w", err))
	}
	record, edition := k.client.latest()
	hello := &wire.ClientFrame{Kind: &wire.ClientFrame_Login{Login: &wire.Login{
		Major: wire.Major, Minor: wire.Minor,
		Identity: self.Peer[:], Device: self.Device[:], ClientNonce: nonce[:], Record: record,
		Signature: self.Sign(identity.ContextLogin, protocol.LoginMessage(found.key, found.nonce, nonce, self.Peer, self.Device)),
	}}}
	data, err := options.Encoding.Encode(hello)
	if err != nil {
		return nil, fail(signaling.CodeRefused, err)
	}
	sent := options.Now()
	if err = found.conn.Write(ctx, data); err != nil {
		return nil, inTime(ctx, err)
	}
	frame, err := readFrame(ctx, found.conn, options.Encoding)
	if err != nil {
		return nil, inTime(ctx, err)
	}
	if said := frame.GetError(); said != nil {
		return nil, saidBy(said)
	}
	welcome := frame.GetWelcome()
	if welcome == nil {
		return nil, fail(signaling.CodeNotServer, errNotServer)
	}
	if !identity.Verify(found.key, identity.ContextWelcome,
		protocol.WelcomeMessage(nonce, found.nonce, self.Peer, self.Device), welcome.GetSignature()) {
		return nil, fail(signaling.CodeKey, errors.New("the server's signature is wrong"))
	}
	now := options.Now()
	s := newSession(k, found, now)
	s.published = edition
	s.heartbeat = interval(welcome.GetHeartbeatMs())
	s.measure(sent, now, welcome.GetTimeMs())
	s.relay = welcome.GetRelay()
	return s, nil
}

// inTime puts a timeout into words.
func inTime(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fail(signaling.CodeUnreachable, errSilent)
	}
	return err
}

// interval keeps what a server asks for within reason.
func interval(ms int64) time.Duration {
	asked := time.Duration(min(max(ms, 0), time.Hour.Milliseconds())) * time.Millisecond
	if asked == 0 {
		return protocol.Heartbeat
	}
	return min(max(asked, time.Second), protocol.Heartbeat)
}
