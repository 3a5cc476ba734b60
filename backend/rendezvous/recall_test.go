package rendezvous_test

import (
	"crypto/sha256"
	"testing"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

func recallFrame(tag, hash []byte, size uint32) *wire.ClientFrame {
	return &wire.ClientFrame{Kind: &wire.ClientFrame_RecallMail{RecallMail: &wire.RecallMail{Id: 15, Tag: tag, Hash: hash, Size: size}}}
}

// takeBack asks for an envelope that was put at a tag.
func (p *person) takeBack(tag [16]byte, envelope []byte) wire.RecallOutcome {
	p.testing.Helper()
	hash := sha256.Sum256(envelope)
	answer := p.ask(recallFrame(tag[:], hash[:], uint32(len(envelope))))
	if answer.GetRecallResult().GetId() != 15 {
		p.testing.Fatalf("answer %v", answer)
	}
	return answer.GetRecallResult().GetOutcome()
}

func (p *person) expectTakenBack(what string, tag [16]byte, envelope []byte, want wire.RecallOutcome) {
	p.testing.Helper()
	if got := p.takeBack(tag, envelope); got != want {
		p.testing.Errorf("%s: %v, want %v", what, got, want)
	}
}

const (
	recalled    = wire.RecallOutcome_RECALL_OUTCOME_DELETED
	notThere    = wire.RecallOutcome_RECALL_OUTCOME_NOT_THERE
	unavailable = wire.RecallOutcome_RECALL_OUTCOME_UNAVAILABLE
)

// TestRecallMail: whoever knows the envelope takes it back, once, and nothing
// else; what was deleted, or lies elsewhere, is not there.
func TestRecallMail(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben, eve := come(t, server, encoding), come(t, server, encoding), come(t, server, encoding)
		for _, box := range []wire.MailBox{wire.MailBox_MAIL_BOX_CONTACT, wire.MailBox_MAIL_BOX_STRANGER} {
			tag, other := randomTag(t), randomTag(t)
			if box == wire.MailBox_MAIL_BOX_STRANGER {
				tag = ana.strangerTag()
			}
			ana.register(nil, tagOf(tag, box))
			eve.register(nil, tagOf(other, wire.MailBox_MAIL_BOX_CONTACT))
			one, two := letter(t, tag), letter(t, tag)
			for _, envelope := range [][]byte{one, two} {
				frame := &wire.PutMail{Envelope: envelope}
				if box == wire.MailBox_MAIL_BOX_STRANGER {
					frame.Proof = prove(t, tag, envelope)
				}
				ben.expectPut("put", frame, wire.PutOutcome_PUT_OUTCOME_STORED)
			}
			eve.expectTakenBack("an envelope that nobody put", tag, letter(t, tag), notThere)
			eve.expectTakenBack("at a tag of one's own", other, one, notThere)
			eve.expectTakenBack("at nobody's tag", randomTag(t), one, notThere)
			eve.expectTakenBack("of another length", tag, one[:len(one)-1], notThere)
			hash := sha256.Sum256(one)
			if answer := eve.ask(recallFrame(tag[:], hash[:], uint32(len(one)+512))); answer.GetRecallResult().GetOutcome() != notThere {
				t.Errorf("of another size: %v", answer)
			}
			if mails := ana.fetchAll(); len(mails) != 2 {
				t.Fatalf("box %v: %d are left", box, len(mails))
			}
			ben.expectTakenBack("what was put, and fetched", tag, one, recalled)
			ben.expectTakenBack("the same again", tag, one, notThere)
			mails := ana.fetchAll()
			if len(mails) != 1 || string(mails[0].GetEnvelope()) != string(two) {
				t.Fatalf("box %v: %d are left", box, len(mails))
			}
			ana.forget(mails[0].GetId())
			ben.expectTakenBack("what was deleted", tag, two, notThere)
		}
	})
}

// TestRecallBeforeLogin: who did not log in is asked for that, whatever they know.
func TestRecallBeforeLogin(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana := come(t, server, encoding)
		tag := randomTag(t)
		ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
		envelope := letter(t, tag)
		ana.expectPut("put", &wire.PutMail{Envelope: envelope}, wire.PutOutcome_PUT_OUTCOME_STORED)
		hash := sha256.Sum256(envelope)
		stranger := mustDial(t, server.Rendezvous().Listening().String(), encoding)
		stranger.mustRead() // the challenge
		stranger.send(recallFrame(tag[:], hash[:], uint32(len(envelope))))
		stranger.expectError(wire.ErrorCode_ERROR_CODE_PROTOCOL)
		if len(ana.fetchAll()) != 1 {
			t.Error("it was taken back")
		}
	})
}

// TestRecallQuota: taking back counts as leaving does, over all sessions of an
// identity.
func TestRecallQuota(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		tag := randomTag(t)
		ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
		envelope := letter(t, tag)
		ben.expectPut("put", &wire.PutMail{Envelope: envelope}, wire.PutOutcome_PUT_OUTCOME_STORED)
		ben.expectTakenBack("another", tag, letter(t, tag), notThere)
		ben.expectTakenBack("a third", tag, letter(t, tag), notThere)
		ben.expectTakenBack("over the quota", tag, envelope, unavailable)
		again := comeAs(t, server, encoding, ben.device)
		again.expectTakenBack("from another session", tag, envelope, unavailable)
		ana.expectTakenBack("somebody else", tag, envelope, recalled)
	}, func(o *rendezvous.Options) { o.Limits.PutsPerHour = 3 })
}

// TestRecallIsChargedForReading: who looks through boxes again and again is
// refused after what an hour allows.
func TestRecallIsChargedForReading(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		tag := randomTag(t)
		ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
		for range 4 { // envelopes of some 1,700 bytes
			ben.expectPut("put", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_STORED)
		}
		refused := 0
		for range 6 {
			if ben.takeBack(tag, letter(t, tag)) == unavailable {
				refused++
			}
		}
		if refused != 4 {
			t.Errorf("%d of 6 were refused", refused)
		}
	}, func(o *rendezvous.Options) { o.Limits.RecalledPerHour = 10_000 })
}

func TestRecallWithoutMailbox(t *testing.T) {
	t.Parallel()
	server := start(t)
	r := mustDial(t, server.Rendezvous().Listening().String(), protocol.JSON)
	device := rendezvoustest.NewDevice(t)
	if welcome := r.login(device); welcome.GetRecall() {
		t.Error("the welcome promises it")
	}
	ana := &person{raw: r, device: device}
	tag := randomTag(t)
	ana.expectTakenBack("without a mailbox", tag, letter(t, tag), unavailable)
}
