package vault

import "os"

// holdOpen holds nothing: what is open cannot be replaced here.
func holdOpen(string) *os.File { return nil }

func overwrite(old *os.File) { _ = old.Close() }
