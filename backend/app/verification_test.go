package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// TestNumbersAreCompared: both see one number; what is typed is told right from
// wrong; what came of it stays.
func TestNumbersAreCompared(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	safety := must(ana.api.Safety(conversation))(t)
	if theirs := must(ben.api.Safety(conversation))(t); theirs != safety || len(safety.Number) != 71 || safety.QR == "" || safety.QRSize < 21 {
		t.Errorf("%+v and %+v", safety, theirs)
	}
	digits := strings.ReplaceAll(safety.Number, " ", "")
	wrong := []byte(digits)
	wrong[12] = '0' + (wrong[12]-'0'+1)%10
	for text, want := range map[string]app.NumberCheck{
		safety.Number: {Same: true, Digits: 60, Clean: true},
		strings.ReplaceAll(safety.Number, " ", "\n"): {Same: true, Digits: 60, Clean: true},
		digits[:17]:    {Digits: 17, Clean: true},
		string(wrong):  {Digits: 60, Group: 3, Clean: true},
		digits + "1":   {Digits: 60},
		"not a number": {},
		"":             {Clean: true},
	} {
		if got := must(ana.api.CompareNumber(conversation, text))(t); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
	if row := must(ana.api.Verify(conversation, true))(t); row.Verified.Trust != app.TrustCompared || row.Verified.Method != app.CompareNumber || row.Verified.Since == "" {
		t.Errorf("%+v", row.Verified)
	}
	ana.close()
	ana.open()
	if row := ana.state().Conversations[0]; row.Verified.Trust != app.TrustCompared {
		t.Errorf("after a restart: %+v", row.Verified)
	}
	if row := must(ana.api.Unverify(conversation))(t); row.Verified.Trust != app.TrustNone {
		t.Errorf("%+v", row.Verified)
	}
	if row := must(ben.api.Verify(conversation, false))(t); row.Verified.Trust != app.TrustDiffers || row.Line.State != app.LineHeld {
		t.Errorf("%+v, %+v", row.Verified, row.Line)
	}
	if row := must(ben.api.Unverify(conversation))(t); row.Verified.Trust != app.TrustLink || row.Line.State == app.LineHeld {
		t.Errorf("%+v, %+v", row.Verified, row.Line)
	}
}

// TestEmojiAreCompared over a real line.
func TestEmojiAreCompared(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	changes := ben.Subscribe(-1)
	if err := ana.api.Focus(conversation, true); err != nil {
		t.Fatal(err)
	}
	fromAna := ana.Subscribe(-1)
	if _, err := ana.api.StartCheck(conversation); code(t, err) == "check-no-line" {
		ana.until("the line is open", fromAna, func(app.Changes) bool {
			_, err := ana.api.StartCheck(conversation)
			return err == nil
		})
	}
	check := func(c app.Changes) *app.Check {
		if len(c.Conversations) == 1 && c.Conversations[0].Check != nil {
			return c.Conversations[0].Check
		}
		return &app.Check{}
	}
	ben.until("Ben is asked", changes, func(c app.Changes) bool { return check(c).State == app.CheckAsked })
	must(ben.api.AnswerCheck(conversation, true))(t)
	var seen []app.CheckEmoji
	ben.until("Ben sees emoji", changes, func(c app.Changes) bool {
		seen = check(c).Emoji
		return check(c).State == app.CheckComparing
	})
	row := must(ana.api.FinishCheck(conversation, true))(t)
	if len(seen) != 7 || row.Check == nil || !slices.Equal(row.Check.Emoji, seen) {
		t.Errorf("%v, %+v", seen, row.Check)
	}
	row = must(ben.api.FinishCheck(conversation, true))(t)
	if row.Check == nil || !row.Check.Said {
		t.Errorf("%+v", row.Check)
	}
	if row.Check.State != app.CheckDone {
		ben.until("Ben hears that Ana saw the same", changes, func(c app.Changes) bool { return check(c).State == app.CheckDone })
	}
	if _, err := ben.api.FinishCheck(conversation, true); code(t, err) != "check-over" {
		t.Errorf("twice: %v", err)
	}
}
