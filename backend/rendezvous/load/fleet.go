package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// joining is how many clients of one fleet are connecting at a time: below the
// 20 connections that a server allows one address before login.
const joining = 16

// Fleet is the clients of one run.
type Fleet struct {
	service Service
	clients []Client
	ended   atomic.Int64 // clients that the other side ended
	problem atomic.Pointer[error]
	stop    context.CancelFunc
	beating sync.WaitGroup
}

// Joined tells how the clients came in.
type Joined struct {
	Count   int           `json:"count"`
	Took    time.Duration `json:"took_ns"`
	Rate    float64       `json:"a_second"`
	Latency Latency       `json:"latency"`
}

// Join brings count clients in and keeps them alive until Leave. perSecond
// bounds how fast, 0 for as fast as it goes. events makes those of a client.
func Join(ctx context.Context, service Service, count int, perSecond float64, events func(index int) Events) (*Fleet, Joined, error) {
	if err := service.Prepare(count); err != nil {
		return nil, Joined{}, err
	}
	f := &Fleet{service: service, clients: make([]Client, count)}
	joinContext, cancel := context.WithCancel(ctx)
	defer cancel()
	var next atomic.Int64
	var failed error
	var once sync.Once
	var group sync.WaitGroup
	took := newHistogram()
	began := time.Now()
	for range min(joining, count) {
		group.Go(func() {
			for {
				index := int(next.Add(1)) - 1
				if index >= count {
					return
				}
				due := began
				if perSecond > 0 {
					due = began.Add(time.Duration(float64(index) / perSecond * float64(time.Second)))
				}
				if !waitUntil(joinContext, due) {
					return
				}
				start := time.Now()
				client, err := service.Join(joinContext, index, f.watch(events(index)))
				if err != nil {
					once.Do(func() { failed = fmt.Errorf("client %d: %w", index, err) })
					cancel()
					return
				}
				took.record(time.Since(start))
				f.clients[index] = client
			}
		})
	}
	group.Wait()
	joined := Joined{Count: count, Took: time.Since(began), Latency: took.latency()}
	joined.Rate = float64(count) / joined.Took.Seconds()
	if failed == nil {
		failed = ctx.Err()
	}
	if failed != nil {
		f.Leave()
		return nil, joined, failed
	}
	beatContext, stop := context.WithCancel(ctx)
	f.stop = stop
	f.beating.Go(func() { f.beat(beatContext) })
	return f, joined, nil
}

// watch counts the clients that are lost.
func (f *Fleet) watch(events Events) Events {
	told := events.Ended
	events.Ended = func(err error) {
		f.ended.Add(1)
		f.problem.CompareAndSwap(nil, &err)
		if told != nil {
			told(err)
		}
	}
	return events.whole()
}

// beat lets every client say that it is alive, evenly over the time between.
func (f *Fleet) beat(ctx context.Context) {
	every := f.service.BeatEvery()
	for {
		began := time.Now()
		for index, client := range f.clients {
			due := began.Add(every * time.Duration(index+1) / time.Duration(len(f.clients)))
			if index%16 == 0 && !waitUntil(ctx, due) {
				return
			}
			if client.Beat() != nil {
				continue // its reader tells that it ended
			}
		}
		if !waitUntil(ctx, began.Add(every)) {
			return
		}
	}
}

// Lost is how many clients the other side ended, and why the first of them.
func (f *Fleet) Lost() (int, error) {
	if problem := f.problem.Load(); problem != nil {
		return int(f.ended.Load()), *problem
	}
	return 0, nil
}

// check gives an error when clients were lost.
func (f *Fleet) check() error {
	if lost, problem := f.Lost(); lost > 0 {
		return fmt.Errorf("load: %d of %d clients were lost, the first because: %w", lost, len(f.clients), problem)
	}
	return nil
}

// Leave ends all clients.
func (f *Fleet) Leave() {
	if f.stop != nil {
		f.stop()
		f.beating.Wait()
	}
	var group sync.WaitGroup
	for part := range joining {
		group.Go(func() {
			for index := part; index < len(f.clients); index += joining {
				if f.clients[index] != nil {
					f.clients[index].Leave()
				}
			}
		})
	}
	group.Wait()
}

// waitUntil waits for a time; false when ctx ended first.
func waitUntil(ctx context.Context, due time.Time) bool {
	wait := time.Until(due)
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

var errNoServer = errors.New("load: no server was named")
