package operator

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"connectrpc.com/connect"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// Bounds of what is asked.
const (
	maxReason   = 200 // characters
	maxID       = 256 // bytes
	maxQuery    = 128 // bytes
	banPage     = 100
	maxBanPage  = 500
	listPage    = 50
	maxListPage = 100
	mostReports = 500
)

func pageSize(asked uint32, usual, most int) int {
	if asked == 0 {
		return usual
	}
	return min(int(asked), most)
}

// goodReason trims a reason and checks it.
func goodReason(text string) (string, error) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > maxReason {
		return "", refuse("reason-long", "A reason has at most {most} characters.", "most", strconv.Itoa(maxReason))
	}
	return text, nil
}

// newestFirst is the order of bans; a page token is the last id of the page before.
func newestFirst(a, b Ban) int {
	return cmp.Or(b.Created.Compare(a.Created), strings.Compare(a.ID, b.ID))
}

// ListBans returns a page of bans.
func (s *service) ListBans(ctx context.Context, request *connect.Request[operatorwire.ListBansRequest]) (*connect.Response[operatorwire.ListBansResponse], error) {
	bans, err := s.source.Bans(ctx)
	if err != nil {
		return nil, s.problem(ctx, "ListBans", err)
	}
	bans = slices.SortedFunc(slices.Values(bans), newestFirst)
	response := &operatorwire.ListBansResponse{Total: uint64(len(bans))}
	if after := request.Msg.GetPageToken(); after != "" {
		at := slices.IndexFunc(bans, func(ban Ban) bool { return ban.ID == after })
		if at < 0 {
			return nil, s.problem(ctx, "ListBans", refuse("list-changed", "The list changed meanwhile: begin at its start again."))
		}
		bans = bans[at+1:]
	}
	size := pageSize(request.Msg.GetPageSize(), banPage, maxBanPage)
	if len(bans) > size {
		bans = bans[:size]
		response.NextPageToken = bans[size-1].ID
	}
	for _, ban := range bans {
		response.Bans = append(response.Bans, banMessage(ban))
	}
	return connect.NewResponse(response), nil
}

// AddBan reads what was typed and keeps it.
func (s *service) AddBan(ctx context.Context, request *connect.Request[operatorwire.AddBanRequest]) (*connect.Response[operatorwire.AddBanResponse], error) {
	ban, err := readBan(request.Msg, time.Now())
	if err == nil {
		ban, err = s.source.AddBan(ctx, ban)
	}
	if err != nil {
		return nil, s.problem(ctx, "AddBan", err)
	}
	return connect.NewResponse(&operatorwire.AddBanResponse{Ban: banMessage(ban)}), nil
}

func readBan(request *operatorwire.AddBanRequest, now time.Time) (Ban, error) {
	target, err := ParseTarget(BanKind(request.GetKind()), request.GetTarget())
	if err != nil {
		return Ban{}, err
	}
	reason, err := goodReason(request.GetReason())
	if err != nil {
		return Ban{}, err
	}
	ban := Ban{Kind: target.Kind, Target: target.Text, Reason: reason}
	if request.GetExpiresMs() != 0 {
		ban.Expires = time.UnixMilli(request.GetExpiresMs())
		if !ban.Expires.After(now) {
			return Ban{}, refuse("ban-past", "This ban would have ended already. Choose an end that is still to come.")
		}
	}
	return ban, nil
}

// RemoveBan ends a ban by its id or its target.
func (s *service) RemoveBan(ctx context.Context, request *connect.Request[operatorwire.RemoveBanRequest]) (*connect.Response[operatorwire.RemoveBanResponse], error) {
	id, err := s.banID(ctx, request.Msg)
	if err != nil {
		return nil, s.problem(ctx, "RemoveBan", err)
	}
	ban, err := s.source.RemoveBan(ctx, id)
	if err != nil {
		return nil, s.problem(ctx, "RemoveBan", err)
	}
	return connect.NewResponse(&operatorwire.RemoveBanResponse{Ban: banMessage(ban)}), nil
}

func (s *service) banID(ctx context.Context, request *operatorwire.RemoveBanRequest) (string, error) {
	if (request.GetId() == "") == (request.GetTarget() == "") {
		return "", refuse("ban-name", "Name the ban either by its id or by its target.")
	}
	if request.GetId() != "" {
		return goodID(request.GetId())
	}
	target, err := ParseTarget(0, request.GetTarget())
	if err != nil {
		return "", err
	}
	bans, err := s.source.Bans(ctx)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(bans, func(ban Ban) bool { return ban.Kind == target.Kind && ban.Target == target.Text })
	if household := target.Prefix; at < 0 && target.Kind == BanAddress && household.Addr().Is6() {
		// A server may have kept the /64 instead: whoever has one of its addresses has all of them.
		wider := netip.PrefixFrom(household.Addr(), 64).Masked().String()
		at = slices.IndexFunc(bans, func(ban Ban) bool { return ban.Kind == BanRange && ban.Target == wider })
	}
	if at < 0 {
		return "", refuse("ban-none", "There is no ban of {target}.", "target", target.Text)
	}
	return bans[at].ID, nil
}

func goodID(id string) (string, error) {
	if id == "" || len(id) > maxID {
		return "", refuse("id", "An id has 1 to {most} bytes.", "most", strconv.Itoa(maxID))
	}
	return id, nil
}

// ListDirectory returns a page of the directory.
func (s *service) ListDirectory(ctx context.Context, request *connect.Request[operatorwire.ListDirectoryRequest]) (*connect.Response[operatorwire.ListDirectoryResponse], error) {
	query := strings.TrimSpace(request.Msg.GetQuery())
	if len(query) > maxQuery || len(request.Msg.GetPageToken()) > maxID {
		return nil, s.problem(ctx, "ListDirectory", refuse("query-long", "A search has at most {most} bytes.", "most", strconv.Itoa(maxQuery)))
	}
	size := pageSize(request.Msg.GetPageSize(), listPage, maxListPage)
	listings, next, err := s.source.Listings(ctx, query, request.Msg.GetRemoved(), request.Msg.GetPageToken(), size)
	if err != nil {
		return nil, s.problem(ctx, "ListDirectory", err)
	}
	response := &operatorwire.ListDirectoryResponse{NextPageToken: next}
	for _, listing := range listings {
		response.Listings = append(response.Listings, listingMessage(listing))
	}
	return connect.NewResponse(response), nil
}

// RemoveListing takes an entry out of the directory.
func (s *service) RemoveListing(ctx context.Context, request *connect.Request[operatorwire.RemoveListingRequest]) (*connect.Response[operatorwire.RemoveListingResponse], error) {
	id, err := goodID(request.Msg.GetId())
	if err != nil {
		return nil, s.problem(ctx, "RemoveListing", err)
	}
	reason, err := goodReason(request.Msg.GetReason())
	if err == nil {
		err = s.source.SetListingRemoved(ctx, id, true, reason)
	}
	if err != nil {
		return nil, s.problem(ctx, "RemoveListing", err)
	}
	return connect.NewResponse(&operatorwire.RemoveListingResponse{}), nil
}

// RestoreListing lets an entry be listed again.
func (s *service) RestoreListing(ctx context.Context, request *connect.Request[operatorwire.RestoreListingRequest]) (*connect.Response[operatorwire.RestoreListingResponse], error) {
	id, err := goodID(request.Msg.GetId())
	if err == nil {
		err = s.source.SetListingRemoved(ctx, id, false, "")
	}
	if err != nil {
		return nil, s.problem(ctx, "RestoreListing", err)
	}
	return connect.NewResponse(&operatorwire.RestoreListingResponse{}), nil
}

// ListReports returns the reports, the most reported subject first.
func (s *service) ListReports(ctx context.Context, _ *connect.Request[operatorwire.ListReportsRequest]) (*connect.Response[operatorwire.ListReportsResponse], error) {
	reports, err := s.source.Reports(ctx)
	if err != nil {
		return nil, s.problem(ctx, "ListReports", err)
	}
	reports = slices.SortedFunc(slices.Values(reports), func(a, b Report) int {
		return cmp.Or(cmp.Compare(b.Reporters, a.Reporters), strings.Compare(a.ID, b.ID))
	})
	response := &operatorwire.ListReportsResponse{}
	for _, report := range reports[:min(len(reports), mostReports)] {
		response.Reports = append(response.Reports, reportMessage(report))
	}
	return connect.NewResponse(response), nil
}

// DismissReports forgets the reports of one subject.
func (s *service) DismissReports(ctx context.Context, request *connect.Request[operatorwire.DismissReportsRequest]) (*connect.Response[operatorwire.DismissReportsResponse], error) {
	id, err := goodID(request.Msg.GetId())
	if err == nil {
		err = s.source.DismissReports(ctx, id)
	}
	if err != nil {
		return nil, s.problem(ctx, "DismissReports", err)
	}
	return connect.NewResponse(&operatorwire.DismissReportsResponse{}), nil
}
