package device_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// longList is a list of so many lines; every thousandth is wrong.
func longList(lines int) (text string, wrong int) {
	var list strings.Builder
	for i := range lines {
		switch {
		case i%1000 == 7:
			wrong++
			fmt.Fprintf(&list, "10.%d.0.0/33 # wrong\n", i%200)
		case i%2 == 0:
			fmt.Fprintf(&list, "100.%d.%d.%d # from a list\n", 64+i>>16, i>>8&255, i&255)
		default:
			fmt.Fprintf(&list, "*.host-%d.example.net\n", i)
		}
	}
	return list.String(), wrong
}

// TestLongListOnTheDisk imports 100,000 lines into a device with its real store,
// asks it all the while what the window asks, and finds the list again after a
// start. It says how long each took.
func TestLongListOnTheDisk(t *testing.T) {
	const lines = 100_000
	folder := t.TempDir()
	ana := open(t, folder)
	profile(t, ana, "Ana")
	api := ana.App().API()
	text, wrong := longList(lines)
	done, asked := make(chan struct{}), make(chan []time.Duration)
	go func() {
		var took []time.Duration
		look := time.NewTicker(20 * time.Millisecond)
		defer look.Stop()
		for {
			began := time.Now()
			_, err := api.Start()
			page, pageErr := api.BansPage(app.BanQuery{Limit: 10 * lines})
			took = append(took, time.Since(began))
			if err != nil || pageErr != nil || len(page.Bans) > 500 {
				t.Errorf("a page of %d lines, %v, %v", len(page.Bans), err, pageErr)
			}
			select {
			case <-done:
				asked <- took
				return
			case <-look.C:
			}
		}
	}()
	began := time.Now()
	imported, err := api.ImportBans(text)
	took := time.Since(began)
	close(done)
	answers := <-asked
	if err != nil || imported.Added != lines-wrong || imported.Refused != wrong || len(imported.Errors) != wrong || imported.Errors[0].Line != 8 {
		t.Fatalf("%d added, %d refused, %v", imported.Added, imported.Refused, err)
	}
	slices.Sort(answers)
	t.Logf("%d lines in %v; meanwhile %d looks at the state and the list took %v in the middle, %v at most",
		lines, took, len(answers), answers[len(answers)/2], answers[len(answers)-1])
	if err = ana.Close(); err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	again := open(t, folder).App().API()
	page, err := again.BansPage(app.BanQuery{Search: "host-99999", Limit: 10})
	t.Logf("a start with them, and a search, in %v", time.Since(began))
	if err != nil || page.All != lines-wrong || page.Found != 1 {
		t.Errorf("%d of %d found, %v", page.Found, page.All, err)
	}
	began = time.Now()
	if cleared, err := again.ClearBans(); err != nil || cleared != page.All {
		t.Errorf("%d ended, %v", cleared, err)
	}
	t.Logf("all of them ended in %v", time.Since(began))
}
