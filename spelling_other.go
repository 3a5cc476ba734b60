//go:build !bindings && (!linux || !cgo || !desktop)

package main

// checkSpelling does nothing: this system's web view looks words up by itself.
func checkSpelling([]string) {}
