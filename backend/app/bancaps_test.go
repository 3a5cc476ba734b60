package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// TestLongTextsOfBans: reasons, names, labels and searches have an end, counted in
// characters, and a page has one too.
func TestLongTextsOfBans(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	longest, longer := strings.Repeat("界", 200), strings.Repeat("界", 201)
	kept := must(p.api.AddBan(app.BanOptions{Target: "198.51.100.7", Reason: longest}))(t)
	if kept.Reason != longest {
		t.Errorf("a reason of 200 characters is %d bytes", len(kept.Reason))
	}
	huge := strings.Repeat("x", 1<<20)
	for name, refused := range map[string]error{
		"added":  second(p.api.AddBan(app.BanOptions{Target: "198.51.100.8", Reason: longer})),
		"huge":   second(p.api.AddBan(app.BanOptions{Target: "198.51.100.8", Reason: huge})),
		"edited": second(p.api.EditBan(kept.ID, app.BanEdit{Reason: longer})),
	} {
		if got := code(t, refused); got != "reason-long" {
			t.Errorf("%s: %s", name, got)
		}
	}
	gone := must(p.api.RemoveBan(kept.ID))(t)
	gone.Reason = longer
	if got := code(t, second(p.api.RestoreBan(gone))); got != "reason-long" {
		t.Errorf("restored: %s", got)
	}
	gone.Reason, gone.Name = longest, huge
	if back := must(p.api.RestoreBan(gone))(t); len(back.Name) > 256 || back.Reason != longest {
		t.Errorf("a name of %d bytes, a reason of %d", len(back.Name), len(back.Reason))
	}
	got := must(p.api.ImportBans("203.0.113.7 # " + longer + "\n203.0.113.8 # " + strings.Repeat("y", 5000) + "\n"))(t)
	if got.Added != 1 || got.Refused != 1 || got.Errors[0].Line != 2 {
		t.Errorf("imported %+v", got)
	}
	if page := p.bansPage(t, app.BanQuery{Search: "203.0.113.7"}); len(page.Bans) != 1 || page.Bans[0].Reason != longest {
		t.Errorf("of an imported list: %+v", page.Bans)
	}
	for _, target := range []string{huge, strings.Repeat("9", 257), "*." + strings.Repeat("a.", 200) + "net"} {
		if check := must(p.api.CheckBan("", target))(t); check.Error == nil || check.Target != "" {
			t.Errorf("a target of %d bytes: %+v", len(target), check)
		}
	}
	if page := p.bansPage(t, app.BanQuery{Search: strings.Repeat("z", 1<<20)}); page.Found != 0 || page.All != 2 {
		t.Errorf("a long search finds %d", page.Found)
	}
	var list strings.Builder
	for i := range 600 {
		fmt.Fprintf(&list, "100.64.%d.%d\n", i>>8, i&255)
	}
	must(p.api.ImportBans(list.String()))(t)
	for _, limit := range []int{501, 1 << 30} {
		if page := p.bansPage(t, app.BanQuery{Limit: limit}); len(page.Bans) != 500 || page.Found != 602 {
			t.Errorf("a page of %d has %d of %d", limit, len(page.Bans), page.Found)
		}
	}
	must(p.api.AddServer(rendezvoustest.Start(t).Address()))(t)
	label := strings.Repeat("界", 64)
	if made := must(p.api.CreateInvite(app.InviteOptions{Label: label}))(t); made.Label != label {
		t.Errorf("a label of 64 characters is %q", made.Label)
	}
	for _, long := range []string{label + "界", huge} {
		if got := code(t, second(p.api.CreateInvite(app.InviteOptions{Label: long}))); got != "invite-options" {
			t.Errorf("a label of %d bytes: %s", len(long), got)
		}
	}
}
