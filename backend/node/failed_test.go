package node

import (
	"testing"

	"github.com/tincan-chat/tincan/backend/chat"
)

// TestRefusedBehindAFailureTakesNothingBack: between a failed write and the
// refusal of those behind it a person writes on, and that holds.
func TestRefusedBehindAFailureTakesNothingBack(t *testing.T) {
	w := newWorld(t, 2)
	p := w.people[0]
	say := func(text string) Commit {
		call := sendTextCall{conversation: chat.DirectConversation(p.keys.Peer(), w.people[1].keys.Peer()), text: text}
		for _, effect := range p.core.Step(w.now, Command{ID: 1, Call: call}) {
			if commit, ok := effect.(Commit); ok {
				return commit
			}
		}
		t.Fatalf("%q is not written", text)
		return Commit{}
	}
	sequence := func(commit Commit) uint64 {
		appended, ok := commit.Writes[0].(AppendEntry)
		if !ok {
			t.Fatalf("%T", commit.Writes[0])
		}
		return appended.Entry.Sequence
	}
	first, second := say("failed"), say("refused behind it")
	p.core.Step(w.now, Committed{Token: first.Token, Err: ErrDiskFull})
	third := say("after the failure")
	p.core.Step(w.now, Committed{Token: second.Token, Err: errStale})
	fourth := say("after the refusal")
	if third.Generation == first.Generation || sequence(third) != 1 || sequence(fourth) != 2 {
		t.Errorf("generations %d and %d, sequences %d and %d", first.Generation, third.Generation, sequence(third), sequence(fourth))
	}
}
