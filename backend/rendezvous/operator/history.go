package operator

import (
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// mostPoints are kept of each span.
const mostPoints = 120

// history is what was seen, in three spans of bounded size.
type history struct {
	hours, days, months tier
	peaks               [25]peak // by hour: the most sessions of each of the last 24
}

type peak struct {
	at       time.Time
	sessions uint64
}

func newHistory() history {
	return history{hours: tier{step: 30 * time.Second}, days: tier{step: 12 * time.Minute}, months: tier{step: 6 * time.Hour}}
}

// tier averages over steps.
type tier struct {
	step time.Duration
	kept []summed // whole steps, oldest first
	open summed   // the step that is going on
}

// summed is what one step saw.
type summed struct {
	ends    time.Time // of the step
	seconds float64   // seen
	// Gauges: value × seconds.
	sessions, envelopes, entries float64
	// Counters: how much they grew.
	signals, mails, relay, refused float64
}

// add counts what lies between two samples, gauges as they are at the end.
func (h *history) add(got Status, from, to sample) {
	for _, t := range []*tier{&h.hours, &h.days, &h.months} {
		t.add(got, from, to)
	}
}

func (t *tier) add(got Status, from, to sample) {
	seconds := to.at.Sub(from.at).Seconds()
	if seconds <= 0 {
		return
	}
	if t.open.seconds > 0 && !to.at.Before(t.open.ends) {
		if len(t.kept) == mostPoints {
			t.kept = slices.Delete(t.kept, 0, 1)
		}
		t.kept = append(t.kept, t.open)
		t.open = summed{}
	}
	if t.open.seconds == 0 {
		t.open.ends = to.at.Truncate(t.step).Add(t.step)
	}
	t.open.seconds += seconds
	t.open.sessions += float64(got.Sessions) * seconds
	t.open.envelopes += float64(got.MailEnvelopes) * seconds
	t.open.entries += float64(got.DirectoryEntries) * seconds
	t.open.signals += grown(from.signals, to.signals)
	t.open.mails += grown(from.mails, to.mails)
	t.open.relay += grown(from.relay, to.relay)
	t.open.refused += grown(from.refused, to.refused)
}

func (s summed) average(at time.Time) *operatorwire.Point {
	return &operatorwire.Point{
		TimeMs:              at.UnixMilli(),
		Sessions:            s.sessions / s.seconds,
		MailEnvelopes:       s.envelopes / s.seconds,
		DirectoryEntries:    s.entries / s.seconds,
		SignalsPerSecond:    s.signals / s.seconds,
		MailsPerSecond:      s.mails / s.seconds,
		RelayBytesPerSecond: s.relay / s.seconds,
		RefusedPerHour:      s.refused / s.seconds * time.Hour.Seconds(),
	}
}

// points returns the whole steps of the span and what there is of the last one,
// as soon as that is enough for an average that does not jump.
func (t *tier) points(now time.Time) []*operatorwire.Point {
	var points []*operatorwire.Point
	for _, step := range t.within(now) {
		points = append(points, step.average(step.ends))
	}
	if t.open.seconds > t.step.Seconds()/4 || t.open.seconds > 0 && len(points) == 0 {
		points = append(points, t.open.average(now))
	}
	return points[max(0, len(points)-mostPoints):]
}

// within are the kept steps of the span.
func (t *tier) within(now time.Time) []summed {
	oldest := now.Add(-mostPoints * t.step)
	first := slices.IndexFunc(t.kept, func(step summed) bool { return step.ends.After(oldest) })
	if first < 0 {
		return nil
	}
	return t.kept[first:]
}

// refusedLastHour adds up the steps of the last hour.
func (h *history) refusedLastHour(now time.Time) uint64 {
	total := h.hours.open.refused
	for _, step := range h.hours.within(now) {
		total += step.refused
	}
	return uint64(total)
}

// peak notes how many sessions there are.
func (h *history) peak(sessions uint64, now time.Time) {
	slot := &h.peaks[int(now.Unix()/3600)%len(h.peaks)]
	if now.Sub(slot.at) >= time.Hour || sessions >= slot.sessions {
		*slot = peak{at: now, sessions: sessions}
	}
}

// highest is the most sessions of 24 hours.
func (h *history) highest(now time.Time) peak {
	var best peak
	for _, one := range h.peaks {
		if now.Sub(one.at) < 24*time.Hour && (best.at.IsZero() || one.sessions > best.sessions) {
			best = one
		}
	}
	return best
}

// Bounds of an alarm: fewer points say nothing about what is usual, and a small
// figure may jump.
const (
	alarmPoints = 10
	alarmTimes  = 3
	alarmLeast  = 60 // refusals an hour
)

// alarmOf compares the refusals of the last hour with the median of the steps of a day.
func alarmOf(points []*operatorwire.Point, lastHour float64, now time.Time) *operatorwire.Alarm {
	if len(points) < alarmPoints {
		return nil
	}
	rates := make([]float64, 0, len(points))
	for _, point := range points {
		rates = append(rates, point.GetRefusedPerHour())
	}
	slices.Sort(rates)
	usual := max(rates[len(rates)/2], alarmLeast/alarmTimes)
	if lastHour <= alarmTimes*usual {
		return nil
	}
	return &operatorwire.Alarm{Times: lastHour / usual, SinceMs: beginning(points, alarmTimes*usual, now).UnixMilli()}
}

// beginning is when the refusals last rose above a threshold.
func beginning(points []*operatorwire.Point, threshold float64, now time.Time) time.Time {
	since, above := now, false
	for _, point := range slices.Backward(points) {
		if point.GetRefusedPerHour() > threshold {
			since, above = time.UnixMilli(point.GetTimeMs()), true
		} else if above {
			break
		}
	}
	return since
}
