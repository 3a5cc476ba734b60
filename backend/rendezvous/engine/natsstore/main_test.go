package natsstore_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is also the program of the processes that tests start and kill.
func TestMain(m *testing.M) {
	if job := os.Getenv(envJob); job != "" {
		work(job)
		return
	}
	// A server that is shut down while it makes a stream leaves the store of that stream behind.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).flushStreamStateLoop"),
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server/ats.Register.func1"),
	)
}
