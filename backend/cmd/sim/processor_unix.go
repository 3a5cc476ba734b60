//go:build unix

package main

import (
	"syscall"
	"time"
)

// processor returns the processor time that this process took, 0 if that is not known.
func processor() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
