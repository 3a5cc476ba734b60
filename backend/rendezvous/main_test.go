package rendezvous

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		serveForMeasurement()
		return
	}
	goleak.VerifyTestMain(m)
}
