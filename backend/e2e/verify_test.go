package e2e_test

import (
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// row is the conversation as a device shows it.
func (d *device) row(conversation string) app.Conversation {
	d.t.Helper()
	for _, row := range d.state().Conversations {
		if row.ID == conversation {
			return row
		}
	}
	return app.Conversation{}
}

// TestCompare: two people compare by emoji over a real line; what came of it
// survives a restart, and what differs is held back until something else is said.
func TestCompare(t *testing.T) {
	t.Parallel()
	p := meet(t)
	if trust := p.ben.row(p.conversation).Verified.Trust; trust != app.TrustLink {
		t.Errorf("Ben opened Ana's link, and knows her by %q", trust)
	}
	if trust := p.ana.row(p.conversation).Verified.Trust; trust != app.TrustNone {
		t.Errorf("Ana knows Ben by %q", trust)
	}
	p.ana.call(nil, "Focus", p.conversation, true)
	eventually(t, "Ana can ask", func() bool { return p.ana.try(nil, "StartCheck", p.conversation) == nil })
	state := func(d *device, want app.CheckState) func() bool {
		return func() bool {
			check := d.row(p.conversation).Check
			return check != nil && check.State == want
		}
	}
	eventually(t, "Ben is asked", state(p.ben, app.CheckAsked))
	p.ben.call(nil, "AnswerCheck", p.conversation, true)
	eventually(t, "both see emoji", func() bool { return state(p.ana, app.CheckComparing)() && state(p.ben, app.CheckComparing)() })
	ana, ben := p.ana.row(p.conversation).Check.Emoji, p.ben.row(p.conversation).Check.Emoji
	if len(ana) != 7 || !slices.Equal(ana, ben) {
		t.Fatalf("%v and %v", ana, ben)
	}
	p.ana.call(nil, "FinishCheck", p.conversation, true)
	p.ben.call(nil, "FinishCheck", p.conversation, true)
	compared := func(d *device) bool {
		known := d.row(p.conversation).Verified
		return known.Trust == app.TrustCompared && known.Method == app.CompareEmoji && known.Since != ""
	}
	eventually(t, "both know each other", func() bool { return compared(p.ana) && compared(p.ben) })
	p.ana.stop()
	p.ana = startDevice(t, p.anaDir, "", p.options...)
	if known := p.ana.row(p.conversation).Verified; known.Trust != app.TrustCompared || known.Method != app.CompareEmoji {
		t.Errorf("before the first paint after a restart: %+v", known)
	}
	online(t, p.ana)
	if !compared(p.ana) {
		t.Errorf("after a restart: %+v", p.ana.row(p.conversation).Verified)
	}

	p.ben.call(nil, "Verify", p.conversation, false)
	p.say(p.ben, &p.sentBen, 2)
	if row := p.ben.row(p.conversation); row.Line.State != app.LineHeld || row.Queued != 2 {
		t.Errorf("held back: %+v", row)
	}
	p.ben.kill()
	p.ben = startDevice(t, p.benDir, "", p.options...)
	online(t, p.ben)
	if row := p.ben.row(p.conversation); row.Line.State != app.LineHeld || row.Queued != 2 || row.Verified.Trust != app.TrustDiffers {
		t.Errorf("held back after a restart: %+v", row)
	}
	p.ben.call(nil, "Verify", p.conversation, true)
	p.same(t)
}

// TestRetire: contacts are told, and nothing can be said any more, also after a
// restart.
func TestRetire(t *testing.T) {
	t.Parallel()
	p := meet(t)
	p.ana.call(nil, "Retire")
	eventually(t, "Ben hears of it", func() bool { return p.ben.row(p.conversation).Retired != "" })
	p.ana.stop()
	p.ana = startDevice(t, p.anaDir, "", p.options...)
	if p.ana.state().Profile.Retired == "" {
		t.Error("before the first paint after a restart it is forgotten")
	}
	online(t, p.ana)
	for d, code := range map[*device]string{p.ana: "retired", p.ben: "they-retired"} {
		if refused := d.try(nil, "SendText", p.conversation, "anybody?"); refused == nil || refused.Code != code {
			t.Errorf("%+v, want %s", refused, code)
		}
	}
	if len(p.ana.texts(p.conversation)) != p.sentBen {
		t.Error("what was said cannot be read any more")
	}
}
