package app

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

// clockTrouble is how far the clock may be off before the person is told.
const clockTrouble = 10 * time.Minute

// told is what the interfaces were told last.
type told struct {
	network Network
	profile Profile
	problem ProblemCode
}

// networkOf folds what is known of the ways out.
func (a *App) networkOf(live node.Live) Network {
	a.mutex.Lock()
	around := a.surroundings
	a.mutex.Unlock()
	network := Network{
		Online:      around.Up,
		Servers:     make([]Server, 0, len(live.Servers)),
		Lines:       live.Lines,
		HostAddress: around.HostAddress,
		HostError:   around.HostError,
	}
	for _, server := range live.Servers {
		network.Servers = append(network.Servers, serverOf(server))
		network.Online = network.Online || (server.Up && !server.Hosted)
	}
	slices.SortStableFunc(network.Servers, func(x, y Server) int { return rank(x) - rank(y) })
	return network
}

// rank puts the server in this app first and those of contacts last.
func rank(server Server) int {
	switch {
	case server.Mine:
		return 0
	case server.Guest:
		return 2
	}
	return 1
}

// networkBefore is the network before the device runs.
func networkBefore(servers []node.Server) Network {
	network := Network{Online: true, Servers: make([]Server, 0, len(servers))}
	for _, server := range servers {
		known := identity.Server{Key: server.Key, URLs: server.URLs}
		network.Servers = append(network.Servers, Server{
			ID: server.Key.String(), Address: known.Address(), State: ServerConnecting, RTT: -1,
		})
	}
	return network
}

// problemOf finds the state of the whole app that the person must know of.
func problemOf(live node.Live) *Problem {
	if problem := storeProblem(live.Problem); problem != nil {
		return problem
	}
	if off := live.Clock.Abs(); off > clockTrouble {
		minutes := strconv.Itoa(int(off.Round(time.Minute) / time.Minute))
		return problem(ProblemClockWrong, "This computer's clock is off by "+minutes+" minutes. Set it right: until then links and sealed messages may be refused.", "minutes", minutes)
	}
	return nil
}

// storeProblem says what is wrong with the store, nil for nothing.
func storeProblem(err error) *Problem {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, node.ErrDiskFull):
		return problem(ProblemDiskFull, "The disk is full. Nothing new can be kept until there is space: free some.")
	case errors.Is(err, node.ErrReadOnly):
		return problem(ProblemFolderReadOnly, "The data folder can only be read, so nothing can be sent or received. Check its permissions, then start Tincan again.")
	}
	return problem(ProblemDatabaseDamaged, "The history on this disk is damaged. What can be read is shown; nothing can be sent until it is repaired.")
}

func problem(code ProblemCode, message string, parameters ...string) *Problem {
	filled := refuse(string(code), message, parameters...)
	return &Problem{Code: code, Message: filled.Message, Params: filled.Params}
}
