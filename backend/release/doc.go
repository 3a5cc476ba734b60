// Package release says which version of Tincan a program is: the app, the device
// without a window and the server have the same.
package release
