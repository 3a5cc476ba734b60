package journal_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// entryOf returns an entry of a kind with a body, as the fold is given one.
func entryOf(kind wire.EntryKind, body []byte) journal.Entry {
	return journal.Entry{Kind: kind, Body: body}
}

func TestBodiesComeBack(t *testing.T) {
	target := journal.Hash{1, 2, 3}
	must := func(body []byte, err error) []byte {
		t.Helper()
		if err != nil || len(body) == 0 {
			t.Fatalf("%d bytes, %v", len(body), err)
		}
		return body
	}
	long := strings.Repeat("y", wire.MaxText)
	message := journal.Message{Text: long, Reply: target, Timer: journal.MaxTimer}
	if got, err := entryOf(wire.EntryKind_ENTRY_KIND_TEXT, must(journal.MessageBody(message))).Message(); err != nil || got != message {
		t.Errorf("message: %v", err)
	}
	edit := journal.Edit{Target: target, Text: long}
	if got, err := entryOf(wire.EntryKind_ENTRY_KIND_EDIT, must(journal.EditBody(edit))).Edit(); err != nil || got != edit {
		t.Errorf("edit: %v", err)
	}
	if got, err := entryOf(wire.EntryKind_ENTRY_KIND_DELETE, must(journal.DeleteBody(target))).Delete(); err != nil || got != target {
		t.Errorf("deletion: %v", err)
	}
	for _, remove := range []bool{false, true} {
		reaction := journal.Reaction{Target: target, Emoji: "👨‍👩‍👧‍👦", Remove: remove}
		if got, err := entryOf(wire.EntryKind_ENTRY_KIND_REACTION, must(journal.ReactionBody(reaction))).Reaction(); err != nil || got != reaction {
			t.Errorf("reaction: %v", err)
		}
	}
	profile := journal.Profile{Name: strings.Repeat("名", wire.MaxName), Color: 1 << 31, About: strings.Repeat("𝔞", journal.MaxAbout), Picture: bytes.Repeat([]byte{7}, journal.MaxPicture)}
	if got, err := entryOf(wire.EntryKind_ENTRY_KIND_PROFILE, must(journal.ProfileBody(profile))).Profile(); err != nil || !reflect.DeepEqual(got, profile) {
		t.Errorf("profile: %v", err)
	}
	for _, stay := range []time.Duration{0, time.Second, journal.MaxTimer} {
		if got, err := entryOf(wire.EntryKind_ENTRY_KIND_TIMER, must(journal.TimerBody(stay))).Timer(); err != nil || got != stay {
			t.Errorf("timer of %s: %s, %v", stay, got, err)
		}
	}
}

func TestBuildersRefuse(t *testing.T) {
	target := journal.Hash{1}
	failure := func(_ []byte, err error) error { return err }
	for name, err := range map[string]error{
		"an edit of nothing":         failure(journal.EditBody(journal.Edit{Text: "x"})),
		"an edit to nothing":         failure(journal.EditBody(journal.Edit{Target: target})),
		"a long edit":                failure(journal.EditBody(journal.Edit{Target: target, Text: strings.Repeat("x", wire.MaxText+1)})),
		"a text for half a second":   failure(journal.MessageBody(journal.Message{Text: "x", Timer: time.Second / 2})),
		"a text for 91 days":         failure(journal.MessageBody(journal.Message{Text: "x", Timer: 91 * 24 * time.Hour})),
		"a large picture":            failure(journal.ProfileBody(journal.Profile{Name: "n", Color: 1, Picture: make([]byte, journal.MaxPicture+1)})),
		"an answer without a text":   failure(journal.MessageBody(journal.Message{Reply: target})),
		"a deletion of nothing":      failure(journal.DeleteBody(journal.Hash{})),
		"a reaction to nothing":      failure(journal.ReactionBody(journal.Reaction{Emoji: "👍"})),
		"a reaction of words":        failure(journal.ReactionBody(journal.Reaction{Target: target, Emoji: "ok"})),
		"a profile without a name":   failure(journal.ProfileBody(journal.Profile{Color: 1})),
		"a profile with a long name": failure(journal.ProfileBody(journal.Profile{Name: strings.Repeat("n", wire.MaxName+1), Color: 1})),
		"a profile without a colour": failure(journal.ProfileBody(journal.Profile{Name: "n"})),
		"a long about":               failure(journal.ProfileBody(journal.Profile{Name: "n", Color: 1, About: strings.Repeat("a", journal.MaxAbout+1)})),
		"an about with a NUL":        failure(journal.ProfileBody(journal.Profile{Name: "n", Color: 1, About: "a\x00"})),
		"a name that is not UTF-8":   failure(journal.ProfileBody(journal.Profile{Name: "\xff", Color: 1})),
		"a timer back in time":       failure(journal.TimerBody(-time.Second)),
		"half a second":              failure(journal.TimerBody(time.Second / 2)),
		"more than 90 days":          failure(journal.TimerBody(journal.MaxTimer + time.Second)),
	} {
		if !errors.Is(err, journal.ErrBody) && !errors.Is(err, journal.ErrText) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadersRefuse: bodies as somebody else might write them.
func TestReadersRefuse(t *testing.T) {
	target := bytes.Repeat([]byte{7}, 32)
	read := map[wire.EntryKind]func(journal.Entry) error{
		wire.EntryKind_ENTRY_KIND_TEXT:       func(e journal.Entry) error { _, err := e.Message(); return err },
		wire.EntryKind_ENTRY_KIND_EDIT:       func(e journal.Entry) error { _, err := e.Edit(); return err },
		wire.EntryKind_ENTRY_KIND_DELETE:     func(e journal.Entry) error { _, err := e.Delete(); return err },
		wire.EntryKind_ENTRY_KIND_REACTION:   func(e journal.Entry) error { _, err := e.Reaction(); return err },
		wire.EntryKind_ENTRY_KIND_PROFILE:    func(e journal.Entry) error { _, err := e.Profile(); return err },
		wire.EntryKind_ENTRY_KIND_TIMER:      func(e journal.Entry) error { _, err := e.Timer(); return err },
		wire.EntryKind_ENTRY_KIND_RETIRE:     func(e journal.Entry) error { _, err := e.Retirement(); return err },
		wire.EntryKind_ENTRY_KIND_SUCCESSION: func(e journal.Entry) error { _, err := e.Succession(); return err },
	}
	link := &wire.SignedSuccession{Body: target, FromSignature: target, ToSignature: target}
	good := map[wire.EntryKind]proto.Message{
		wire.EntryKind_ENTRY_KIND_TEXT:       &wire.TextBody{Text: "text", Reply: target},
		wire.EntryKind_ENTRY_KIND_EDIT:       &wire.EditBody{Target: target, Text: "text"},
		wire.EntryKind_ENTRY_KIND_DELETE:     &wire.DeleteBody{Target: target},
		wire.EntryKind_ENTRY_KIND_REACTION:   &wire.ReactionBody{Target: target, Emoji: "👍"},
		wire.EntryKind_ENTRY_KIND_PROFILE:    &wire.ProfileBody{Name: "name", Color: 1},
		wire.EntryKind_ENTRY_KIND_TIMER:      &wire.TimerBody{Seconds: proto.Uint32(60)},
		wire.EntryKind_ENTRY_KIND_RETIRE:     &wire.RetireBody{Retirement: &wire.Signed{Body: target, Signature: target}},
		wire.EntryKind_ENTRY_KIND_SUCCESSION: &wire.SuccessionBody{Links: slices.Repeat([]*wire.SignedSuccession{link}, identity.MaxSuccessions-1)},
	}
	for kind, message := range good {
		body, err := proto.Marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		if err = read[kind](entryOf(kind, body)); err != nil {
			t.Errorf("%v: %v", kind, err)
		}
		newer := protowire.AppendString(protowire.AppendTag(bytes.Clone(body), 100, protowire.BytesType), "of a newer version")
		if err = read[kind](entryOf(kind, newer)); err != nil {
			t.Errorf("%v with a field of a newer version: %v", kind, err)
		}
		field := protowire.AppendVarint(protowire.AppendTag(nil, 100, protowire.VarintType), 1)
		for name, bad := range map[string][]byte{
			"erased":                     nil,
			"twice the same fields":      append(bytes.Clone(body), body...),
			"a newer field first":        append(bytes.Clone(field), body...),
			"a newer field in the midst": append(append(bytes.Clone(body), field...), body...),
			"cut":                        body[:len(body)-1],
			"too large":                  append(protowire.AppendTag(bytes.Clone(body), 100, protowire.BytesType), protowire.AppendBytes(nil, make([]byte, wire.MaxText+1<<10))...),
		} {
			if err = read[kind](entryOf(kind, bad)); err == nil {
				t.Errorf("%v, %s: accepted", kind, name)
			}
		}
		for other := range good {
			if other != kind && read[kind](entryOf(other, body)) == nil {
				t.Errorf("%v read as %v", other, kind)
			}
		}
	}
	for name, bad := range map[string]struct {
		kind    wire.EntryKind
		message proto.Message
	}{
		"a short reply":          {wire.EntryKind_ENTRY_KIND_TEXT, &wire.TextBody{Text: "text", Reply: target[1:]}},
		"a reply to zero":        {wire.EntryKind_ENTRY_KIND_TEXT, &wire.TextBody{Text: "text", Reply: make([]byte, 32)}},
		"a short edit target":    {wire.EntryKind_ENTRY_KIND_EDIT, &wire.EditBody{Target: target[1:], Text: "text"}},
		"an empty edit":          {wire.EntryKind_ENTRY_KIND_EDIT, &wire.EditBody{Target: target}},
		"a deletion of zero":     {wire.EntryKind_ENTRY_KIND_DELETE, &wire.DeleteBody{Target: make([]byte, 32)}},
		"a long deletion target": {wire.EntryKind_ENTRY_KIND_DELETE, &wire.DeleteBody{Target: append(target[:32:32], 1)}},
		"a reaction of two":      {wire.EntryKind_ENTRY_KIND_REACTION, &wire.ReactionBody{Target: target, Emoji: "👍👍"}},
		"a reaction to zero":     {wire.EntryKind_ENTRY_KIND_REACTION, &wire.ReactionBody{Target: make([]byte, 32), Emoji: "👍"}},
		"a reaction to nothing":  {wire.EntryKind_ENTRY_KIND_REACTION, &wire.ReactionBody{Emoji: "👍"}},
		"a nameless profile":     {wire.EntryKind_ENTRY_KIND_PROFILE, &wire.ProfileBody{Color: 1, About: "about"}},
		"a long about":           {wire.EntryKind_ENTRY_KIND_PROFILE, &wire.ProfileBody{Name: "name", Color: 1, About: strings.Repeat("a", 141)}},
		"an unsigned retirement": {wire.EntryKind_ENTRY_KIND_RETIRE, &wire.RetireBody{Retirement: &wire.Signed{Body: target}}},
		"an empty retirement":    {wire.EntryKind_ENTRY_KIND_RETIRE, &wire.RetireBody{}},
		"no succession":          {wire.EntryKind_ENTRY_KIND_SUCCESSION, &wire.SuccessionBody{}},
		"many successions":       {wire.EntryKind_ENTRY_KIND_SUCCESSION, &wire.SuccessionBody{Links: slices.Repeat([]*wire.SignedSuccession{link}, identity.MaxSuccessions+1)}},
		"half a succession":      {wire.EntryKind_ENTRY_KIND_SUCCESSION, &wire.SuccessionBody{Links: []*wire.SignedSuccession{{Body: target, FromSignature: target}}}},
		"too long a timer":       {wire.EntryKind_ENTRY_KIND_TIMER, &wire.TimerBody{Seconds: proto.Uint32(7_776_001)}},
	} {
		body, err := proto.Marshal(bad.message)
		if err != nil {
			t.Fatal(err)
		}
		if read[bad.kind](entryOf(bad.kind, body)) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	noTime := protowire.AppendVarint(protowire.AppendTag(nil, 100, protowire.VarintType), 1)
	if _, err := entryOf(wire.EntryKind_ENTRY_KIND_TIMER, noTime).Timer(); err == nil {
		t.Error("a timer without a time: accepted")
	}
}
