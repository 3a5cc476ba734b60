// Package memory is the engine that keeps everything in one process, for the
// desktop and for tests. What it knows ends with it.
package memory
