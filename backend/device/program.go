package device

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// FolderName is the name of the data folder where the system keeps such things.
const FolderName = "tincan"

// Folder returns the data folder: the one that was asked for, or the standard
// one of the system. On Linux that is $XDG_DATA_HOME/tincan or
// ~/.local/share/tincan, since a history is no configuration.
func Folder(asked string) (string, error) {
	if asked != "" {
		folder, err := filepath.Abs(asked)
		if err != nil {
			return "", fmt.Errorf("the data folder cannot be found: %w", err)
		}
		return folder, nil
	}
	if runtime.GOOS == "linux" {
		if base := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(base) {
			return filepath.Join(base, FolderName), nil
		}
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("there is no home folder; say with --data where to keep the profile: %w", err)
		}
		return filepath.Join(home, ".local", "share", FolderName), nil
	}
	base, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder for profiles; say with --data where to keep this one: %w", err)
	}
	return filepath.Join(base, FolderName), nil
}

// Logger returns a logger that writes lines to output: warnings and errors, or
// what $TINCAN_LOG (debug, info, warn, error) asks for.
func Logger(output io.Writer) *slog.Logger {
	level := slog.LevelWarn
	if asked := os.Getenv("TINCAN_LOG"); asked != "" {
		if err := level.UnmarshalText([]byte(strings.ToUpper(asked))); err != nil {
			level = slog.LevelWarn
		}
	}
	return slog.New(slog.NewTextHandler(output, &slog.HandlerOptions{Level: level}))
}
