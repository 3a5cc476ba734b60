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
// while. settled, if it is not nil, is called when all are in.
func Idle(ctx context.Context, service Service, count int, stay time.Duration, settled func()) (IdleResult, error) {
	fleet, joined, err := Join(ctx, service, count, 0, func(int) Events { return Events{} })
	if err != nil {
		return IdleResult{Joined: joined}, err
	}
	defer fleet.Leave()
	if settled != nil {
		settled()
	}
	began := time.Now()
	waitUntil(ctx, began.Add(stay))
	lost, _ := fleet.Lost()
	return IdleResult{Joined: joined, Stayed: time.Since(began), Lost: lost}, fleet.check()
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
