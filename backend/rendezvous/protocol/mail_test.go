package protocol_test

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// vectorDay is 2027-01-15, 20,833 days after 1970-01-01.
var vectorDay = time.Date(2027, 1, 15, 12, 0, 0, 0, time.UTC)

// vectorPeer is 0, 1, 2 … 31: only its bytes count.
func vectorPeer() (peer identity.PeerID) {
	for i := range peer {
		peer[i] = byte(i)
	}
	return peer
}

// TestMailVectors fixes the derivations: other programs compute them too.
func TestMailVectors(t *testing.T) {
	t.Parallel()
	stranger := protocol.StrangerTag(vectorPeer())
	if got := hex.EncodeToString(stranger[:]); got != "53e2d83b935e6d933f13d33f5fcd36a1" {
		t.Errorf("stranger tag %s", got)
	}
	invite := protocol.InviteTag([16]byte([]byte("0123456789abcdef")))
	if got := hex.EncodeToString(invite[:]); got != "04bb132ac3b923bd4b6e0636a70d2240" {
		t.Errorf("invite tag %s", got)
	}
	envelope := []byte("tincan vector")
	work, err := protocol.MakeWork(t.Context(), stranger, envelope, vectorDay)
	if err != nil {
		t.Fatal(err)
	}
	if work.GetDay() != 20_833 || work.GetNonce() != 875030 {
		t.Errorf("work %v", work)
	}
	digest := protocol.WorkHash(stranger, envelope, work.GetDay(), work.GetNonce())
	if got := hex.EncodeToString(digest[:]); got != "000001ab892036e0b28909d4781adb1e0fd9752d28752a4c58c2924eecc07dae" {
		t.Errorf("work hash %s", got)
	}
	if checked, good := protocol.CheckWork(stranger, envelope, work, vectorDay); !good || checked != digest {
		t.Error("the proof is refused")
	}
}

func TestCheckWork(t *testing.T) {
	t.Parallel()
	tag, envelope := protocol.StrangerTag(vectorPeer()), []byte("tincan vector")
	work, err := protocol.MakeWork(t.Context(), tag, envelope, vectorDay)
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		tag      [16]byte
		envelope string
		work     *wire.ProofOfWork
		after    time.Duration
		good     bool
	}{
		"good":            {tag, string(envelope), work, 0, true},
		"tomorrow":        {tag, string(envelope), work, day, true},
		"yesterday":       {tag, string(envelope), work, -day, true},
		"too old":         {tag, string(envelope), work, 2 * day, false},
		"too early":       {tag, string(envelope), work, -2 * day, false},
		"none":            {tag, string(envelope), nil, 0, false},
		"other tag":       {[16]byte{1}, string(envelope), work, 0, false},
		"other envelope":  {tag, "tincan vectos", work, 0, false},
		"other nonce":     {tag, string(envelope), &wire.ProofOfWork{Day: work.GetDay(), Nonce: work.GetNonce() + 1}, 0, false},
		"other day":       {tag, string(envelope), &wire.ProofOfWork{Day: work.GetDay() + 1, Nonce: work.GetNonce()}, 0, false},
		"far in the days": {tag, string(envelope), &wire.ProofOfWork{Day: 1<<32 - 1, Nonce: work.GetNonce()}, 0, false},
	} {
		if _, good := protocol.CheckWork(c.tag, []byte(c.envelope), c.work, vectorDay.Add(c.after)); good != c.good {
			t.Errorf("%s: good %t", name, good)
		}
	}
}

func TestMakeWorkEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := protocol.MakeWork(ctx, [16]byte{}, nil, vectorDay); !errors.Is(err, context.Canceled) {
		t.Errorf("MakeWork = %v", err)
	}
}

// TestMailBatchFits: the worst batch is many of the smallest envelopes with the
// largest ids, and the largest envelope alone.
func TestMailBatchFits(t *testing.T) {
	t.Parallel()
	const smallest = wire.OuterHeaderSize + wire.EncapsulationSize + wire.SmallestPadded + wire.SealOverhead
	for _, size := range []int{smallest, wire.MaxEnvelope} {
		batch := &wire.MailBatch{Id: 1<<64 - 1, Next: make([]byte, protocol.MaxMailCursor)}
		for left := protocol.MailBatchSize; left >= size; left -= size {
			batch.Mails = append(batch.Mails, &wire.Mail{
				Id: make([]byte, protocol.MaxMailID), Envelope: make([]byte, size), StoredMs: vectorDay.UnixMilli(), Box: wire.MailBox_MAIL_BOX_STRANGER,
			})
		}
		frame := &wire.ServerFrame{Kind: &wire.ServerFrame_MailBatch{MailBatch: batch}}
		for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
			data, err := encoding.Encode(frame)
			if err != nil {
				t.Fatal(err)
			}
			if most := encoding.Limit(wire.MaxServerFrame); len(data) > most {
				t.Errorf("%s: %d envelopes of %d bytes take %d, more than %d", encoding.Subprotocol(), len(batch.GetMails()), size, len(data), most)
			}
		}
	}
}

func TestCostKeepsWithinTheBurst(t *testing.T) {
	t.Parallel()
	put := protocol.Cost(&wire.ClientFrame{Kind: &wire.ClientFrame_PutMail{}})
	beat := protocol.Cost(&wire.ClientFrame{Kind: &wire.ClientFrame_Heartbeat{}})
	claim := protocol.Cost(&wire.ClientFrame{Kind: &wire.ClientFrame_ClaimHandle{}})
	if beat != 1 || put <= beat || claim <= put || claim > protocol.Burst {
		t.Errorf("heartbeat %v, put %v, claim %v", beat, put, claim)
	}
}

// FuzzWork: checking agrees with the definition, whatever comes.
func FuzzWork(f *testing.F) {
	f.Add([]byte("0123456789abcdef"), []byte("envelope"), uint32(20_833), uint64(7), int64(20_833))
	f.Add([]byte{}, []byte{}, uint32(1<<32-1), uint64(0), int64(-5))
	f.Fuzz(func(t *testing.T, tagBytes, envelope []byte, day uint32, nonce uint64, today int64) {
		var tag [16]byte
		copy(tag[:], tagBytes)
		now := time.Unix(today%(1<<33), 0)
		digest, good := protocol.CheckWork(tag, envelope, &wire.ProofOfWork{Day: day, Nonce: nonce}, now)
		if !good {
			return
		}
		if digest[0] != 0 || digest[1] != 0 || digest[2]&0xf0 != 0 {
			t.Errorf("a proof with hash %x", digest)
		}
		if apart := int64(day) - int64(protocol.WorkDay(now)); apart < -1 || apart > 1 {
			t.Errorf("a proof %d days off", apart)
		}
	})
}

// BenchmarkMakeWork says how long a proof takes; every envelope is another one,
// so that the mean counts and not one lucky nonce.
func BenchmarkMakeWork(b *testing.B) {
	envelope := make([]byte, 4<<10)
	for i := 0; b.Loop(); i++ {
		envelope[0], envelope[1], envelope[2] = byte(i), byte(i>>8), byte(i>>16)
		if _, err := protocol.MakeWork(b.Context(), [16]byte{}, envelope, vectorDay); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheckWork(b *testing.B) {
	envelope := make([]byte, 4<<10)
	work := &wire.ProofOfWork{Day: protocol.WorkDay(vectorDay)}
	for b.Loop() {
		protocol.CheckWork([16]byte{}, envelope, work, vectorDay)
	}
}
