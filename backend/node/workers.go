package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// maxGroup is how many commits share a transaction, at most.
const maxGroup = 2048

// commitAll writes what waits in one transaction (group commit).
func (n *Node) commitAll(ctx context.Context) {
	var order commitOrder
	for {
		var group []Commit
		select {
		case <-ctx.Done():
			return
		case first := <-n.commits:
			group = n.gather(first)
		}
		batches, live := order.admit(group, n.inbox.put)
		if len(live) == 0 {
			continue
		}
		n.faultOfWrites("before", batches)
		err := n.config.Store.Commit(ctx, batches...)
		n.faultOfWrites("after", batches)
		if err != nil {
			n.logger.ErrorContext(ctx, "the store refused a write", slog.Any("error", err))
		}
		order.done(live, err, n.inbox.put)
	}
}

// gather adds to a commit those that wait behind it.
func (n *Node) gather(first Commit) []Commit {
	group := []Commit{first}
	for len(group) < maxGroup {
		select {
		case next := <-n.commits:
			group = append(group, next)
		default:
			return group
		}
	}
	return group
}

// commitOrder refuses, after a failure, what the core asked for before it knew.
type commitOrder struct {
	failed     error // the last failure, nil before the first
	generation uint64
}

// admit returns what of a group is to be written, in one transaction.
func (o *commitOrder) admit(group []Commit, answer func(Event)) (batches [][]Write, live []Commit) {
	for _, commit := range group {
		if o.failed != nil && commit.Generation <= o.generation {
			answer(Committed{Token: commit.Token, Err: o.stale()})
			continue
		}
		batches = append(batches, commit.Writes)
		live = append(live, commit)
	}
	return batches, live
}

// done answers what was admitted.
func (o *commitOrder) done(live []Commit, err error, answer func(Event)) {
	if err != nil {
		o.failed, o.generation = err, live[len(live)-1].Generation
	}
	for i, commit := range live {
		if err != nil && i > 0 {
			answer(Committed{Token: commit.Token, Err: o.stale()})
			continue
		}
		answer(Committed{Token: commit.Token, Err: err})
	}
}

// stale refuses a commit with what the one before it failed by.
func (o *commitOrder) stale() error { return fmt.Errorf("%w: %w", errStale, o.failed) }

// readAll answers reads of logs, and of what disappears.
func (n *Node) readAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-n.reads:
			n.inbox.put(n.read(ctx, e))
		case e := <-n.expiring:
			n.readExpiring(ctx, e)
		}
	}
}

func (n *Node) read(ctx context.Context, e ReadEntries) EntriesRead {
	answer := answerTo(e)
	if e.Beyond == nil {
		answer.Entries, answer.Err = n.config.Store.Entries(ctx, e.Conversation, e.Want.Log, e.Want.After, e.MaxBytes)
	} else {
		answer.Entries, answer.Err = n.config.Store.Beyond(ctx, e.Conversation, e.Beyond, e.MaxBytes, replica.BatchEntries)
	}
	if answer.Err != nil {
		n.logger.ErrorContext(ctx, "a log cannot be read", slog.Any("error", answer.Err))
	}
	if e.Pack && len(answer.Entries) > 0 {
		var err error
		if answer.Packed, err = n.packer.Pack(e.Conversation[:], answer.Entries); err != nil {
			n.logger.WarnContext(ctx, "entries go as they are", slog.Any("error", err))
		}
	}
	return answer
}

// readExpiring answers which messages disappear.
func (n *Node) readExpiring(ctx context.Context, e ReadExpiring) {
	due, next, err := n.config.Store.Expiring(ctx, e.Now, e.Limit)
	if err != nil {
		n.logger.ErrorContext(ctx, "it cannot be read which messages disappear", slog.Any("error", err))
	}
	n.inbox.put(ExpiringRead{Due: due, Next: next, Err: err})
}

// answerTo is an answer without entries.
func answerTo(e ReadEntries) EntriesRead {
	return EntriesRead{Session: e.Session, Conversation: e.Conversation, Want: e.Want, Beyond: e.Beyond, Mail: e.Mail, Check: e.Check}
}

// sealJob is work for the sealer.
type sealJob struct {
	effect   Effect
	received []byte // an envelope to open
	fetched  *signaling.Fetched
	token    string // the server it came through
}

func (sealJob) isEvent() {}

// sealAll seals and opens envelopes, in order: a candidate must not overtake
// its offer.
func (n *Node) sealAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.seals.ready:
		}
		n.sealNext(ctx)
	}
}

// sealNext does the first job that waits for the sealer.
func (n *Node) sealNext(ctx context.Context) {
	job, ok := n.seals.take().(sealJob)
	if !ok {
		return
	}
	switch e := job.effect.(type) {
	case nil:
		if job.fetched != nil {
			fault.Point("node.mail.fetched")
			opened := n.openMail(ctx, job.token, job.fetched)
			fault.Point("node.mail.opened")
			n.inbox.put(opened)
			return
		}
		n.load.opened(job.token)
		n.open(ctx, job.token, job.received)
	case SealAndSend:
		n.seal(ctx, e)
	case SealLetter:
		n.sealLetter(ctx, e)
	case AskDial:
		signal, err := n.links.AskDial(e.Remote)
		if err == nil {
			n.inbox.put(LinkEvent{Event: link.Event{Session: signal.Session, Remote: e.Remote, Signal: &signal}})
		}
	case MakeSealingKey:
		n.makeSealingKey(e)
	}
}

func (n *Node) seal(ctx context.Context, e SealAndSend) {
	id, err := uuid.NewV7()
	if err != nil {
		return
	}
	for _, carrier := range e.Carriers {
		sealed, err := envelope.Seal(envelope.Content{
			FromPeer: n.config.Keys.Peer(), FromDevice: n.config.Keys.Device(),
			ToPeer: e.To.Peer, ToDevice: e.To.Device,
			ID: id, Time: carrier.Time, Kind: e.Kind, Body: e.Body,
			DeviceList: e.DeviceList, ReplyKey: e.ReplyKey,
		}, e.To, n.config.Keys, carrier.Time.Add(e.Life))
		if err != nil {
			n.logger.WarnContext(ctx, "an envelope cannot be sealed", slog.Any("error", err))
			return
		}
		n.signaling.Send(carrier.Token, e.ID, e.To.Peer, sealed)
	}
}

func (n *Node) makeSealingKey(e MakeSealingKey) {
	key, err := envelope.NewSealingKey(n.config.Now())
	if err != nil {
		n.inbox.put(SealingKeyMade{Err: err})
		return
	}
	record, err := key.Record(n.config.Keys, e.Sequence)
	if err != nil {
		n.inbox.put(SealingKeyMade{Err: err})
		return
	}
	private, err := key.Marshal()
	n.inbox.put(SealingKeyMade{
		Key:    SealingKey{ID: key.ID, Private: private, Created: key.Created, Expires: key.Expires, Delete: key.Expires.Add(sealingKeyKept)},
		Record: record, Err: err,
	})
}

// open opens an envelope; what does not hold is dropped, the sender learns nothing.
func (n *Node) open(ctx context.Context, token string, sealed []byte) {
	ring := n.keyring.Load()
	if ring == nil {
		return
	}
	offset := n.clockOffset(token)
	now := n.config.Now().Add(offset)
	content, err := envelope.Open(sealed, func(id [16]byte) *envelope.SealingKey { return (*ring)[id] }, now)
	if err != nil || content.ToPeer != n.config.Keys.Peer() || content.ToDevice != n.config.Keys.Device() {
		n.logger.DebugContext(ctx, "an envelope was dropped", slog.Any("error", err))
		return
	}
	opened := EnvelopeOpened{Token: token, Content: content}
	if content.Kind == wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL {
		if age := now.Sub(content.Time).Abs(); age > signalSkew {
			n.logger.DebugContext(ctx, "a signal was dropped", slog.Duration("age", age))
			return
		}
		opened.Signal, err = link.ParseSignal(content.Body, link.Remote{Peer: content.FromPeer, Device: content.FromDevice},
			link.Remote{Peer: content.ToPeer, Device: content.ToDevice}, n.config.Now())
		if err != nil && !errors.Is(err, link.ErrSkew) { // the envelope's time, just checked, is the carrier's
			n.logger.DebugContext(ctx, "a signal was dropped", slog.Any("error", err))
			return
		}
	}
	if content.Kind == wire.EnvelopeKind_ENVELOPE_KIND_REQUEST {
		if opened.Request, err = parseRequest(content); err != nil {
			n.logger.InfoContext(ctx, "a request was dropped", slog.Any("error", err))
			return
		}
	}
	opened.Signal.Sealed = content.Time.Add(-offset)
	n.inbox.put(opened)
}

// clockOffset is the time at a server minus ours.
func (n *Node) clockOffset(token string) time.Duration {
	known, _ := n.clocks.Load(token)
	offset, _ := known.(time.Duration)
	return offset
}

// signalSkew is how far a signal's time may be from the server's.
const signalSkew = 90 * time.Second

func (n *Node) serverEvent(e signaling.Event) {
	if e.Received != nil {
		if !n.load.seals(e.Token) {
			return
		}
		n.seals.put(sealJob{token: e.Token, received: e.Received})
		return
	}
	if e.Fetched != nil {
		n.seals.put(sealJob{token: e.Token, fetched: e.Fetched})
		return
	}
	if e.Stored != nil {
		fault.Point("node.mail.stored")
	}
	n.toldByServer(e)
}

// linkEvent takes the transport's events; frames go through a verifier of
// their session, which holds the link back when it cannot keep up.
func (n *Node) linkEvent(e link.Event) {
	switch {
	case e.Message != nil:
		made, _ := n.verifiers.LoadOrStore(e.Session, newVerifier())
		v, ok := made.(*verifier)
		if !ok {
			return
		}
		v.start.Do(func() { n.done.Go(func() { n.verify(e.Session, v) }) })
		select {
		case v.frames <- e.Message:
		case <-v.closed:
		}
		return
	case e.Closed != nil:
		if made, known := n.verifiers.LoadAndDelete(e.Session); known {
			if v, ok := made.(*verifier); ok {
				v.close()
			}
		}
	}
	n.inbox.put(LinkEvent{Event: e})
}

func (n *Node) performLink(ctx context.Context, effect Effect) {
	var err error
	var session link.Session
	switch e := effect.(type) {
	case DialLink:
		session, err = e.Session, n.links.Dial(e.Session, e.Remote, e.Options)
	case AcceptLink:
		session, err = e.Offer.Session, n.links.Accept(e.Remote, e.Offer, e.Options)
	case DeliverSignal:
		session, err = e.Signal.Session, n.links.Deliver(e.Remote, e.Signal)
	case SendFrame:
		var data []byte
		if data, err = wire.Encode(e.Frame); err == nil {
			faultOfFrame("sent", e.Frame)
			session, err = e.Session, n.links.Send(e.Session, data)
		}
	case HangUp:
		if e.Why != "" {
			n.logger.InfoContext(ctx, "line closed", slog.String("why", e.Why))
		}
		if e.Cut {
			n.links.Cut(e.Session)
		} else {
			n.links.Hangup(e.Session)
		}
	case CloseStream:
		err = e.Stream.Close()
	case SetRelays:
		n.links.SetRelays(e.Relays)
	case CheckPaths:
		n.links.NetworkChanged()
		n.signaling.NetworkChanged()
	}
	if err != nil {
		n.logger.InfoContext(ctx, "the link transport refused", slog.Any("error", err))
		n.inbox.put(SignalFailed{Session: session, Err: err})
	}
}

func (n *Node) performSignaling(effect Effect) {
	switch e := effect.(type) {
	case ConnectServer:
		n.signaling.Connect(e.Token, e.Server)
	case DisconnectServer:
		n.signaling.Disconnect(e.Token)
	case RetryServer:
		n.signaling.Retry(e.Token)
	case PublishRecord:
		n.signaling.Publish(e.Record)
	case WatchPeers:
		n.signaling.Watch(e.Token, e.Peers)
	case RefusePeers:
		n.signaling.Refuse(e.Token, e.Peers)
	case LookUp:
		n.signaling.Lookup(e.Token, e.ID, e.Peer)
	case RegisterTags:
		n.signaling.RegisterTags(e.Token, e.ID, e.Tags, e.Remove)
	case PutMail:
		fault.Point("node.mail.put")
		n.signaling.PutMail(e.Token, e.ID, e.Envelope, signaling.Proof{Invite: e.Invite, Work: e.Work})
	case ClaimHandle:
		n.signaling.ClaimHandle(e.Token, e.ID, e.Claim, e.Previous)
	case ReleaseHandle:
		n.signaling.ReleaseHandle(e.Token, e.ID, e.Handle)
	case ResolveHandle:
		n.signaling.ResolveHandle(e.Token, e.ID, e.Handle)
	case RecallMail:
		fault.Point("node.mail.recall")
		n.signaling.RecallMail(e.Token, e.ID, e.Receipt)
	case FetchMail:
		n.signaling.FetchMail(e.Token, e.ID)
	case DeleteMail:
		fault.Point("node.mail.delete")
		n.signaling.DeleteMail(e.Token, e.ID, e.Mail)
	}
}
