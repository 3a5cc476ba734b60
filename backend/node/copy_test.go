package node_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node/nodetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// TestRestoredFolder copies the folder of a device that is closed, goes on,
// puts the copy in the place of what there is, and goes on with that: first
// without a line, then with one. Both sides keep everything, once, in one order.
func TestRestoredFolder(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t)
	folder, copied := filepath.Join(t.TempDir(), "ana"), filepath.Join(t.TempDir(), "copy")
	ana := nodetest.Must[*nodetest.Person](t)(nodetest.New(t.Context(), folder, "Ana", server.Server(), nil))
	ben := nodetest.Must[*nodetest.Person](t)(nodetest.New(t.Context(), t.TempDir(), "Ben", server.Server(), nil))
	t.Cleanup(func() {
		for _, one := range []*nodetest.Person{ana, ben} {
			if err := one.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	conversation := nodetest.Must[uuid.UUID](t)(nodetest.Meet(t.Context(), ana, ben))
	written := 1 // the request
	say := func(who *nodetest.Person, count int, what string) {
		t.Helper()
		for i := range count {
			if _, err := who.SendText(t.Context(), conversation, fmt.Sprint(what, " ", i)); err != nil {
				t.Fatal(err)
			}
			written++
		}
	}
	same := func() {
		t.Helper()
		var texts [2][]string
		for i, one := range []*nodetest.Person{ana, ben} {
			if err := one.Until(t.Context(), "everything is there", func() bool {
				all, err := one.Texts(t.Context(), conversation)
				texts[i] = nil
				for _, message := range all {
					texts[i] = append(texts[i], message.Text)
				}
				return err == nil && len(all) >= written
			}); err != nil {
				t.Fatalf("%v: %d of %d\n%v", err, len(texts[i]), written, texts[i])
			}
		}
		if !slices.Equal(texts[0], texts[1]) || len(texts[0]) != written {
			t.Fatalf("%d texts were written:\n%v\n%v", written, texts[0], texts[1])
		}
	}
	closeIt := func() {
		t.Helper()
		if err := ana.Close(); err != nil {
			t.Fatal(err)
		}
	}
	openIt := func() {
		t.Helper()
		if err := ana.Open(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	say(ana, 3, "before the copy")
	say(ben, 3, "his, before the copy")
	same()
	closeIt()
	if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	openIt()
	say(ana, 20, "after the copy")
	say(ben, 20, "his, after the copy")
	same()
	closeIt()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	openIt()
	say(ana, 5, "on the copy, perhaps before there is a line") // places 4 to 8 again, if she did not know better
	say(ben, 5, "his, while she comes back")
	same()
	say(ana, 5, "on the copy")
	say(ben, 5, "his")
	same()
	for _, one := range []*nodetest.Person{ana, ben} {
		snapshot, err := one.Store.Load(t.Context())
		if err != nil || len(snapshot.Forks) != 0 {
			t.Errorf("%d forks, %v", len(snapshot.Forks), err)
		}
	}
}
