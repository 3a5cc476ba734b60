package app

import (
	"context"

	"github.com/tincan-chat/tincan/backend/node"
)

// Traffic tells what lines carried since the start, and how the open ones do. It is cheap: the network view asks every second.
func (a *API) Traffic() (Traffic, error) {
	return ask(a, "Traffic", func(ctx context.Context, _ *App, running Running) (Traffic, error) {
		carried, err := running.Traffic(ctx)
		if err != nil {
			return Traffic{}, err
		}
		return trafficOf(carried), nil
	})
}

// trafficOf makes it plain.
func trafficOf(carried node.Traffic) Traffic {
	plain := Traffic{Received: carried.Received, Sent: carried.Sent, Lines: make([]LineTraffic, 0, len(carried.Lines))}
	for _, line := range carried.Lines {
		delays := make([]int, 0, len(line.Delays))
		for _, delay := range line.Delays {
			delays = append(delays, milliseconds(delay))
		}
		plain.Lines = append(plain.Lines, LineTraffic{
			Conversation: line.Conversation.String(), Received: line.Received, Sent: line.Sent,
			Opened: moment(line.Opened), Family: families[line.Family], Delays: delays,
		})
	}
	return plain
}

var families = map[node.AddressFamily]AddressFamily{node.FamilyIPv4: FamilyIPv4, node.FamilyIPv6: FamilyIPv6}
