package rendezvous_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestMailForContacts(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		tag := randomTag(t)
		if outcome := ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT)); outcome != wire.TagsOutcome_TAGS_OUTCOME_DONE {
			t.Fatalf("register: %v", outcome)
		}
		before := time.Now()
		envelope := letter(t, tag)
		header, err := wire.ParseOuter(envelope)
		if err != nil {
			t.Fatal(err)
		}
		result := ben.put(&wire.PutMail{Envelope: envelope})
		if result.GetOutcome() != wire.PutOutcome_PUT_OUTCOME_STORED || result.GetExpiresMs() != header.Expires.UnixMilli() {
			t.Errorf("put: %v", result)
		}
		if again := ben.put(&wire.PutMail{Envelope: envelope}); again.GetOutcome() != wire.PutOutcome_PUT_OUTCOME_STORED {
			t.Errorf("put again: %v", again)
		}
		mails := ana.fetchAll()
		if len(mails) != 1 || !bytes.Equal(mails[0].GetEnvelope(), envelope) || mails[0].GetBox() != wire.MailBox_MAIL_BOX_CONTACT ||
			mails[0].GetStoredMs() < before.UnixMilli() || mails[0].GetStoredMs() > time.Now().UnixMilli() {
			t.Fatalf("fetched %v", mails)
		}
		if ana.arrived == 0 {
			t.Error("no hint came")
		}
		if others := ben.fetchAll(); len(others) != 0 {
			t.Errorf("somebody else's mail was fetched: %v", others)
		}
		ben.forget(mails[0].GetId(), []byte("unknown"))
		if left := ana.fetchAll(); len(left) != 1 {
			t.Error("somebody else deleted it")
		}
		ana.forget(mails[0].GetId())
		if left := ana.fetchAll(); len(left) != 0 {
			t.Errorf("deleted mail was fetched: %v", left)
		}
		ana.register([][]byte{tag[:]})
		ben.expectPut("removed tag", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_NO_SUCH_TAG)
	})
}

// TestOneHint: a device is told once, and again after it fetched.
func TestOneHint(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		tag := randomTag(t)
		ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
		for want := range 3 {
			for range 5 {
				ben.expectPut("put", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_STORED)
			}
			ana.ask(heartbeat(1))
			if ana.arrived != want+1 {
				t.Errorf("%d hints, want %d", ana.arrived, want+1)
			}
			ana.fetch(nil)
		}
	})
}

func TestMailForStrangers(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		tag := ana.strangerTag()
		first := letter(t, tag)
		work := prove(t, tag, first)
		if outcome := ben.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_STRANGER)); outcome != wire.TagsOutcome_TAGS_OUTCOME_TAKEN {
			t.Errorf("somebody else's stranger tag: %v", outcome)
		}
		// The same bytes as a tag for contacts are another tag.
		if outcome := ben.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT)); outcome != wire.TagsOutcome_TAGS_OUTCOME_DONE {
			t.Errorf("the bytes as a contact tag: %v", outcome)
		}
		if outcome := ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_STRANGER)); outcome != wire.TagsOutcome_TAGS_OUTCOME_DONE {
			t.Fatalf("register: %v", outcome)
		}
		ben.expectPut("work", &wire.PutMail{Envelope: first, Proof: work}, wire.PutOutcome_PUT_OUTCOME_STORED)
		ben.register([][]byte{tag[:]})
		second := letter(t, tag)
		ben.expectPut("no work", &wire.PutMail{Envelope: second}, wire.PutOutcome_PUT_OUTCOME_PROOF)
		ben.expectPut("work of another envelope", &wire.PutMail{Envelope: second, Proof: work}, wire.PutOutcome_PUT_OUTCOME_PROOF)
		ben.expectPut("empty work", &wire.PutMail{Envelope: second, Proof: &wire.PutMail_Work{}}, wire.PutOutcome_PUT_OUTCOME_PROOF)
		ben.expectPut("a secret", &wire.PutMail{Envelope: second, Proof: &wire.PutMail_InviteSecret{InviteSecret: make([]byte, 16)}}, wire.PutOutcome_PUT_OUTCOME_PROOF)
		mails := ana.fetchAll()
		if len(mails) != 1 || mails[0].GetBox() != wire.MailBox_MAIL_BOX_STRANGER {
			t.Fatalf("fetched %v", mails)
		}
		ana.register([][]byte{tag[:]})
		ben.expectPut("removed", &wire.PutMail{Envelope: first, Proof: work}, wire.PutOutcome_PUT_OUTCOME_NO_SUCH_TAG)
	})
}

// TestReplayedWork: one proof pays for its envelope once; a repetition soon
// after is the sender who did not hear the answer.
func TestReplayedWork(t *testing.T) {
	t.Parallel()
	var clock clock
	server := start(t, withMailbox, manyFrames, func(o *rendezvous.Options) { o.Now = clock.now })
	ana, ben := come(t, server, protocol.Protobuf), come(t, server, protocol.Protobuf)
	tag := ana.strangerTag()
	ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_STRANGER))
	envelope := letter(t, tag)
	work := prove(t, tag, envelope)
	ben.expectPut("work", &wire.PutMail{Envelope: envelope, Proof: work}, wire.PutOutcome_PUT_OUTCOME_STORED)
	ben.expectPut("repeated", &wire.PutMail{Envelope: envelope, Proof: work}, wire.PutOutcome_PUT_OUTCOME_STORED)
	mails := ana.fetchAll()
	if len(mails) != 1 {
		t.Fatalf("fetched %d", len(mails))
	}
	ana.forget(mails[0].GetId())
	// In small steps: the lease lasts 30 s.
	for range 60 {
		clock.add(10 * time.Second)
		ana.ask(heartbeat(1))
		ben.ask(heartbeat(1))
	}
	ben.expectPut("replayed", &wire.PutMail{Envelope: envelope, Proof: work}, wire.PutOutcome_PUT_OUTCOME_PROOF)
	if left := ana.fetchAll(); len(left) != 0 {
		t.Errorf("fetched %v", left)
	}
}

func TestMailByInvite(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		secret := randomTag(t)
		tag := protocol.InviteTag(secret)
		ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_INVITE))
		shown := &wire.PutMail_InviteSecret{InviteSecret: secret[:]}
		ben.expectPut("secret", &wire.PutMail{Envelope: letter(t, tag), Proof: shown}, wire.PutOutcome_PUT_OUTCOME_STORED)
		ben.expectPut("no secret", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_PROOF)
		ben.expectPut("the tag as a secret", &wire.PutMail{Envelope: letter(t, tag), Proof: &wire.PutMail_InviteSecret{InviteSecret: tag[:]}}, wire.PutOutcome_PUT_OUTCOME_PROOF)
		ben.expectPut("short secret", &wire.PutMail{Envelope: letter(t, tag), Proof: &wire.PutMail_InviteSecret{InviteSecret: secret[:15]}}, wire.PutOutcome_PUT_OUTCOME_PROOF)
		envelope := letter(t, tag)
		ben.expectPut("work instead", &wire.PutMail{Envelope: envelope, Proof: prove(t, tag, envelope)}, wire.PutOutcome_PUT_OUTCOME_PROOF)
		for i := range 49 {
			ben.expectPut(fmt.Sprint("letter ", i), &wire.PutMail{Envelope: letter(t, tag), Proof: shown}, wire.PutOutcome_PUT_OUTCOME_STORED)
		}
		ben.expectPut("full", &wire.PutMail{Envelope: letter(t, tag), Proof: shown}, wire.PutOutcome_PUT_OUTCOME_FULL)
		// Another invite's box has its own room.
		other := randomTag(t)
		otherTag := protocol.InviteTag(other)
		ana.register(nil, tagOf(otherTag, wire.MailBox_MAIL_BOX_INVITE))
		ben.expectPut("another invite", &wire.PutMail{Envelope: letter(t, otherTag), Proof: &wire.PutMail_InviteSecret{InviteSecret: other[:]}}, wire.PutOutcome_PUT_OUTCOME_STORED)
		if mails := ana.fetchAll(); len(mails) != 51 {
			t.Errorf("%d fetched", len(mails))
		}
	})
}

func TestMailRefused(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		tag := randomTag(t)
		ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
		good := wire.OuterHeader{Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Tag: tag, Expires: time.Now().Add(time.Hour)}
		signal, expired, unknown := good, good, good
		signal.Kind = wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL
		expired.Expires = time.Now().Add(-time.Second)
		unknown.Kind = 0
		for name, envelope := range map[string][]byte{
			"nothing":       nil,
			"no envelope":   []byte("hello"),
			"a signal":      sealed(t, signal, 512),
			"expired":       sealed(t, expired, 512),
			"kind 0":        sealed(t, unknown, 512),
			"a byte more":   append(sealed(t, good, 512), 0),
			"other padding": sealed(t, good, 513),
		} {
			ben.expectPut(name, &wire.PutMail{Envelope: envelope}, wire.PutOutcome_PUT_OUTCOME_REFUSED)
		}
		ben.expectPut("to nobody", &wire.PutMail{Envelope: letter(t, randomTag(t))}, wire.PutOutcome_PUT_OUTCOME_NO_SUCH_TAG)
		good.Expires = time.Now().Add(1000 * time.Hour)
		result := ben.put(&wire.PutMail{Envelope: sealed(t, good, 512)})
		kept := time.UnixMilli(result.GetExpiresMs())
		if most := time.Now().Add(14 * 24 * time.Hour); result.GetOutcome() != wire.PutOutcome_PUT_OUTCOME_STORED || kept.After(most) || kept.Before(most.Add(-time.Minute)) {
			t.Errorf("kept until %v", kept)
		}
		past := tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT)
		past.ExpiresMs = time.Now().Add(-time.Minute).UnixMilli()
		ana.register(nil, past)
		ben.expectPut("expired tag", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_NO_SUCH_TAG)
	})
}

func TestTagsOfOthers(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		tag, free := randomTag(t), randomTag(t)
		ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
		if outcome := ben.register(nil, tagOf(free, wire.MailBox_MAIL_BOX_CONTACT), tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT)); outcome != wire.TagsOutcome_TAGS_OUTCOME_TAKEN {
			t.Errorf("taken tag: %v", outcome)
		}
		ben.register([][]byte{tag[:]})
		ben.expectPut("after somebody else removed it", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_STORED)
		ben.expectPut("the one beside the taken one", &wire.PutMail{Envelope: letter(t, free)}, wire.PutOutcome_PUT_OUTCOME_NO_SUCH_TAG)
		for range 16 {
			tags := make([]*wire.Tag, 256)
			for i := range tags {
				tags[i] = tagOf(randomTag(t), wire.MailBox_MAIL_BOX_CONTACT)
			}
			if outcome := ben.register(nil, tags...); outcome != wire.TagsOutcome_TAGS_OUTCOME_DONE {
				t.Fatalf("register many: %v", outcome)
			}
		}
		if outcome := ben.register(nil, tagOf(free, wire.MailBox_MAIL_BOX_CONTACT)); outcome != wire.TagsOutcome_TAGS_OUTCOME_TOO_MANY {
			t.Errorf("4,097 tags: %v", outcome)
		}
	})
}

func TestFullBoxes(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		tag := randomTag(t)
		ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
		large := wire.OuterHeader{Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Tag: tag, Expires: time.Now().Add(time.Hour)}
		stored, size := 0, len(sealed(t, large, wire.LargestPadded))
		for {
			envelope := sealed(t, large, wire.LargestPadded)
			outcome := ben.put(&wire.PutMail{Envelope: envelope}).GetOutcome()
			if outcome == wire.PutOutcome_PUT_OUTCOME_FULL {
				break
			}
			if stored++; outcome != wire.PutOutcome_PUT_OUTCOME_STORED || stored > 1000 {
				t.Fatalf("put %d: %v", stored, outcome)
			}
		}
		if stored*size > 16<<20 || (stored+1)*size <= 16<<20 {
			t.Errorf("the box held %d of %d bytes", stored, size)
		}
		mails := ana.fetchAll()
		if len(mails) != stored {
			t.Fatalf("%d of %d fetched", len(mails), stored)
		}
		ana.forget(mails[0].GetId())
		ben.expectPut("room again", &wire.PutMail{Envelope: sealed(t, large, wire.LargestPadded)}, wire.PutOutcome_PUT_OUTCOME_STORED)
	})
}

func TestPutQuota(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, ben := come(t, server, encoding), come(t, server, encoding)
		tag := randomTag(t)
		ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
		for range 3 {
			ben.expectPut("within the quota", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_STORED)
		}
		ben.expectPut("over the quota", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_UNAVAILABLE)
		// Another session of the same identity has no quota of its own; another identity has.
		again := comeAs(t, server, encoding, ben.device)
		again.expectPut("from another session", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_UNAVAILABLE)
		ana.expectPut("somebody else", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_STORED)
	}, func(o *rendezvous.Options) { o.Limits.PutsPerHour = 3 })
}

func TestServerWithoutMailbox(t *testing.T) {
	t.Parallel()
	server := start(t)
	r := mustDial(t, server.Rendezvous().Listening().String(), protocol.JSON)
	device := rendezvoustest.NewDevice(t)
	if welcome := r.login(device); welcome.GetMailbox() {
		t.Error("the welcome promises mail")
	}
	ana := &person{raw: r, device: device}
	tag := randomTag(t)
	if outcome := ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT)); outcome != wire.TagsOutcome_TAGS_OUTCOME_UNAVAILABLE {
		t.Errorf("register: %v", outcome)
	}
	ana.expectPut("put", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_UNAVAILABLE)
	if batch := ana.fetch(nil); !batch.GetUnavailable() {
		t.Errorf("fetch: %v", batch)
	}
}

func TestMalformedMail(t *testing.T) {
	t.Parallel()
	tag := make([]byte, 16)
	hash := make([]byte, sha256.Size)
	many := slices.Repeat([][]byte{tag}, 257)
	tags := make([]*wire.Tag, 257)
	for i := range tags {
		tags[i] = tagOf(randomTag(t), wire.MailBox_MAIL_BOX_CONTACT)
	}
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		for name, frame := range map[string]*wire.ClientFrame{
			"tags":               {Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Tags: tags}}},
			"short tag":          {Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Tags: []*wire.Tag{{Tag: tag[1:], Box: 1}}}}},
			"no box":             {Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Tags: []*wire.Tag{{Tag: tag}}}}},
			"unknown box":        {Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Tags: []*wire.Tag{{Tag: tag, Box: 4}}}}},
			"same twice":         {Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Tags: []*wire.Tag{{Tag: tag, Box: 1}, {Tag: tag, Box: 1}}}}},
			"both":               {Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Tags: []*wire.Tag{{Tag: tag, Box: 1}}, Remove: [][]byte{tag}}}},
			"remove many":        {Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Remove: many}}},
			"remove short":       {Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Remove: [][]byte{tag[1:]}}}},
			"cursor":             {Kind: &wire.ClientFrame_FetchMail{FetchMail: &wire.FetchMail{After: make([]byte, 65)}}},
			"delete many":        {Kind: &wire.ClientFrame_DeleteMail{DeleteMail: &wire.DeleteMail{MailIds: many}}},
			"delete long":        {Kind: &wire.ClientFrame_DeleteMail{DeleteMail: &wire.DeleteMail{MailIds: [][]byte{make([]byte, 33)}}}},
			"delete empty":       {Kind: &wire.ClientFrame_DeleteMail{DeleteMail: &wire.DeleteMail{MailIds: [][]byte{nil}}}},
			"recall short tag":   recallFrame(tag[1:], hash, 512),
			"recall long tag":    recallFrame(append(tag, 0), hash, 512),
			"recall no hash":     recallFrame(tag, nil, 512),
			"recall short hash":  recallFrame(tag, hash[1:], 512),
			"recall two hashes":  recallFrame(tag, append(hash, hash...), 512),
			"recall nothing":     recallFrame(tag, hash, 0),
			"recall too large":   recallFrame(tag, hash, wire.MaxEnvelope+1),
			"recall with no end": recallFrame(tag, hash, math.MaxUint32),
		} {
			t.Run(name, func(t *testing.T) {
				p := come(t, server, encoding)
				p.raw.testing = t
				p.send(frame)
				p.expectError(wire.ErrorCode_ERROR_CODE_PROTOCOL)
			})
		}
	})
}

// TestMailIsFetchedOnceUntilDeleted: whatever is put, fetched and deleted in
// whatever order, a walk over the box finds each envelope exactly once.
func TestMailIsFetchedOnceUntilDeleted(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		rapid.Check(t, func(step *rapid.T) {
			ana, ben := come(t, server, encoding), come(t, server, encoding)
			defer ana.close()
			defer ben.close()
			tag := identityTag(ana.device.Peer())
			ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
			held := make(map[string]bool)
			for range rapid.IntRange(1, 12).Draw(step, "steps") {
				switch rapid.IntRange(0, 3).Draw(step, "what") {
				case 0, 1:
					header := wire.OuterHeader{Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Tag: tag, Expires: time.Now().Add(time.Hour)}
					envelope := sealed(t, header, 512<<rapid.IntRange(0, 7).Draw(step, "size"))
					for range rapid.IntRange(1, 2).Draw(step, "times") {
						ben.expectPut("put", &wire.PutMail{Envelope: envelope}, wire.PutOutcome_PUT_OUTCOME_STORED)
					}
					held[string(envelope)] = true
				case 2:
					for _, mail := range ana.fetchAll() {
						if rapid.Bool().Draw(step, "applied") {
							ana.forget(mail.GetId())
							delete(held, string(mail.GetEnvelope()))
						}
					}
				default:
					ana.close()
					ana = comeAs(t, server, encoding, ana.device)
				}
				found := ana.fetchAll()
				for _, mail := range found {
					if !held[string(mail.GetEnvelope())] {
						step.Fatal("an envelope that was deleted or never put")
					}
				}
				if len(found) != len(held) {
					step.Fatalf("%d fetched, %d held", len(found), len(held))
				}
			}
		})
	})
}

// identityTag is any tag, another one for each peer.
func identityTag(peer identity.PeerID) (tag [16]byte) {
	copy(tag[:], peer[:])
	return tag
}
