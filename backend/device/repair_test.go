package device_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/device"
)

const pageSize = 4096

// damage overwrites the database's page in which a text stands.
func damage(t *testing.T, folder, text string) {
	t.Helper()
	path := filepath.Join(folder, "tincan.db")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte(text))
	if at < 0 {
		t.Fatalf("%q is not in the database", text)
	}
	copy(data[at/pageSize*pageSize:], bytes.Repeat([]byte{0xa5}, pageSize))
	if err = os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// refusedAs returns the code of a refused call.
func refusedAs(err error) string {
	if plain, is := errors.AsType[*app.Error](err); is {
		return plain.Code
	}
	return fmt.Sprint(err)
}

// TestRepair repairs Ana's damaged history while she is looking at it: the device
// goes on in the same process, with a notice, and what was lost comes back from Ben.
func TestRepair(t *testing.T) {
	folder := t.TempDir()
	ana, ben := open(t, folder), open(t, t.TempDir())
	profile(t, ana, "Ana")
	profile(t, ben, "Ben")
	made, err := ana.App().API().CreateInvite(app.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	asked, err := ben.App().API().SendRequest(made.Link, "Hello")
	if err != nil {
		t.Fatal(err)
	}
	until(t, ana, "the request arrives", func(s app.State) bool { return len(s.Requests) == 1 })
	if _, err = ana.App().API().AcceptRequest(asked.ID); err != nil {
		t.Fatal(err)
	}
	if err = ana.App().API().Repair(); refusedAs(err) != "not-damaged" {
		t.Errorf("a sound history: %v", err)
	}
	const many = 120
	for i := range many {
		if _, err = ana.App().API().SendText(asked.ID, fmt.Sprintf("Ana says %d.", i)); err != nil {
			t.Fatal(err)
		}
	}
	last := fmt.Sprintf("Ana says %d.", many-1)
	until(t, ben, "all of it arrives", func(s app.State) bool { return len(s.Conversations) == 1 && s.Conversations[0].Preview == last })
	settings := ana.App().Settings()
	settings.Theme = app.ThemeDark
	if _, err = ana.App().API().SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	if err = ana.Close(); err != nil {
		t.Fatal(err)
	}

	damage(t, folder, "Ana says 60.")
	damage(t, folder, last) // what every start looks at
	again := open(t, folder)
	api := again.App().API()
	if err = api.Painted(); err != nil {
		t.Fatal(err)
	}
	broken := until(t, again, "the damage is known", func(s app.State) bool { return s.Problem != nil })
	if broken.Problem.Code != app.ProblemDatabaseDamaged || broken.Notice != nil || broken.Repair != nil {
		t.Fatalf("%+v, %+v, %+v", broken.Problem, broken.Notice, broken.Repair)
	}
	if _, err = api.SendText(asked.ID, "?"); refusedAs(err) != "read-only" {
		t.Errorf("writing to a damaged history: %v", err)
	}
	if err = api.Repair(); err != nil {
		t.Fatal(err)
	}
	if err = api.Repair(); err != nil && refusedAs(err) != "repairing" && refusedAs(err) != "not-damaged" {
		t.Errorf("a second one: %v", err)
	}
	whole := until(t, again, "it is repaired", func(s app.State) bool { return s.Notice != nil })
	if whole.Problem != nil || whole.Repair != nil || whole.Notice.Code != "salvaged" || whole.Notice.Params["what"] != "short" ||
		whole.Profile.Name != "Ana" || whole.Settings.Theme != app.ThemeDark {
		t.Errorf("%+v, %+v, %+v", whole.Problem, whole.Repair, whole.Notice)
	}
	if kept, missing := os.Stat(filepath.Join(folder, whole.Notice.Params["file"])); missing != nil || kept.Size() == 0 {
		t.Errorf("the damaged file: %v", missing)
	}
	if err = api.Focus(asked.ID, true); err != nil { // what is on screen gets a line
		t.Fatal(err)
	}
	until(t, again, "what was lost comes back", func(app.State) bool {
		page, unread := api.PageLast(asked.ID, 200)
		return unread == nil && len(page.Messages) == many+1
	})
	if _, err = api.SendText(asked.ID, "Here I am again"); err != nil {
		t.Fatal(err)
	}
	until(t, ben, "she goes on", func(s app.State) bool { return s.Conversations[0].Preview == "Here I am again" })
	if err = api.DismissNotice("", whole.Notice.ID); err != nil {
		t.Fatal(err)
	}
	if state, failed := api.Start(); failed != nil || state.Notice != nil {
		t.Errorf("dismissed: %+v, %v", state.Notice, failed)
	}
}

// TestRepairOfNothing says why it did nothing, and the history stays as it was.
func TestRepairOfNothing(t *testing.T) {
	folder := t.TempDir()
	ana := open(t, folder)
	profile(t, ana, "Ana")
	if err := ana.Close(); err != nil {
		t.Fatal(err)
	}
	damage(t, folder, "SQLite format 3")
	again := open(t, folder)
	if err := again.App().API().Repair(); err != nil {
		t.Fatal(err)
	}
	state := until(t, again, "it fails", func(s app.State) bool { return s.Repair != nil && s.Repair.Error != nil })
	if state.Repair.Error.Code != "salvage-nothing" || state.Repair.Running || state.Problem == nil {
		t.Errorf("%+v, %+v", state.Repair, state.Problem)
	}
	if left, err := filepath.Glob(filepath.Join(folder, "tincan-damaged-*")); err != nil || len(left) > 0 {
		t.Errorf("%q, %v", left, err)
	}
	// A device that is closed during a repair closes.
	if err := again.App().API().Repair(); err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if _, err := device.Salvage(t.Context(), options(folder)); refusedAs(err) != "salvage-nothing" {
		t.Errorf("without a device: %v", err)
	}
}

// TestCheckFindsDamage: a check that finds damage stops what is written, as a start does, and the repair is offered.
func TestCheckFindsDamage(t *testing.T) {
	folder := t.TempDir()
	ana, ben := open(t, folder), open(t, t.TempDir())
	profile(t, ana, "Ana")
	profile(t, ben, "Ben")
	made, err := ana.App().API().CreateInvite(app.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	asked, err := ben.App().API().SendRequest(made.Link, "Hello")
	if err != nil {
		t.Fatal(err)
	}
	until(t, ana, "the request arrives", func(s app.State) bool { return len(s.Requests) == 1 })
	if _, err = ana.App().API().AcceptRequest(asked.ID); err != nil {
		t.Fatal(err)
	}
	const many = 120
	for i := range many {
		if _, err = ana.App().API().SendText(asked.ID, fmt.Sprintf("Ana says %d.", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err = ana.Close(); err != nil {
		t.Fatal(err)
	}
	ana = open(t, folder)
	api := ana.App().API()
	if err = api.Painted(); err != nil {
		t.Fatal(err)
	}
	database := func() app.Finding {
		check, failed := api.CheckConnection()
		if failed != nil {
			t.Fatal(failed)
		}
		return check.Findings[slices.IndexFunc(check.Findings, func(one app.Finding) bool { return strings.HasPrefix(one.Code, "database-") })]
	}
	if sound := database(); sound.Code != "database-sound" || sound.Params["messages"] != strconv.Itoa(many+1) {
		t.Fatalf("a sound one: %+v", sound)
	}
	damage(t, folder, "Ana says 119.") // shown in the list
	if damaged := database(); damaged.Code != "database-damaged" || damaged.Grade != app.GradeBad {
		t.Fatalf("a damaged one: %+v", damaged)
	}
	until(t, ana, "the window says so", func(s app.State) bool { return s.Problem != nil && s.Problem.Code == app.ProblemDatabaseDamaged })
	if _, err = api.SendText(asked.ID, "?"); err == nil {
		t.Error("a damaged history is written to")
	}
	if err = api.Repair(); err != nil {
		t.Error(err)
	}
	until(t, ana, "it is repaired", func(s app.State) bool { return s.Notice != nil && s.Problem == nil })
}
