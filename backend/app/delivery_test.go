package app_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// TestDeliveryIsTold follows one message while its reader is away, into a
// file, to their computer, and back.
func TestDeliveryIsTold(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	must(ana.api.SendText(conversation, "first"))(t)
	seen := ben.Subscribe(-1)
	ben.until("the line works", seen, func(c app.Changes) bool { return len(c.Messages) > 0 })
	changes := ana.Subscribe(-1)
	ben.close()
	ana.until("Ben is seen to be away", changes, func(c app.Changes) bool {
		for _, one := range c.Conversations {
			if one.Line.State == app.LineWaiting {
				return true
			}
		}
		return false
	})
	message := must(ana.api.SendText(conversation, "are you there?"))(t)
	told := must(ana.api.Delivery(message.ID))(t)
	if told.State != app.MessageQueued || len(told.Steps) == 0 || told.Steps[0].Kind != app.StepWritten || told.Waiting == nil || !told.Waiting.CanSave {
		t.Fatalf("%+v, waiting %+v", told, told.Waiting)
	}
	if told.Waiting.Code == app.WaitSent || told.Waiting.Code == app.WaitAsked {
		t.Errorf("it waits because of %s", told.Waiting.Code)
	}
	saved := must(ana.api.SaveBundle(conversation))(t)
	again := must(ana.api.SaveBundle(conversation))(t)
	if saved.Entries != 1 || saved.Path == again.Path || filepath.Dir(saved.Path) != ana.downloads || !strings.HasPrefix(filepath.Base(saved.Path), "for-Ben-") {
		t.Errorf("%+v, then %+v", saved, again)
	}
	data, err := os.ReadFile(saved.Path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "are you there?") {
		t.Error("the file can be read by anybody")
	}
	told = must(ana.api.Delivery(message.ID))(t)
	if told.Steps[len(told.Steps)-1].Kind != app.StepSaved {
		t.Errorf("%+v", told.Steps)
	}
	ben.open()
	imported := must(ben.api.ImportBundle(base64.StdEncoding.EncodeToString(data)))(t)
	if imported.Conversation != conversation {
		t.Errorf("%+v", imported)
	}
	changes = ana.Subscribe(-1)
	ana.until("Ana is told", changes, func(c app.Changes) bool {
		told = must(ana.api.Delivery(message.ID))(t)
		return told.State == app.MessageDelivered
	})
	if told.Waiting != nil || told.Steps[len(told.Steps)-1].Kind != app.StepDelivered {
		t.Errorf("%+v", told)
	}
}

// TestDeliveryRefuses: what is no message of mine has no way, and what is no
// bundle is refused in a sentence.
func TestDeliveryRefuses(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	theirs := must(ben.api.Open(conversation))(t).Messages[0]
	for _, id := range []string{"", "zz", strings.Repeat("0", 64), theirs.ID} {
		if theirs.Mine && id == theirs.ID {
			continue
		}
		if _, err := ben.api.Delivery(id); code(t, err) != "no-message" {
			t.Errorf("%q: %v", id, err)
		}
	}
	for file, want := range map[string]string{
		"": "bundle-none", "!": "bundle-none",
		base64.StdEncoding.EncodeToString([]byte("tincan-bundle/2\n")): "bundle-version",
		base64.StdEncoding.EncodeToString([]byte("tincan-bundle/1\n")): "bundle-foreign",
		strings.Repeat("A", app.MaxBundleText+4):                       "bundle-none",
	} {
		if _, err := ana.api.ImportBundle(file); code(t, err) != want {
			t.Errorf("%.20q: %v", file, err)
		}
	}
	if err := os.RemoveAll(ana.downloads); err != nil {
		t.Fatal(err)
	}
	if _, err := ana.api.SaveBundle(conversation); code(t, err) != "bundle-folder" {
		t.Errorf("a folder that is not there: %v", err)
	}
}
