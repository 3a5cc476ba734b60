package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

const (
	// mostStreams is how many pages may listen at once.
	mostStreams = 32
	// aliveEvery is how often a quiet stream says that it lives.
	aliveEvery = 15 * time.Second
	// writeTime is how long a page may take to read an event.
	writeTime = 20 * time.Second
)

// events sends the changes in order. A page that comes back says with
// Last-Event-ID what it has, and gets the rest, or one with reset.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		refused(w, http.StatusServiceUnavailable, "Too many pages are open. Close some.")
		return
	}
	sequence := int64(-1)
	if last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil && last >= 0 {
		sequence = last
	}
	subscription := s.options.App.Subscribe(sequence)
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("X-Accel-Buffering", "no")
	send := func(text []byte) error {
		control := http.NewResponseController(w)
		if err := control.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		return control.Flush()
	}
	err := send([]byte("retry: 1000\n\n"))
	for err == nil {
		err = next(r.Context(), subscription, send)
	}
	if r.Context().Err() == nil {
		s.options.Logger.DebugContext(r.Context(), "an event stream ended", slog.Any("error", err))
	}
}

// next sends one change, or a sign of life when there is none for a while.
func next(ctx context.Context, subscription *app.Subscription, send func([]byte) error) error {
	limited, cancel := context.WithTimeout(ctx, aliveEvery)
	defer cancel()
	changes, err := subscription.Next(limited)
	switch {
	case err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return send([]byte(": alive\n\n"))
	case err != nil:
		return err
	}
	text, err := json.Marshal(changes)
	if err != nil {
		return fmt.Errorf("bridge: a change cannot be written: %w", err)
	}
	var event bytes.Buffer
	fmt.Fprintf(&event, "id: %d\nevent: changes\ndata: %s\n\n", changes.Sequence, text)
	return send(event.Bytes())
}
