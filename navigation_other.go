//go:build !bindings && (!linux || !cgo || !desktop)

package main

// lockNavigation has no second lock on this system: the interface never
// navigates, and the policy that it is served with lets it load nothing else.
func lockNavigation() {}
