package load

import (
	"context"
	"time"
)

// Service is a kind of server.
type Service interface {
	// Prepare makes whatever count clients need that is not the server's work: keys, records.
	Prepare(count int) error
	// Join connects client index and logs it in, and returns when the server
	// did all of that.
	Join(ctx context.Context, index int, events Events) (Client, error)
	// Pause is how long one client waits between messages to stay within the
	// service's limits; 0 for no limit.
	Pause() time.Duration
	// BeatEvery is how often a client says that it is alive.
	BeatEvery() time.Duration
}

// Events of a client. They are called from the goroutine that reads for it.
type Events struct {
	Received func(stamp uint64) // a message that another client sent
	Failed   func()             // one that this client sent was not accepted
	Ended    func(error)        // the connection, by the other side; at most once
}

// whole returns the events with none of them nil.
func (e Events) whole() Events {
	if e.Received == nil {
		e.Received = func(uint64) {}
	}
	if e.Failed == nil {
		e.Failed = func() {}
	}
	if e.Ended == nil {
		e.Ended = func(error) {}
	}
	return e
}

// Client is logged in. Its methods may be called by several goroutines.
type Client interface {
	// Send sends MessageSize bytes with a stamp to another client.
	Send(to int, stamp uint64) error
	Beat() error
	// Leave says goodbye and closes.
	Leave()
}

// GCPercent is for programs that put load on servers on their own machine
// (debug.SetGCPercent): with ten thousand clients, collecting garbage as often
// as usual takes a tenth of the processor that the servers could have.
const GCPercent = 400

// MessageSize is what a relayed message takes, in bytes.
const MessageSize = 1 << 10
