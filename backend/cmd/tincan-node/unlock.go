package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/device"
)

// maxPassphraseFile is the most bytes of a file with a passphrase.
const maxPassphraseFile = 4 << 10

// mostTries is how often a terminal is asked.
const mostTries = 3

// givenPassphrase reads --passphrase-file: its first line, without its end. "-"
// is a line of standard input. "" for no file.
func givenPassphrase(path string, input io.Reader) (string, error) {
	if path == "" {
		return "", nil
	}
	if path == "-" {
		return readLine(input)
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the passphrase cannot be read: %w", err)
	}
	defer func() { _ = file.Close() }()
	return readLine(file)
}

// readLine reads one line byte by byte: what comes after it belongs to others.
func readLine(from io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) <= maxPassphraseFile {
		count, err := from.Read(one)
		if count == 1 && one[0] != '\n' {
			line = append(line, one[0])
		}
		if count == 1 && one[0] == '\n' || errors.Is(err, io.EOF) {
			if text := strings.TrimSpace(string(line)); text != "" {
				return text, nil
			}
			return "", errors.New("the passphrase cannot be read: its first line is empty")
		}
		if err != nil {
			return "", fmt.Errorf("the passphrase cannot be read: %w", err)
		}
	}
	return "", errors.New("the passphrase cannot be read: its first line is too long")
}

// unlock asks a terminal for the passphrase. Where there is an interface, it
// asks; where there is nobody to ask, that is an error.
func unlock(opened *device.Device, o options, input io.Reader, complaints io.Writer) error {
	if !opened.Locked() {
		return nil
	}
	api := opened.App().API()
	state, err := api.LockState()
	if err != nil {
		return err
	}
	switch {
	case state.Problem != nil && o.ui == "" && !o.control:
		return state.Problem
	case state.Problem != nil:
		_, err = fmt.Fprintln(complaints, "tincan-node:", state.Problem.Message)
		return err
	case o.control: // standard input is for calls
		_, err = fmt.Fprintln(complaints, "tincan-node: the profile is locked; call Unlock with its passphrase.")
		return err
	}
	terminal, ok := input.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		if o.ui != "" {
			return nil
		}
		return errNeeded
	}
	return askTerminal(api, terminal, complaints)
}

var errNeeded = &app.Error{
	Code: "passphrase-needed", Params: map[string]string{},
	Message: "This profile is locked with a passphrase. Give it with --passphrase-file, or start tincan-node at a terminal.",
}

func askTerminal(api *app.API, terminal *os.File, complaints io.Writer) error {
	for try := 1; ; try++ {
		if _, err := fmt.Fprint(complaints, "Passphrase: "); err != nil {
			return err
		}
		typed, err := term.ReadPassword(int(terminal.Fd()))
		_, _ = fmt.Fprintln(complaints)
		if err != nil {
			return fmt.Errorf("the passphrase cannot be read: %w", err)
		}
		_, err = api.Unlock(string(typed))
		clear(typed)
		if err == nil || try == mostTries {
			return err
		}
		if wrong := app.AsError(err); wrong == nil || wrong.Code != "passphrase-wrong" {
			return err
		}
		if _, err = fmt.Fprintln(complaints, app.AsError(err).Message); err != nil {
			return err
		}
	}
}
