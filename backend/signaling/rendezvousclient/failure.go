package rendezvousclient

import (
	"errors"
	"fmt"
	"time"

	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Failure says why a server cannot be used.
type Failure struct {
	Code       signaling.Code
	RetryAfter time.Duration // what the server asked for, 0 for nothing
	Err        error
}

// Error implements error.
func (f *Failure) Error() string { return fmt.Sprintf("rendezvous: %s: %v", f.Code, f.Err) }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

func fail(code signaling.Code, err error) *Failure { return &Failure{Code: code, Err: err} }

// failureOf makes a Failure of any error.
func failureOf(err error) *Failure {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	return fail(signaling.CodeUnreachable, err)
}

// Causes of failures.
var (
	errNotServer  = errors.New("the answers are not those of a rendezvous server")
	errVersion    = errors.New("the server speaks another version of the protocol")
	errKey        = errors.New("the server has another key than the one that was remembered")
	errSilent     = errors.New("the server did not answer in time")
	errNoAddress  = errors.New("the server has no address")
	errPlain      = errors.New("without TLS only this machine itself is connected to")
	errMoved      = errors.New("the server asked to go to another one")
	errNoEncoding = errors.New("the server speaks neither of our subprotocols")
)

// saidBy makes a Failure of the server's own error.
func saidBy(said *wire.ServerError) *Failure {
	longest := time.Hour
	if said.GetCode() == wire.ErrorCode_ERROR_CODE_BANNED {
		longest = 7 * 24 * time.Hour
	}
	failure := &Failure{
		Code:       signaling.CodeRefused,
		RetryAfter: time.Duration(min(max(said.GetRetryAfterMs(), 0), longest.Milliseconds())) * time.Millisecond,
		Err:        fmt.Errorf("the server said: %q", clip(said.GetMessage())),
	}
	switch said.GetCode() {
	case wire.ErrorCode_ERROR_CODE_VERSION:
		failure.Code = signaling.CodeVersion
	case wire.ErrorCode_ERROR_CODE_REPLACED:
		failure.Code = signaling.CodeReplaced
	case wire.ErrorCode_ERROR_CODE_LIMIT:
		failure.Code = signaling.CodeLimit
	case wire.ErrorCode_ERROR_CODE_SHUTDOWN:
		failure.Code = signaling.CodeShutdown
	case wire.ErrorCode_ERROR_CODE_BANNED:
		failure.Code = signaling.CodeBanned
	case wire.ErrorCode_ERROR_CODE_LOGIN, wire.ErrorCode_ERROR_CODE_PROTOCOL, wire.ErrorCode_ERROR_CODE_UNSPECIFIED:
	}
	return failure
}

// clip shortens a server's sentence for the log.
func clip(text string) string {
	const longest = 200
	if len(text) > longest {
		return text[:longest]
	}
	return text
}

// telling ranks codes: of the failures of several addresses the most telling one counts.
func telling(code signaling.Code) int {
	switch code {
	case signaling.CodeKey:
		return 4
	case signaling.CodeVersion, signaling.CodeBanned:
		return 3
	case signaling.CodeRefused, signaling.CodeReplaced, signaling.CodeLimit, signaling.CodeShutdown:
		return 2
	case signaling.CodeNotServer, signaling.CodeCertificate, signaling.CodeProxy:
		return 1
	case signaling.CodeUnreachable:
		return 0
	}
	return 0
}
