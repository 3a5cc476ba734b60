// Package notify decides what a person is told outside of the window: of which
// messages and requests, in which words, when, and when it is taken away again.
//
// [Rules] are a state machine without a clock, a lock or a desktop: what happens
// goes in with its time, what is to be shown comes out as [Effect]. Of one
// conversation there is at most one notification, which is replaced by the next;
// a burst makes one now and one a moment later. Where there would be too many in
// a minute, the last of them speaks for all that wait.
package notify
