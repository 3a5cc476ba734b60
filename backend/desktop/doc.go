// Package desktop is the desktop around the window, as far as Tincan uses it:
// notifications, the count on the app's icon, the tray, the start at login, and
// where the window was.
//
// On Linux all but the files is D-Bus, of the session alone. Nothing is connected
// before something is asked for, and no bus is ever started: where there is none,
// nothing is shown and nothing fails. On other systems only the place of the
// window is kept.
//
// A [Desk] has one goroutine, from the first thing that is asked for until Close;
// what is asked for is done there in order. Its methods return at once unless they
// say otherwise.
package desktop
