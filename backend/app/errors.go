package app

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// codeInternal is for what nobody foresaw. The log says more.
const codeInternal = "internal"

var (
	errInternal       = refuse(codeInternal, "Something went wrong inside Tincan. Try again; if it happens again, start Tincan anew.")
	errClosed         = refuse("closing", "Tincan is closing.")
	errLate           = refuse("late", "This took too long and was given up. Try again.")
	errNoConversation = refuse("no-conversation", "This conversation is not on this computer any more.")
	errNoMessage      = refuse("no-message", "This message is not on this computer any more.")
	errNoRequest      = refuse("no-request", "This request is not here any more. It may have been answered already.")
)

// refuse makes an error for a person; parameters come as name, value, name, value.
func refuse(code, message string, parameters ...string) *Error {
	e := &Error{Code: code, Message: message, Params: map[string]string{}}
	for i := 0; i+1 < len(parameters); i += 2 {
		e.Params[parameters[i]] = parameters[i+1]
	}
	return e
}

// Is makes errors with the same code equal for errors.Is.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other != nil && e != nil && other.Code == e.Code
}

// ended ends a call: a panic (reason is what recover returned) becomes the code
// "internal", every other error an *Error.
func (a *App) ended(call string, reason any, err *error) {
	if reason != nil {
		a.logger.Error("a call failed", slog.String("call", call), slog.Any("reason", reason), slog.String("stack", string(debug.Stack())))
		if err != nil {
			*err = errInternal
		}
		return
	}
	if err != nil && *err != nil {
		*err = a.sentence(call, *err)
	}
}

// sentence turns any error into one for a person, and logs what has none.
func (a *App) sentence(call string, err error) *Error {
	if known := AsError(err); known != nil {
		return known
	}
	if a.context.Err() != nil {
		return errClosed
	}
	a.logger.Error("a call failed", slog.String("call", call), slog.Any("error", err))
	return errInternal
}

// AsError returns the sentence of an error, nil if it has none.
func AsError(err error) *Error {
	var plain *Error
	var refusal *node.Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &plain) && plain != nil:
		return whole(plain)
	case errors.As(err, &refusal) && refusal != nil:
		return whole(&Error{Code: refusal.Code, Message: refusal.Message, Params: refusal.Params})
	case errors.Is(err, node.ErrClosed):
		return errClosed
	case errors.Is(err, context.DeadlineExceeded):
		return errLate
	case errors.Is(err, node.ErrDiskFull):
		return refuse("disk-full", "The disk is full, so nothing can be kept. Free some space, then try again.")
	case errors.Is(err, node.ErrReadOnly), errors.Is(err, node.ErrDamaged):
		return refuse("read-only", "The history can only be read, so nothing new can be kept. Look at the notice at the top for the reason.")
	}
	return nil
}

// whole fills what an interface relies on.
func whole(e *Error) *Error {
	if e.Params == nil {
		return &Error{Code: e.Code, Message: e.Message, Params: map[string]string{}}
	}
	return e
}

// inviteError turns what is wrong with a link into a sentence.
func inviteError(err error) *Error {
	switch {
	case errors.Is(err, invite.ErrEmpty):
		return refuse("invite-empty", "There is no link here. Paste the whole link that you were given.")
	case errors.Is(err, invite.ErrTruncated):
		return refuse("invite-truncated", "A part of this link is missing. Copy it again, to its end.")
	case errors.Is(err, invite.ErrNewer):
		return refuse("invite-newer", "This link was made by a newer Tincan. Update Tincan to use it.")
	case errors.Is(err, invite.ErrNotInvite):
		return refuse("invite-not", "This is not a Tincan link. It begins with tincan:invite.")
	}
	return refuse("invite-damaged", "This link is damaged or was changed on the way. Ask for a new one.")
}

// ServerError says why a server cannot be used; address is host:port.
func ServerError(code signaling.Code, address string) *Error {
	message := "The introduction server does not answer. Tincan keeps trying."
	switch code {
	case signaling.CodeUnreachable:
		message = "Nothing answers at " + address + ". Check the address, or ask whoever runs the server."
	case signaling.CodeNotServer:
		message = "Something answers at " + address + ", but it is not an introduction server. Check the address and the port."
	case signaling.CodeVersion:
		message = "The server at " + address + " speaks another version. Update Tincan, or ask whoever runs the server to update it."
	case signaling.CodeKey:
		message = "The server at " + address + " shows another key than the one that is known. Ask whoever runs it before you go on."
	case signaling.CodeRefused:
		message = "The server at " + address + " does not let this device in. Ask whoever runs it."
	case signaling.CodeReplaced:
		message = "This profile is open somewhere else, which took over at " + address + ". Close one of the two."
	case signaling.CodeLimit:
		message = "The server at " + address + " is busy and asked to wait. Tincan tries again by itself."
	case signaling.CodeShutdown:
		message = "The server at " + address + " was stopped. Tincan tries again by itself."
	case signaling.CodeBanned:
		message = "The operator of the server at " + address + " does not let this device in. Ask them why, or use another server."
	case signaling.CodeCertificate:
		message = "The certificate of the server at " + address + " expired, or is not for that name. Ask whoever runs it to renew it."
	case signaling.CodeProxy:
		message = "The proxy that " + address + " is reached through does not answer, or refuses. Check it under Settings, Network, or use none."
	}
	return refuse(string(code), message, "address", address)
}

// errServerAddress says that a text is not the address of a server; nil for other errors.
func errServerAddress(err error) *Error {
	if errors.Is(err, identity.ErrServerAddress) || errors.Is(err, identity.ErrWeakKey) {
		return refuse("server-address", "This is not the address of an introduction server. Write it as host:port, or paste the whole address that you were given.")
	}
	return nil
}
