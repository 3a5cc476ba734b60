package identity

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write the vectors in testdata anew")

// folderForSecondInstance makes the test binary a second instance: it opens
// that folder, or tells the first one, and reports in its exit status.
const folderForSecondInstance = "TINCAN_TEST_SECOND_INSTANCE"

func TestMain(m *testing.M) {
	if folder := os.Getenv(folderForSecondInstance); folder != "" {
		goleak.VerifyTestMain(secondInstance(folder))
		return
	}
	goleak.VerifyTestMain(m)
}

// testKeys returns fixed keys: not random, so that vectors and fuzzing repeat.
// Seeds are below 128.
func testKeys(t testing.TB, seed byte) *Keys {
	t.Helper()
	seeds := append(bytes.Repeat([]byte{seed}, 32), bytes.Repeat([]byte{seed | 0x80}, 32)...)
	keys, err := NewKeys(bytes.NewReader(seeds))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
