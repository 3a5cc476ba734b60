// Package desktoptest is a desktop for tests: a real session bus in a process of
// its own, and on it what shows notifications, and what knows the trays.
package desktoptest
