package bridge_test

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/bridge"
)

var failures []error

// fragile goes wrong in every way that a call can.
type fragile struct{}

func (fragile) Panics() error                     { return failures[len(failures)] }
func (fragile) Fails() (int, error)               { return 0, errors.New("secret detail") }
func (fragile) Refuses() error                    { return &app.Error{Code: "no", Message: "No."} }
func (fragile) Adds(a, b int) (int, error)        { return a + b, nil }
func (fragile) Takes(settings app.Settings) error { return nil }
func (fragile) Nothing()                          {}

func TestCallsGoWrongWell(t *testing.T) {
	t.Parallel()
	calls := bridge.NewCalls(fragile{}, slog.New(slog.DiscardHandler))
	for _, one := range []struct{ name, arguments, code string }{
		{"Panics", "[]", "internal"},
		{"Fails", "[]", "internal"},
		{"Refuses", "", "no"},
		{"Nothing", "[]", ""},
		{"Adds", "[1,2]", ""},
		{"Adds", "[1]", "arguments"},
		{"Adds", `["1",2]`, "arguments"},
		{"Takes", `[{"theme":5}]`, "arguments"},
		{"Gone", "[]", "call"},
	} {
		result, refused := calls.Call(one.name, []byte(one.arguments))
		got := ""
		if refused != nil {
			got = refused.Code
			if refused.Params == nil || refused.Message == "secret detail" {
				t.Errorf("%s: %+v", one.name, refused)
			}
		}
		if got != one.code || one.name == "Adds" && got == "" && result != 3 {
			t.Errorf("%s%s: %v, %q", one.name, one.arguments, result, got)
		}
	}
}

// FuzzCall: no arguments are an accident.
func FuzzCall(f *testing.F) {
	for _, seed := range []string{"[]", "[1,2]", "[[[[", `[{"theme":null}]`, "null", "\xff", `[1e999,2]`} {
		f.Add("Adds", []byte(seed))
		f.Add("Takes", []byte(seed))
	}
	calls := bridge.NewCalls(fragile{}, slog.New(slog.DiscardHandler))
	f.Fuzz(func(t *testing.T, name string, arguments []byte) {
		if name == "Panics" || name == "Fails" {
			t.Skip()
		}
		if _, refused := calls.Call(name, arguments); refused != nil && refused.Code == "internal" {
			t.Fatal("an accident")
		}
	})
}
