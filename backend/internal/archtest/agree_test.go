package archtest

import (
	"go/constant"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// pairs are limits that stand in two places, because the one may not know the other.
var pairs = []struct{ one, how, other string }{
	// What a device sends and its server takes.
	{"backend/signaling/rendezvousclient.maxIDsInFrame", "=", "backend/rendezvous/protocol.MaxMailIDs"},
	{"backend/signaling/rendezvousclient.maxTagsInFrame", "=", "backend/rendezvous/protocol.MaxTagsFrame"},
	{"backend/signaling/rendezvousclient.maxMailID", "=", "backend/rendezvous/protocol.MaxMailID"},
	{"backend/signaling/rendezvousclient.maxNext", "=", "backend/rendezvous/protocol.MaxMailCursor"},
	{"backend/signaling/rendezvousclient.maxQuery", "=", "backend/rendezvous/directory.MaxQuery"},
	{"backend/signaling/rendezvousclient.maxClaim", "=", "backend/rendezvous/directory.maxClaim"},
	{"backend/signaling/rendezvousclient.maxHandle", "=", "backend/handle.MaxName"},
	{"backend/signaling/rendezvousclient.maxListed", "=", "backend/rendezvous.maxListedServers"},
	{"backend/signaling/rendezvousclient.maxKeyRecord", "=", "backend/rendezvous/engine.maxKeyRecord"},
	{"backend/signaling/rendezvousclient.maxKeyRecords", "=", "backend/rendezvous/engine.maxKeyRecords"},
	{"backend/signaling.MaxTags", "=", "backend/rendezvous/engine.MaxTags"},
	{"backend/signaling.MaxTagLife", "=", "backend/rendezvous/engine.MaxTagLife"},
	{"backend/signaling.MaxMatches", "=", "backend/rendezvous/directory.MaxResults"},
	{"backend/envelope.maxLife", "=", "backend/rendezvous/engine.MaxMailLife"},
	{"backend/wire.MaxReason", "=", "backend/rendezvous/moderation.MaxReason"},
	{"backend/wire.MaxReason", "=", "backend/rendezvous/operator.maxReason"},
	// Entries of the directory: who reads one is not stricter than who kept it.
	{"backend/rendezvous/directory.maxEntry", "≤", "backend/signaling/rendezvousclient.maxEntryBytes"},
	{"backend/rendezvous/directory.maxAbout", "≤", "backend/signaling/rendezvousclient.maxAbout"},
	{"backend/rendezvous/directory.maxTags", "≤", "backend/signaling/rendezvousclient.maxEntryTags"},
	{"backend/rendezvous/directory.maxTag", "≤", "backend/signaling/rendezvousclient.maxEntryTag"},
	{"backend/rendezvous/directory.maxListings", "≤", "backend/signaling/rendezvousclient.maxListings"},
	{"backend/rendezvous/directory.maxTitle", "≤", "backend/signaling/rendezvousclient.maxTitle"},
	{"backend/rendezvous/directory.maxLink", "≤", "backend/signaling/rendezvousclient.maxLink"},
	// In a device.
	{"backend/node.maxParents", "=", "backend/journal.MaxParents"},
	{"backend/node.maxInviteServers", "=", "backend/invite.maxServers"},
	{"backend/node.maxRecord", "=", "backend/device.maxPeerRecord"},
	// What is in something fits into it.
	{"backend/journal.maxTextBody", "≤", "backend/wire.MaxEntry"},
	{"backend/journal.maxProfileBody", "≤", "backend/wire.MaxEntry"},
	{"backend/wire.MaxText", "≤", "backend/node.maxEntriesBody"},
	{"backend/node.maxEntriesBody", "≤", "backend/envelope.maxInner"},
	{"backend/link.MaxSignal", "≤", "backend/envelope.maxInner"},
	{"backend/link.MaxDescription", "≤", "backend/link.MaxSignal"},
	{"backend/wire.MaxEnvelope", "≤", "backend/wire.MaxServerFrame"},
	{"backend/wire.MaxEntry", "≤", "backend/wire.MaxSyncBatch"},
	{"backend/wire.MaxSyncBatch", "≤", "backend/wire.MaxLinkFrame"},
	{"backend/wire.MaxLinkFrame", "≤", "backend/link.MaxBacklog"},
	{"backend/wire.MaxLinkFrame", "≤", "backend/node.maxUnread"},
	{"backend/wire.MaxEnvelope", "≤", "backend/bundle.MaxSize"},
	{"backend/rendezvous/protocol.MaxLogin", "≤", "backend/wire.MaxServerFrame"},
	{"backend/wire.MaxServerFrame", "≤", "backend/rendezvous.Limits.Queue"},
	{"backend/backup.MinPassphrase", "≤", "backend/vault.maxPassphrase"},
	{"backend/app.MaxPart", "≤", "backend/bridge.MaxArguments"},
}

// script are the interface's limits, each with the one of the device that it is about. The
// interface says before what the device would refuse; it is never the one that protects.
var script = []struct{ file, text, how, other string }{
	{"features/composer/limits.ts", "textMost = N", "=", "backend/wire.MaxText"},
	{"features/composer/limits.ts", "countFrom = N", "≤", "backend/wire.MaxText"},
	{"features/delivery/FileDialog.tsx", "maxSize = N", "=", "backend/bundle.MaxSize"},
	{"features/settings/ImportBans.tsx", "maxSize = N", "=", "backend/app.maxBanText"},
	{"features/settings/ProfileForm.tsx", "aboutMost = N", "=", "backend/journal.MaxAbout"},
	{"ui/BanFields.tsx", "mostReason = N", "=", "backend/wire.MaxReason"},
	{"features/addcontact/PasteLink.tsx", "mostFirst = N", "=", "backend/wire.MaxRequestText"},
	{"features/addcontact/FindHandle.tsx", "mostFirst = N", "=", "backend/wire.MaxRequestText"},
	{"features/addcontact/NewLink.tsx", "mostLabel = N", "=", "backend/wire.MaxName"},
	{"model/sendFile.ts", "partSize = N", "≤", "backend/app.MaxPart"},
	{"features/timeline/QuickReactions.tsx", "maxLength={N}", "≤", "backend/journal.MaxEmoji"},
	{"features/search/SearchField.tsx", "maxLength={N}", "≤", "backend/chat/search.MaxQuery"},
	{"features/switcher/index.tsx", "maxLength={N}", "≤", "backend/chat/search.MaxQuery"},
	{"features/verify/NumberPart.tsx", "maxLength={N}", "≤", "backend/app.maxNumberText"},
}

// named works out backend/wire.MaxText, or the default backend/rendezvous.Limits.Queue.
func named(t *testing.T, all *tree, name string) constant.Value {
	t.Helper()
	slash := strings.LastIndex(name, "/")
	folder, rest, _ := strings.Cut(name[slash+1:], ".")
	folder = name[:slash+1] + folder
	if one, ok := all.declarations(folder)[rest]; ok {
		worth, err := all.evaluate(one.in, one.expr)
		if err != nil {
			t.Fatal(err)
		}
		return worth.Value
	}
	for _, one := range all.defaults(folder) {
		if one.name == rest {
			worth, err := all.script(strings.ReplaceAll(strings.Fields(one.value)[0], ",", ""))
			if err != nil {
				t.Fatal(err)
			}
			return worth.Value
		}
	}
	t.Errorf("there is no %s", name)
	return constant.MakeInt64(0)
}

func agree(one constant.Value, how string, other constant.Value) bool {
	if how == "=" {
		return constant.Compare(one, token.EQL, other)
	}
	return constant.Compare(one, token.LEQ, other)
}

// TestLimitsAgree: what one part takes, the next one does not refuse.
func TestLimitsAgree(t *testing.T) {
	t.Parallel()
	all := repository(t)
	for _, pair := range pairs {
		one, other := named(t, all, pair.one), named(t, all, pair.other)
		if !agree(one, pair.how, other) {
			t.Errorf("%s is %s and should be %s %s, which is %s", pair.one, one, pair.how, pair.other, other)
		}
	}
}

// TestInterfaceLimitsAgree compares what the interface says with what the device takes, and
// knows every field whose length is bounded.
func TestInterfaceLimitsAgree(t *testing.T) {
	t.Parallel()
	all := repository(t)
	known := map[string]int{}
	for _, row := range script {
		parts := strings.Split(row.text, "N")
		pattern := regexp.MustCompile(`\b` + regexp.QuoteMeta(parts[0]) + `([0-9][0-9_ *<]*)` + regexp.QuoteMeta(parts[1]))
		found := false
		for _, one := range all.other {
			if one.path != "frontend/src/"+row.file {
				continue
			}
			for _, match := range pattern.FindAllStringSubmatch(one.data, -1) {
				found = true
				worth, err := all.script(strings.TrimSpace(match[1]))
				if err != nil {
					t.Fatal(err)
				}
				if other := named(t, all, row.other); !agree(worth.Value, row.how, other) {
					t.Errorf("%s: %s is %s and should be %s %s, which is %s", row.file, parts[0], worth, row.how, row.other, other)
				}
				if strings.HasPrefix(row.text, "maxLength") {
					known[one.path]++
				}
			}
		}
		if !found {
			t.Errorf("%s has no %q: change the table to where it is now", row.file, row.text)
		}
	}
	bounded := regexp.MustCompile(`\bmaxLength=\{[0-9]`)
	for _, one := range all.other {
		if strings.HasPrefix(one.path, "frontend/src/") && !strings.Contains(one.path, ".test.") && len(bounded.FindAllString(one.data, -1)) > known[one.path] {
			t.Errorf("%s has a maxLength that is compared with no limit of the device: add a line to the table", one.path)
		}
	}
}
