package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of a list from outside.
const (
	maxBanText  = 16 << 20 // bytes
	maxBanLines = 200_000
	maxBanLine  = 4 << 10 // bytes of a line that is looked at
	maxNamed    = 1000    // refused lines that are named
	maxQuoted   = 80      // characters of a line that is named
)

// ImportBans takes a list: one target a line, with or without a comment after
// "#" or ";", which is kept as the reason. Lines with nothing else are passed
// over. What ExportBans wrote comes back as it was. Lines that cannot be taken are
// named, the others are added in one transaction. Errors: bans-large (16 MiB or
// 200,000 lines).
func (a *API) ImportBans(text string) (ImportedBans, error) {
	return ask(a, "ImportBans", func(ctx context.Context, app *App, running Running) (ImportedBans, error) {
		if len(text) > maxBanText || strings.Count(text, "\n") > maxBanLines {
			return ImportedBans{}, refuse("bans-large", "This list is too long: the most is 200,000 lines. Split it, and import the parts.")
		}
		guarded, err := app.guards(ctx, running)
		if err != nil {
			return ImportedBans{}, err
		}
		list, result := readBans(text, guarded)
		added, err := running.ImportBans(ctx, list)
		if err != nil {
			return ImportedBans{}, err
		}
		result.Added, result.Already = added.Added, added.Already
		return result, nil
	})
}

// readBans reads a list.
func readBans(text string, guarded guards) ([]node.Ban, ImportedBans) {
	result := ImportedBans{Errors: []BanLine{}}
	var list []node.Ban
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		meant, there, refused := readBanLine(line)
		if refused == nil && there {
			refused = guarded.forbids(meant)
		}
		switch {
		case refused != nil:
			result.Refused++
			if len(result.Errors) < maxNamed {
				result.Errors = append(result.Errors, BanLine{Line: number, Text: quoted(line), Error: refused})
			}
		case there:
			list = append(list, meant)
		}
	}
	return list, result
}

func quoted(line string) string {
	line = oneLine(valid(line, maxBanLine))
	if runes := []rune(line); len(runes) > maxQuoted {
		return string(runes[:maxQuoted-1]) + "…"
	}
	return line
}

// readBanLine reads a line: a target, a comment. In the comment of a line that
// was exported, fields in square brackets come before the reason; "[]" ends them.
func readBanLine(line string) (meant node.Ban, there bool, refused *Error) {
	if len(line) > maxBanLine {
		return node.Ban{}, false, badTarget("text")
	}
	target, comment := line, ""
	if at := strings.IndexAny(line, "#;"); at >= 0 {
		target, comment = line[:at], oneLine(strings.ToValidUTF8(line[at+1:], "\ufffd"))
	}
	target = strings.TrimSpace(target)
	if target == "" {
		return node.Ban{}, false, nil
	}
	read := readBan("", target)
	if read.refused != nil {
		return node.Ban{}, false, read.refused
	}
	meant = read.ban
	for strings.HasPrefix(comment, "[") {
		field, rest, closed := strings.Cut(comment[1:], "]")
		if !closed || !readBanField(&meant, field) {
			break
		}
		comment = strings.TrimSpace(rest)
		if field == "" {
			break
		}
	}
	meant.Tell = meant.Tell && ofPeople(meant.Kind)
	if utf8.RuneCountInString(comment) > wire.MaxReason {
		comment = strings.TrimSpace(string([]rune(comment)[:wire.MaxReason]))
	}
	meant.Reason = comment
	return meant, true, nil
}

// readBanField reads what ExportBans put before a reason; false for what it did not.
func readBanField(meant *node.Ban, field string) bool {
	if field == "" {
		return true
	}
	if field == "tell" {
		meant.Tell = true
		return true
	}
	if day, ok := strings.CutPrefix(field, "ends "); ok {
		ends, err := readEnds(day)
		if err != nil || ends.IsZero() {
			return false
		}
		meant.Expires = ends
		return true
	}
	return false
}

// ExportBans writes the list to a new file in the folder for downloads, as
// ImportBans reads it. Errors: bundle-folder.
func (a *API) ExportBans() (SavedBans, error) {
	return ask(a, "ExportBans", func(ctx context.Context, app *App, running Running) (SavedBans, error) {
		list, err := app.bans(ctx, running)
		if err != nil {
			return SavedBans{}, err
		}
		folder, err := app.config.Downloads()
		if err != nil {
			return SavedBans{}, app.folderError(ctx, "", err)
		}
		path, err := writeNewFile(folder, "tincan-bans-"+app.now().Format("2006-01-02"), ".txt", []byte(writeBans(list, app.now())))
		if err != nil {
			return SavedBans{}, app.folderError(ctx, folder, err)
		}
		return SavedBans{Path: path, Count: len(list)}, nil
	})
}

func writeBans(list []node.Ban, now time.Time) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# Tincan ban list of %s, %s. One target a line; after #: when it ends, and why.\n",
		now.UTC().Format("2006-01-02 15:04"), counted(len(list)))
	for _, one := range list {
		text.WriteString(banTarget(one))
		text.WriteString(banComment(one))
		text.WriteByte('\n')
	}
	return text.String()
}

func counted(count int) string {
	if count == 1 {
		return "1 ban"
	}
	return strconv.Itoa(count) + " bans"
}

// banComment is what follows a target: its fields and the reason.
func banComment(one node.Ban) string {
	var parts []string
	if !one.Expires.IsZero() {
		parts = append(parts, "[ends "+one.Expires.UTC().Format(time.RFC3339Nano)+"]")
	}
	if one.Tell {
		parts = append(parts, "[tell]")
	}
	reason := oneLine(one.Reason)
	if strings.HasPrefix(reason, "[") {
		parts = append(parts, "[]")
	}
	if reason != "" {
		parts = append(parts, reason)
	}
	if len(parts) == 0 {
		return ""
	}
	return " # " + strings.Join(parts, " ")
}

// domainRefused says why a text is no domain that can be banned.
func domainRefused(err error) *Error {
	what, message := "form", "This is not a domain. Write example.net, or *.example.net for everything below it."
	switch {
	case errors.Is(err, ban.ErrDomainEmpty):
		what, message = "empty", "There is nothing to ban yet. Write a domain like example.net, or *.example.net for everything below it."
	case errors.Is(err, ban.ErrDomainAddress):
		what, message = "address", "This is an address and not a domain. Write it without *, and it is banned as an address."
	case errors.Is(err, ban.ErrDomainWildcard):
		what, message = "wildcard", "A star can stand only at the beginning, before a dot: *.example.net."
	case errors.Is(err, ban.ErrDomainAll):
		what, message = "all", "A star alone would be everybody. Write which domain: *.example.net."
	case errors.Is(err, ban.ErrDomainSuffix):
		what, message = "suffix", "Anybody can have a name below this one, so the ban would hit far too many. Ban a domain of somebody, like example.net."
	case errors.Is(err, ban.ErrDomainSingle):
		what, message = "single", "One word is not a domain of the internet. Write it in full, like host.example.net."
	case errors.Is(err, ban.ErrDomainLong):
		what, message = "long", "No domain is that long: the most is 253 characters, and 63 between two dots."
	}
	return refuse("ban-domain", message, "what", what)
}
