package load

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// post is the mail of one run. All of it follows from a few numbers, so that
// what a server hands out is compared byte by byte without being kept.
type post struct {
	seed      Seed
	mailboxes int
	size      int // of the plaintext, padded
	expires   time.Time
	beatEvery time.Duration

	mu           sync.Mutex
	begunCount   int    // numbers below it were or may have been put
	acknowledged []byte // a bit for each number
}

// kept is a post in a file.
type kept struct {
	Seed         []byte `json:"seed"`
	Mailboxes    int    `json:"mailboxes"`
	Size         int    `json:"size"`
	ExpiresMs    int64  `json:"expires_ms"`
	Begun        int    `json:"begun"`
	Acknowledged []byte `json:"acknowledged"` // a bit for each envelope, the lowest first
}

// life of an envelope and its tag: less than a server keeps mail.
const life = 13 * 24 * time.Hour

// Bounds of what is read from a file.
const (
	maxKept      = 64 << 20 // bytes
	maxMailboxes = 1 << 20
)

func newPost(options MailOptions) *post {
	return &post{
		seed: options.Seed, mailboxes: options.Mailboxes, size: wire.PaddedSize(options.Size),
		expires: time.UnixMilli(time.Now().Add(life).UnixMilli()), beatEvery: protocol.Heartbeat,
		acknowledged: make([]byte, (options.Count+7)/8),
	}
}

// tag of a mailbox.
func (p *post) tag(mailbox int) [16]byte {
	var tag [16]byte
	_, _ = p.seed.stream("tag", uint64(mailbox)).Read(tag[:]) // a stream cannot fail
	return tag
}

// mailboxOf says where an envelope goes.
func (p *post) mailboxOf(number int) int { return number % p.mailboxes }

// envelope makes one with a valid outer header; what it seals is random.
func (p *post) envelope(number int) []byte {
	stream := p.seed.stream("envelope", uint64(number))
	outer := wire.OuterHeader{Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Tag: p.tag(p.mailboxOf(number)), Expires: p.expires}
	_, _ = stream.Read(outer.KeyID[:]) // a stream cannot fail, here and below
	ciphertext := p.size + wire.SealOverhead
	sealed := outer.Encode(ciphertext)
	sealed = append(sealed, make([]byte, wire.EncapsulationSize+ciphertext)...)
	_, _ = stream.Read(sealed[wire.OuterHeaderSize:])
	binary.BigEndian.PutUint64(sealed[wire.OuterHeaderSize:], uint64(number))
	return sealed
}

// numberOf returns which envelope this is; false when it is none of this post's.
func (p *post) numberOf(sealed []byte, mailbox int) (int, bool) {
	if len(sealed) < wire.OuterHeaderSize+8 {
		return 0, false
	}
	number := binary.BigEndian.Uint64(sealed[wire.OuterHeaderSize:])
	p.mu.Lock()
	known := number < uint64(p.begunCount)
	p.mu.Unlock()
	if !known || p.mailboxOf(int(number)) != mailbox || !bytes.Equal(sealed, p.envelope(int(number))) {
		return 0, false
	}
	return int(number), true
}

// begun says that an envelope may be at the server from now on.
func (p *post) begun(number int) {
	p.mu.Lock()
	p.begunCount = max(p.begunCount, number+1)
	p.mu.Unlock()
}

// stored says that the server acknowledged it.
func (p *post) stored(number int) {
	p.mu.Lock()
	p.acknowledged[number/8] |= 1 << (number % 8)
	p.mu.Unlock()
}

func (p *post) wasStored(number int) bool {
	return p.acknowledged[number/8]&(1<<(number%8)) != 0
}

func (p *post) save(file string) error {
	data, err := json.Marshal(kept{p.seed[:], p.mailboxes, p.size, p.expires.UnixMilli(), p.begunCount, p.acknowledged})
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// parsePost reads what save wrote.
func parsePost(data []byte) (*post, error) {
	var held kept
	if len(data) > maxKept || json.Unmarshal(data, &held) != nil {
		return nil, errors.New("load: the file was not written by loadgen mail --keep")
	}
	if len(held.Seed) != len(Seed{}) || held.Mailboxes < 1 || held.Mailboxes > maxMailboxes || wire.PaddedSize(held.Size) != held.Size ||
		held.Begun < 0 || held.Begun > 8*len(held.Acknowledged) {
		return nil, errors.New("load: the file holds no such mail")
	}
	return &post{
		seed: Seed(held.Seed), mailboxes: held.Mailboxes, size: held.Size, expires: time.UnixMilli(held.ExpiresMs),
		beatEvery: protocol.Heartbeat, begunCount: held.Begun, acknowledged: held.Acknowledged,
	}, nil
}

// register makes the tags of all mailboxes known.
func (t *Tincan) register(ctx context.Context, p *post) error {
	if err := t.Prepare(p.mailboxes); err != nil {
		return err
	}
	return each(ctx, p.mailboxes, func(ctx context.Context, index int) error {
		owner := &mailer{service: t, index: index}
		if err := owner.enter(ctx); err != nil {
			return err
		}
		defer owner.leave()
		tag := p.tag(index)
		frame := &wire.ClientFrame{Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Id: 1, Tags: []*wire.Tag{
			{Tag: tag[:], Box: wire.MailBox_MAIL_BOX_CONTACT, ExpiresMs: p.expires.UnixMilli()},
		}}}}
		err := owner.insist(ctx, frame, func(answer *wire.ServerFrame) bool {
			return answer.GetTagsResult().GetOutcome() == wire.TagsOutcome_TAGS_OUTCOME_DONE
		})
		if err != nil {
			return fmt.Errorf("load: registering a tag: %w", err)
		}
		return nil
	})
}

// VerifyResult compares what was acknowledged with what is there.
type VerifyResult struct {
	Acknowledged int64   `json:"acknowledged"`
	Fetched      int64   `json:"fetched"`
	Whole        int64   `json:"whole"`   // acknowledged and there exactly once
	Missing      int64   `json:"missing"` // acknowledged and not there
	Twice        int64   `json:"twice"`   // there more than once, acknowledged or not
	Foreign      int64   `json:"foreign"` // altered, or never put there
	Deleted      int64   `json:"deleted"`
	Rate         float64 `json:"fetched_a_second"`
}

// VerifyMail fetches what the run that wrote a file put, and deletes it if remove.
func VerifyMail(ctx context.Context, service *Tincan, file string, remove bool) (VerifyResult, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return VerifyResult{}, fmt.Errorf("load: %w", err)
	}
	p, err := parsePost(data)
	if err != nil {
		return VerifyResult{}, err
	}
	return p.verify(ctx, &Tincan{servers: service.servers, seed: p.seed}, remove)
}

func (p *post) verify(ctx context.Context, owners *Tincan, remove bool) (VerifyResult, error) {
	if err := owners.Prepare(p.mailboxes); err != nil {
		return VerifyResult{}, err
	}
	copies := make([]atomic.Uint32, p.begunCount)
	var fetched, foreign, deleted atomic.Int64
	began := time.Now()
	err := each(ctx, p.mailboxes, func(ctx context.Context, index int) error {
		owner := &mailer{service: owners, index: index}
		if err := owner.enter(ctx); err != nil {
			return err
		}
		defer owner.leave()
		ids, err := owner.fetchAll(ctx, func(mail *wire.Mail) {
			fetched.Add(1)
			number, good := p.numberOf(mail.GetEnvelope(), index)
			if !good {
				foreign.Add(1)
				return
			}
			copies[number].Add(1)
		})
		if err != nil || !remove {
			return err
		}
		deleted.Add(int64(len(ids)))
		return owner.deleteAll(ctx, ids)
	})
	result := VerifyResult{Fetched: fetched.Load(), Foreign: foreign.Load(), Deleted: deleted.Load(), Rate: float64(fetched.Load()) / time.Since(began).Seconds()}
	if err != nil {
		return result, err
	}
	for number := range copies {
		found, stored := copies[number].Load(), p.wasStored(number)
		if stored {
			result.Acknowledged++
		}
		switch {
		case found > 1:
			result.Twice++
		case stored && found == 1:
			result.Whole++
		case stored:
			result.Missing++
		}
	}
	if result.Missing+result.Twice+result.Foreign > 0 {
		return result, fmt.Errorf("load: mail is not whole: %d missing, %d there twice, %d altered or unknown", result.Missing, result.Twice, result.Foreign)
	}
	return result, nil
}

// fetchAll reads everything in one's boxes and returns the ids.
func (m *mailer) fetchAll(ctx context.Context, each func(*wire.Mail)) ([][]byte, error) {
	var ids [][]byte
	var after []byte
	for {
		var batch *wire.MailBatch
		err := m.insist(ctx, &wire.ClientFrame{Kind: &wire.ClientFrame_FetchMail{FetchMail: &wire.FetchMail{Id: 2, After: after}}}, func(answer *wire.ServerFrame) bool {
			batch = answer.GetMailBatch()
			return batch != nil && !batch.GetUnavailable()
		})
		if err != nil {
			return nil, fmt.Errorf("load: fetching: %w", err)
		}
		for _, mail := range batch.GetMails() {
			each(mail)
			ids = append(ids, mail.GetId())
		}
		if after = batch.GetNext(); len(after) == 0 {
			return ids, nil
		}
	}
}

// deleteAll deletes mail and sees that none is left.
func (m *mailer) deleteAll(ctx context.Context, ids [][]byte) error {
	const most = 256 // ids in a frame
	for start := 0; start < len(ids); start += most {
		frame := &wire.ClientFrame{Kind: &wire.ClientFrame_DeleteMail{DeleteMail: &wire.DeleteMail{Id: 3, MailIds: ids[start:min(start+most, len(ids))]}}}
		err := m.insist(ctx, frame, func(answer *wire.ServerFrame) bool {
			return answer.GetDeleteResult() != nil && !answer.GetDeleteResult().GetUnavailable()
		})
		if err != nil {
			return fmt.Errorf("load: deleting: %w", err)
		}
	}
	left := 0
	if _, err := m.fetchAll(ctx, func(*wire.Mail) { left++ }); err != nil {
		return err
	}
	if left > 0 {
		return fmt.Errorf("load: %d envelopes are left after they were deleted", left)
	}
	return nil
}
