package natsengine

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// childOptions has this program run one node of a cluster instead of tests.
const childOptions = "NATSENGINE_TEST_CHILD"

func TestMain(m *testing.M) {
	if encoded := os.Getenv(childOptions); encoded != "" {
		if err := runChild(encoded); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n") // who waits for this node is told by the silence
		}
		return
	}
	goleak.VerifyTestMain(m)
}
