package app_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// TestDeliveryIsTold follows one message while its reader is away, into a
// file, to their computer, and back.
func TestDeliveryIsTold(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	changes := ana.Subscribe(-1)
	first := must(ana.api.SendText(conversation, "first"))(t)
	ana.until("the line works", changes, marked(first.ID, app.MessageDelivered))
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

// TestCancelMessage: what waits for somebody who is away is taken back and
// disappears; what may have left is deleted, and that is said; what is delivered
// is not taken back.
func TestCancelMessage(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	changes := ana.Subscribe(-1)
	first := must(ana.api.SendText(conversation, "that arrives"))(t)
	ana.until("it is delivered", changes, marked(first.ID, app.MessageDelivered))
	if _, err := ana.api.CancelMessage(first.ID); code(t, err) != "delivered" {
		t.Errorf("what is delivered: %v", err)
	}
	if _, err := ana.api.CancelMessage(strings.Repeat("0", 64)); code(t, err) != "no-message" {
		t.Errorf("what is not there: %v", err)
	}
	changes = ana.Subscribe(-1)
	ben.close()
	ana.until("Ben is away", changes, func(c app.Changes) bool {
		return slices.ContainsFunc(c.Conversations, func(one app.Conversation) bool { return one.Line.State == app.LineWaiting })
	})
	regretted := must(ana.api.SendText(conversation, "regretted"))(t)
	if told := must(ana.api.Delivery(regretted.ID))(t); told.Waiting == nil || !told.Waiting.CanCancel {
		t.Fatalf("%+v", told.Waiting)
	}
	cancelled := must(ana.api.CancelMessage(regretted.ID))(t)
	if cancelled.Outcome != app.CancelledHere {
		t.Errorf("%+v", cancelled)
	}
	if _, err := ana.api.Delivery(regretted.ID); code(t, err) != "no-message" {
		t.Errorf("it is still there: %v", err)
	}
	saved := must(ana.api.SendText(conversation, "in a file"))(t)
	must(ana.api.SaveBundle(conversation))(t)
	if cancelled = must(ana.api.CancelMessage(saved.ID))(t); cancelled.Outcome != app.CancelledLate {
		t.Errorf("%+v", cancelled)
	}
	told := must(ana.api.Delivery(saved.ID))(t)
	if told.Steps[len(told.Steps)-1].Kind != app.StepTooLate || told.Waiting == nil || told.Waiting.CanCancel {
		t.Errorf("%+v", told)
	}
	file, err := os.ReadFile(must(ana.api.SaveBundle(conversation))(t).Path)
	if err != nil {
		t.Fatal(err)
	}
	ben.open()
	must(ben.api.ImportBundle(base64.StdEncoding.EncodeToString(file)))(t)
	messages := must(ben.api.PageLast(conversation, 50))(t).Messages
	for _, message := range messages {
		if message.ID == regretted.ID || message.Text == "in a file" {
			t.Errorf("Ben has %+v", message)
		}
	}
	if last := messages[len(messages)-1]; last.ID != saved.ID || !last.Deleted {
		t.Errorf("what may have left is %+v", last)
	}
}
