package node

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/handle"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Handle is one that this identity claimed.
type Handle struct {
	Name    string
	Host    string // what stands after the @
	Server  identity.ServerKey
	Version uint64 // of the claim
	Claimed time.Time
	Move    []byte // serialised wire.Signed, a HandleMove of an earlier identity of mine that still has it; nil: I have it
}

// String returns name@host.
func (h Handle) String() string { return h.Name + "@" + h.Host }

// LiveHandle is an own handle and what its server said of it last.
type LiveHandle struct {
	Handle Handle
	Lost   bool // the server says that nobody has it, or somebody else
}

// The calls about own handles.
type (
	claimHandleCall   struct{ text string }
	releaseHandleCall struct{ text string }
)

// handleQuestion is what a server's directory was asked.
type handleQuestion struct {
	token string
	then  func(signaling.Handle)
}

// handleCall takes a call about handles; false for others.
func (c *Core) handleCall(id uint64, asked any) bool {
	switch call := asked.(type) {
	case claimHandleCall:
		c.claimHandle(id, call.text)
	case releaseHandleCall:
		c.releaseHandle(id, call.text)
	case findHandleCall:
		c.findHandle(id, call.text)
	case askHandleCall:
		c.askHandle(id, call)
	default:
		return false
	}
	return true
}

// question numbers what a directory is asked; then is called once with the answer.
func (c *Core) question(server *server, then func(signaling.Handle)) uint64 {
	c.network.nextID++
	c.network.questions[c.network.nextID] = handleQuestion{token: server.token, then: then}
	return c.network.nextID
}

// handleAnswered goes on with what a directory said.
func (c *Core) handleAnswered(answered signaling.Handle) {
	asked, known := c.network.questions[answered.ID]
	delete(c.network.questions, answered.ID)
	if known {
		asked.then(answered)
	}
}

// questionsDown ends what a server that is gone was asked.
func (c *Core) questionsDown(token string) {
	var ids []uint64
	for id, asked := range c.network.questions {
		if asked.token == token {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		c.handleAnswered(signaling.Handle{ID: id, Answer: signaling.AnswerNoSession})
	}
}

// readHandle reads a handle and finds the server to ask: one of my own that was
// added under the very host. What a server says of its names does not count, so
// that none can answer for another one.
func (c *Core) readHandle(text string) (handle.Handle, *server, error) {
	read, err := handle.Parse(text)
	if err != nil {
		return read, nil, malformedHandle(err)
	}
	var found []*server
	for _, address := range c.network.own {
		server := c.network.servers[address.Key.String()]
		if server != nil && len(address.Hosts()) > 0 && (read.Host == "" && (!server.up || server.directory) || slices.Contains(address.Hosts(), read.Host)) {
			found = append(found, server)
		}
	}
	slices.SortStableFunc(found, func(a, b *server) int { return b.answersHandles() - a.answersHandles() })
	switch {
	case len(found) == 0 && read.Host == "":
		return read, nil, errNoHandles
	case len(found) == 0:
		return read, nil, aboutHandle("handle-server-unknown", read)
	case read.Host == "" && len(found) > 1 && found[1].answersHandles() == found[0].answersHandles():
		return read, nil, errWhichServer
	}
	if read.Host == "" {
		read.Host = found[0].address.Hosts()[0]
	}
	switch {
	case found[0].code == signaling.CodeBanned:
		return read, nil, aboutHandle("handle-server-banned", read)
	case !found[0].up:
		return read, nil, aboutHandle("handle-server-down", read)
	case !found[0].directory:
		return read, nil, aboutHandle("handle-not-offered", read)
	}
	return read, found[0], nil
}

// answersHandles grows with how likely a server answers questions about handles.
func (s *server) answersHandles() int {
	switch {
	case s.up && s.directory:
		return 2
	case s.up:
		return 1
	}
	return 0
}

// claimHandle takes a handle at one of my servers. Nothing does so by itself.
func (c *Core) claimHandle(id uint64, text string) {
	wanted, server, err := c.readHandle(text)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	if c.readOnly {
		c.answer(id, nil, refusal(ErrReadOnly))
		return
	}
	// A claim has to be newer than any before it, also than those of whoever had
	// the handle earlier and those that this disk has forgotten.
	version := uint64(max(c.now.Add(server.offset).UnixMilli(), 1))
	if known := c.ownHandle(wanted); known >= 0 {
		version = max(version, c.handles[known].Version+1)
	}
	c.claimAs(id, wanted, server, version, true, nil)
}

// claimAs claims with a version; once more, if again, with the one that the
// server wants to be exceeded.
func (c *Core) claimAs(id uint64, wanted handle.Handle, server *server, version uint64, again bool, previous *wire.Signed) {
	signed, err := wanted.Claim(c.keys, version)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	claimed := Handle{Name: wanted.Name, Host: wanted.Host, Server: server.address.Key, Version: version, Claimed: c.now}
	c.do(ClaimHandle{Token: server.token, Claim: signed, Previous: previous, ID: c.question(server, func(answered signaling.Handle) {
		held := answered.Claim.Version
		switch {
		case answered.Answer == signaling.AnswerInvalid && again && held >= version && held < math.MaxInt64:
			c.claimAs(id, wanted, server, held+1, false, nil)
			return
		case answered.Answer != signaling.AnswerDone:
			if previous != nil {
				c.notTakenOver(wanted, answered.Answer)
			}
			c.answer(id, nil, claimRefused(wanted, answered.Answer))
			return
		}
		c.commit(func(err error) {
			if err != nil {
				c.answer(id, nil, refusal(err))
				return
			}
			delete(c.lost, claimed.String())
			if held := c.ownHandle(wanted); held >= 0 {
				c.handles[held] = claimed
			} else {
				c.handles = append(c.handles, claimed)
			}
			c.registerAll()
			c.tell(Change{Self: true})
			c.answer(id, claimed, nil)
		}, PutHandle{Handle: claimed})
	})})
}

// releaseHandle gives a handle back. One at a server that is none of mine any
// more is only forgotten.
func (c *Core) releaseHandle(id uint64, text string) {
	read, err := handle.Parse(text)
	if err != nil {
		c.answer(id, nil, malformedHandle(err))
		return
	}
	known := c.ownHandle(read)
	if known < 0 {
		c.answer(id, nil, aboutHandle("handle-not-own", read))
		return
	}
	held := c.handles[known]
	forget := func() {
		c.commit(func(err error) {
			if err != nil {
				c.answer(id, nil, refusal(err))
				return
			}
			c.handles = slices.DeleteFunc(c.handles, func(one Handle) bool { return one.Name == held.Name && one.Host == held.Host })
			delete(c.lost, held.String())
			c.registerAll()
			c.tell(Change{Self: true})
			c.answer(id, nil, nil)
		}, DeleteHandle{Name: held.Name, Host: held.Host})
	}
	server := c.network.servers[held.Server.String()]
	switch {
	case server == nil || server.guest || server.hosted:
		forget()
		return
	case !server.up:
		c.answer(id, nil, aboutHandle("handle-server-down", read))
		return
	}
	c.do(ReleaseHandle{Token: server.token, Handle: read.Name, ID: c.question(server, func(answered signaling.Handle) {
		switch answered.Answer {
		case signaling.AnswerDone, signaling.AnswerNotFound, signaling.AnswerTaken, signaling.AnswerNotOffered:
			forget() // in each case it is not mine now
		default:
			c.answer(id, nil, handleRefused(read, answered.Answer))
		}
	})})
}

// ownHandle returns the place of an own handle, -1 if it is not one.
func (c *Core) ownHandle(wanted handle.Handle) int {
	return slices.IndexFunc(c.handles, func(one Handle) bool { return one.Name == wanted.Name && one.Host == wanted.Host })
}

// checkHandles asks a server whether what was claimed there is still mine.
func (c *Core) checkHandles(server *server) {
	if !c.retired.IsZero() {
		c.releaseHandles()
		return
	}
	for _, held := range c.handles {
		if held.Server != server.address.Key || !server.directory {
			continue
		}
		if len(held.Move) > 0 {
			c.takeOver(held, server)
			continue
		}
		c.do(ResolveHandle{Token: server.token, Handle: held.String(), ID: c.question(server, func(answered signaling.Handle) {
			found := answered.Answer == signaling.AnswerDone
			if !found && answered.Answer != signaling.AnswerNotFound && answered.Answer != signaling.AnswerElsewhere {
				return // nobody knows
			}
			lost := !found || answered.Claim.Peer != c.keys.Peer()
			if lost != c.lost[held.String()] {
				c.lost[held.String()] = lost
				c.tell(Change{Self: true})
			}
		})})
	}
}

func (c *Core) liveHandles() []LiveHandle {
	live := make([]LiveHandle, 0, len(c.handles))
	for _, one := range c.handles {
		live = append(live, LiveHandle{Handle: one, Lost: c.lost[one.String()]})
	}
	return live
}

// registerStrangers lets those who found my handle at a server leave requests
// there, and nobody else: without a handle there is no such box.
func (c *Core) registerStrangers(server *server) {
	box := &server.mailbox
	tag := handle.StrangersTag(c.keys.Peer())
	wanted := slices.ContainsFunc(c.handles, func(one Handle) bool { return one.Server == server.address.Key })
	ends := c.now.Add(signaling.MaxTagLife)
	switch {
	case !wanted && !box.strangers.IsZero():
		gone := map[[16]byte]time.Time{tag: box.strangers}
		box.strangers = time.Time{}
		c.registerTags(tagging{token: server.token, strangers: gone}, nil, [][16]byte{tag})
	case wanted && ends.Sub(box.strangers) >= tagDay:
		box.strangers = ends
		c.registerTags(tagging{token: server.token, strangers: map[[16]byte]time.Time{}}, []signaling.Tag{{Tag: tag, Box: signaling.BoxStranger, Expires: ends}}, nil)
	}
}

// malformedHandle says why a text is no handle.
func malformedHandle(err error) error {
	switch {
	case errors.Is(err, handle.ErrEmpty):
		return &Refusal{Code: "handle-empty", Message: "There is no handle here. Write it as name@server."}
	case errors.Is(err, handle.ErrHost):
		return &Refusal{Code: "handle-host", Message: "What stands after the @ is not the name of a server. Write it as name@server, without a port."}
	}
	return &Refusal{Code: "handle-name", Message: "This is not a handle. A name has 3 to 32 letters or digits of one script, and . _ - between them."}
}

var (
	errNoHandles   = &Refusal{Code: "handle-no-server", Message: "None of your introduction servers does handles. Add one that does in the network settings."}
	errWhichServer = &Refusal{Code: "handle-which", Message: "You have several introduction servers. Write the whole handle: name@server."}
)

// serverSentences are what can be wrong with a server that is asked, by code.
var serverSentences = map[string]func(host, text string) string{
	"handle-server-unknown": func(host, _ string) string {
		return host + " is none of your introduction servers, so it cannot be asked. Add it under that name in the network settings, then try again."
	},
	"handle-server-down": func(host, _ string) string {
		return host + " does not answer now. Try again when it does; the network settings say why."
	},
	"handle-server-banned": func(host, _ string) string {
		return "The operator of " + host + " does not let this device in. Ask them why, or use another server."
	},
	"handle-not-offered": func(host, _ string) string {
		return host + " has no handles. Use another server, or ask for an invite."
	},
	"handle-not-found": func(host, text string) string {
		return "Nobody has the handle " + text + ". Look at how it is written, or ask for an invite."
	},
	"handle-forged": func(host, _ string) string {
		return host + " answered what nobody signed, so nothing of it was believed. Ask whoever runs it, or ask for an invite."
	},
	"handle-later": func(host, _ string) string {
		return host + " cannot answer now, or was asked too often. Wait a minute, then try again."
	},
	"handle-taken": func(_, text string) string {
		return text + " is taken, kept back, or looks like one that is. Choose another name."
	},
	"handle-many": func(host, _ string) string {
		return "You have 3 handles at " + host + ", or took 5 today. Release one, or try again tomorrow."
	},
	"handle-not-here": func(host, _ string) string {
		return "The server does not go by the name " + host + ". Ask whoever runs it which name its handles have, and add it by that name."
	},
	"handle-not-own": func(_, text string) string { return text + " is not one of your handles." },
	"handle-own":     func(_, text string) string { return text + " is your own handle. Give it to somebody else." },
	"handle-moved": func(_, text string) string {
		return text + " belongs to somebody else than a moment ago. Nothing was sent. Look it up again."
	},
}

// aboutHandle makes a refusal that names a handle and its server.
func aboutHandle(code string, about handle.Handle) error {
	return &Refusal{
		Code: code, Message: serverSentences[code](about.Host, about.String()),
		Params: map[string]string{"host": about.Host, "handle": about.String()},
	}
}

// handleRefused says why a directory did not do what it was asked.
func handleRefused(about handle.Handle, answer signaling.Answer) error {
	switch answer { //nolint:exhaustive // the others are answers to other questions
	case signaling.AnswerNotFound:
		return aboutHandle("handle-not-found", about)
	case signaling.AnswerInvalid:
		return malformedHandle(handle.ErrName)
	case signaling.AnswerForged:
		return aboutHandle("handle-forged", about)
	case signaling.AnswerNoSession:
		return aboutHandle("handle-server-down", about)
	case signaling.AnswerNotOffered:
		return aboutHandle("handle-not-offered", about)
	case signaling.AnswerTaken:
		return aboutHandle("handle-taken", about)
	case signaling.AnswerTooMany:
		return aboutHandle("handle-many", about)
	}
	return aboutHandle("handle-later", about)
}

// claimRefused is the same of a claim. Its name is a good one, so that what is
// invalid is where it was claimed.
func claimRefused(about handle.Handle, answer signaling.Answer) error {
	if answer == signaling.AnswerInvalid {
		return aboutHandle("handle-not-here", about)
	}
	return handleRefused(about, answer)
}

// loadHandles takes those that the disk kept.
func (c *Core) loadHandles(kept []Handle) {
	c.handles, c.lost = slices.Clone(kept), map[string]bool{}
}

// atHandleServer is where somebody is found whose record says nothing.
func atHandleServer(server *server) []identity.Server { return []identity.Server{server.address} }
