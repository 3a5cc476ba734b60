package sim

import (
	"maps"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Times of the client, as of the real one.
const (
	answerTimeout = 5 * time.Second
	heartbeats    = 20 * time.Second // without an answer the session is over for the client
	lease         = 30 * time.Second // and for the server
	retryFirst    = time.Second
	retryMost     = 2 * time.Minute
)

// client is a device's rendezvous client: the promises of signaling.Client,
// without sockets.
type client struct {
	signaling.Directory // nobody asks for one
	device              *device
	events              func(signaling.Event)
	record              *wire.PeerRecord
	connections         map[string]*connection
	closed              bool
}

// connection is what is kept with one server.
type connection struct {
	client   *client
	token    string
	server   *server
	up       bool
	number   int // counts the sessions: what an earlier one sent is void
	session  *session
	watched  []identity.PeerID
	refused  []identity.PeerID
	tags     map[[16]byte]signaling.Tag
	offset   time.Duration
	failures int
	retry    int // counts the retries that are queued: only the last counts
	pending  []*question
	to, from pipe
}

// question waits for an answer.
type question struct {
	fail func(signaling.Answer)
	over bool
}

// pipe is one direction of a connection: in order, and held while it is cut.
type pipe struct {
	last time.Time
	held []func()
	cut  *bool
}

var _ signaling.Client = (*client)(nil)

func newClient(d *device, events func(signaling.Event)) *client {
	return &client{device: d, events: events, connections: map[string]*connection{}}
}

func (c *client) world() *World { return c.device.world }

// during is device.during, as long as the client is not closed.
func (c *client) during(wait time.Duration, run func()) {
	c.device.during(wait, func() {
		if !c.closed {
			run()
		}
	})
}

// hear hands an event to the device.
func (c *client) hear(from *connection, event signaling.Event) {
	if c.closed || c.connections[from.token] != from {
		return
	}
	event.Token = from.token
	c.events(event)
}

// send passes something on in a direction of the present session.
func (k *connection) send(p *pipe, run func()) {
	w, number := k.client.world(), k.number
	at := w.now.Add(w.spread(w.pace.network))
	if at.Before(p.last) {
		at = p.last
	}
	p.last = at
	arrive := func() {
		if k.up && k.number == number {
			run()
		}
	}
	w.after(at.Sub(w.now), func() {
		if *p.cut || len(p.held) > 0 {
			p.held = append(p.held, arrive)
			return
		}
		arrive()
		k.client.device.touch()
	})
}

// flow lets through what was held.
func (k *connection) flow() {
	for _, p := range []*pipe{&k.to, &k.from} {
		if *p.cut {
			continue
		}
		for _, arrive := range p.held {
			arrive()
		}
		p.held = nil
	}
	k.client.device.touch()
}

// tell hands an event to the client, in order.
func (k *connection) tell(event signaling.Event) {
	k.send(&k.from, func() { k.client.hear(k, event) })
}

// ask sends a request; answer runs at the server and returns what is told of it.
func (k *connection) ask(fail func(signaling.Answer) signaling.Event, answer func(*server) (signaling.Event, func())) {
	if k == nil || !k.up {
		return
	}
	one := &question{}
	one.fail = func(why signaling.Answer) { k.client.hear(k, fail(why)) }
	k.pending = append(k.pending, one)
	number := k.number
	k.client.during(answerTimeout, func() {
		if !one.over && k.up && k.number == number {
			k.end(one)
			one.fail(signaling.AnswerUnavailable)
		}
	})
	k.send(&k.to, func() {
		if k.server.down {
			return
		}
		event, then := answer(k.server)
		if w := k.client.world(); w.strikes(w.weather.loseAnswer) {
			w.report.LostAnswers++
			return
		}
		k.send(&k.from, func() {
			if one.over {
				return
			}
			k.end(one)
			k.client.hear(k, event)
			if then != nil {
				then()
			}
		})
	})
}

func (k *connection) end(one *question) {
	one.over = true
	k.pending = without(k.pending, one)
}

// request asks a server if there is a session with it.
func (c *client) request(token string, fail func(signaling.Answer) signaling.Event, answer func(*server) (signaling.Event, func())) {
	k := c.connections[token]
	if k == nil || !k.up {
		event := fail(signaling.AnswerNoSession)
		event.Token = token
		c.events(event)
		return
	}
	k.ask(fail, answer)
}

// Connect implements signaling.Client.
func (c *client) Connect(token string, address identity.Server) {
	k := &connection{client: c, token: token, tags: map[[16]byte]signaling.Tag{}}
	for _, one := range c.world().servers {
		if one.address.Key == address.Key {
			k.server = one
		}
	}
	if k.server == nil {
		return
	}
	way := c.world().way(c.device, k.server)
	k.to.cut, k.from.cut = &way.to, &way.from
	c.connections[token] = k
	c.during(c.world().spread(c.world().pace.network), k.login)
}

// ConnectCluster implements signaling.Client.
func (c *client) ConnectCluster(token string, address identity.Server, _ []byte) {
	c.Connect(token, address)
}

// login tries to begin a session.
func (k *connection) login() {
	c := k.client
	w := c.world()
	if k.up || c.connections[k.token] != k {
		return
	}
	if c.record == nil || k.server.down || *k.to.cut || *k.from.cut {
		k.failed(signaling.CodeUnreachable)
		return
	}
	one, err := k.server.attach(k, c.record)
	if err != nil {
		w.tell("%d cannot log in: %v", c.device.number, err)
		k.failed(signaling.CodeRefused)
		return
	}
	k.number++
	k.up, k.session, k.failures = true, one, 0
	k.to.held, k.from.held = nil, nil
	// The answer took a while, and whoever measures does not know which half.
	k.offset = k.server.now().Sub(c.device.now()) + w.spread(w.pace.network)/2
	k.tell(signaling.Event{Up: &signaling.Up{
		Key: k.server.address.Key, At: k.server.address, Mailbox: true, RoundTrip: w.pace.network, ClockOffset: k.offset,
	}})
	k.watch()
	k.registerAgain()
	k.tell(signaling.Event{Arrived: &signaling.Arrived{}})
}

// failed tells why there is no session, and tries again later.
func (k *connection) failed(code signaling.Code) {
	w := k.client.world()
	wait := min(retryFirst<<min(k.failures, 7), retryMost)
	wait += w.spread(wait / 2)
	k.failures++
	k.retry++
	retry := k.retry
	k.client.hear(k, signaling.Event{Down: &signaling.Down{Code: code, RetryAt: k.client.device.now().Add(wait)}})
	k.client.during(wait, func() {
		if k.retry == retry {
			k.login()
		}
	})
}

// broken ends a session that did not end itself.
func (k *connection) broken(code signaling.Code) {
	if !k.up {
		return
	}
	k.up = false
	pending := k.pending
	k.pending = nil
	for _, one := range pending {
		one.over = true
		one.fail(signaling.AnswerNoSession)
	}
	k.failed(code)
	k.client.device.touch()
}

func (k *connection) watch() {
	watched, refused := slices.Clone(k.watched), k.refused
	one := k.session
	k.send(&k.to, func() {
		if one.ended {
			return
		}
		_ = one.attachment.Watch(k.client.world().ctx, watched, nil) // it takes as many as the core asks for
		one.attachment.Refuse(refused)
	})
}

func (k *connection) registerAgain() {
	now := k.client.device.now()
	maps.DeleteFunc(k.tags, func(_ [16]byte, tag signaling.Tag) bool { return !tag.Expires.After(now) })
	if len(k.tags) == 0 {
		return
	}
	tags := slices.SortedFunc(maps.Values(k.tags), func(a, b signaling.Tag) int { return slices.Compare(a.Tag[:], b.Tag[:]) })
	k.register(0, tags)
}

func (k *connection) register(id uint64, tags []signaling.Tag) {
	owner := k.client.device.keys.Peer()
	k.ask(func(why signaling.Answer) signaling.Event {
		if id == 0 && why == signaling.AnswerUnavailable {
			k.client.during(30*time.Second, func() {
				if k.up {
					k.registerAgain()
				}
			})
		}
		return answered(id, why)
	}, func(s *server) (signaling.Event, func()) { return answered(id, s.register(owner, tags, k.offset)), nil })
}

func answered(id uint64, answer signaling.Answer) signaling.Event {
	return signaling.Event{Answered: &signaling.Answered{ID: id, Answer: answer}}
}

// leave ends a session from here.
func (k *connection) leave() {
	if !k.up {
		return
	}
	k.up = false
	one, server := k.session, k.server
	k.client.world().after(k.client.world().spread(k.client.world().pace.network), func() { server.detach(one) })
}
