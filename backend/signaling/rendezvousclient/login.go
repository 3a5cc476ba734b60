package rendezvousclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// maxLogins is how many servers are asked in one attempt.
const maxLogins = 3

// login opens a session with the best server that takes us.
func (k *keeper) login(ctx context.Context, choice choice) (*session, error) {
	if choice.without == nil {
		choice.without = make(map[identity.ServerKey]bool)
	}
	var first *Failure
	for range maxLogins {
		preferred, last := k.cluster.targets(k.client.options.Now(), k.backoff.fraction, choice)
		s, key, err := k.loginAt(ctx, preferred, last)
		if err == nil {
			return s, nil
		}
		failure := failureOf(err)
		stranger := !key.IsZero() && key != k.cluster.homeKey()
		if stranger && (failure.Code == signaling.CodeKey || failure.Code == signaling.CodeVersion) {
			// The list was wrong there. Nothing is wrong with the server that the owner knows.
			failure = fail(signaling.CodeUnreachable, failure)
			k.cluster.avoid(key, k.client.options.Now(), avoidMost)
		}
		if first == nil {
			first = failure
		}
		if key.IsZero() || !elsewhere(failure.Code) || ctx.Err() != nil {
			break
		}
		k.sentAway(key, failure)
		choice.without[key] = true
		if preferred, last = k.cluster.targets(k.client.options.Now(), k.backoff.fraction, choice); len(preferred)+len(last) == 0 {
			break
		}
	}
	return nil, first
}

// loginAt logs in at the first address that greets us, and returns whose it is.
func (k *keeper) loginAt(ctx context.Context, preferred, last []target) (*session, identity.ServerKey, error) {
	options := &k.client.options
	var found *greeted
	var err error
	if len(preferred) > 0 {
		found, err = dialAny(ctx, options.Dial, preferred, options.Encoding)
	}
	if found == nil && (len(last) > 0 || err == nil) && ctx.Err() == nil {
		before := err
		if found, err = dialAny(ctx, options.Dial, last, options.Encoding); before != nil && err != nil && slices.ContainsFunc(preferred, target.isHome) {
			err = before
		}
	}
	if err != nil {
		return nil, identity.ServerKey{}, err
	}
	s, err := answer(ctx, k, found)
	if err != nil {
		found.conn.Close()
		return nil, found.key, err
	}
	k.cluster.arrived(found.target, found.key)
	return s, found.key, nil
}

// elsewhere says whether another server of the cluster may be better.
func elsewhere(code signaling.Code) bool {
	switch code {
	case signaling.CodeUnreachable, signaling.CodeNotServer, signaling.CodeLimit, signaling.CodeShutdown, signaling.CodeCertificate:
		return true
	case signaling.CodeVersion, signaling.CodeKey, signaling.CodeRefused, signaling.CodeReplaced, signaling.CodeBanned, signaling.CodeProxy:
	}
	return false
}

// sentAway keeps away from a server that said so.
func (k *keeper) sentAway(key identity.ServerKey, failure *Failure) {
	if failure.Code == signaling.CodeShutdown || failure.Code == signaling.CodeLimit {
		k.cluster.avoid(key, k.client.options.Now(), failure.RetryAfter)
	}
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
	message := protocol.LoginMessage(found.key, found.nonce, nonce, self.Peer, self.Device)
	hello := &wire.ClientFrame{Kind: &wire.ClientFrame_Login{Login: &wire.Login{
		Major: wire.Major, Minor: wire.Minor,
		Identity: self.Peer[:], Device: self.Device[:], ClientNonce: nonce[:], Record: record,
		Signature: self.Sign(identity.ContextLogin, message),
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
	s.published, s.binding = edition, protocol.BindingOf(message)
	s.heartbeat = interval(welcome.GetHeartbeatMs())
	s.measure(sent, now, welcome.GetTimeMs())
	s.relay = welcome.GetRelay()
	s.mailbox, s.directory, s.recall = welcome.GetMailbox(), welcome.GetDirectory(), welcome.GetRecall()
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
