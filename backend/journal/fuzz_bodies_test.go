package journal_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/rivo/uniseg"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// fuzzBody feeds bodies of one kind to its reader. What the builder makes of
// what was read must be how the body begins, and nothing but fields of newer
// versions may follow.
func fuzzBody[T any](f *testing.F, kind wire.EntryKind, read func(journal.Entry) (T, error), build func(T) ([]byte, error), seeds ...[]byte) {
	f.Helper()
	f.Add([]byte{})
	for _, seed := range seeds {
		f.Add(seed)
		f.Add(seed[:len(seed)-1])
		f.Add(append(bytes.Clone(seed), 0xa0, 0x06, 1)) // field 100
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		content, err := read(entryOf(kind, body))
		if err != nil {
			return
		}
		again, err := build(content)
		switch {
		case err != nil:
			t.Fatalf("what was read cannot be written: %v", err)
		case !bytes.HasPrefix(body, again):
			t.Fatal("two bodies say the same")
		case len(body) > wire.MaxText+1<<10:
			t.Fatal("a body over the limit")
		}
	})
}

func seed(f *testing.F) func(body []byte, err error) []byte {
	f.Helper()
	return func(body []byte, err error) []byte {
		f.Helper()
		if err != nil {
			f.Fatal(err)
		}
		return body
	}
}

var fuzzTarget = journal.Hash{1, 2, 3}

func FuzzMessage(f *testing.F) {
	fuzzBody(f, wire.EntryKind_ENTRY_KIND_TEXT, journal.Entry.Message, journal.MessageBody,
		seed(f)(journal.MessageBody(journal.Message{Text: "hello", Reply: fuzzTarget, Timer: time.Hour})),
		seed(f)(journal.TextBody("hello")),
	)
}

func FuzzEdit(f *testing.F) {
	fuzzBody(f, wire.EntryKind_ENTRY_KIND_EDIT, journal.Entry.Edit, journal.EditBody,
		seed(f)(journal.EditBody(journal.Edit{Target: fuzzTarget, Text: "hello"})),
	)
}

func FuzzDelete(f *testing.F) {
	fuzzBody(f, wire.EntryKind_ENTRY_KIND_DELETE, journal.Entry.Delete, journal.DeleteBody,
		seed(f)(journal.DeleteBody(fuzzTarget)),
	)
}

func FuzzReaction(f *testing.F) {
	fuzzBody(f, wire.EntryKind_ENTRY_KIND_REACTION, journal.Entry.Reaction, journal.ReactionBody,
		seed(f)(journal.ReactionBody(journal.Reaction{Target: fuzzTarget, Emoji: "👨‍👩‍👧‍👦", Remove: true})),
		seed(f)(journal.ReactionBody(journal.Reaction{Target: fuzzTarget, Emoji: "🇪🇺"})),
	)
}

func FuzzProfile(f *testing.F) {
	fuzzBody(f, wire.EntryKind_ENTRY_KIND_PROFILE, journal.Entry.Profile, journal.ProfileBody,
		seed(f)(journal.ProfileBody(journal.Profile{Name: "name", Color: 3, About: "about", Picture: []byte("picture")})),
	)
}

func FuzzTimer(f *testing.F) {
	fuzzBody(f, wire.EntryKind_ENTRY_KIND_TIMER, journal.Entry.Timer, journal.TimerBody,
		seed(f)(journal.TimerBody(0)),
		seed(f)(journal.TimerBody(time.Hour)),
	)
}

func FuzzRetire(f *testing.F) {
	fuzzBody(f, wire.EntryKind_ENTRY_KIND_RETIRE, journal.Entry.Retirement, journal.RetireBody,
		seed(f)(journal.RetireBody(&wire.Signed{Body: []byte("body"), Signature: make([]byte, 64)})),
	)
}

func FuzzSuccession(f *testing.F) {
	link := &wire.SignedSuccession{Body: []byte("body"), FromSignature: make([]byte, 64), ToSignature: make([]byte, 64)}
	fuzzBody(f, wire.EntryKind_ENTRY_KIND_SUCCESSION, journal.Entry.Succession, journal.SuccessionBody,
		seed(f)(journal.SuccessionBody([]*wire.SignedSuccession{link, link})),
	)
}

// FuzzIsEmoji sees that what is accepted is one grapheme cluster, by a library
// that knows nothing of the rules here.
func FuzzIsEmoji(f *testing.F) {
	for _, text := range []string{"👍🏽", "❤️", "🇪🇺", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👨‍👩‍👧‍👦", "1️⃣", "a", "🏳️‍🌈"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !journal.IsEmoji(text) {
			return
		}
		if len(text) > journal.MaxEmoji {
			t.Fatalf("%d bytes", len(text))
		}
		if count := uniseg.GraphemeClusterCount(text); count != 1 {
			t.Fatalf("%q has %d grapheme clusters", text, count)
		}
		if plain := journal.PlainEmoji(text); journal.PlainEmoji(plain) != plain || plain == "" {
			t.Fatalf("%q has the plain form %q", text, plain)
		}
	})
}
