//go:build !bindings && (!linux || !cgo || !desktop)

package main

// preferDark does nothing: this system tells the page itself.
func preferDark(bool) {}
