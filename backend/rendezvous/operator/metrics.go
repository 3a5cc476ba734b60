package operator

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"connectrpc.com/connect"
	"github.com/VictoriaMetrics/metrics"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// exposed are the metrics, beside those of the process. No label says who.
type exposed struct {
	set     *metrics.Set
	sampler *sampler
}

func newExposed(s *sampler) *exposed {
	e := &exposed{set: metrics.NewSet(), sampler: s}
	for name, value := range map[string]func(*operatorwire.Status) float64{
		"sessions":                func(s *operatorwire.Status) float64 { return float64(s.GetSessions()) },
		"connections":             func(s *operatorwire.Status) float64 { return float64(s.GetConnections()) },
		"signal_median_seconds":   func(s *operatorwire.Status) float64 { return s.GetSignalMedianMs() / 1000 },
		"mail_envelopes":          func(s *operatorwire.Status) float64 { return float64(s.GetMail().GetEnvelopes()) },
		"mail_bytes":              func(s *operatorwire.Status) float64 { return float64(s.GetMail().GetBytes()) },
		"mail_oldest_age_seconds": mailAge,
		"directory_entries":       func(s *operatorwire.Status) float64 { return float64(s.GetDirectory().GetEntries()) },
		"relay_allocations":       func(s *operatorwire.Status) float64 { return float64(s.GetRelayAllocations()) },
		"bans":                    func(s *operatorwire.Status) float64 { return float64(s.GetBans()) },
		"reports":                 func(s *operatorwire.Status) float64 { return float64(s.GetReports()) },
		"disk_bytes":              func(s *operatorwire.Status) float64 { return float64(s.GetDiskBytes()) },
		"disk_free_bytes":         func(s *operatorwire.Status) float64 { return float64(s.GetDiskFreeBytes()) },
		"draining":                func(s *operatorwire.Status) float64 { return truth(s.GetDraining()) },
		"healthy":                 func(s *operatorwire.Status) float64 { return truth(s.GetHealth() == operatorwire.Health_HEALTH_OK) },
	} {
		e.set.NewGauge("tincan_rendezvous_"+name, func() float64 { return value(e.latest()) })
	}
	return e
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func mailAge(s *operatorwire.Status) float64 {
	oldest := s.GetMail().GetOldestMs()
	if oldest == 0 {
		return 0
	}
	return float64(s.GetNowMs()-oldest) / 1000
}

func (e *exposed) latest() *operatorwire.Status {
	e.sampler.mu.Lock()
	defer e.sampler.mu.Unlock()
	return e.sampler.status
}

// counters are as the source last counted them.
func (e *exposed) counters() sample {
	e.sampler.mu.Lock()
	defer e.sampler.mu.Unlock()
	if len(e.sampler.recent) == 0 {
		return sample{}
	}
	return e.sampler.recent[len(e.sampler.recent)-1]
}

// ServeHTTP answers in the text format of Prometheus.
func (e *exposed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.sampler.current(r.Context())
	var text bytes.Buffer
	e.set.WritePrometheus(&text)
	counted := e.counters()
	for name, value := range map[string]uint64{
		"signals_total": counted.signals, "mails_total": counted.mails, "relay_bytes_total": counted.relay, "refused_total": counted.refused,
	} {
		metrics.WriteCounterUint64(&text, "tincan_rendezvous_"+name, value)
	}
	metrics.WriteProcessMetrics(&text)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(text.Bytes()) // whoever is gone needs no answer
}

// count counts calls by procedure and outcome.
func (e *exposed) count(procedure string, err error) {
	code := "ok"
	if err != nil {
		code = connect.CodeOf(err).String()
	}
	_, method, _ := strings.Cut(strings.TrimPrefix(procedure, "/"), "/")
	e.set.GetOrCreateCounter(`tincan_rendezvous_operator_calls_total{method="` + method + `",code="` + code + `"}`).Inc()
}

// WrapUnary counts unary calls.
func (e *exposed) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
		response, err := next(ctx, request)
		e.count(request.Spec().Procedure, err)
		return response, err
	}
}

// WrapStreamingClient is not used: this is the server's side.
func (e *exposed) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// WrapStreamingHandler counts streams when they end.
func (e *exposed) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, stream connect.StreamingHandlerConn) error {
		err := next(ctx, stream)
		e.count(stream.Spec().Procedure, err)
		return err
	}
}

var _ connect.Interceptor = (*exposed)(nil)

// alive answers as long as the process does.
func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // whoever is gone needs no answer
}

// ready answers 503 with the reasons while the server cannot do its work, and while it drains.
func (s *sampler) ready(w http.ResponseWriter, r *http.Request) {
	status, answered := s.current(r.Context())
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	text := "ok\n"
	switch {
	case status == nil || !answered || status.GetHealth() == operatorwire.Health_HEALTH_FAILING:
		w.WriteHeader(http.StatusServiceUnavailable)
		text = ""
		for _, reason := range status.GetReasons() {
			text += reason.GetText() + "\n"
		}
	case status.GetDraining():
		w.WriteHeader(http.StatusServiceUnavailable)
		text = "This node drains.\n"
	}
	_, _ = w.Write([]byte(text)) // whoever is gone needs no answer
}
