//go:build !bindings && (!linux || !cgo || !desktop)

package main

// prepareWebView has nothing to say on this system.
func prepareWebView() {}

// canDraw is asked on Linux only.
func canDraw() bool { return true }
