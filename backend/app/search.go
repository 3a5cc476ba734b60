package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// searchPage is how many hits one call returns.
const searchPage = 50

// Search returns the newest messages with all words of a text: words by their
// beginning, Chinese, Japanese and Korean by any part, "in quotes" as a phrase.
// Texts of more than 1 KiB are cut. conversation "" is all of them; before ""
// is the newest, else [SearchPage].Before of the page before.
func (a *API) Search(text, conversation, before string) (SearchPage, error) {
	return do(a, "Search", func(ctx context.Context, app *App) (SearchPage, error) {
		scope := uuid.Nil
		var at journal.Order
		var err error
		if conversation != "" {
			if scope, err = parseConversation(conversation); err != nil {
				return SearchPage{}, err
			}
		}
		if before != "" {
			if at, err = journal.ParseOrder(before); err != nil {
				return SearchPage{}, refuse("order", "This place in the conversation does not exist.")
			}
		}
		query := search.Parse(text)
		found, err := app.config.Store.Search(ctx, query, scope, at, searchPage)
		if err != nil {
			return SearchPage{}, err
		}
		page := searchPageOf(found)
		if len(page.Hits) == 0 && found.Waiting == 0 && at.IsZero() {
			page.Meant = app.meant(ctx, query, scope)
		}
		return page, nil
	})
}

// spellingPatience is how long a search that found nothing takes longer.
const spellingPatience = 500 * time.Millisecond

// meant returns what somebody may have meant with a query that found nothing
// and would find something, "" if that is not known in time.
func (a *App) meant(ctx context.Context, query search.Query, scope uuid.UUID) string {
	ctx, cancel := context.WithTimeout(ctx, spellingPatience)
	defer cancel()
	other, err := query.Respell(func(beginning string) ([]search.Word, error) { return a.config.Store.Words(ctx, beginning) })
	if err != nil || other == "" {
		return ""
	}
	found, err := a.config.Store.Search(ctx, search.Parse(other), scope, journal.Order{}, 1)
	if err != nil || len(found.Hits) == 0 {
		return ""
	}
	return other
}

func searchPageOf(found node.Finding) SearchPage {
	page := SearchPage{Hits: make([]SearchHit, 0, len(found.Hits)), Waiting: found.Waiting}
	for _, hit := range found.Hits {
		message := messageOf(hit.Message)
		shown := SearchHit{
			ID: message.ID, Conversation: message.Conversation, Order: message.Order, Mine: message.Mine, Author: message.Author, Time: message.Time,
			Snippet: hit.Snippet.Text, Matches: make([]MatchRange, 0, len(hit.Snippet.Ranges)),
		}
		for _, one := range hit.Snippet.Ranges {
			shown.Matches = append(shown.Matches, MatchRange(one))
		}
		page.Hits = append(page.Hits, shown)
	}
	if found.More {
		page.Before = page.Hits[len(page.Hits)-1].Order
	}
	return page
}
