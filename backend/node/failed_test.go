package node

import (
	"errors"
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

// TestBehindAFullDisk: what is refused because of the write before it says why.
func TestBehindAFullDisk(t *testing.T) {
	t.Parallel()
	var order commitOrder
	var answers []error
	answer := func(event Event) {
		committed, ok := event.(Committed)
		if !ok {
			t.Fatalf("%T", event)
		}
		answers = append(answers, committed.Err)
	}
	_, live := order.admit([]Commit{{Token: 1}, {Token: 2}}, answer)
	order.done(live, ErrDiskFull, answer)
	order.admit([]Commit{{Token: 3}}, answer)
	for i, err := range answers {
		var refused *Refusal
		if !errors.As(refusal(err), &refused) || refused.Code != "disk-full" || errors.Is(err, errStale) != (i > 0) {
			t.Errorf("%d: %v", i+1, err)
		}
	}
	if len(answers) != 3 {
		t.Errorf("%d answers", len(answers))
	}
}
