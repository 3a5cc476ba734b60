package operator

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*max(1, math.Abs(b)) }

// TestHistory runs three hours of a steady server, then a noisy one.
func TestHistory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := newFake()
		s := newSampler(source)
		step := func(seconds int, signals, refused uint64) {
			for range seconds / 10 {
				time.Sleep(10 * time.Second)
				source.status.Signals += 10 * signals
				source.status.Refused += refused
				s.take(t.Context())
			}
		}
		s.take(t.Context())
		step(3*3600, 20, 1)
		status, _ := s.current(t.Context())
		if !near(status.GetSignalsPerSecond(), 20) || status.GetRefusedLastHour() < 355 || status.GetRefusedLastHour() > 363 || status.GetRefusedAlarm() != nil {
			t.Errorf("steady: %v", status)
		}
		for span, want := range map[operatorwire.Span]struct {
			step  time.Duration
			least int
		}{
			operatorwire.Span_SPAN_HOUR: {30 * time.Second, mostPoints - 1}, operatorwire.Span_SPAN_DAY: {12 * time.Minute, 15}, operatorwire.Span_SPAN_MONTH: {6 * time.Hour, 1},
		} {
			length, points := s.points(span, time.Now())
			if length != want.step || len(points) < want.least || len(points) > mostPoints {
				t.Errorf("%s: %d points of %s", span, len(points), length)
			}
			for _, point := range points {
				if !near(point.GetSignalsPerSecond(), 20) || !near(point.GetSessions(), 1284) || !near(point.GetRefusedPerHour(), 360) {
					t.Fatalf("%s: %v", span, point)
				}
			}
		}
		source.status.Sessions = 900
		began := time.Now()
		step(3600, 20, 9)
		status, _ = s.current(t.Context())
		alarm := status.GetRefusedAlarm()
		if alarm == nil || alarm.GetTimes() < 8 || alarm.GetTimes() > 10 || time.UnixMilli(alarm.GetSinceMs()).Sub(began).Abs() > 13*time.Minute {
			t.Errorf("alarm %v, began at %d, refused %d", alarm, began.UnixMilli(), status.GetRefusedLastHour())
		}
		if status.GetSessionsPeak() != 1284 {
			t.Errorf("peak %d", status.GetSessionsPeak())
		}
		// A restart of what counts is not a fall, and a day later the peak is another.
		source.status.Signals, source.status.Refused = 0, 0
		step(10, 20, 1)
		if status, _ = s.current(t.Context()); status.GetSignalsPerSecond() < 0 || status.GetSignalsPerSecond() > 30 {
			t.Errorf("after a restart: %v signals a second", status.GetSignalsPerSecond())
		}
		step(25*3600, 20, 1)
		if status, _ = s.current(t.Context()); status.GetSessionsPeak() != 900 {
			t.Errorf("the peak of yesterday: %d", status.GetSessionsPeak())
		}
	})
}

// TestSamplesWhileWatched: every second while somebody looks, every ten otherwise.
func TestSamplesWhileWatched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := newFake()
		s := newSampler(source)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			s.run(ctx)
			close(ended)
		}()
		time.Sleep(60*time.Second + 1)
		source.change(func() {
			if source.asked != 7 {
				t.Errorf("asked %d times in a minute alone", source.asked)
			}
		})
		watching, leave := context.WithCancel(t.Context())
		seen := 0
		left := make(chan error, 1)
		go func() {
			left <- s.watch(watching, func(*operatorwire.Status) error {
				seen++
				return nil
			})
		}()
		time.Sleep(60 * time.Second)
		leave()
		if err := <-left; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("watching ended: %v", err)
		}
		if seen < 60 || seen > 62 {
			t.Errorf("seen %d in a minute", seen)
		}
		stop()
		<-ended
	})
}
