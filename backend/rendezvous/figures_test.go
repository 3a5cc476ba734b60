package rendezvous

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestRefusalsAreBoundedAndEnd(t *testing.T) {
	t.Parallel()
	var f figures
	now := time.Unix(1_800_000_000, 0)
	flood := netip.MustParseAddr("203.0.113.77")
	for range 500 {
		f.refuse(flood, ReasonRate, now)
	}
	f.refuse(netip.MustParseAddr("203.0.113.5"), ReasonRate, now) // the same network
	f.refuse(flood, ReasonLogin, now)
	for i := range 20 * mostRefusers {
		f.refuse(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}), ReasonRate, now)
	}
	if held := len(f.refusers.by); held > mostRefusers {
		t.Errorf("%d are remembered", held)
	}
	if total := f.refused.Load(); total != 502+20*mostRefusers {
		t.Errorf("%d were counted", total)
	}
	most := f.most(now.Add(23 * time.Hour))
	if most[0].Network.String() != "203.0.113.0/24" || most[0].Count != 501 || most[0].Reason != ReasonRate {
		t.Errorf("most is %+v", most[0])
	}
	f.refuse(netip.MustParseAddr("2001:db8:1:2::3"), ReasonFrame, now.Add(23*time.Hour))
	most = f.most(now.Add(25 * time.Hour))
	if len(most) != 1 || most[0].Network.String() != "2001:db8:1::/48" || most[0].Count != 1 {
		t.Errorf("a day later: %+v", most)
	}
	if most = f.most(now.Add(1000 * time.Hour)); len(most) != 0 || len(f.refusers.by) != 0 {
		t.Errorf("weeks later: %+v", most)
	}
	f.refuse(netip.Addr{}, ReasonRate, now.Add(-1000*time.Hour)) // a clock that goes back
	if most = f.most(now); len(most) != 0 {
		t.Errorf("after a clock that went back: %+v", most)
	}
}

func TestMedianOfSignals(t *testing.T) {
	t.Parallel()
	var f figures
	now := time.Unix(1_800_000_000, 0)
	if f.median(now) != 0 {
		t.Error("there is a median of nothing")
	}
	for i := range 2 * medianOf {
		came := now.Add(time.Duration(i) * sampleEvery)
		took := time.Duration(i%3+1) * time.Millisecond
		f.signal(came, func() time.Time { return came.Add(took) })
		f.signal(came.Add(time.Millisecond), func() time.Time { t.Error("a second one was looked at"); return came })
	}
	if total := f.signals.Load(); total != 4*medianOf {
		t.Errorf("%d were counted", total)
	}
	last := now.Add(2 * medianOf * sampleEvery)
	if got := f.median(last); got != 2*time.Millisecond {
		t.Errorf("the median is %v", got)
	}
	if got := f.median(last.Add(medianFor)); got != 0 {
		t.Errorf("long afterwards it is %v", got)
	}
}

func TestRateOfSignals(t *testing.T) {
	t.Parallel()
	var f figures
	for second := range 30 {
		f.signals.Add(40)
		if got := f.sweep(); second > 0 && got != 40 {
			t.Fatalf("after %d s: %v a second", second, got)
		}
	}
	for range rateOver {
		f.sweep()
	}
	if got := f.sweep(); got != 0 {
		t.Errorf("when nothing is relayed: %v a second", got)
	}
}

func BenchmarkCountSignal(b *testing.B) {
	var f figures
	b.RunParallel(func(p *testing.PB) {
		came := time.Now()
		for p.Next() {
			f.signal(came, time.Now)
		}
	})
}

func ExampleReason() {
	fmt.Println(strikeGarbage.reason(), strikeSilence.reason(), strikeCrowd.reason(), strikeRate.reason())
	// Output: frame login connections rate
}
