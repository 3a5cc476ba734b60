package app_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// TestBoundMethods keeps the list of what a page can call: whatever is added
// can be called by any script in the window, so that it is looked at here.
func TestBoundMethods(t *testing.T) {
	t.Parallel()
	var lines []string
	bound := reflect.TypeFor[*app.API]()
	for method := range bound.Methods() {
		lines = append(lines, method.Name+strings.TrimPrefix(strings.Replace(method.Type.String(), "*app.API, ", "", 1), "func"))
	}
	got := strings.ReplaceAll(strings.Join(lines, "\n")+"\n", "(*app.API)", "()")
	kept, err := os.ReadFile("testdata/methods.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(kept) {
		t.Errorf("the bound methods changed; if that is meant, write them to testdata/methods.txt:\n%s", got)
	}
}

// TestHostileArguments calls everything with what no interface sends.
func TestHostileArguments(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	settings := p.Settings()
	settings.Hosting = false // nothing waits for a server
	must(p.api.SaveSettings(settings))(t)
	texts := []string{"", "\x00", "\xff\xfe", strings.Repeat("x", 1<<20), "00000000-0000-0000-0000-000000000000", "../../etc/passwd", "{", "tc1", "::", "0.0.0.0/0", "::ffff:1.2.3.4/200", "tincan:invite/1#", strings.Repeat("z", 64)}
	numbers := []int64{0, -1, 1 << 52, -1 << 62}
	for _, object := range []any{p.api, &app.API{}, (*app.API)(nil)} {
		value := reflect.ValueOf(object)
		for i := range value.NumMethod() {
			method := value.Method(i)
			for round := range max(len(texts), len(numbers)) {
				arguments := make([]reflect.Value, method.Type().NumIn())
				for j := range arguments {
					arguments[j] = hostile(method.Type().In(j), texts[(round+j)%len(texts)], numbers[(round+j)%len(numbers)])
				}
				results := method.Call(arguments)
				err, failed := reflect.TypeAssert[error](results[len(results)-1])
				if failed && code(t, err) == "internal" {
					t.Errorf("%s with %q: internal", value.Type().Method(i).Name, texts[round%len(texts)])
				}
			}
		}
	}
}

func hostile(kind reflect.Type, text string, number int64) reflect.Value {
	value := reflect.New(kind).Elem()
	switch kind.Kind() { //nolint:exhaustive // the kinds that calls take
	case reflect.String:
		value.SetString(text)
	case reflect.Int, reflect.Int64:
		value.SetInt(number)
	case reflect.Float64:
		value.SetFloat(float64(number))
	case reflect.Bool:
		value.SetBool(number != 0)
	case reflect.Slice:
		for range 3 {
			value.Set(reflect.Append(value, hostile(kind.Elem(), text, number)))
		}
	case reflect.Struct:
		for i := range value.NumField() {
			value.Field(i).Set(hostile(kind.Field(i).Type, text, number))
		}
	}
	return value
}
