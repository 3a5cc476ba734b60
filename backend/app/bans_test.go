package app_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

func (p *person) bansPage(t *testing.T, query app.BanQuery) app.BanPage {
	t.Helper()
	if query.Limit == 0 {
		query.Limit = 500
	}
	return must(p.api.BansPage(query))(t)
}

func targets(page app.BanPage) []string {
	var all []string
	for _, one := range page.Bans {
		all = append(all, one.Target)
	}
	return all
}

// TestBansThatAreRefused, each with what helps.
func TestBansThatAreRefused(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	must(p.api.AddBan(app.BanOptions{Target: "203.0.113.0/24"}))(t)
	yesterday := time.Now().Add(-24 * time.Hour).UTC().Format(time.RFC3339)
	for name, one := range map[string]struct {
		options app.BanOptions
		code    string
	}{
		"a prefix that is too long":     {app.BanOptions{Target: "198.51.100.0/33"}, "ban-prefix"},
		"a domain that is an address":   {app.BanOptions{Kind: app.BanDomain, Target: "198.51.100.7"}, "ban-domain"},
		"a wildcard in the middle":      {app.BanOptions{Target: "mail.*.example.net"}, "ban-domain"},
		"a star alone":                  {app.BanOptions{Target: "*"}, "ban-domain"},
		"a public suffix":               {app.BanOptions{Target: "*.co.uk"}, "ban-domain"},
		"oneself":                       {app.BanOptions{Target: p.keys.Peer().String()}, "ban-self"},
		"an address of this computer":   {app.BanOptions{Target: "127.0.0.0/8"}, "ban-self"},
		"what is on the list":           {app.BanOptions{Target: "203.0.113.77/24"}, "ban-exists"},
		"an invite that is not there":   {app.BanOptions{Kind: app.BanInvite, Target: "0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b"}, "no-invite"},
		"an end that is over":           {app.BanOptions{Target: "198.51.100.7", Ends: yesterday}, "ban-ended"},
		"an end that is no day":         {app.BanOptions{Target: "198.51.100.7", Ends: "tomorrow"}, "ban-ended"},
		"a reason that is too long":     {app.BanOptions{Target: "198.51.100.7", Reason: strings.Repeat("x", 201)}, "reason-long"},
		"nothing":                       {app.BanOptions{}, "ban-target"},
		"a kind that there is not":      {app.BanOptions{Kind: "planet", Target: "198.51.100.7"}, "ban-target"},
		"an identity that is no number": {app.BanOptions{Kind: app.BanPeer, Target: "tc1"}, "ban-target"},
	} {
		_, err := p.api.AddBan(one.options)
		if got := code(t, err); got != one.code {
			t.Errorf("%s: %s, want %s", name, got, one.code)
		}
	}
	if got := targets(p.bansPage(t, app.BanQuery{})); !slices.Equal(got, []string{"203.0.113.0/24"}) {
		t.Errorf("the list is %v", got)
	}
}

// TestBansPage: searched, filtered, sorted, page by page.
func TestBansPage(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	soon := time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
	for _, options := range []app.BanOptions{
		{Target: "203.0.113.77", Reason: "Flooding"},
		{Target: "203.0.113.9", Reason: "flooding again", Ends: soon},
		{Target: "*.bulk.example.net", Reason: "Advertising servers", Tell: true},
		{Target: "2001:db8::/64"},
	} {
		must(p.api.AddBan(options))(t)
	}
	must(p.api.AddServer(rendezvoustest.Start(t).Address()))(t)
	invite := must(p.api.CreateInvite(app.InviteOptions{Label: "the fair", Days: 7, Uses: 5}))(t)
	banned := must(p.api.AddBan(app.BanOptions{Kind: app.BanInvite, Target: invite.ID, Tell: true}))(t)
	if banned.Name != "the fair" || banned.Target != "invite:"+invite.ID || !banned.Tell {
		t.Errorf("the ban on an invite is %+v", banned)
	}
	for name, one := range map[string]struct {
		query app.BanQuery
		want  []string
	}{
		"by address":           {app.BanQuery{Filter: app.BansAddresses, Column: app.BanByTarget}, []string{"203.0.113.9", "203.0.113.77", "2001:db8::/64"}},
		"the other way round":  {app.BanQuery{Filter: app.BansAddresses, Column: app.BanByTarget, Descending: true}, []string{"2001:db8::/64", "203.0.113.77", "203.0.113.9"}},
		"people":               {app.BanQuery{Filter: app.BansPeople}, []string{banned.Target}},
		"domains":              {app.BanQuery{Filter: app.BansDomains}, []string{"*.bulk.example.net"}},
		"found in the reason":  {app.BanQuery{Search: " FLOOD", Column: app.BanByReason}, []string{"203.0.113.77", "203.0.113.9"}},
		"found in the target":  {app.BanQuery{Search: "bulk"}, []string{"*.bulk.example.net"}},
		"found in the name":    {app.BanQuery{Search: "fair"}, []string{banned.Target}},
		"found nowhere":        {app.BanQuery{Search: "nowhere"}, nil},
		"what ends first":      {app.BanQuery{Column: app.BanByEnds, Limit: 1}, []string{"203.0.113.9"}},
		"the second page":      {app.BanQuery{Filter: app.BansAddresses, Column: app.BanByTarget, Limit: 2, Offset: 2}, []string{"2001:db8::/64"}},
		"a page that is gone":  {app.BanQuery{Filter: app.BansAddresses, Column: app.BanByTarget, Limit: 2, Offset: 200}, []string{"2001:db8::/64"}},
		"a page before any":    {app.BanQuery{Filter: app.BansDomains, Offset: -5}, []string{"*.bulk.example.net"}},
		"a column that is not": {app.BanQuery{Filter: app.BansDomains, Column: "x"}, []string{"*.bulk.example.net"}},
	} {
		page := p.bansPage(t, one.query)
		if got := targets(page); !slices.Equal(got, one.want) || page.All != 5 {
			t.Errorf("%s: %v of %d, want %v", name, got, page.All, one.want)
		}
	}
	domain := p.bansPage(t, app.BanQuery{Filter: app.BansDomains}).Bans[0]
	if domain.Tell || domain.Kind != app.BanDomain {
		t.Errorf("a server cannot be told of %+v", domain)
	}
	edited := must(p.api.EditBan(domain.ID, app.BanEdit{Reason: "less", Ends: soon}))(t)
	if again := p.bansPage(t, app.BanQuery{Filter: app.BansDomains}).Bans[0]; again != edited || edited.Reason != "less" || edited.Ends == "" || edited.Ended {
		t.Errorf("edited to %+v, listed as %+v", edited, again)
	}
	if _, err := p.api.EditBan("0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b", app.BanEdit{}); code(t, err) != "no-ban" {
		t.Errorf("of no ban: %v", err)
	}
}

// TestBansGoOutAndComeBack: exported, cleared and imported, the list is the same.
func TestBansGoOutAndComeBack(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	soon := time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
	must(p.api.AddServer(rendezvoustest.Start(t).Address()))(t)
	invite := must(p.api.CreateInvite(app.InviteOptions{Label: "the fair", Days: 7, Uses: 5}))(t)
	for _, options := range []app.BanOptions{
		{Target: "203.0.113.77", Reason: "Flooding # again; and [again]"},
		{Target: "203.0.113.0/25", Reason: "[ends never] is a reason", Ends: soon},
		{Target: "*.bulk.example.net", Ends: soon},
		{Target: "münchen.example", Reason: "línea 例子"},
		{Target: "2001:db8::/64"},
		{Kind: app.BanInvite, Target: invite.ID, Tell: true, Reason: "all of them"},
		{Target: newPerson(t).keys.Peer().String(), Tell: true},
	} {
		must(p.api.AddBan(options))(t)
	}
	lines := func() []string {
		var all []string
		for _, one := range p.bansPage(t, app.BanQuery{Column: app.BanByTarget}).Bans {
			all = append(all, fmt.Sprint(one.Kind, one.Target, one.Name, one.Reason, one.Ends, one.Tell))
		}
		return all
	}
	before := lines()
	saved := must(p.api.ExportBans())(t)
	text, err := os.ReadFile(saved.Path)
	if err != nil || saved.Count != len(before) {
		t.Fatalf("%+v, %v", saved, err)
	}
	again := must(p.api.ImportBans(string(text)))(t)
	if again.Added != 0 || again.Already != len(before) || again.Refused != 0 {
		t.Errorf("what is there already: %+v", again)
	}
	if count := must(p.api.ClearBans())(t); count != len(before) || len(lines()) != 0 {
		t.Errorf("%d of %d ended, %d are left", count, len(before), len(lines()))
	}
	if back := must(p.api.ImportBans(string(text)))(t); back.Added != len(before) || back.Already+back.Refused != 0 {
		t.Errorf("back: %+v", back)
	}
	if after := lines(); !slices.Equal(before, after) {
		t.Errorf("the list was\n%s\nand is\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	second := must(p.api.ExportBans())(t)
	if second.Path == saved.Path {
		t.Error("a file was written over")
	}
}

// TestOldList: one address or domain a line, with comments, as they were written.
func TestOldList(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	list := "\ufeff# bans of the house\r\n" +
		"203.0.113.9\r\n" +
		"  203.0.113.0/24   ; flooding requests\r\n" +
		"; nothing here\n\n" +
		"Spam.Example.net # advertising\n" +
		"*.bulk.example.net\n" +
		"203.0.113.0/33 # one too many\n" +
		"0.0.0.0 two.example.net\n" +
		"127.0.0.1\n" +
		"mail.*.net\n" +
		"203.0.113.9 # twice\n" +
		"2001:db8::1"
	got := must(p.api.ImportBans(list))(t)
	if got.Added != 5 || got.Already != 1 || got.Refused != 4 {
		t.Errorf("%+v", got)
	}
	var named []string
	for _, one := range got.Errors {
		named = append(named, fmt.Sprint(one.Line, " ", one.Text, " ", one.Error.Code))
	}
	want := []string{
		"8 203.0.113.0/33 # one too many ban-prefix", "9 0.0.0.0 two.example.net ban-domain",
		"10 127.0.0.1 ban-self", "11 mail.*.net ban-domain",
	}
	if !slices.Equal(named, want) {
		t.Errorf("named %q, want %q", named, want)
	}
	page := p.bansPage(t, app.BanQuery{Search: "flooding"})
	if len(page.Bans) != 1 || page.Bans[0].Reason != "flooding requests" || page.Bans[0].Target != "203.0.113.0/24" {
		t.Errorf("%+v", page.Bans)
	}
	if _, err := p.api.ImportBans(strings.Repeat("\n", 200_001)); code(t, err) != "bans-large" {
		t.Errorf("a list that is too long: %v", err)
	}
}

// TestHundredThousandLines with errors: imported except the named lines.
func TestHundredThousandLines(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	var list strings.Builder
	const lines, wrong = 100_000, 100
	for i := range lines {
		switch {
		case i%(lines/wrong) == 7:
			fmt.Fprintf(&list, "10.%d.0.0/33 # wrong\n", i%200)
		case i%2 == 0:
			fmt.Fprintf(&list, "100.%d.%d.%d # from a list\n", 64+i>>16, i>>8&255, i&255)
		default:
			fmt.Fprintf(&list, "host-%d.example.net\n", i)
		}
	}
	began := time.Now()
	got := must(p.api.ImportBans(list.String()))(t)
	took := time.Since(began)
	if got.Added != lines-wrong || got.Already != 0 || got.Refused != wrong || len(got.Errors) != wrong || got.Errors[0].Line != 8 {
		t.Errorf("%d added, %d refused, first %+v", got.Added, got.Refused, got.Errors[0])
	}
	t.Logf("%d lines in %v", lines, took)
	began = time.Now()
	page := p.bansPage(t, app.BanQuery{Search: "host-99999", Column: app.BanByTarget})
	if page.All != lines-wrong || page.Found != 1 {
		t.Errorf("%d of %d found", page.Found, page.All)
	}
	t.Logf("searched in %v", time.Since(began))
	began = time.Now()
	must(p.api.AddBan(app.BanOptions{Target: "198.51.100.7"}))(t)
	t.Logf("one more in %v", time.Since(began))
}

// TestBanClosesTheLine at once, with a list of 10,000 bans beside it: the other
// side sees it gone. The quickest of a few counts, since other tests run meanwhile.
func TestBanClosesTheLine(t *testing.T) {
	t.Parallel()
	ana, ben, conversation := meet(t)
	var list strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&list, "100.64.%d.%d\nhost-%d.example.net\n", i>>8, i&255, i)
	}
	must(ana.api.ImportBans(list.String()))(t)
	must(ana.api.SendText(conversation, "a reason for a line"))(t)
	peer := ana.state().Conversations[0].PeerID
	row := func(p *person) app.Conversation { return p.state().Conversations[0] }
	waitFor := func(p *person, what string, holds func(app.Conversation) bool) {
		t.Helper()
		changes := p.Subscribe(-1)
		for !holds(row(p)) {
			p.until(what, changes, func(app.Changes) bool { return true })
		}
	}
	open := func(c app.Conversation) bool {
		return c.Line.State == app.LineLAN || c.Line.State == app.LineDirect || c.Line.State == app.LineRelayed
	}
	const most = 100 * time.Millisecond
	best := time.Hour
	for range 5 {
		waitFor(ana, "a line is open", open)
		waitFor(ben, "a line is open", open)
		began := time.Now()
		held := must(ana.api.AddBan(app.BanOptions{Kind: app.BanPeer, Target: peer}))(t)
		waitFor(ben, "the line is closed", func(c app.Conversation) bool { return !open(c) })
		took := time.Since(began)
		t.Logf("closed on the other side after %v", took)
		best = min(best, took)
		if row(ana).Line.State != app.LineBanned {
			t.Errorf("the line is %+v", row(ana).Line)
		}
		must(ana.api.RemoveBan(held.ID))(t)
		must(ana.api.SendText(conversation, "a reason for another one"))(t)
	}
	if best > most {
		t.Errorf("it took %v", best)
	}
}
