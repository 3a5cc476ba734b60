package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

// MailOptions say what Mail puts.
type MailOptions struct {
	Seed      Seed
	Writers   int             // envelopes under way at a time; 64
	Senders   int             // clients that put, each within its rate; 1,024, or as many as there are writers
	Mailboxes int             // peers that get mail; enough to stay within the quota of each
	Count     int             // envelopes
	Size      int             // bytes of plaintext that an envelope is made for, before padding; MessageSize
	Rate      float64         // envelopes a second; 0: as many as can be
	For       time.Duration   // stop after this long; 0: when all are put
	Until     <-chan struct{} // stop when it is closed; nil: when all are put
	Keep      string          // file for what VerifyMail needs; "": Mail verifies and deletes what it put
	// Measuring, if it is not nil, is called with true when the first envelope is
	// about to be put and with false when the last one was acknowledged.
	Measuring func(bool)
	// Acknowledged, if it is not nil, is called after each acknowledgement, by any goroutine.
	Acknowledged func()
}

// Defaults of MailOptions. A contact's box holds 1,000 envelopes, an engine may
// hold a tenth less. A put counts twice for the rate, and one identity may put
// 1,000 in an hour.
const (
	standardWriters = 64
	standardSenders = 1024
	perMailbox      = 800
	fewestMailboxes = 8
)

// firstSender is the number of the first person who puts; those before get mail.
const firstSender = 1 << 24

func (o MailOptions) withDefaults() MailOptions {
	if o.Writers == 0 {
		o.Writers = standardWriters
	}
	if o.Senders == 0 {
		o.Senders = max(o.Writers, min(standardSenders, o.Count))
	}
	if o.Mailboxes == 0 {
		o.Mailboxes = max(fewestMailboxes, (o.Count+perMailbox-1)/perMailbox)
	}
	if o.Size == 0 {
		o.Size = MessageSize
	}
	return o
}

// MailResult is what Mail saw.
type MailResult struct {
	Put          int64            `json:"put"`
	Acknowledged int64            `json:"acknowledged"`
	Rate         float64          `json:"acknowledged_a_second"`
	Retried      int64            `json:"tried_again"`
	Reconnected  int64            `json:"reconnected"`
	Outcomes     map[string]int64 `json:"other_outcomes,omitempty"` // than stored, by name
	Longest      time.Duration    `json:"longest_without_ns"`       // an acknowledgement
	Latency      Latency          `json:"latency"`
	Took         time.Duration    `json:"took_ns"`
	Verified     *VerifyResult    `json:"verified,omitempty"`
}

// Mail registers a tag for each mailbox, puts envelopes there, and verifies
// that every acknowledged one is there exactly once, or leaves that to
// VerifyMail. What fails for a reason that may pass is tried again, with the
// same bytes, at whatever server can be reached.
func Mail(ctx context.Context, service *Tincan, options MailOptions) (MailResult, error) {
	options = options.withDefaults()
	if wire.PaddedSize(options.Size) == 0 || options.Count <= 0 || options.Writers > options.Senders {
		return MailResult{}, errors.New("load: no such mail: envelopes are 1 byte to 64 KiB, and there are as many senders as writers or more")
	}
	post := newPost(options)
	owners := &Tincan{servers: service.servers, seed: options.Seed}
	if err := owners.register(ctx, post); err != nil {
		return MailResult{}, err
	}
	senders := &Tincan{servers: service.servers, seed: options.Seed, first: firstSender}
	if err := senders.Prepare(options.Senders); err != nil {
		return MailResult{}, err
	}
	w := &writing{post: post, options: options, took: newHistogram(), free: make(chan *mailer, options.Senders), outcomes: map[string]int64{}}
	result, err := w.run(ctx, senders)
	if err != nil {
		return result, err
	}
	if options.Keep != "" {
		return result, post.save(options.Keep)
	}
	verified, err := post.verify(ctx, owners, true)
	result.Verified = &verified
	return result, err
}

// writing is one run of Mail.
type writing struct {
	post    *post
	options MailOptions
	took    *histogram
	free    chan *mailer // senders at rest, the one that rested longest first
	began   time.Time

	next, put, acknowledged, retried, reconnected atomic.Int64

	mu       sync.Mutex
	outcomes map[string]int64
	last     time.Time // of an acknowledgement
	longest  time.Duration
}

func (w *writing) run(ctx context.Context, senders *Tincan) (MailResult, error) {
	if err := w.enter(ctx, senders); err != nil {
		return MailResult{}, err
	}
	putContext, cancel := context.WithCancel(ctx)
	defer cancel()
	if w.options.For > 0 {
		stop := time.AfterFunc(w.options.For, cancel)
		defer stop.Stop()
	}
	if w.options.Until != nil {
		go func() {
			select {
			case <-w.options.Until:
				cancel()
			case <-putContext.Done():
			}
		}()
	}
	w.measuring(true)
	began := time.Now()
	w.began = began
	w.last = began
	beatContext, stopBeating := context.WithCancel(ctx)
	var beating, group sync.WaitGroup
	beating.Go(func() { w.beat(beatContext) })
	for range w.options.Writers {
		group.Go(func() { w.write(ctx, putContext) })
	}
	group.Wait()
	took := time.Since(began)
	w.measuring(false)
	stopBeating()
	beating.Wait()
	w.leave()
	return MailResult{
		Put: w.put.Load(), Acknowledged: w.acknowledged.Load(), Rate: float64(w.acknowledged.Load()) / took.Seconds(),
		Retried: w.retried.Load(), Reconnected: w.reconnected.Load(), Outcomes: w.outcomes,
		Longest: w.longest, Latency: w.took.latency(), Took: took,
	}, ctx.Err()
}

func (w *writing) measuring(on bool) {
	if w.options.Measuring != nil {
		w.options.Measuring(on)
	}
}

// enter logs the senders in.
func (w *writing) enter(ctx context.Context, senders *Tincan) error {
	return each(ctx, w.options.Senders, func(ctx context.Context, index int) error {
		sender := &mailer{service: senders, index: index}
		if err := sender.enter(ctx); err != nil {
			return err
		}
		w.free <- sender
		return nil
	})
}

func (w *writing) leave() {
	close(w.free)
	for sender := range w.free {
		sender.leave()
	}
}

// beat keeps the sessions of senders alive. One that puts beats by itself too
// late only when it waits for an answer for so long that the session is lost anyway.
func (w *writing) beat(ctx context.Context) {
	every := w.post.beatEvery / time.Duration(w.options.Senders)
	for waitUntil(ctx, time.Now().Add(every)) {
		select {
		case sender := <-w.free:
			sender.beat()
			w.free <- sender
		default: // all of them are busy
		}
	}
}

// write puts envelopes until all are put, or putContext ended. One that was
// begun is tried until it is acknowledged or nothing can be hoped for any more.
func (w *writing) write(ctx, putContext context.Context) {
	for putContext.Err() == nil {
		number := int(w.next.Add(1)) - 1
		if number >= w.options.Count {
			return
		}
		if w.options.Rate > 0 && !waitUntil(putContext, w.began.Add(time.Duration(float64(number)/w.options.Rate*float64(time.Second)))) {
			return
		}
		w.put.Add(1)
		w.post.begun(number)
		if !w.deliver(ctx, number) {
			return
		}
	}
}

// stubborn is how long an envelope is tried again.
const stubborn = time.Minute

// deliver puts one envelope until it is acknowledged; false when ctx ended or it gave up.
func (w *writing) deliver(ctx context.Context, number int) bool {
	frame := &wire.ClientFrame{Kind: &wire.ClientFrame_PutMail{PutMail: &wire.PutMail{Id: uint64(number), Envelope: w.post.envelope(number)}}}
	began := time.Now()
	for tried := 0; time.Since(began) < stubborn; tried++ {
		if tried > 0 {
			w.retried.Add(1)
			if !waitUntil(ctx, time.Now().Add(min(time.Duration(tried)*20*time.Millisecond, time.Second))) {
				return false
			}
		}
		var sender *mailer
		select {
		case sender = <-w.free:
		case <-ctx.Done():
			return false
		}
		outcome, err := w.attempt(ctx, sender, frame)
		w.free <- sender
		switch {
		case err != nil:
			w.count("no answer")
		case outcome == wire.PutOutcome_PUT_OUTCOME_STORED:
			w.post.stored(number)
			w.took.record(time.Since(began))
			w.acknowledge()
			return true
		default:
			w.count(outcome.String())
		}
	}
	return false
}

func (w *writing) attempt(ctx context.Context, sender *mailer, frame *wire.ClientFrame) (wire.PutOutcome, error) {
	if sender.gone() {
		w.reconnected.Add(1)
		if err := sender.connect(ctx, 1); err != nil {
			return 0, err
		}
	}
	answer, err := sender.ask(ctx, frame)
	if err != nil {
		return 0, err
	}
	result := answer.GetPutResult()
	if result == nil || result.GetId() != frame.GetPutMail().GetId() {
		return 0, fmt.Errorf("load: another answer than to what was put")
	}
	return result.GetOutcome(), nil
}

func (w *writing) count(outcome string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outcomes[outcome]++
}

func (w *writing) acknowledge() {
	w.acknowledged.Add(1)
	w.mu.Lock()
	now := time.Now()
	w.longest = max(w.longest, now.Sub(w.last))
	w.last = now
	w.mu.Unlock()
	if w.options.Acknowledged != nil {
		w.options.Acknowledged()
	}
}
