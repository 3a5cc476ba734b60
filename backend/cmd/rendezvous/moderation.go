package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// bans prints all bans.
func bans(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("bans", "[--json]", stdout, stderr)
	if code, ok := c.begin(arguments, 0, 0); !ok {
		return code
	}
	all := &operatorwire.ListBansResponse{}
	for token := ""; ; {
		page, err := c.ListBans(ctx, connect.NewRequest(&operatorwire.ListBansRequest{PageSize: 500, PageToken: token}))
		if err != nil {
			return c.fail(err)
		}
		all.Bans, all.Total = append(all.Bans, page.Msg.GetBans()...), page.Msg.GetTotal()
		if token = page.Msg.GetNextPageToken(); token == "" {
			break
		}
	}
	return c.print(all, func() {
		if len(all.GetBans()) == 0 {
			say(stdout, "There are no bans.\n")
			return
		}
		var rows [][]string
		for _, one := range all.GetBans() {
			rows = append(rows, []string{
				plain(one.GetTarget()), word(one.GetKind().String(), "BAN_KIND_"), moment(one.GetCreatedMs()), until(one), number(one.GetRefused()), plain(one.GetReason()),
			})
		}
		table(stdout, []string{"TARGET", "KIND", "SINCE", "UNTIL", "REFUSED", "REASON"}, rows)
	})
}

func until(one *operatorwire.Ban) string {
	if one.GetExpiresMs() == 0 {
		return "always"
	}
	return moment(one.GetExpiresMs())
}

func moment(milliseconds int64) string {
	if milliseconds == 0 {
		return ""
	}
	return time.UnixMilli(milliseconds).Format("2006-01-02 15:04")
}

// ban keeps somebody out.
func ban(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("ban", "TARGET [--reason TEXT] [--for 12h|7d|2w]: an address, a range, a domain or an identity", stdout, stderr)
	reason := c.flags.String("reason", "", "for the operator's memory; at most 200 characters")
	length := c.flags.String("for", "", "how long: minutes, hours, days or weeks such as 30m, 12h, 7d, 2w (default: always)")
	if code, ok := c.begin(arguments, 1, 1); !ok {
		return code
	}
	request := &operatorwire.AddBanRequest{Target: c.rest[0], Reason: *reason}
	if *length != "" {
		lasts, err := span(*length)
		if err != nil {
			return c.usage("%v", err)
		}
		request.ExpiresMs = time.Now().Add(lasts).UnixMilli()
	}
	answer, err := c.AddBan(ctx, connect.NewRequest(request))
	if err != nil {
		return c.fail(err)
	}
	return c.print(answer.Msg, func() {
		kept := answer.Msg.GetBan()
		say(stdout, "Banned: %s (%s), until: %s.\n", plain(kept.GetTarget()), word(kept.GetKind().String(), "BAN_KIND_"), until(kept))
	})
}

// span reads a duration with days and weeks.
func span(text string) (time.Duration, error) {
	units := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	const longest = 100 * 365 * 24 * time.Hour
	if text != "" {
		unit, known := units[text[len(text)-1:]]
		count, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
		if known && err == nil && count > 0 && count <= uint64(longest/unit) {
			return time.Duration(count) * unit, nil
		}
	}
	return 0, fmt.Errorf("--for is a length such as 30m, 12h, 7d or 2w, not %q", text)
}

// unban ends a ban.
func unban(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("unban", "TARGET", stdout, stderr)
	if code, ok := c.begin(arguments, 1, 1); !ok {
		return code
	}
	answer, err := c.RemoveBan(ctx, connect.NewRequest(&operatorwire.RemoveBanRequest{Target: c.rest[0]}))
	if err != nil {
		return c.fail(err)
	}
	return c.print(answer.Msg, func() { say(stdout, "No longer banned: %s.\n", plain(answer.Msg.GetBan().GetTarget())) })
}

// listings prints entries of the directory.
func listings(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("listings", "[WORDS] [--removed] [--most 50]", stdout, stderr)
	removed := c.flags.Bool("removed", false, "those that were removed, instead of those that are listed")
	most := c.flags.Uint("most", 50, "how many are printed")
	if code, ok := c.begin(arguments, 0, 16); !ok {
		return code
	}
	all := &operatorwire.ListDirectoryResponse{}
	request := &operatorwire.ListDirectoryRequest{Query: strings.Join(c.rest, " "), Removed: *removed}
	for len(all.GetListings()) < int(*most) {
		request.PageSize = uint32(min(*most-uint(len(all.GetListings())), 100))
		page, err := c.ListDirectory(ctx, connect.NewRequest(request))
		if err != nil {
			return c.fail(err)
		}
		all.Listings, all.NextPageToken = append(all.Listings, page.Msg.GetListings()...), page.Msg.GetNextPageToken()
		if request.PageToken = all.GetNextPageToken(); request.GetPageToken() == "" {
			break
		}
	}
	return c.print(all, func() {
		if len(all.GetListings()) == 0 {
			say(stdout, "There are none.\n")
			return
		}
		var rows [][]string
		for _, one := range all.GetListings() {
			about := one.GetAbout()
			if *removed {
				about = one.GetRemovedReason()
			}
			rows = append(rows, []string{plain(one.GetName()), plain(one.GetHandle()), moment(one.GetListedMs()), plain(one.GetId()), shortText(plain(about))})
		}
		table(stdout, []string{"NAME", "HANDLE", "LISTED", "ID", "ABOUT"}, rows)
		if all.GetNextPageToken() != "" {
			say(stdout, "There are more: say --most.\n")
		}
	})
}

// shortText is enough of a text to know it again.
func shortText(text string) string {
	if characters := []rune(text); len(characters) > 60 {
		return string(characters[:59]) + "…"
	}
	return text
}

func removeListing(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("remove-listing", "ID [--reason TEXT]", stdout, stderr)
	reason := c.flags.String("reason", "", "for the operator's memory; at most 200 characters")
	if code, ok := c.begin(arguments, 1, 1); !ok {
		return code
	}
	answer, err := c.RemoveListing(ctx, connect.NewRequest(&operatorwire.RemoveListingRequest{Id: c.rest[0], Reason: *reason}))
	if err != nil {
		return c.fail(err)
	}
	return c.print(answer.Msg, func() {
		say(stdout, "It is out of the directory, and stays out until \"rendezvous restore-listing\".\n")
	})
}

func restoreListing(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("restore-listing", "ID", stdout, stderr)
	if code, ok := c.begin(arguments, 1, 1); !ok {
		return code
	}
	answer, err := c.RestoreListing(ctx, connect.NewRequest(&operatorwire.RestoreListingRequest{Id: c.rest[0]}))
	if err != nil {
		return c.fail(err)
	}
	return c.print(answer.Msg, func() { say(stdout, "It may be listed again.\n") })
}

// reports prints who was reported by enough others.
func reports(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("reports", "[--json]", stdout, stderr)
	if code, ok := c.begin(arguments, 0, 0); !ok {
		return code
	}
	answer, err := c.ListReports(ctx, connect.NewRequest(&operatorwire.ListReportsRequest{}))
	if err != nil {
		return c.fail(err)
	}
	return c.print(answer.Msg, func() {
		if len(answer.Msg.GetReports()) == 0 {
			say(stdout, "There are no reports.\n")
			return
		}
		var rows [][]string
		for _, one := range answer.Msg.GetReports() {
			rows = append(rows, []string{
				plain(one.GetSubject()), number(one.GetReporters()), number(one.GetSpam()), number(one.GetAbuse()), number(one.GetDirectory()),
				moment(one.GetLastMs()), plain(one.GetId()),
			})
		}
		table(stdout, []string{"ABOUT", "BY", "SPAM", "ABUSE", "LISTING", "LAST", "ID"}, rows)
	})
}

func dismiss(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("dismiss", "ID", stdout, stderr)
	if code, ok := c.begin(arguments, 1, 1); !ok {
		return code
	}
	answer, err := c.DismissReports(ctx, connect.NewRequest(&operatorwire.DismissReportsRequest{Id: c.rest[0]}))
	if err != nil {
		return c.fail(err)
	}
	return c.print(answer.Msg, func() { say(stdout, "These reports are forgotten.\n") })
}
