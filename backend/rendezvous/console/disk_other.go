//go:build !linux && !darwin && !windows

package console

import "errors"

// freeOn knows no way to ask this system.
func freeOn(string) (free, total uint64, err error) { return 0, 0, errors.ErrUnsupported }
