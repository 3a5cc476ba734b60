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
	goleak.VerifyTestMain(m)
}
