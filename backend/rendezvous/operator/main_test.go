package operator

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(asPage) != "" {
		if err := serveForBrowser(); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1) //nolint:forbidigo // it is a program of its own then
		}
		return
	}
	goleak.VerifyTestMain(m)
}
