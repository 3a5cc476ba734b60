package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

// PresenceResult is what Presence saw. Latencies count from when the login was
// sent, or the goodbye, until whoever watches was told.
type PresenceResult struct {
	Rounds int64   `json:"rounds"`
	Came   Latency `json:"came"`
	Went   Latency `json:"went"`
}

// seen is one Presence frame.
type seen struct {
	online bool
	at     time.Time
}

// Presence lets half of the clients come and go, while the other half, who
// stay, is told. With several servers partners are on different ones.
func Presence(ctx context.Context, service *Tincan, count int, measured time.Duration) (PresenceResult, error) {
	if count < 2 || count%2 != 0 {
		return PresenceResult{}, fmt.Errorf("load: %d clients cannot be paired", count)
	}
	if err := service.Prepare(count); err != nil {
		return PresenceResult{}, err
	}
	told := make([]chan seen, count/2)
	fleet, _, err := Join(ctx, watchers{service, told}, len(told), 0, func(int) Events { return Events{} })
	if err != nil {
		return PresenceResult{}, err
	}
	defer fleet.Leave()
	came, went := newHistogram(), newHistogram()
	var rounds atomic.Int64
	pairs := make(chan int, len(told)) // of which nobody is coming or going
	for pair := range told {
		pairs <- pair
	}
	var failed atomic.Pointer[error]
	until := time.Now().Add(measured)
	var group sync.WaitGroup
	for range min(joining/2, len(told)) {
		group.Go(func() {
			for time.Now().Before(until) && ctx.Err() == nil && failed.Load() == nil {
				pair := <-pairs
				err := comeAndGo(ctx, service, pair, told[pair], came, went)
				pairs <- pair
				if err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				rounds.Add(1)
			}
		})
	}
	group.Wait()
	result := PresenceResult{Rounds: rounds.Load(), Came: came.latency(), Went: went.latency()}
	if problem := failed.Load(); problem != nil {
		return result, *problem
	}
	return result, errors.Join(ctx.Err(), fleet.check())
}

// comeAndGo is one round of one pair.
func comeAndGo(ctx context.Context, service *Tincan, pair int, told <-chan seen, came, went *histogram) error {
	for len(told) > 0 {
		<-told
	}
	comer, err := service.join(ctx, 2*pair+1, Events{}.whole(), nil)
	if err != nil {
		return err
	}
	at, err := await(ctx, told, true)
	if err != nil {
		comer.Leave()
		return err
	}
	came.record(at.Sub(comer.began))
	left := time.Now()
	comer.Leave()
	if at, err = await(ctx, told, false); err != nil {
		return err
	}
	went.record(at.Sub(left))
	return nil
}

func await(ctx context.Context, told <-chan seen, online bool) (time.Time, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case one := <-told:
			if one.online == online {
				return one.at, nil
			}
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-timer.C:
			return time.Time{}, fmt.Errorf("load: a watcher was not told within %v that its peer is there: %t", patience, online)
		}
	}
}

// watchers are the clients of Presence who stay: the even ones.
type watchers struct {
	*Tincan

	told []chan seen
}

// Join implements Service.
func (w watchers) Join(ctx context.Context, index int, events Events) (Client, error) {
	told := make(chan seen, 16)
	w.told[index] = told
	return w.join(ctx, 2*index, events, func(frame *wire.ServerFrame) {
		if presence := frame.GetPresence(); presence != nil {
			select {
			case told <- seen{presence.GetOnline(), time.Now()}:
			default: // nobody waits for it
			}
		}
	})
}

// Prepare implements Service: that was done for both halves.
func (watchers) Prepare(int) error { return nil }
