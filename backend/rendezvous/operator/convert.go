package operator

import (
	"net/netip"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// mostRefusals are shown.
const mostRefusals = 5

// milliseconds is 0 for the zero time.
func milliseconds(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// statusMessage converts what needs no history.
func statusMessage(got Status, now time.Time) *operatorwire.Status {
	status := &operatorwire.Status{
		Version: got.Version, Host: got.Host, Node: got.Node, Mode: operatorwire.Mode(got.Mode),
		NowMs: now.UnixMilli(), StartedMs: milliseconds(got.Started), Health: operatorwire.Health_HEALTH_OK, Draining: got.Draining,
		Sessions: got.Sessions, Connections: got.Connections, RelayAllocations: got.Allocations,
		Mail:      &operatorwire.Mail{Envelopes: got.MailEnvelopes, Bytes: got.MailBytes, OldestMs: milliseconds(got.MailOldest)},
		Directory: &operatorwire.Directory{Entries: got.DirectoryEntries, Removed: got.DirectoryRemoved},
		Bans:      got.Bans, Reports: got.Reports,
		MemoryBytes: got.Memory, DiskBytes: got.Disk, DiskFreeBytes: got.DiskFree,
	}
	for _, problem := range got.Problems {
		status.Reasons = append(status.Reasons, &operatorwire.HealthReason{Code: problem.Code, Text: problem.Text})
		if problem.Failing {
			status.Health = operatorwire.Health_HEALTH_FAILING
		} else if status.GetHealth() == operatorwire.Health_HEALTH_OK {
			status.Health = operatorwire.Health_HEALTH_DEGRADED
		}
	}
	if got.SignalMedian > 0 {
		status.SignalMedianMs = new(got.SignalMedian.Seconds() * 1000)
	}
	for _, refusal := range got.RefusedMost[:min(len(got.RefusedMost), mostRefusals)] {
		status.RefusedMost = append(status.RefusedMost, &operatorwire.Refusal{
			Prefix: shortened(refusal.Network), Reason: refusal.Reason, Count: refusal.Count,
		})
	}
	for _, age := range got.MailAges {
		status.Mail.Ages = append(status.Mail.Ages, &operatorwire.MailAge{UpToMs: age.UpTo.Milliseconds(), Envelopes: age.Envelopes})
	}
	return status
}

// shortened cuts a network to /24 or /48, so that no whole address is shown.
func shortened(network netip.Prefix) string {
	address, most := network.Addr().Unmap().WithZone(""), 48
	if address.Is4() {
		most = 24
	}
	bits := network.Bits()
	if network.Addr().Is4In6() {
		bits -= 96
	}
	if !network.IsValid() || bits < 0 {
		return ""
	}
	return netip.PrefixFrom(address, min(bits, most)).Masked().String()
}

// unanswered is the status while the source says nothing: the last figures, marked.
func unanswered(last *operatorwire.Status, now time.Time) *operatorwire.Status {
	status := &operatorwire.Status{}
	if last != nil {
		status = proto.CloneOf(last)
	}
	status.NowMs = now.UnixMilli()
	status.Health = operatorwire.Health_HEALTH_FAILING
	status.Reasons = []*operatorwire.HealthReason{{
		Code: "no-answer", Text: "The server does not answer its own questions. Look at its log, then restart it.",
	}}
	return status
}

func nodeMessage(node Node) *operatorwire.Node {
	return &operatorwire.Node{
		Id: node.ID, Self: node.Self, Url: node.URL, Version: node.Version,
		StartedMs: milliseconds(node.Started), SeenMs: milliseconds(node.Seen),
		Sessions: node.Sessions, Weight: node.Weight, Load: node.Load, Draining: node.Draining,
		SignalsPerSecond: node.Signals, MemoryBytes: node.Memory,
	}
}

func banMessage(ban Ban) *operatorwire.Ban {
	return &operatorwire.Ban{
		Id: ban.ID, Kind: operatorwire.BanKind(ban.Kind), Target: ban.Target, Reason: ban.Reason,
		CreatedMs: milliseconds(ban.Created), ExpiresMs: milliseconds(ban.Expires), Refused: ban.Refused,
	}
}

func listingMessage(listing Listing) *operatorwire.Listing {
	return &operatorwire.Listing{
		Id: listing.ID, Name: listing.Name, Handle: listing.Handle, About: listing.About,
		Tags: listing.Tags, Titles: listing.Titles, ListedMs: milliseconds(listing.Listed),
		Removed: listing.Removed, RemovedReason: listing.RemovedReason,
	}
}

func reportMessage(report Report) *operatorwire.Report {
	return &operatorwire.Report{
		Id: report.ID, Subject: report.Subject, ListingId: report.Listing, Reporters: report.Reporters,
		Spam: report.Spam, Abuse: report.Abuse, Directory: report.Directory,
		FirstMs: milliseconds(report.First), LastMs: milliseconds(report.Last),
	}
}
