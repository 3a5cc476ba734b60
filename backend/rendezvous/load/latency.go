package load

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latency is what a histogram holds, to three digits.
type Latency struct {
	Count int64         `json:"count"`
	P50   time.Duration `json:"p50_ns"`
	P90   time.Duration `json:"p90_ns"`
	P99   time.Duration `json:"p99_ns"`
	Max   time.Duration `json:"max_ns"`
}

// histogram counts durations from a microsecond to a minute.
type histogram struct {
	mu     sync.Mutex
	counts *hdrhistogram.Histogram
}

func newHistogram() *histogram {
	return &histogram{counts: hdrhistogram.New(1, time.Minute.Microseconds(), 3)}
}

func (h *histogram) record(took time.Duration) {
	micros := min(max(took.Microseconds(), 1), time.Minute.Microseconds())
	h.mu.Lock()
	defer h.mu.Unlock()
	_ = h.counts.RecordValue(micros) // within its range
}

func (h *histogram) latency() Latency {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := func(percent float64) time.Duration {
		return time.Duration(h.counts.ValueAtQuantile(percent)) * time.Microsecond
	}
	return Latency{
		Count: h.counts.TotalCount(), P50: at(50), P90: at(90), P99: at(99),
		Max: time.Duration(h.counts.Max()) * time.Microsecond,
	}
}
