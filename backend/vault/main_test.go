package vault

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	standard = cheap
	goleak.VerifyTestMain(m)
}
