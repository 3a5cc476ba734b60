package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tincan-chat/tincan/backend/export"
)

// verifyExport checks an exported conversation and says what it proves.
func verifyExport(path string, output io.Writer) error {
	found, err := export.Verify(path)
	switch {
	case errors.Is(err, export.ErrFalse):
		return fmt.Errorf("this export does not hold: %s. Do not believe it", strings.TrimPrefix(err.Error(), export.ErrFalse.Error()+": "))
	case errors.Is(err, export.ErrNewer):
		return errors.New("a newer Tincan made this export; check it with that one")
	case errors.Is(err, export.ErrNone):
		return errors.New("this is no conversation that Tincan exported; give the folder with conversation.json and conversation.html")
	case err != nil:
		return err
	}
	_, err = fmt.Fprintf(output, `The export holds: %d messages in %d entries, each signed by its author's device, none missing between the first and the last of each device.
%d of the messages were removed or disappeared; their places are signed, their text is gone.
The page shows what the file says.
Exported %s by %s
  %s, device %s
and
  %s (called %q there)
Compare these identities with the ones you know: a name proves nothing.
`, found.Messages, found.Entries, found.Erased, found.Head.Made, found.Head.Me.Name, found.Head.Me.Peer, found.Device, found.Head.Them.Peer, found.Head.Them.Name)
	return err
}
