package envelope

import (
	"bytes"
	"crypto/hpke"
	"crypto/rand"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/nacl/box"
	"golang.org/x/sys/unix"
)

// The goals for a body of 1 KiB: under 0.5 ms each, and under 25 ms for 100
// recipients. Each stands beside two plain alternatives on the same bytes: the
// same HPKE suite bare, and NaCl's anonymous box (X25519 alone), neither of which
// says who sent it. Medians; ours checks signatures and records, they do not.

// beside measures ours in turn with what it is compared with: by the clock, and
// by the processor time of this thread, of which the ratios are, since other work
// on the machine is not in it.
func beside(b *testing.B, ours func(), others map[string]func()) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	clock, processor := map[string][]time.Duration{}, map[string][]time.Duration{}
	measure := func(name string, do func()) {
		began, used := time.Now(), threadTime(b)
		do()
		clock[name], processor[name] = append(clock[name], time.Since(began)), append(processor[name], threadTime(b)-used)
	}
	for b.Loop() {
		measure("", ours)
		for name, do := range others {
			measure(name, do)
		}
	}
	median := func(took []time.Duration) float64 { return float64(slices.Sorted(slices.Values(took))[len(took)/2]) }
	b.ReportMetric(0, "ns/op") // it would count the others too
	b.ReportMetric(median(clock[""])/1e6, "ms")
	b.ReportMetric(median(processor[""])/1e6, "processor-ms")
	for name := range others {
		b.ReportMetric(median(processor[""])/median(processor[name]), "times-"+name)
	}
}

// threadTime is the processor time that this thread took so far.
func threadTime(b *testing.B) time.Duration {
	b.Helper()
	var now unix.Timespec
	check(b, unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now))
	return time.Duration(now.Nano())
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// sizes are a content of 1 KiB with a reply key, its letter, and what the
// alternatives seal: as much as is inside the letter.
func sizes(b *testing.B) (p pair, content Content, sealed, plain []byte) {
	b.Helper()
	p = newPair(b)
	content = withBody(p.content(""), 1<<10)
	content.ReplyKey = p.reply
	sealed = p.seal(b, content)
	return p, content, sealed, make([]byte, len(sealed)-overhead)
}

func bare(b *testing.B, p pair, plain []byte) []byte {
	b.Helper()
	sealed, err := hpke.Seal(p.record.Public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), nil, plain)
	check(b, err)
	return sealed
}

func BenchmarkSeal(b *testing.B) {
	p, content, _, plain := sizes(b)
	public, _, err := box.GenerateKey(rand.Reader)
	check(b, err)
	beside(b, func() {
		_, err := Seal(content, p.record, p.ana, written.Add(time.Hour))
		check(b, err)
	}, map[string]func(){
		"hpke": func() { bare(b, p, plain) },
		"box": func() {
			_, err := box.SealAnonymous(nil, plain, public, rand.Reader)
			check(b, err)
		},
	})
}

func BenchmarkOpen(b *testing.B) {
	p, content, sealed, plain := sizes(b)
	public, private, err := box.GenerateKey(rand.Reader)
	check(b, err)
	boxed, err := box.SealAnonymous(nil, plain, public, rand.Reader)
	check(b, err)
	bared := bare(b, p, plain)
	beside(b, func() {
		opened, err := Open(sealed, p.find, written)
		check(b, err)
		if !bytes.Equal(opened.Body, content.Body) {
			b.Fatal("it opens as something else")
		}
	}, map[string]func(){
		"hpke": func() {
			_, err := hpke.Open(p.key.private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), nil, bared)
			check(b, err)
		},
		"box": func() {
			if _, ok := box.OpenAnonymous(nil, boxed, public, private); !ok {
				b.Fatal("the box does not open")
			}
		},
	})
}

// BenchmarkSealForHundred seals one text to each of 100 people.
func BenchmarkSealForHundred(b *testing.B) {
	const people = 100
	p, content, _, plain := sizes(b)
	var records []Record
	var boxes []*[32]byte
	for seed := range people {
		key, err := NewSealingKey(written.Add(-time.Hour))
		check(b, err)
		records = append(records, testRecord(b, key, testKeys(b, byte(seed))))
		public, _, err := box.GenerateKey(rand.Reader)
		check(b, err)
		boxes = append(boxes, public)
	}
	beside(b, func() {
		for _, to := range records {
			one := content
			one.ToPeer, one.ToDevice = to.Peer, to.Device
			_, err := Seal(one, to, p.ana, written.Add(time.Hour))
			check(b, err)
		}
	}, map[string]func(){
		"hpke": func() {
			for _, to := range records {
				_, err := hpke.Seal(to.Public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), nil, plain)
				check(b, err)
			}
		},
		"box": func() {
			for _, to := range boxes {
				_, err := box.SealAnonymous(nil, plain, to, rand.Reader)
				check(b, err)
			}
		},
	})
}
