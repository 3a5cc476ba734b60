package app

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/signaling"
)

const (
	// checkPatience is how long everything that is asked has to answer.
	checkPatience = 8 * time.Second
	// mostChecked is how many servers one check asks.
	mostChecked = 16
	// clockSlack is how far a clock may be off before a check says so.
	clockSlack = 30 * time.Second
	// mostOff is as much as is said of a clock in another century.
	mostOff = 365 * 24 * time.Hour
)

// CheckConnection asks servers and relays anew what of this network works, and reads the database through; it
// names the causes of what does not work. It takes at most 8 s, and waits for one that is under way.
func (a *API) CheckConnection() (ConnectionCheck, error) {
	return ask(a, "CheckConnection", func(ctx context.Context, app *App, running Running) (ConnectionCheck, error) {
		select {
		case app.checking <- struct{}{}:
			defer func() { <-app.checking }()
		case <-ctx.Done():
			return ConnectionCheck{}, ctx.Err()
		}
		began := time.Now()
		live, err := running.Live(ctx)
		if err != nil {
			return ConnectionCheck{}, err
		}
		asked := app.askAround(ctx, running, live)
		findings := asked.findings()
		app.checkedNow(findings)
		return ConnectionCheck{Findings: findings, Took: milliseconds(time.Since(began))}, nil
	})
}

// checked is what a connection check asked for.
type checked struct {
	up          bool
	proxied     bool
	hosting     bool
	hostAddress string
	hostError   *Error
	addresses   []netip.Addr
	servers     []checkedServer // own ones, without the one in this app
	reach       link.Reach
	reachError  error
	clock       time.Duration // servers' time minus ours
	clockKnown  bool
	disk        checkedDisk
	mail        node.Mailboxes
	mailError   error
}

type checkedServer struct {
	host  string
	code  signaling.Code // "" when it answers and lets this device in
	error *Error
	trip  time.Duration
}

// askAround asks everything at once.
func (a *App) askAround(ctx context.Context, running Running, live node.Live) checked {
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	a.mutex.Lock()
	around, hosting := a.surroundings, a.hosting
	a.mutex.Unlock()
	asked := checked{up: around.Up, proxied: a.Settings().Proxy != "", hosting: hosting, hostAddress: around.HostAddress, hostError: around.HostError, clock: live.Clock, clockKnown: live.Clock != 0}
	if a.config.Addresses != nil {
		asked.addresses = a.config.Addresses()
	}
	var own []node.LiveServer
	for _, server := range live.Servers {
		if !server.Guest && !server.Hosted && len(own) < mostChecked {
			own = append(own, server)
		}
	}
	asked.servers = make([]checkedServer, len(own))
	clocks := make([]*time.Duration, len(own))
	var working sync.WaitGroup
	for i, server := range own {
		working.Go(func() { asked.servers[i], clocks[i] = a.askServer(ctx, server) })
	}
	working.Go(func() { asked.reach, asked.reachError = running.Reach(ctx) })
	working.Go(func() { asked.disk = a.examine(ctx, running) })
	working.Go(func() { asked.mail, asked.mailError = running.Mailboxes(ctx) })
	working.Wait()
	for _, clock := range clocks {
		if clock != nil {
			asked.clock, asked.clockKnown = *clock, true
			break
		}
	}
	return asked
}

// askServer asks a server anew who it is; what it says of the time comes with it, nil if it does not answer.
func (a *App) askServer(ctx context.Context, server node.LiveServer) (checkedServer, *time.Duration) {
	found := checkedServer{host: server.Server.Address()}
	answer, err := a.config.CheckServer(ctx, server.Server.Text())
	if err != nil {
		known := a.sentence("CheckConnection", err)
		found.code, found.error = signaling.Code(known.Code), known
		if found.code == signaling.CodeKey {
			// The login page of a network has another key, too, but is no server.
			if _, err = a.config.CheckServer(ctx, found.host); err != nil {
				found.code = signaling.CodeNotServer
			}
		}
		return found, nil
	}
	found.trip = answer.RoundTrip
	// It answers; why it does not let this device in is known from the session.
	if refused := server.Code; !server.Up && refused != "" && refused != signaling.CodeUnreachable {
		found.code, found.error = refused, ServerError(refused, found.host)
	}
	clock := answer.Clock
	return found, &clock
}

func found(grade CheckGrade, code, message string, parameters ...string) Finding {
	filled := refuse(code, message, parameters...)
	return Finding{Code: code, Grade: grade, Message: filled.Message, Params: filled.Params}
}

// findings names what was found, the ground first.
func (c checked) findings() []Finding {
	network := c.network()
	if network.Grade == GradeBad {
		// Everything else that needs it only fails because of it.
		return []Finding{network, c.local(), c.database()}
	}
	all := append([]Finding{network, c.local()}, c.introductions()...)
	return append(all, c.datagrams(), c.router(), c.relay(), c.time(), c.database(), c.mailbox())
}

func (c checked) network() Finding {
	if !c.up && !c.anyAnswers() {
		return found(GradeBad, "network-none", "This computer is in no network. Connect it by cable or Wi-Fi; what you write waits until then.")
	}
	return found(GradeGood, "network-up", "This computer is in a network.")
}

func (c checked) anyAnswers() bool {
	for _, server := range c.servers {
		if server.error == nil {
			return true
		}
	}
	return c.reach.Answered > 0
}

// local tells of people on the same network.
func (c checked) local() Finding {
	private := false
	for _, address := range c.addresses {
		private = private || address.IsPrivate()
	}
	switch {
	case c.hostError != nil:
		return found(GradeWarn, "local-failed", "This app cannot introduce people on this network: "+c.hostError.Message, "cause", c.hostError.Code)
	case c.hosting && c.hostAddress != "":
		return found(GradeGood, "local-hosting", "People on this network find each other at "+c.hostAddress+", also without internet.", "address", c.hostAddress)
	case private:
		return found(GradeGood, "local-lines", "Lines to people on this network stay inside it. To find each other without internet, switch on “Introduce people on this network” under Network.")
	}
	return found(GradeUnknown, "local-none", "This computer has no address of a local network, so nobody is reached inside one.")
}

// introductions tells of the servers: one sentence for all, and one for each whose trouble is its own.
func (c checked) introductions() []Finding {
	all := len(c.servers)
	if all == 0 {
		if c.hostAddress != "" {
			return []Finding{found(GradeWarn, "servers-own", "Only this app itself introduces people, and only on this network. Add a server under Network to be found from elsewhere.")}
		}
		return []Finding{found(GradeBad, "servers-unset", "No introduction server is set, so nobody new can find you. Add one under Network.")}
	}
	up, nearest := 0, time.Duration(0)
	var silent []string
	var troubles []Finding
	for _, server := range c.servers {
		switch {
		case server.error == nil:
			up++
			if nearest == 0 || server.trip < nearest {
				nearest = server.trip
			}
		case server.code == signaling.CodeUnreachable || server.code == codeLate:
			silent = append(silent, server.host)
		case server.code == signaling.CodeNotServer:
			troubles = append(troubles, found(GradeBad, "servers-portal", "Something else answers in place of "+server.host+": the login page of this network, or a filter. Open any page in a browser and log in, or ask whoever runs the network.", "host", server.host))
		default:
			troubles = append(troubles, found(GradeBad, "servers-refused", server.error.Message, "host", server.host, "cause", string(server.code)))
		}
	}
	counts := []string{"up", strconv.Itoa(up), "all", strconv.Itoa(all), "hosts", strings.Join(silent, ", "), "rtt", strconv.Itoa(milliseconds(nearest))}
	switch {
	case up == all:
		return []Finding{found(GradeGood, "servers-up", "Every introduction server answers.", counts...)}
	case len(silent) == 0:
		return troubles
	case up == 0:
		return append([]Finding{found(GradeBad, "servers-silent", "No introduction server answers. Open any page in a browser: if that fails, it is this network; if not, something keeps Tincan from "+strings.Join(silent, ", ")+", or it is switched off.", counts...)}, troubles...)
	}
	return append([]Finding{found(GradeWarn, "servers-some", "Some introduction servers do not answer: "+strings.Join(silent, ", ")+". Who knows you only there cannot find you; ask whoever runs them.", counts...)}, troubles...)
}

// codeLate is of a server that did not answer in time.
const codeLate = signaling.Code("late")

func (c checked) datagrams() Finding {
	switch {
	case c.proxied:
		return found(GradeWarn, "udp-proxy", "Nothing goes past the proxy, so no line is direct: all go over a relay.")
	case c.reachError != nil || c.reach.Asked == 0:
		return found(GradeUnknown, "udp-unknown", "Whether direct lines get out of this network is not known: no server that answers can tell. Check again when one does.")
	case c.reach.Answered == 0:
		return found(GradeBad, "udp-blocked", "UDP does not get out of this network, so lines to people elsewhere are not direct. Let UDP out in the firewall, or use another network; until then they go through a relay.")
	}
	return found(GradeGood, "udp-open", "Direct lines get out of this network.", "address", c.reach.Public.String())
}

func (c checked) router() Finding {
	if c.proxied {
		return found(GradeGood, "router-proxy", "What the router does is of no matter behind a proxy.")
	}
	switch c.reach.Router {
	case link.RouterNone:
		return found(GradeGood, "router-none", "No router stands before this computer: lines open directly.")
	case link.RouterSteady:
		return found(GradeGood, "router-steady", "The router lets direct lines open by itself.")
	case link.RouterChanging:
		return found(GradeWarn, "router-changing", "The router gives every line another port, so two people behind such routers only meet through a relay. Look for “full cone” or “NAT type” in its settings, or use IPv6.")
	case link.RouterSome:
		return found(GradeUnknown, "router-some", "A router stands before this computer. A second server is needed to tell how it treats direct lines.")
	case link.RouterUnknown:
	}
	return found(GradeUnknown, "router-unknown", "What the router does is not known, since nothing answered over UDP.")
}

func (c checked) relay() Finding {
	if c.reachError != nil || len(c.reach.Relays) == 0 {
		return found(GradeWarn, "relay-unset", "No server that answers offers a relay. Where no direct line opens, messages go through the mailbox; add a server with a relay for lines.")
	}
	best, datagrams, refused := link.RelayReach{}, false, ""
	for _, one := range c.reach.Relays {
		if one.Refused {
			refused = one.Host
		}
		if one.Took == 0 {
			continue
		}
		datagrams = datagrams || !one.Stream
		if best.Took == 0 || one.Took < best.Took {
			best = one
		}
	}
	host := c.reach.Relays[0].Host
	switch {
	case best.Took > 0 && (datagrams || c.proxied || c.reach.Answered > 0):
		return found(GradeGood, "relay-up", "The relay at "+best.Host+" carries lines where no direct one opens.", "host", best.Host, "rtt", strconv.Itoa(milliseconds(best.Took)))
	case best.Took > 0:
		return found(GradeWarn, "relay-stream", "The relay at "+best.Host+" is reached without UDP only: lines work, and stutter on a bad network. Let UDP out in the firewall.", "host", best.Host)
	case refused != "":
		return found(GradeBad, "relay-refused", "The relay at "+refused+" answers and refuses: it is full, or this computer's clock is wrong. Try again later, or ask whoever runs it.", "host", refused)
	}
	return found(GradeBad, "relay-silent", "The relay at "+host+" does not answer, so only direct lines open. Ask whoever runs it whether its ports are open.", "host", host)
}

func (c checked) time() Finding {
	if !c.clockKnown {
		return found(GradeUnknown, "clock-unknown", "Whether this computer's clock is right is not known: no server answers.")
	}
	off := min(c.clock.Abs(), mostOff)
	seconds := strconv.Itoa(int(off.Round(time.Second) / time.Second))
	switch {
	case off <= clockSlack:
		return found(GradeGood, "clock-right", "This computer's clock is right.")
	case c.clock > 0:
		return found(grade(off), "clock-behind", "This computer's clock is behind. Switch on automatic time in the system's settings.", "seconds", seconds)
	}
	return found(grade(off), "clock-ahead", "This computer's clock is ahead. Switch on automatic time in the system's settings.", "seconds", seconds)
}

// grade of a clock: where links and letters are refused, it is bad.
func grade(off time.Duration) CheckGrade {
	if off > clockTrouble {
		return GradeBad
	}
	return GradeWarn
}
