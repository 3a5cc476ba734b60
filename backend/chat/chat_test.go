package chat_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

func peer(t testing.TB, seed byte) identity.PeerID {
	t.Helper()
	keys, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return keys.Peer()
}

func TestDirectConversationIsTheSameFromBothSides(t *testing.T) {
	t.Parallel()
	ana, ben, cleo := peer(t, 1), peer(t, 2), peer(t, 3)
	if chat.DirectConversation(ana, ben) != chat.DirectConversation(ben, ana) {
		t.Error("the two sides name it differently")
	}
	if chat.DirectConversation(ana, ben) == chat.DirectConversation(ana, cleo) {
		t.Error("two conversations have one name")
	}
	if id := chat.DirectConversation(ana, ben); id.Version() != 8 || id.Variant() != uuid.RFC4122 {
		t.Errorf("version %d, variant %v", id.Version(), id.Variant())
	}
}

func TestCheckText(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, code string }{
		"empty":       {"", "text-empty"},
		"blank":       {" \n\t", "text-empty"},
		"NUL":         {"a\x00b", "text-invalid"},
		"not UTF-8":   {"a\xffb", "text-invalid"},
		"the longest": {strings.Repeat("é", wire.MaxText/2), ""},
		"too long":    {strings.Repeat("a", wire.MaxText+1), "text-long"},
	} {
		err := chat.CheckText(test.text)
		var refusal *chat.Refusal
		if errors.As(err, &refusal); test.code == "" && err != nil || test.code != "" && (refusal == nil || refusal.Code != test.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if chat.CheckRequestText(strings.Repeat("a", wire.MaxRequestText+1)) == nil {
		t.Error("a request of more than 1 KiB is let through")
	}
}

func TestTheirNameIsSafeToShow(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"  Ana\n\tDuarte ":          "Ana Duarte",
		"\u202egnp.exe":             "gnp.exe",
		"\u2066hidden\u2069":        "hidden",
		"":                          "?",
		"\x00\x1b[31m":              "[31m",
		strings.Repeat("x", 1000):   strings.Repeat("x", wire.MaxName),
		"naïve \xff 名":              "naïve 名",
		"\u200fعربي":                "عربي",
		"\u200d \u3164\u200b\u2800": "?",
		"A\u200bn\u00ada\u2060":     "Ana",
		"\u200dAna \u200d":          "Ana",
		"نمی\u200cخواهم 👩\u200d💻":   "نمی\u200cخواهم 👩\u200d💻",
	} {
		if got := chat.TheirName(given, "?"); got != want {
			t.Errorf("%q shows as %q, not %q", given, got, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	f.Add("Ana")
	f.Add("\u202e\xff \n")
	f.Fuzz(func(t *testing.T, name string) {
		clean := chat.CleanName(name)
		if chat.CleanName(clean) != clean || strings.ContainsAny(clean, "\n\r\t\x00\u202e\u200b\u3164") {
			t.Errorf("%q is cleaned to %q", name, clean)
		}
	})
}
