// Package app is what the interface calls: plain methods on [API], plain
// types, and one event. It knows neither Wails nor HTTP, so that the window, a
// browser and the tests use the same object.
//
// # Calls
//
// Every exported method of [API] is a call. A call that is refused returns an
// [*Error]; anything else that goes wrong is logged and answered with the code
// "internal". Calls are safe with any arguments and from any goroutine.
//
// # Events
//
// There is one event, "changes", whose payload is [Changes]. Changes are
// gathered for at most 16 ms, numbered consecutively, and kept (the last 256),
// so that a window that missed some can ask [API.Since].
package app
