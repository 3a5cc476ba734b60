package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/tincan-chat/tincan/backend/node"
)

// maxPage is how many bans a page has, at the most.
const maxPage = 500

// BansPage returns a page of the ban list.
func (a *API) BansPage(query BanQuery) (BanPage, error) {
	return ask(a, "BansPage", func(ctx context.Context, app *App, running Running) (BanPage, error) {
		list, err := app.bans(ctx, running)
		if err != nil {
			return BanPage{}, err
		}
		return app.bansPage(list, query), nil
	})
}

func (a *App) bansPage(list []node.Ban, query BanQuery) BanPage {
	page := BanPage{Bans: []Ban{}, All: len(list)}
	wanted := folded(valid(query.Search, maxTarget))
	found := make([]*node.Ban, 0, len(list))
	for i := range list {
		one := &list[i]
		page.Blocked += one.Blocked
		if !query.Filter.takes(one.Kind) {
			continue
		}
		if wanted == "" || strings.Contains(folded(one.Name), wanted) || strings.Contains(banTarget(*one), wanted) ||
			strings.Contains(folded(one.Reason), wanted) {
			found = append(found, one)
		}
	}
	page.Found = len(found)
	sortBans(found, query.Column, query.Descending)
	limit := min(max(query.Limit, 1), maxPage)
	// A page that is gone, because lines were removed, is the last one there is.
	page.Offset = min(max(query.Offset, 0), max(len(found)-1, 0)/limit*limit)
	for _, one := range found[page.Offset:min(page.Offset+limit, len(found))] {
		page.Bans = append(page.Bans, a.banOf(*one))
	}
	return page
}

// folded is a text as it is compared: without case, width and form.
func folded(text string) string {
	plain := true
	for i := range len(text) {
		if c := text[i]; c >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return strings.ToLower(strings.TrimSpace(text))
	}
	return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(text)))
}

func (f BanFilter) takes(kind node.BanKind) bool {
	switch f {
	case BansPeople:
		return ofPeople(kind)
	case BansAddresses:
		return kind == node.BanAddress || kind == node.BanRange
	case BansDomains:
		return kind == node.BanDomain
	case BansAll:
	}
	return true
}

// sortBans sorts by a column; what is equal there stands newest first.
func sortBans(found []*node.Ban, column BanColumn, descending bool) {
	texts := map[*node.Ban]string{}
	if column == BanByTarget || column == BanByReason {
		for _, one := range found {
			texts[one] = folded(one.Reason)
			if column == BanByTarget {
				texts[one] = cmp.Or(folded(one.Name), banTarget(*one))
			}
		}
	}
	compare := func(a, b *node.Ban) int {
		switch column {
		case BanByKind:
			return order(a.Kind) - order(b.Kind)
		case BanByTarget:
			// Addresses by their numbers, so that .9 stands before .77.
			if a.Range.IsValid() && b.Range.IsValid() {
				return cmp.Or(a.Range.Addr().Compare(b.Range.Addr()), a.Range.Bits()-b.Range.Bits())
			}
			return cmp.Compare(texts[a], texts[b])
		case BanByReason:
			return cmp.Compare(texts[a], texts[b])
		case BanByEnds:
			if a.Expires.IsZero() != b.Expires.IsZero() {
				if a.Expires.IsZero() {
					return 1 // never, after all days
				}
				return -1
			}
			return a.Expires.Compare(b.Expires)
		case BanByBlocked:
			return cmp.Compare(a.Blocked, b.Blocked)
		case BanByAdded:
		}
		return a.Added.Compare(b.Added)
	}
	slices.SortFunc(found, func(a, b *node.Ban) int {
		by := compare(a, b)
		if descending {
			by = -by
		}
		return cmp.Or(by, b.Added.Compare(a.Added), slices.Compare(a.ID[:], b.ID[:]))
	})
}

// order is that of the kinds: people, addresses, domains.
func order(kind node.BanKind) int {
	return slices.Index([]node.BanKind{node.BanPeer, node.BanInvite, node.BanAddress, node.BanRange, node.BanDomain}, kind)
}
