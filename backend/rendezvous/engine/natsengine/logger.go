package natsengine

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// logger hands the NATS server's lines to slog. The server's own logger ends the
// process when something is fatal; this one keeps the first such line for Open.
type logger struct {
	to *slog.Logger

	mu       sync.Mutex
	fatal    error
	stranger error // a node that was dialed has a certificate of another authority
}

func (l *logger) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}

func (l *logger) refused() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stranger
}

// What the server calls a notice is told to who debugs, like its traces.
func (l *logger) Noticef(format string, values ...any) {
	l.to.Debug("nats", "line", fmt.Sprintf(format, values...))
}

func (l *logger) Debugf(string, ...any) {}

func (l *logger) Tracef(string, ...any) {}

func (l *logger) Warnf(format string, values ...any) {
	l.to.Warn("nats", "line", fmt.Sprintf(format, values...))
}

func (l *logger) Errorf(format string, values ...any) {
	for _, value := range values {
		var refused *tls.CertificateVerificationError
		if err, ok := value.(error); ok && errors.As(err, &refused) {
			l.mu.Lock()
			l.stranger = refused
			l.mu.Unlock()
		}
	}
	l.to.Error("nats", "line", fmt.Sprintf(format, values...))
}

func (l *logger) Fatalf(format string, values ...any) {
	line := fmt.Sprintf(format, values...)
	l.to.Error("nats", "line", line)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fatal == nil {
		l.fatal = errors.New("nats: " + line)
	}
}
