package bridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"
	"slices"

	"github.com/tincan-chat/tincan/backend/app"
)

// MaxArguments is the most bytes of a call's JSON arguments, beside the files
// that some calls take.
const MaxArguments = 1 << 20

// maxArguments is the most bytes of the arguments of one call.
func maxArguments(name string) int { return MaxArguments + app.FileText(name) }

// Calls calls the bound object by name.
type Calls struct {
	object  reflect.Value
	methods map[string]int
	logger  *slog.Logger
}

// NewCalls makes a caller of an object, *[app.API] outside of tests, whose
// exported methods return (value, error) or error.
func NewCalls(object any, logger *slog.Logger) *Calls {
	c := &Calls{object: reflect.ValueOf(object), methods: map[string]int{}, logger: logger}
	for i := range c.object.NumMethod() {
		c.methods[c.object.Type().Method(i).Name] = i
	}
	return c
}

// Names returns the names of all calls, sorted.
func (c *Calls) Names() []string {
	names := make([]string, 0, len(c.methods))
	for name := range c.methods {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Call calls a method with a JSON array of arguments. The result is nil for
// methods without one. Errors are always for people; the codes "call" and
// "arguments" say that the caller made a mistake.
func (c *Calls) Call(name string, arguments []byte) (result any, refused *app.Error) {
	defer func() {
		if reason := recover(); reason != nil {
			c.logger.Error("a call failed", slog.String("call", name), slog.Any("reason", reason), slog.String("stack", string(debug.Stack())))
			result, refused = nil, mistake("internal", "Something went wrong inside Tincan. Try again; if it happens again, start Tincan anew.")
		}
	}()
	index, known := c.methods[name]
	if !known {
		return nil, mistake("call", "There is no such call in this version.")
	}
	method := c.object.Method(index)
	values, err := decodeArguments(method.Type(), arguments, maxArguments(name))
	if err != nil {
		return nil, mistake("arguments", "The arguments of this call are not what it takes.")
	}
	return split(method.Call(values))
}

// decodeArguments reads as many arguments as a method takes.
func decodeArguments(method reflect.Type, data []byte, most int) ([]reflect.Value, error) {
	if len(data) > most {
		return nil, fmt.Errorf("bridge: %d bytes of arguments", len(data))
	}
	var parts []json.RawMessage
	if len(bytes.TrimSpace(data)) > 0 {
		if err := json.Unmarshal(data, &parts); err != nil {
			return nil, fmt.Errorf("bridge: arguments: %w", err)
		}
	}
	if len(parts) != method.NumIn() {
		return nil, fmt.Errorf("bridge: %d arguments instead of %d", len(parts), method.NumIn())
	}
	values := make([]reflect.Value, 0, len(parts))
	for i, part := range parts {
		value := reflect.New(method.In(i))
		if err := json.Unmarshal(part, value.Interface()); err != nil {
			return nil, fmt.Errorf("bridge: argument %d: %w", i, err)
		}
		values = append(values, value.Elem())
	}
	return values, nil
}

// split takes (value, error) or (error) apart.
func split(results []reflect.Value) (any, *app.Error) {
	if len(results) == 0 {
		return nil, nil
	}
	if err, failed := reflect.TypeAssert[error](results[len(results)-1]); failed && err != nil {
		if known := app.AsError(err); known != nil {
			return nil, known
		}
		return nil, mistake("internal", "Something went wrong inside Tincan. Try again; if it happens again, start Tincan anew.")
	}
	if len(results) == 1 {
		return nil, nil
	}
	return results[0].Interface(), nil
}

func mistake(code, message string) *app.Error {
	return &app.Error{Code: code, Message: message, Params: map[string]string{}}
}
