package export

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// talk is a conversation between Ana, who exports, and Ben.
type talk struct {
	t        testing.TB
	id       uuid.UUID
	ana, ben *identity.Keys
	heads    map[*identity.Keys]journal.Head
	last     []journal.Order
	entries  []journal.Entry
	orders   []journal.Order
	now      time.Time
	language string
}

func newTalk(t testing.TB) *talk {
	t.Helper()
	keys := func(seed byte) *identity.Keys {
		made, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{seed, 3}, identity.SeedsSize)))
		if err != nil {
			t.Fatal(err)
		}
		made, err = made.WithNewDevice(bytes.NewReader(bytes.Repeat([]byte{seed, 5}, identity.SeedsSize)))
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	return &talk{t: t, id: uuid.Must(uuid.NewV7()), ana: keys(1), ben: keys(2), heads: map[*identity.Keys]journal.Head{}, now: time.UnixMilli(1_800_000_000_000)}
}

func (k *talk) write(by *identity.Keys, kind wire.EntryKind, body []byte, err error) journal.Hash {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
	k.now = k.now.Add(time.Minute)
	draft := journal.Draft{Conversation: k.id, Log: journal.Log{Device: by.Device(), Epoch: 1}, Previous: k.heads[by], Claimed: k.now, Kind: kind, Body: body}
	_, _ = rand.Read(draft.Salt[:])
	entry, err := journal.Write(draft, by.SignAsDevice)
	if err != nil {
		k.t.Fatal(err)
	}
	k.heads[by] = entry.Head()
	k.entries, k.orders = append(k.entries, entry), append(k.orders, journal.NewOrder(entry, k.last))
	k.last = k.orders[len(k.orders)-1:]
	return entry.Hash()
}

func (k *talk) text(by *identity.Keys, text string) journal.Hash {
	k.t.Helper()
	body, err := journal.TextBody(text)
	return k.write(by, wire.EntryKind_ENTRY_KIND_TEXT, body, err)
}

func (k *talk) person(keys *identity.Keys, name string) Person {
	k.t.Helper()
	list, err := keys.DeviceList(1, k.now)
	if err != nil {
		k.t.Fatal(err)
	}
	data, err := wire.Encode(list)
	if err != nil {
		k.t.Fatal(err)
	}
	return Person{Peer: keys.Peer().String(), Name: name, Devices: Encode(data)}
}

func (k *talk) export(nameOfBen string) string {
	k.t.Helper()
	folder := k.t.TempDir()
	head := Head{
		Tincan: "0.1.0", Made: "2027-01-15T08:00:00Z", Conversation: k.id.String(), Language: k.language,
		Me: k.person(k.ana, "Ana"), Them: k.person(k.ben, nameOfBen),
	}
	_, err := Write(context.Background(), folder, head, k.ana, func(_ context.Context, each func(journal.Entry, journal.Order) error) error {
		for i, entry := range k.entries {
			if err := each(entry, k.orders[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return folder
}

func read2(t testing.TB, folder, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestExport(t *testing.T) {
	t.Parallel()
	k := newTalk(t)
	picture := append([]byte("\xff\xd8\xff"), bytes.Repeat([]byte{1}, 40)...)
	profile, err := journal.ProfileBody(journal.Profile{Name: "Ben", Color: 2, Picture: picture})
	k.write(k.ben, wire.EntryKind_ENTRY_KIND_PROFILE, profile, err)
	k.text(k.ana, "the first")
	regretted := k.text(k.ben, "what is edited")
	body, err := journal.EditBody(journal.Edit{Target: regretted, Text: "what it was edited to"})
	k.write(k.ben, wire.EntryKind_ENTRY_KIND_EDIT, body, err)
	body, err = journal.EditBody(journal.Edit{Target: regretted, Text: "what somebody else would like"})
	k.write(k.ana, wire.EntryKind_ENTRY_KIND_EDIT, body, err)
	body, err = journal.ReactionBody(journal.Reaction{Target: regretted, Emoji: "👍"})
	k.write(k.ana, wire.EntryKind_ENTRY_KIND_REACTION, body, err)
	removed := k.text(k.ana, "what is removed")
	body, err = journal.DeleteBody(removed)
	k.write(k.ana, wire.EntryKind_ENTRY_KIND_DELETE, body, err)
	k.text(k.ben, "what has disappeared")
	gone := len(k.entries) - 1
	k.entries[gone].Body, k.entries[gone].Salt = nil, nil
	folder := k.export("Ben")

	for _, path := range []string{folder, filepath.Join(folder, FileName), filepath.Join(folder, PageName)} {
		found, err := Verify(path)
		if err != nil || found.Entries != len(k.entries) || found.Messages != 4 || found.Erased != 1 || found.Device != k.ana.Device().String() {
			t.Errorf("%+v, %v", found, err)
		}
	}
	page := read2(t, folder, PageName)
	for _, want := range []string{"the first", "what it was edited to", ", edited", "👍 1", "Message removed", "Message no longer kept", "data:image/jpeg;base64,", k.ben.Peer().String()} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for _, never := range []string{"what is edited", "somebody else would like", "what is removed", "what has disappeared"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
}

// TestLanguages: a page speaks the language that its head names, and is checked
// in that one, wherever it is checked.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"", "zh-CN"} {
		k := newTalk(t)
		k.language = language
		first := k.text(k.ana, "the first")
		body, err := journal.EditBody(journal.Edit{Target: first, Text: "the first, mended"})
		k.write(k.ana, wire.EntryKind_ENTRY_KIND_EDIT, body, err)
		removed := k.text(k.ben, "what is removed")
		body, err = journal.DeleteBody(removed)
		k.write(k.ben, wire.EntryKind_ENTRY_KIND_DELETE, body, err)
		folder := k.export("Ben")
		if found, err := Verify(folder); err != nil || found.Head.Language != language {
			t.Errorf("%q: %+v, %v", language, found.Head, err)
		}
		page, file := read2(t, folder, PageName), read2(t, folder, FileName)
		for _, want := range map[string][]string{
			"":      {`<html lang="en">`, "<title>Ana and Ben</title>", "<h1><bdi>Ana</bdi> and <bdi>Ben</bdi></h1>", "Friday, 15 January 2027", ", edited", "Message removed", "Times are UTC"},
			"zh-CN": {`<html lang="zh-CN">`, "<title>Ana 与 Ben</title>", "<h1><bdi>Ana</bdi> 与 <bdi>Ben</bdi></h1>", "2027年1月15日 星期五", "，已编辑", "消息已删除", "时间为 UTC"},
		}[language] {
			if !strings.Contains(page, want) {
				t.Errorf("%q: the page has no %q", language, want)
			}
		}
		if strings.Contains(page, "%!") {
			t.Errorf("%q: a word takes something else", language)
		}
		if language == "" {
			continue
		}
		for _, other := range []string{`"language":"xx"`, `"language":"en"`} {
			changed := filepath.Join(t.TempDir(), FileName)
			err := errors.Join(
				os.WriteFile(changed, []byte(strings.Replace(file, `"language":"zh-CN"`, other, 1)), 0o600),
				os.WriteFile(filepath.Join(filepath.Dir(changed), PageName), []byte(page), 0o600),
			)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = Verify(changed); !errors.Is(err, ErrNone) {
				t.Errorf("%s: %v", other, err)
			}
		}
	}
	for language, want := range map[string]string{"zh-CN": "zh-CN", "en": "", "": "", "system": "", "<b>": ""} {
		if got := Known(language); got != want {
			t.Errorf("%q is %q", language, got)
		}
	}
}

// TestMarkup: whatever people write is text, also in names.
func TestMarkup(t *testing.T) {
	t.Parallel()
	hostile := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</p></article><iframe src="javascript:alert(1)">`,
		`<svg/onload=alert(1)>`, `javascript:alert(1)`, `&lt;script&gt;`, `{{.}}`, `<!--`, `]]>`, "%s%!d", `<style>*{display:none}</style>`, `<meta http-equiv=refresh content=0>`,
	}
	k := newTalk(t)
	for _, one := range hostile {
		k.text(k.ben, one)
	}
	folder := k.export(strings.Join(hostile, " ")[:200])
	if _, err := Verify(folder); err != nil {
		t.Fatal(err)
	}
	page := strings.ToLower(read2(t, folder, PageName))
	for _, tag := range []string{"<script", "<img src=x", "<iframe", "<svg", "<!--", "<meta http-equiv=refresh"} {
		if strings.Contains(page, tag) {
			t.Errorf("the page has %s", tag)
		}
	}
	if strings.Count(page, "<style") != 1 || strings.Count(page, "<article") != len(hostile) || !strings.Contains(page, "default-src 'none'") || strings.Contains(page, "unsafe") {
		t.Error("the page is not as it is written")
	}
}

// TestChanged: nothing of an export can be changed.
func TestChanged(t *testing.T) {
	t.Parallel()
	k := newTalk(t)
	k.text(k.ana, "one")
	k.text(k.ben, "two")
	k.text(k.ana, "three")
	folder := k.export("Ben")
	file, page := read2(t, folder, FileName), read2(t, folder, PageName)
	try := func(what, file, page string, want error) {
		t.Helper()
		other := t.TempDir()
		if err := errors.Join(os.WriteFile(filepath.Join(other, FileName), []byte(file), 0o600), os.WriteFile(filepath.Join(other, PageName), []byte(page), 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(other); !errors.Is(err, want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for at := range file {
		if at%3 != 0 {
			continue
		}
		altered := []byte(file)
		altered[at] ^= 1
		other := t.TempDir()
		if err := errors.Join(os.WriteFile(filepath.Join(other, FileName), altered, 0o600), os.WriteFile(filepath.Join(other, PageName), []byte(page), 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(other); !errors.Is(err, ErrFalse) && !errors.Is(err, ErrNone) && !errors.Is(err, ErrNewer) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
	try("the page says something else", file, strings.Replace(page, "two", "too", 1), ErrFalse)
	try("the page is cut", file, page[:len(page)-9], ErrFalse)
	try("the end is missing", file[:len(file)-40], page, ErrFalse)
	try("all of it is missing", "", page, ErrFalse)
	try("something else", "{}\n", page, ErrNone)
	try("a newer one", strings.Replace(file, `"version":1`, `"version":2`, 1), page, ErrNewer)
	lines := strings.SplitAfter(file, "\n")
	without := strings.Join(append(append([]string{}, lines[:3]...), lines[4:]...), "")
	try("an entry is left out", without, page, ErrFalse)
	swapped := append([]string{}, lines...)
	swapped[3], swapped[4] = swapped[4], swapped[3]
	try("two entries are swapped", strings.Join(swapped, ""), page, ErrFalse)
	if _, err := Verify(t.TempDir()); err == nil {
		t.Error("an empty folder")
	}
}

func FuzzVerify(f *testing.F) {
	k := newTalk(f)
	k.text(k.ana, "one")
	k.text(k.ben, "two")
	file := read2(f, k.export("Ben"), FileName)
	f.Add([]byte(file))
	f.Add([]byte(strings.Replace(file, "order", "0rder", 1)))
	f.Add([]byte("{\"head\":{},\n\"entries\":[\n],\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := verify(bytes.NewReader(data), "")
		if err == nil {
			t.Errorf("it holds, with another page: %+v", found)
		}
	})
}
