package rendezvous

import (
	"bytes"
	"errors"
	"net"
	"net/http"

	"github.com/tincan-chat/tincan/backend/rendezvous/framing"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
)

const maxHeaderBytes = 8 << 10 // bytes of an HTTP header

const greeting = "This is a Tincan rendezvous server. Add its address in Tincan under Settings, Network."

// takeHeader takes what belongs to the header of HTTP out of c.rest.
func (c *connection) takeHeader() {
	had := len(c.header)
	if had == 0 {
		if end := framing.EndOfHeader(c.rest); end > 0 && end <= maxHeaderBytes {
			header := c.rest[:end]
			c.rest = c.rest[end:]
			c.answer(header)
			return
		}
	}
	more := c.rest[:min(len(c.rest), maxHeaderBytes+1-had)]
	if !c.server.Reserve(len(more)) {
		c.cut()
		c.deafen()
		return
	}
	c.header = append(c.header, more...)
	end := framing.EndOfHeader(c.header)
	switch {
	case end > 0 && end <= maxHeaderBytes:
		header := c.header[:end]
		c.rest = c.rest[end-had:]
		c.answer(header)
		c.freeHeader()
	case len(c.header) > maxHeaderBytes:
		c.refuseRequest(&framing.Refusal{Status: http.StatusRequestHeaderFieldsTooLarge, Message: "The header is too large."}, false)
	default:
		c.rest = c.rest[:0]
	}
}

func (c *connection) freeHeader() {
	c.server.Release(len(c.header))
	c.header = nil
}

// answer answers a whole header.
func (c *connection) answer(header []byte) {
	c.mu.Lock()
	c.by = 0
	c.mu.Unlock()
	request, err := framing.ParseRequest(bytes.Clone(header))
	if err != nil {
		c.refuseRequest(&framing.Refusal{Status: http.StatusBadRequest, Message: "This is no HTTP."}, false)
		return
	}
	switch err = c.server.admission.identify(&c.place, request.Header); {
	case errors.Is(err, errRefused):
		c.server.refused.Add(1)
		c.refuseRequest(&framing.Refusal{Status: http.StatusTooManyRequests, Message: "Too many connections from this address."}, true)
		return
	case err != nil:
		c.refuseRequest(&framing.Refusal{Status: http.StatusBadRequest, Message: "The proxy names two different clients."}, true)
		return
	case request.URL.Path != "/":
		c.refuseRequest(&framing.Refusal{Status: http.StatusNotFound, Message: "There is nothing here."}, true)
		return
	case request.Header.Get("Upgrade") == "":
		c.refuseRequest(&framing.Refusal{Status: http.StatusUpgradeRequired, Message: greeting, Header: "Upgrade: websocket"}, true)
		return
	}
	answer, subprotocol, refusal := framing.Upgrade(request, protocol.Subprotocols())
	if refusal != nil {
		c.refuseRequest(refusal, true)
		return
	}
	c.out.putBytes(c, answer)
	encoding, known := protocol.EncodingOf(subprotocol)
	if c.encoding = encoding; !known {
		c.deafen()
		c.out.finish(c, framing.StatusPolicy, "subprotocol "+protocol.SubprotocolProtobuf+" or "+protocol.SubprotocolJSON+" needed", false)
		return
	}
	c.host = hostOf(request.Host)
	if err = c.start(); err != nil {
		c.server.options.Logger.Error("no randomness", "error", err)
		c.deafen()
		c.cut()
	}
}

// refuseRequest ends it with an answer. If there may be more to read the other
// side gets a moment, or it would see a reset instead of the answer.
func (c *connection) refuseRequest(refusal *framing.Refusal, isAll bool) {
	isAll = isAll && len(c.rest) == 0
	c.deafen()
	c.out.putBytes(c, refusal.Bytes())
	c.out.finish(c, 0, "", isAll)
}

// hostOf returns the host of an HTTP Host header, "" when there is no good one.
func hostOf(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = header
	}
	if len(host) > 255 {
		return ""
	}
	return host
}
