package load

import (
	"context"
	"time"
)

// IdleResult is what Idle saw.
type IdleResult struct {
	Joined Joined        `json:"joined"`
	Stayed time.Duration `json:"stayed_ns"`
	Lost   int           `json:"lost"`
}

// Idle brings count clients in and lets them do nothing but stay alive for a
// while. joined, if it is not nil, is called when all are in, and leaving
// before they leave.
func Idle(ctx context.Context, service Service, count int, stay time.Duration, joined, leaving func()) (IdleResult, error) {
	fleet, entry, err := Join(ctx, service, count, 0, func(int) Events { return Events{} })
	if err != nil {
		return IdleResult{Joined: entry}, err
	}
	defer fleet.Leave()
	if joined != nil {
		joined()
	}
	began := time.Now()
	waitUntil(ctx, began.Add(stay))
	if leaving != nil {
		leaving()
	}
	lost, _ := fleet.Lost()
	return IdleResult{Joined: entry, Stayed: time.Since(began), Lost: lost}, fleet.check()
}

// Logins brings count clients in at a rate, 0 for as fast as it goes, and
// tells how long each took: connection, login, watch, all done by the server.
func Logins(ctx context.Context, service Service, count int, perSecond float64) (Joined, error) {
	fleet, joined, err := Join(ctx, service, count, perSecond, func(int) Events { return Events{} })
	if err != nil {
		return joined, err
	}
	defer fleet.Leave()
	return joined, fleet.check()
}
