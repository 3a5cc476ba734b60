package node

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// checkSeeds are steps of checks, for the fuzzing of frames.
func checkSeeds() []*wire.LinkFrame {
	id, part := make([]byte, 16), make([]byte, 32)
	var frames []*wire.LinkFrame
	for _, one := range []*wire.Check{
		{Id: id, Step: &wire.Check_Start{Start: &wire.CheckStart{Commitment: part}}},
		{Id: id, Step: &wire.Check_Start{Start: &wire.CheckStart{Commitment: part[:31]}}},
		{Id: id, Step: &wire.Check_Answer{Answer: &wire.CheckNonce{Nonce: part}}},
		{Id: id, Step: &wire.Check_Reveal{Reveal: &wire.CheckNonce{Nonce: part}}},
		{Id: id, Step: &wire.Check_Result{Result: &wire.CheckResult{Same: true}}},
		{Id: id, Step: &wire.Check_Cancel{Cancel: &wire.CheckCancel{Why: wire.CheckEnd_CHECK_END_LATE}}},
		{Id: id[:3]},
		{Id: id},
	} {
		frames = append(frames, &wire.LinkFrame{Kind: &wire.LinkFrame_Check{Check: one}})
	}
	return frames
}

// couple are two contacts with an open line between them.
func couple(t *testing.T) (w *world, a, b *person, line link.Session) {
	t.Helper()
	w = newWorld(t, 2)
	a, b = w.people[0], w.people[1]
	return w, a, b, w.connectLine(a, b)
}

// do makes a call and lets frames pass; it returns the code of a refusal.
func (p *person) do(what any) string {
	p.world.t.Helper()
	p.step(Command{ID: 1, Call: what})
	p.world.flow()
	return code(p.answered.Err)
}

func code(err error) string {
	if err == nil {
		return ""
	}
	if refused, ok := err.(*Refusal); ok { //nolint:errorlint // a core's own answer is not wrapped
		return refused.Code
	}
	return err.Error()
}

// check is what a person sees of a check with another one.
func (p *person) check(of *person) LiveCheck {
	if live := p.core.live(p.contact(of)).Check; live != nil {
		return *live
	}
	return LiveCheck{}
}

// ended is why a person is told that a check is over, "" if none is.
func (p *person) ended(of *person) string {
	if why := p.check(of).Why; why != nil {
		return why.Code
	}
	return ""
}

func (p *person) known(of *person) Verification { return p.core.live(p.contact(of)).Verification }

// compare brings two people to where they see emoji.
func compare(t *testing.T, a, b *person) {
	t.Helper()
	if refused := a.do(startCheckCall{a.talk(b)}); refused != "" {
		t.Fatal(refused)
	}
	if a.check(b).State != CheckWaiting || b.check(a).State != CheckAsked {
		t.Fatalf("%+v, %+v", a.check(b), b.check(a))
	}
	if refused := b.do(answerCheckCall{b.talk(a), true}); refused != "" {
		t.Fatal(refused)
	}
	if a.check(b).State != CheckComparing || b.check(a).State != CheckComparing {
		t.Fatalf("%+v, %+v", a.check(b), b.check(a))
	}
}

func TestTwoPeopleCompareByEmoji(t *testing.T) {
	t.Parallel()
	w, a, b, _ := couple(t)
	compare(t, a, b)
	if a.check(b).Emoji != b.check(a).Emoji || a.check(b).Emoji == ([identity.CheckEmoji]int{}) {
		t.Fatalf("%v and %v", a.check(b).Emoji, b.check(a).Emoji)
	}
	a.do(finishCheckCall{a.talk(b), true})
	if a.known(b).Compared != NotCompared || b.known(a).Compared != NotCompared || !b.check(a).TheySaid {
		t.Fatal("one of two is enough")
	}
	b.do(finishCheckCall{b.talk(a), true})
	for _, who := range [][2]*person{{a, b}, {b, a}} {
		known := who[0].known(who[1])
		want := Verification{Peer: who[1].keys.Peer(), Compared: ComparedSame, How: MethodEmoji, At: w.now, Mine: who[0].keys.Peer()}
		if known != want || who[0].check(who[1]).State != CheckDone {
			t.Errorf("%+v, %+v", known, who[0].check(who[1]))
		}
		who[0].start() // from the disk
		if kept := who[0].known(who[1]); kept != want {
			t.Errorf("after a restart: %+v", kept)
		}
	}
}

// TestEmojiOfAnotherTime are others: the nonces are fresh.
func TestEmojiOfAnotherTime(t *testing.T) {
	t.Parallel()
	_, a, b, _ := couple(t)
	compare(t, a, b)
	first := a.check(b).Emoji
	a.do(answerCheckCall{a.talk(b), false})
	if a.check(b).State != 0 || b.ended(a) != "check-cancelled" {
		t.Fatalf("%+v, %s", a.check(b), b.ended(a))
	}
	compare(t, b, a)
	if a.check(b).Emoji == first {
		t.Error("the same emoji again")
	}
}

// TestBothStart: both ask at the same moment; one check goes on, and nobody is
// asked what they asked for.
func TestBothStart(t *testing.T) {
	t.Parallel()
	_, a, b, _ := couple(t)
	a.step(Command{ID: 1, Call: startCheckCall{a.talk(b)}})
	b.step(Command{ID: 1, Call: startCheckCall{b.talk(a)}})
	a.world.flow()
	if a.check(b).State != CheckComparing || a.check(b).Emoji != b.check(a).Emoji {
		t.Errorf("%+v, %+v", a.check(b), b.check(a))
	}
}

func TestEmojiDiffer(t *testing.T) {
	t.Parallel()
	w, a, b, line := couple(t)
	compare(t, a, b)
	// The result goes out before the line is cut.
	a.step(Command{ID: 1, Call: finishCheckCall{a.talk(b), false}})
	if a.known(b).Compared != ComparedDiffered || a.core.live(a.contact(b)).Line.State != LineHeld {
		t.Fatalf("%+v", a.known(b))
	}
	if _, open := w.wires.lines[line]; open {
		t.Fatal("the line is open")
	}
	if !slices.ContainsFunc(w.wires.frames[a], func(frame *wire.LinkFrame) bool {
		result := frame.GetCheck().GetResult()
		return result != nil && !result.GetSame()
	}) {
		t.Error("they were not told")
	}
	if b.ended(a) != "check-line" || b.known(a).Compared != NotCompared {
		t.Errorf("%s, %+v", b.ended(a), b.known(a))
	}
	if refused := a.do(startCheckCall{a.talk(b)}); refused != "held" {
		t.Error(refused)
	}
}

// TestTheirEmojiDiffer: what one person says does not decide for the other.
func TestTheirEmojiDiffer(t *testing.T) {
	t.Parallel()
	w, a, b, line := couple(t)
	compare(t, a, b)
	id := b.contact(a).check.id
	w.send(line, b, &wire.LinkFrame{Kind: &wire.LinkFrame_Check{Check: &wire.Check{Id: id[:], Step: &wire.Check_Result{Result: &wire.CheckResult{}}}}})
	if b.ended(a) != "check-differs" || b.known(a).Compared != NotCompared {
		t.Errorf("%s, %+v", b.ended(a), b.known(a))
	}
}

// TestManInTheMiddle: two people have somebody's key for one another's. What he
// passes on does not open, and what he says himself shows other emoji.
func TestManInTheMiddle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	a, middle, b := w.people[0], w.people[1], w.people[2]
	left, right := w.connectLine(a, middle), w.openLine(middle, b)
	w.flow()
	t.Run("who passes on", func(t *testing.T) {
		w.wires.frames = map[*person][]*wire.LinkFrame{}
		w.wires.lose = func(frame *wire.LinkFrame) bool { return frame.GetCheck() != nil }
		last := func(from *person) *wire.LinkFrame {
			sent := w.wires.frames[from]
			return sent[len(sent)-1]
		}
		a.do(startCheckCall{a.talk(middle)})
		w.send(right, b, last(a))
		b.do(answerCheckCall{b.talk(middle), true})
		w.send(left, a, last(b))
		if a.check(middle).State != CheckComparing {
			t.Fatalf("%+v", a.check(middle))
		}
		w.send(right, b, last(a)) // the nonce
		if b.ended(middle) != "check-broken" || !slices.Contains(b.reports, "a check whose nonce is not the one that was committed to") {
			t.Errorf("%s, %v", b.ended(middle), b.reports)
		}
		if b.known(middle).Compared != NotCompared {
			t.Errorf("%+v", b.known(middle))
		}
		w.wires.lose = nil
		for _, who := range []*person{a, b} {
			who.do(answerCheckCall{who.talk(middle), false})
		}
	})
	t.Run("who speaks for himself", func(t *testing.T) {
		w.send(left, middle, &wire.LinkFrame{}) // nothing, of a newer version
		compare(t, a, middle)
		compare(t, middle, b)
		if a.check(middle).Emoji == b.check(middle).Emoji {
			t.Error("both ends see the same")
		}
	})
}

// TestCommitmentHolds: whoever started cannot choose a nonce afterwards.
func TestCommitmentHolds(t *testing.T) {
	t.Parallel()
	w, a, b, line := couple(t)
	w.wires.lose = func(frame *wire.LinkFrame) bool { return frame.GetCheck().GetReveal() != nil }
	a.do(startCheckCall{a.talk(b)})
	b.do(answerCheckCall{b.talk(a), true})
	if b.check(a).State != CheckPreparing {
		t.Fatalf("%+v", b.check(a))
	}
	id := b.contact(a).check.id
	w.send(line, b, &wire.LinkFrame{Kind: &wire.LinkFrame_Check{Check: &wire.Check{Id: id[:], Step: &wire.Check_Reveal{Reveal: &wire.CheckNonce{Nonce: make([]byte, 32)}}}}})
	w.flow()
	if b.ended(a) != "check-broken" || a.ended(b) != "check-broken" {
		t.Errorf("%q, %q", b.ended(a), a.ended(b))
	}
}

// TestStepsOutOfPlace: a step that no honest device sends now ends the line.
func TestStepsOutOfPlace(t *testing.T) {
	t.Parallel()
	nonce := &wire.CheckNonce{Nonce: make([]byte, 32)}
	for name, one := range map[string]struct {
		before func(a, b *person) // b receives
		step   *wire.Check
	}{
		"an answer to what was not asked": {func(a, b *person) { a.do(startCheckCall{a.talk(b)}) }, &wire.Check{Step: &wire.Check_Answer{Answer: nonce}}},
		"a nonce too early":               {func(a, b *person) { a.do(startCheckCall{a.talk(b)}) }, &wire.Check{Step: &wire.Check_Reveal{Reveal: nonce}}},
		"a result without emoji":          {func(a, b *person) { a.do(startCheckCall{a.talk(b)}) }, &wire.Check{Step: &wire.Check_Result{Result: &wire.CheckResult{Same: true}}}},
		"a nonce twice":                   {func(a, b *person) { compareAnyway(a, b) }, &wire.Check{Step: &wire.Check_Reveal{Reveal: nonce}}},
		"a short commitment":              {func(_, _ *person) {}, &wire.Check{Step: &wire.Check_Start{Start: &wire.CheckStart{Commitment: make([]byte, 31)}}}},
		"no name":                         {func(_, _ *person) {}, &wire.Check{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, a, b, line := couple(t)
			one.before(a, b)
			one.step.Id = make([]byte, 16)
			if current := b.contact(a).check; current != nil {
				one.step.Id = current.id[:]
			}
			if name == "no name" {
				one.step.Id = nil
			}
			w.send(line, b, &wire.LinkFrame{Kind: &wire.LinkFrame_Check{Check: one.step}})
			if _, open := w.wires.lines[line]; open {
				t.Error("the line stays")
			}
			if b.known(a).Compared != NotCompared {
				t.Errorf("%+v", b.known(a))
			}
		})
	}
}

func compareAnyway(a, b *person) {
	a.do(startCheckCall{a.talk(b)})
	b.do(answerCheckCall{b.talk(a), true})
}

func TestChecksThatEnd(t *testing.T) {
	t.Parallel()
	t.Run("nobody is there", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 2)
		if refused := w.people[0].do(startCheckCall{w.people[0].talk(w.people[1])}); refused != "check-no-line" {
			t.Error(refused)
		}
		if refused := w.people[0].do(startCheckCall{uuid.New()}); refused != "no-conversation" {
			t.Error(refused)
		}
	})
	t.Run("an older version", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 2)
		a, b := w.people[0], w.people[1]
		b.old = true
		w.connectLine(a, b)
		if refused := a.do(startCheckCall{a.talk(b)}); refused != "check-older" {
			t.Error(refused)
		}
	})
	t.Run("declined", func(t *testing.T) {
		t.Parallel()
		w, a, b, _ := couple(t)
		a.do(startCheckCall{a.talk(b)})
		b.do(answerCheckCall{b.talk(a), false})
		if a.ended(b) != "check-declined" || b.check(a).State != 0 {
			t.Errorf("%q, %+v", a.ended(b), b.check(a))
		}
		a.do(startCheckCall{a.talk(b)})
		if a.ended(b) != "check-busy" || b.check(a).State != 0 {
			t.Errorf("asked again at once: %q, %+v", a.ended(b), b.check(a))
		}
		w.pass(checkQuiet)
		if compare(t, a, b); a.do(startCheckCall{a.talk(b)}) != "check-running" {
			t.Error("two at once")
		}
	})
	t.Run("no answer", func(t *testing.T) {
		t.Parallel()
		w, a, b, _ := couple(t)
		a.do(startCheckCall{a.talk(b)})
		w.pass(checkAsks + time.Second)
		w.flow()
		if a.ended(b) != "check-late" || b.ended(a) != "check-late" {
			t.Errorf("%q, %q", a.ended(b), b.ended(a))
		}
		if refused := b.do(answerCheckCall{b.talk(a), true}); refused != "check-over" {
			t.Error(refused)
		}
		if w.pass(checkIsShown + time.Second); a.ended(b) != "" {
			t.Errorf("%q is shown for ever", a.ended(b))
		}
	})
	t.Run("the line is lost", func(t *testing.T) {
		t.Parallel()
		w, a, b, line := couple(t)
		compare(t, a, b)
		w.cut(line)
		if a.ended(b) != "check-line" || b.ended(a) != "check-line" {
			t.Errorf("%q, %q", a.ended(b), b.ended(a))
		}
		if refused := a.do(finishCheckCall{a.talk(b), true}); refused != "check-over" {
			t.Error(refused)
		}
	})
	t.Run("the disk refuses", func(t *testing.T) {
		t.Parallel()
		_, a, b, _ := couple(t)
		compare(t, a, b)
		b.do(finishCheckCall{b.talk(a), true})
		a.full = ErrDiskFull
		if refused := a.do(finishCheckCall{a.talk(b), true}); refused != "disk-full" || a.known(b).Compared != NotCompared {
			t.Errorf("%q, %+v", refused, a.known(b))
		}
	})
}

// TestHeldBack: what is written to somebody whose number differs stays here until
// something else is said.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	w, a, b, _ := couple(t)
	a.connect()
	b.connect()
	if refused := a.do(comparedCall{a.talk(b), false}); refused != "" {
		t.Fatal(refused)
	}
	a.say(b, "held back")
	w.pass(time.Hour)
	if len(w.boxes[b]) > 0 || len(w.wires.queue) > 0 || !a.undelivered(b) {
		t.Fatalf("%d letters, %d frames", len(w.boxes[b]), len(w.wires.queue))
	}
	if refused := a.do(bundleCall{a.talk(b)}); refused != "held" {
		t.Errorf("a file: %q", refused)
	}
	a.start() // a restart changes nothing
	a.connect()
	if w.pass(time.Hour); len(w.boxes[b]) > 0 || a.known(b).Compared != ComparedDiffered {
		t.Fatalf("after a restart: %d letters, %+v", len(w.boxes[b]), a.known(b))
	}
	if refused := a.do(comparedCall{a.talk(b), true}); refused != "" {
		t.Fatal(refused)
	}
	if w.pass(time.Hour); len(w.boxes[b]) == 0 {
		t.Error("nothing was sent after they compared again")
	}
	if refused := a.do(forgetComparedCall{a.talk(b)}); refused != "" || a.known(b).Compared != NotCompared {
		t.Errorf("%q, %+v", refused, a.known(b))
	}
}

// TestAnotherOwnKey: what was compared under another key of mine says nothing.
func TestAnotherOwnKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	a, b := w.people[0], w.people[1]
	a.disk.Verifications = []Verification{{Peer: b.keys.Peer(), Link: true, Compared: ComparedSame, How: MethodNumber, At: w.now, Mine: identity.PeerID{1}}}
	a.start()
	if known := a.known(b); known.Compared != NotCompared || !known.Link {
		t.Errorf("%+v", known)
	}
}

func TestRetire(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	a, b, away := w.people[0], w.people[1], w.people[2]
	for _, p := range w.people {
		p.connect()
	}
	w.connectLine(a, b)
	a.do(createInviteCall{life: time.Hour, uses: 1})
	if refused := a.do(retireCall{}); refused != "" {
		t.Fatal(refused)
	}
	if live := b.core.live(b.contact(a)); !live.Retired.Equal(w.now) {
		t.Errorf("over the line: %v", live.Retired)
	}
	retired := w.now
	w.pass(time.Hour)
	away.disconnect()
	away.connect()
	if live := away.core.live(away.contact(a)); !live.Retired.Equal(retired) {
		t.Errorf("by mail: %v", live.Retired)
	}
	for name, call := range map[string]any{
		"a text": sendTextCall{conversation: a.talk(b), text: "again"}, "an invite": createInviteCall{life: time.Hour, uses: 1}, "another name": setProfileCall{name: "New", color: 1},
		"again": retireCall{}, "a timer": setTimerCall{conversation: a.talk(b), stay: time.Hour}, "a check": startCheckCall{a.talk(b)},
	} {
		if refused := a.do(call); refused != "retired" {
			t.Errorf("%s: %q", name, refused)
		}
	}
	if refused := b.do(sendTextCall{conversation: b.talk(a), text: "hello?"}); refused != "they-retired" {
		t.Errorf("to nobody: %q", refused)
	}
	for _, p := range []*person{a, b} {
		p.start()
	}
	if a.core.liveNow().Retired.IsZero() || b.core.live(b.contact(a)).Retired.IsZero() {
		t.Error("forgotten at a restart")
	}
	if one := a.core.sortedInvites(); len(one) != 1 || !one[0].Revoked {
		t.Errorf("%+v", one)
	}
}

// TestSomebodyElsesRetirement: what another identity signed, or nobody, gives
// nobody up.
func TestSomebodyElsesRetirement(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	a, b, other := w.people[0], w.people[1], w.people[2]
	line := w.connectLine(a, b)
	for i, keys := range []*identity.Keys{other.keys, a.keys} {
		signed, err := keys.Retire(w.now)
		if err != nil {
			t.Fatal(err)
		}
		if keys == a.keys {
			signed.Signature = make([]byte, 64)
		}
		body, err := journal.RetireBody(signed)
		if err != nil {
			t.Fatal(err)
		}
		written, err := a.core.writeEntry(a.core.conversationOf(a.contact(b)), wire.EntryKind_ENTRY_KIND_RETIRE, body)
		if err != nil {
			t.Fatal(err)
		}
		w.send(line, b, entriesFrame(a.talk(b), written.Entry))
		if !b.core.live(b.contact(a)).Retired.IsZero() || len(b.logs) != i+1 {
			t.Errorf("%d: %v, %d entries", i, b.core.live(b.contact(a)).Retired, len(b.logs))
		}
	}
}
