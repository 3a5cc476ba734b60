package webrtclink

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// pionLog brings pion's log lines to slog, all at debug level: what matters to a
// person comes as an event. pion's own default writes to stderr.
type pionLog struct {
	logger *slog.Logger
	scope  string
}

var (
	_ logging.LoggerFactory = pionLog{}
	_ logging.LeveledLogger = pionLog{}
)

func (l pionLog) NewLogger(scope string) logging.LeveledLogger {
	return pionLog{logger: l.logger, scope: scope}
}

func (l pionLog) write(level string, message func() string) {
	ctx := context.Background()
	if l.logger.Enabled(ctx, slog.LevelDebug) {
		l.logger.LogAttrs(ctx, slog.LevelDebug, "pion", slog.String("scope", l.scope), slog.String("level", level), slog.String("message", message()))
	}
}

func (l pionLog) line(level, message string) { l.write(level, func() string { return message }) }

func (l pionLog) format(level, format string, args []any) {
	l.write(level, func() string { return fmt.Sprintf(format, args...) })
}

// Trace lines are one a packet: not even formatted.
func (pionLog) Trace(string)          {}
func (pionLog) Tracef(string, ...any) {}

func (l pionLog) Debug(message string)              { l.line("debug", message) }
func (l pionLog) Debugf(format string, args ...any) { l.format("debug", format, args) }
func (l pionLog) Info(message string)               { l.line("info", message) }
func (l pionLog) Infof(format string, args ...any)  { l.format("info", format, args) }
func (l pionLog) Warn(message string)               { l.line("warn", message) }
func (l pionLog) Warnf(format string, args ...any)  { l.format("warn", format, args) }
func (l pionLog) Error(message string)              { l.line("error", message) }
func (l pionLog) Errorf(format string, args ...any) { l.format("error", format, args) }
