// Command tincan-node is a device without a window: for machines without a
// display (--ui serves the interface to a browser), for bots and tests
// (--control: one JSON object a line), and for staying reachable.
//
// # Control
//
// Each line of standard input is a call, answered by a line of standard output.
// Calls run one after another, in order; events come in between. When the input
// ends, the device ends.
//
//	→ {"id":1,"call":"SendText","args":["0191…","hello"]}
//	← {"id":1,"result":{…}}
//	← {"id":2,"error":{"code":"text-empty","message":"…","params":{}}}
//	← {"event":"changes","data":{…}}
//
// The calls, their arguments and the event are those of package app.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/tincan-chat/tincan/backend/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := report(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	stop()
	os.Exit(code)
}

// report says why a program ends, and returns its exit code.
func report(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	message := err.Error()
	if known := app.AsError(err); known != nil {
		message = known.Message
	}
	fmt.Fprintln(os.Stderr, "tincan-node:", message)
	return 1
}
