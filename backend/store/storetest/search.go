package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// indexed waits until everything that was committed can be found.
func indexed(ctx context.Context, store node.Reader) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		found, err := store.Search(ctx, search.Query{}, uuid.Nil, journal.Order{}, 1)
		if err != nil || found.Waiting == 0 {
			return err
		}
	}
}

func (b *bench) search(t *testing.T, query string, conversation uuid.UUID, before journal.Order, limit int) node.Finding {
	t.Helper()
	return must(t, func(ctx context.Context) (node.Finding, error) {
		if err := indexed(ctx, b.store); err != nil {
			return node.Finding{}, err
		}
		return b.store.Search(ctx, search.Parse(query), conversation, before, limit)
	})
}

func textsOf(found node.Finding) []string {
	list := []string{}
	for _, hit := range found.Hits {
		list = append(list, hit.Message.Text)
	}
	return list
}

// marked shows a snippet with its ranges in brackets.
func marked(snippet search.Snippet) string {
	units := []rune(snippet.Text) // the texts here have one code unit for each rune
	for _, one := range slices.Backward(snippet.Ranges) {
		units = slices.Insert(units, one.End, ']')
		units = slices.Insert(units, one.Start, '[')
	}
	return string(units)
}

func testSearch(t *testing.T, b *bench) {
	talk, other := b.begin(t, 1), b.begin(t, 2)
	b.commit(t, talk.Say(t, talk.Me, "The quarterly report is ready"), talk.Say(t, talk.Them, "明天下午开会议室见"),
		talk.Say(t, talk.Them, "Reporting: 会议 moved to café №5, don't be late"))
	other.Clock = talk.Clock
	b.commit(t, other.Say(t, other.Me, "会议 report, the “final” one"), other.Say(t, other.Them, "*.* OR NEAR(\" ^ -- nothing"))
	for range 2 {
		for query, want := range map[string][]string{
			"report":          {"会议 [report], the “final” one", "[Report]ing: 会议 moved to café №5, don't be late", "The quarterly [report] is ready"},
			"REPORT 会议":       {"[会议] [report], the “final” one", "[Report]ing: [会议] moved to café №5, don't be late"},
			`"report"`:        {"会议 [report], the “final” one", "The quarterly [report] is ready"},
			`"report is`:      {"The quarterly [report] [is] ready"},
			`"会议 report"`:     {"[会议] [report], the “final” one"},
			`"室 report"`:      {},
			`"reporting 会"`:   {"[Reporting]: [会]议 moved to café №5, don't be late"},
			"会议室":             {"明天下午开[会议室]见"},
			"午开":              {"明天下[午开]会议室见"},
			"见":               {"明天下午开会议室[见]"},
			"下午会议":            {},
			"cafe":            {"Reporting: 会议 moved to [café] №5, don't be late"},
			"dont LATE":       {"Reporting: 会议 moved to café №5, [don't] be [late]"},
			"b":               {},
			"or":              {"*.* [OR] NEAR(\" ^ -- nothing"},
			"final OR \"near": {},
			`" * NOTHING ^ `:  {"*.* OR NEAR(\" ^ -- [nothing]"},
			"orta":            {},
			"*":               {},
			"":                {},
		} {
			got := []string{}
			for _, hit := range b.search(t, query, uuid.Nil, journal.Order{}, 10).Hits {
				got = append(got, marked(hit.Snippet))
			}
			equal(t, "what is found for "+query, got, want)
		}
		equal(t, "in one conversation", textsOf(b.search(t, "report", talk.ID, journal.Order{}, 10)), []string{talk.text(t, 2), talk.text(t, 0)})
		equal(t, "in none", len(b.search(t, "report", uuid.UUID{7}, journal.Order{}, 10).Hits), 0)
		first := b.search(t, "report", uuid.Nil, journal.Order{}, 2)
		equal(t, "the first page", textsOf(first), []string{other.text(t, 0), talk.text(t, 2)})
		equal(t, "there is more", first.More, true)
		second := b.search(t, "report", uuid.Nil, first.Hits[1].Message.Order, 2)
		equal(t, "the second page", textsOf(second), []string{talk.text(t, 0)})
		equal(t, "there is no more", second.More, false)
		equal(t, "words", b.words(t, "re"), []search.Word{{Text: "ready", Texts: 1}, {Text: "report", Texts: 2}, {Text: "reporting", Texts: 1}})
		equal(t, "nothing asked", len(b.search(t, "report", uuid.Nil, journal.Order{}, 0).Hits), 0)
		b.reopen(t)
	}
	hit := b.search(t, "quarterly", uuid.Nil, journal.Order{}, 1).Hits[0].Message
	equal(t, "the message", hit, must(t, func(ctx context.Context) (node.Message, error) { return b.store.Message(ctx, hit.Hash) }))

	b.commit(t, node.DeleteContact{Peer: other.Them.Keys.Peer()})
	equal(t, "without a deleted conversation", len(b.search(t, "report", uuid.Nil, journal.Order{}, 10).Hits), 2)
	// Its log's number and times may be used again.
	again := NewTalk(t, 2)
	again.Clock = talk.Clock
	b.commit(t, node.PutContact{Contact: again.Contact()}, again.Say(t, again.Me, "another beginning"))
	equal(t, "words of deleted messages", len(b.words(t, "fin")), 0)
	equal(t, "words", b.words(t, "an"), []search.Word{{Text: "another", Texts: 1}})
	equal(t, "the new conversation", textsOf(b.search(t, "beginning", again.ID, journal.Order{}, 10)), []string{"another beginning"})
	equal(t, "nothing of the old one", len(b.search(t, "final", uuid.Nil, journal.Order{}, 10).Hits), 0)
}

// words returns the words that begin with something, in their order.
func (b *bench) words(t *testing.T, beginning string) []search.Word {
	t.Helper()
	return must(t, func(ctx context.Context) ([]search.Word, error) {
		if err := indexed(ctx, b.store); err != nil {
			return nil, err
		}
		list, err := b.store.Words(ctx, beginning)
		slices.SortFunc(list, func(x, y search.Word) int { return strings.Compare(x.Text, y.Text) })
		return list, err
	})
}

// text returns what the message with a number says.
func (k *Talk) text(t testing.TB, number int) string {
	t.Helper()
	text, err := k.Writes[number].Entry.Text()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// words are what random texts and queries are made of: prefixes of one another,
// marks, scripts side by side, and everything that could be syntax.
var words = []string{
	"re", "report", "Reports", "r", "café", "cafe\u0301", "naïve", "I", "会", "议", "会议", "议会", "会议室", "开会", "の", "がぎ", "か\u3099", "한국어", "ｗｉｄｅ", "🎉", "👍🏽",
	"straße", "2026", "v2", "don't", "don’t", "ﬁne", "Ω", "ς", "प्रेम", "ไทย", "ﾊﾟ",
}

var gaps = []string{" ", "", "", "，", "-", "\n", "\"", "“", "”", "*", " AND ", " OR ", " NOT ", "(", ")", ":", "^", "+", "\u0080", "\u200d", ".", "'"}

func drawText(r *rapid.T, label string, least, most int) string {
	var text strings.Builder
	for range rapid.IntRange(least, most).Draw(r, label) {
		text.WriteString(rapid.SampledFrom(words).Draw(r, "word"))
		text.WriteString(rapid.SampledFrom(gaps).Draw(r, "gap"))
	}
	return text.String()
}

// testSearchTies has two messages at one place in the order, those of one device
// to two people, at the end of a page: what comes after them is still found.
func testSearchTies(t *testing.T, b *bench) {
	var all []node.AppendEntry
	for number, later := range []time.Duration{0, time.Minute, time.Minute} {
		talk := b.begin(t, uint64(number+1))
		talk.Clock = Start.Add(later)
		write := talk.Say(t, talk.Me, "report")
		b.commit(t, write)
		all = append(all, write)
	}
	equal(t, "a tie", all[1].Order, all[2].Order)
	for limit := 1; limit <= 3; limit++ {
		b.search(t, "report", uuid.Nil, journal.Order{}, limit) // waits for the index
		if err := compareSearch(t.Context(), b.store, all, search.Parse("report"), uuid.Nil, limit); err != nil {
			t.Errorf("pages of %d: %v", limit, err)
		}
	}
}

// testSearchFinds compares what is found in random texts of several
// conversations, page by page, with a look at all of them.
func testSearchFinds(t *testing.T, b *bench) {
	var all []node.AppendEntry
	var talks []*Talk
	for i := range 3 {
		talk := b.begin(t, uint64(i+1))
		talks = append(talks, talk)
	}
	rapid.Check(t, func(r *rapid.T) {
		for range rapid.IntRange(0, 6).Draw(r, "messages") {
			talk := rapid.SampledFrom(talks).Draw(r, "talk")
			who := talk.Me
			if rapid.Bool().Draw(r, "theirs") {
				who = talk.Them
			}
			talk.Clock = Start.Add(time.Duration(rapid.IntRange(0, 400).Draw(r, "time")) * time.Second)
			write := talk.Say(t, who, drawText(r, "words", 1, 6))
			all = append(all, write)
			if err := b.store.Commit(t.Context(), []node.Write{write}); err != nil {
				r.Fatal(err)
			}
		}
		if err := indexed(t.Context(), b.store); err != nil {
			r.Fatal(err)
		}
		typed := drawText(r, "query", 1, 3)
		scope := rapid.SampledFrom([]uuid.UUID{{}, talks[0].ID, talks[1].ID}).Draw(r, "scope")
		limit := rapid.IntRange(1, 7).Draw(r, "limit")
		if err := compareSearch(t.Context(), b.store, all, search.Parse(typed), scope, limit); err != nil {
			r.Fatalf("%q: %v", typed, err)
		}
	})
}

// compareSearch pages through what is found and compares it with all messages.
func compareSearch(ctx context.Context, store node.Reader, all []node.AppendEntry, query search.Query, scope uuid.UUID, limit int) error {
	var want []journal.Order
	for _, write := range all {
		text, err := write.Entry.Text()
		if err != nil {
			return err
		}
		if (scope == uuid.Nil || scope == write.Entry.Conversation) && query.Matches(text) {
			want = append(want, write.Order)
		}
	}
	slices.SortFunc(want, func(a, b journal.Order) int { return b.Compare(a) })
	var got []journal.Order
	for before := (journal.Order{}); ; before = got[len(got)-1] {
		found, err := store.Search(ctx, query, scope, before, limit)
		if err != nil {
			return err
		}
		for _, hit := range found.Hits {
			got = append(got, hit.Message.Order)
		}
		if !found.More {
			break
		}
		if len(found.Hits) < limit {
			return fmt.Errorf("a page of %d hits is not the last one", len(found.Hits))
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%d found, %d there are, or in another order", len(got), len(want))
	}
	return nil
}
