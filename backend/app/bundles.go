package app

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/tincan-chat/tincan/backend/bundle"
)

// MaxBundleText is the most characters of the text that carries a file.
var MaxBundleText = base64.StdEncoding.EncodedLen(bundle.MaxSize)

// FileText returns how many characters a file takes in the arguments of a bound
// call, at the most; 0 for calls that take none.
func FileText(call string) int {
	switch call {
	case "ImportBundle":
		return MaxBundleText
	case "ImportBans":
		return maxBanText
	case "SetProfile":
		return base64.StdEncoding.EncodedLen(maxPictureFile)
	}
	return 0
}

// mostNames is how many files of one name there may be in a folder.
const mostNames = 100

// SaveBundle writes what somebody is missing, sealed to them, to a new file in
// the folder for downloads: it can be carried to them by hand. Errors:
// no-conversation, bundle-asked, bundle-key, bundle-folder.
func (a *API) SaveBundle(conversation string) (SavedBundle, error) {
	return ask(a, "SaveBundle", func(ctx context.Context, app *App, device Running) (SavedBundle, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return SavedBundle{}, err
		}
		row, err := app.config.Store.Row(ctx, id)
		if err != nil {
			return SavedBundle{}, notFound(err, errNoConversation)
		}
		folder, err := app.config.Downloads()
		if err != nil {
			return SavedBundle{}, app.folderError(ctx, "", err)
		}
		made, err := device.ExportBundle(ctx, id)
		if err != nil {
			return SavedBundle{}, err
		}
		path, err := writeNewFile(folder, fileName(row.Contact.Name, app.now().Format("2006-01-02")), bundle.Extension, made.Data)
		if err != nil {
			return SavedBundle{}, app.folderError(ctx, folder, err)
		}
		return SavedBundle{Path: path, Entries: made.Entries, Until: moment(made.Until), More: made.More}, nil
	})
}

// ImportBundle takes a file that a contact made, in base64 (RFC 4648, section
// 4), of at most 16 MiB. It answers when what came is on disk. Errors:
// bundle-none, bundle-foreign, bundle-stranger, bundle-banned, bundle-expired,
// bundle-clock, bundle-version.
func (a *API) ImportBundle(file string) (ImportedBundle, error) {
	return ask(a, "ImportBundle", func(ctx context.Context, app *App, device Running) (ImportedBundle, error) {
		if len(file) > MaxBundleText {
			return ImportedBundle{}, errNoBundle
		}
		data, err := base64.StdEncoding.DecodeString(file)
		if err != nil {
			return ImportedBundle{}, errNoBundle
		}
		got, err := device.ImportBundle(ctx, data)
		if err != nil {
			return ImportedBundle{}, err
		}
		return ImportedBundle{
			Conversation: app.conversationWith(got.Peer).String(), Entries: got.Entries, Known: got.Known, Damaged: got.Damaged,
		}, nil
	})
}

var errNoBundle = refuse("bundle-none", "This is not a file that Tincan made for sending messages. Choose one that ends with .tincan.")

func (a *App) folderError(ctx context.Context, folder string, err error) error {
	a.logger.WarnContext(ctx, "a file cannot be written", slog.String("folder", folder), slog.Any("error", err))
	return refuse("bundle-folder", "The file cannot be written to the folder for downloads. Make room there, or allow Tincan to write to it, then try again.")
}

// fileName is a name for a file that every system takes.
func fileName(name, day string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, name)
	plain = strings.Trim(plain, "-")
	if runes := []rune(plain); len(runes) > 40 {
		plain = string(runes[:40])
	}
	if plain == "" {
		return "for-a-contact-" + day
	}
	return "for-" + plain + "-" + day
}

// writeNewFile writes a file that is not there yet, readable by this user alone,
// and returns its path.
func writeNewFile(folder, name, extension string, data []byte) (string, error) {
	for count := 1; count <= mostNames; count++ {
		path := filepath.Join(folder, name+extension)
		if count > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s-%d%s", name, count, extension))
		}
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = file.Write(data)
		if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
			return "", errors.Join(err, os.Remove(path))
		}
		return path, nil
	}
	return "", fs.ErrExist
}
