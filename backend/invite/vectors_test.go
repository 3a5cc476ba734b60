package invite

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the vectors in testdata anew")

// vectors are in testdata/invites.json.
type vectors struct {
	Comment  string           `json:"comment"`
	Accepted []acceptedVector `json:"accepted"`
	Refused  []refusedVector  `json:"refused"`
}

type acceptedVector struct {
	Note    string    `json:"note"`
	Link    string    `json:"link"`
	ID      string    `json:"id"`
	Peer    string    `json:"peer"`
	Name    string    `json:"name"`
	Color   int       `json:"color"`
	Servers []string  `json:"servers"`
	Secret  []byte    `json:"secret"`
	Expires time.Time `json:"expires"`
	Uses    int       `json:"uses"`
}

type refusedVector struct {
	Note  string `json:"note"`
	Link  string `json:"link"`
	Error string `json:"error"`
}

var errorNames = map[string]error{
	"empty": ErrEmpty, "not-invite": ErrNotInvite, "truncated": ErrTruncated, "damaged": ErrDamaged, "newer": ErrNewer,
}

func described(note, link string, invite Invite) acceptedVector {
	vector := acceptedVector{
		Note: note, Link: link, ID: invite.ID.String(), Peer: invite.Peer.String(), Name: invite.Name, Color: invite.Color,
		Secret: invite.Secret[:], Expires: invite.Expires.UTC(), Uses: invite.Uses,
	}
	for _, server := range invite.Servers {
		vector.Servers = append(vector.Servers, server.Text())
	}
	return vector
}

// makeVectors is deterministic: Ed25519 signs the same alike.
func makeVectors(t *testing.T) vectors {
	t.Helper()
	whole, invite := link(t), testInvite(t)
	payload := strings.TrimPrefix(whole, prefix)
	several := testInvite(t)
	several.Name, several.Uses, several.Color = "Bén 名", 100, 8
	several.Servers = append(several.Servers, several.Servers[0])
	several.Servers[1].URLs = []string{"wss://[2001:db8::1]:443", "ws://127.0.0.1:7117"}
	severalText, err := several.Seal(testKeys(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	made := vectors{
		Comment: "Invite links that are read, and that are not. Written by go test -update.",
		Accepted: []acceptedVector{
			described("one server", whole, invite),
			described("several servers", severalText, several),
			described("https", "https://tincan.example/i#"+payload, invite),
			described("wrapped and quoted", "\" "+whole[:50]+"\n  "+whole[50:]+" \"", invite),
		},
		Refused: []refusedVector{
			{"nothing", "", "empty"},
			{"other text", "hello", "not-invite"},
			{"cut in the middle", whole[:len(whole)/2], "truncated"},
			{"cut by one character", whole[:len(whole)-1], "truncated"},
			{"version 2", "tincan:invite/2#" + payload, "newer"},
			{"a changed character", changed(whole, 60), "damaged"},
		},
	}
	for note, link := range refused(t) {
		made.Refused = append(made.Refused, refusedVector{note, link, "damaged"})
	}
	slices.SortStableFunc(made.Refused, func(a, b refusedVector) int { return strings.Compare(a.Note, b.Note) })
	return made
}

func TestVectors(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "invites.json")
	made, err := json.MarshalIndent(makeVectors(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err = os.WriteFile(path, append(made, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(data) != string(made)+"\n" {
		t.Error("what is written now differs from the vectors: is the format another?")
	}
	var kept vectors
	if err := json.Unmarshal(data, &kept); err != nil {
		t.Fatal(err)
	}
	for _, vector := range kept.Accepted {
		invite, err := Parse(vector.Link)
		if err != nil {
			t.Errorf("%s: %v", vector.Note, err)
			continue
		}
		got, errGot := json.Marshal(described(vector.Note, vector.Link, invite))
		want, errWant := json.Marshal(vector)
		if errors.Join(errGot, errWant) != nil || string(got) != string(want) {
			t.Errorf("%s: %s, want %s", vector.Note, got, want)
		}
	}
	for _, vector := range kept.Refused {
		if _, err := Parse(vector.Link); errorNames[vector.Error] == nil || !errors.Is(err, errorNames[vector.Error]) {
			t.Errorf("%s: %v, want %s", vector.Note, err, vector.Error)
		}
	}
}

// TestTagVector is also the servers': package protocol has the same one.
func TestTagVector(t *testing.T) {
	t.Parallel()
	tag := Tag([16]byte([]byte("0123456789abcdef")))
	if got := hex.EncodeToString(tag[:]); got != "04bb132ac3b923bd4b6e0636a70d2240" {
		t.Errorf("the tag is %s", got)
	}
}
