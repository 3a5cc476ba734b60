package natsengine

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// logger hands the NATS server's lines to slog. The server's own logger ends the
// process when something is fatal; this one keeps the first such line for Open.
type logger struct {
	to *slog.Logger

	mu    sync.Mutex
	fatal error
}

func (l *logger) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
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
