package console

import (
	"context"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/directory"
	"github.com/tincan-chat/tincan/backend/rendezvous/moderation"
	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Bans implements operator.Source. A ban's ID is its target.
func (c *Console) Bans(context.Context) ([]operator.Ban, error) {
	kept := c.options.Server.Moderation().Bans()
	bans := make([]operator.Ban, 0, len(kept))
	for _, ban := range kept {
		bans = append(bans, banOf(ban))
	}
	return bans, nil
}

func banOf(ban moderation.Ban) operator.Ban {
	return operator.Ban{
		ID: ban.Target.String(), Kind: kindOf(ban.Target), Target: ban.Target.String(), Reason: ban.Reason,
		Created: ban.Created, Expires: ban.Expires, Refused: ban.Refused,
	}
}

// kindOf calls the /64 that is kept for an IPv6 address what it is: a range.
func kindOf(target moderation.Target) operator.BanKind {
	switch target.Kind {
	case moderation.KindPeer:
		return operator.BanPeer
	case moderation.KindAddress:
		if target.Range.IsSingleIP() {
			return operator.BanAddress
		}
		return operator.BanRange
	case moderation.KindRange:
		return operator.BanRange
	case moderation.KindDomain:
		return operator.BanDomain
	}
	return 0
}

// find returns the ban of a target.
func (c *Console) find(target moderation.Target) (operator.Ban, bool) {
	for _, ban := range c.options.Server.Moderation().Bans() {
		if ban.Target == target {
			return banOf(ban), true
		}
	}
	return operator.Ban{}, false
}

// AddBan implements operator.Source. It returns once the ban holds on this node.
func (c *Console) AddBan(ctx context.Context, ban operator.Ban) (operator.Ban, error) {
	target, err := moderation.ParseTarget(ban.Target)
	if err != nil {
		return operator.Ban{}, &operator.Refused{Code: "ban-kind", Sentence: "A ban is about a peer, an address, a range or a domain."}
	}
	now := time.UnixMilli(time.Now().UnixMilli())
	if err = c.options.Server.Moderation().Ban(ctx, target, ban.Reason, ban.Expires); err != nil {
		return operator.Ban{}, unavailable(err)
	}
	kept := operator.Ban{
		ID: target.String(), Kind: kindOf(target), Target: target.String(), Reason: ban.Reason, Created: now, Expires: ban.Expires,
	}
	settled(ctx, func() bool {
		found, ok := c.find(target)
		if ok = ok && !found.Created.Before(now); ok {
			kept = found
		}
		return ok
	})
	return kept, nil
}

// RemoveBan implements operator.Source.
func (c *Console) RemoveBan(ctx context.Context, id string) (operator.Ban, error) {
	target, err := moderation.ParseTarget(id)
	if err != nil {
		return operator.Ban{}, operator.ErrNotFound
	}
	kept, ok := c.find(target)
	if !ok {
		return operator.Ban{}, operator.ErrNotFound
	}
	if err = c.options.Server.Moderation().Lift(ctx, target); err != nil {
		return operator.Ban{}, unavailable(err)
	}
	settled(ctx, func() bool { _, ok := c.find(target); return !ok })
	return kept, nil
}

// Listings implements operator.Source. An entry's ID is its owner's identity, which is in the entry itself.
func (c *Console) Listings(ctx context.Context, query string, removed bool, after string, limit int) ([]operator.Listing, string, error) {
	entries := c.options.Server.Directory()
	if entries == nil {
		return nil, "", nil
	}
	var from identity.PeerID
	if after != "" {
		peer, err := identity.ParsePeerID(after)
		if err != nil {
			return nil, "", &operator.Refused{Code: "list-changed", Sentence: "The list changed meanwhile: begin at its start again."}
		}
		from = peer
	}
	found, next, err := entries.Browse(ctx, query, removed, from, limit)
	if err != nil {
		return nil, "", unavailable(err)
	}
	listings := make([]operator.Listing, 0, len(found))
	for _, entry := range found {
		listings = append(listings, listingOf(entry))
	}
	if next == (identity.PeerID{}) {
		return listings, "", nil
	}
	return listings, next.String(), nil
}

func listingOf(entry directory.Entry) operator.Listing {
	listing := operator.Listing{ID: entry.Peer.String(), Listed: entry.Listed, Removed: entry.Removed, RemovedReason: entry.Reason}
	content, ok := entry.Decode()
	if !ok {
		return listing
	}
	listing.Name, listing.Handle, listing.About, listing.Tags = content.GetName(), content.GetHandle(), content.GetAbout(), content.GetTags()
	for _, one := range content.GetListings() {
		listing.Titles = append(listing.Titles, one.GetTitle())
	}
	return listing
}

// SetListingRemoved implements operator.Source.
func (c *Console) SetListingRemoved(ctx context.Context, id string, removed bool, reason string) error {
	entries := c.options.Server.Directory()
	peer, err := identity.ParsePeerID(id)
	if err != nil || entries == nil {
		return operator.ErrNotFound
	}
	entry, known, err := entries.Entry(ctx, peer)
	switch {
	case err != nil:
		return unavailable(err)
	case !known || (!removed && !entry.Removed):
		return operator.ErrNotFound
	case removed:
		err = entries.Remove(ctx, peer, reason)
	default:
		err = entries.Restore(ctx, peer)
	}
	if err != nil {
		return unavailable(err)
	}
	settled(ctx, func() bool { return entries.IsRemoved(peer) == removed })
	return nil
}

// Reports implements operator.Source. A report's ID is the identity that it is about, which can be banned.
func (c *Console) Reports(ctx context.Context) ([]operator.Report, error) {
	reported := c.options.Server.Moderation().Reported()
	reports := make([]operator.Report, 0, len(reported))
	for _, one := range reported {
		report := operator.Report{
			ID: one.Peer.String(), Subject: shortened(one.Peer), Reporters: uint64(one.Reporters), First: one.First, Last: one.Latest,
			Spam:      uint64(one.Reasons[wire.ReportReason_REPORT_REASON_SPAM]),
			Abuse:     uint64(one.Reasons[wire.ReportReason_REPORT_REASON_ABUSE]),
			Directory: uint64(one.Reasons[wire.ReportReason_REPORT_REASON_DIRECTORY]),
		}
		if entries := c.options.Server.Directory(); entries != nil && len(reports) < mostNamed {
			entry, known, err := entries.Entry(ctx, one.Peer)
			if err != nil {
				return nil, unavailable(err)
			}
			if content, listed := entry.Decode(); known && listed {
				report.Listing = one.Peer.String()
				if content.GetHandle() != "" {
					report.Subject = content.GetHandle()
				}
			}
		}
		reports = append(reports, report)
	}
	return reports, nil
}

// mostNamed bounds for how many reports the directory is asked; no more are shown.
const mostNamed = 500

// shortened is enough of a key to tell it from others.
func shortened(peer identity.PeerID) string {
	text := peer.String()
	return text[:7] + "…" + text[len(text)-4:]
}

// DismissReports implements operator.Source.
func (c *Console) DismissReports(ctx context.Context, id string) error {
	peer, err := identity.ParsePeerID(id)
	if err != nil || !c.isReported(peer) {
		return operator.ErrNotFound
	}
	if err = c.options.Server.Moderation().Dismiss(ctx, peer); err != nil {
		return unavailable(err)
	}
	settled(ctx, func() bool { return !c.isReported(peer) })
	return nil
}

func (c *Console) isReported(peer identity.PeerID) bool {
	for _, one := range c.options.Server.Moderation().Reported() {
		if one.Peer == peer {
			return true
		}
	}
	return false
}
