package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/node"
)

// maxNumberText is the most bytes of a safety number that is looked at.
const maxNumberText = 1 << 10

// Safety returns what to compare with a contact. Errors: no-conversation.
func (a *API) Safety(conversation string) (Safety, error) {
	return do(a, "Safety", func(ctx context.Context, app *App) (Safety, error) {
		number, err := app.numberWith(ctx, conversation)
		if err != nil {
			return Safety{}, err
		}
		path, size, err := invite.QR(strings.ReplaceAll(number, " ", ""))
		if err != nil {
			return Safety{}, err
		}
		return Safety{Number: number, QR: path, QRSize: size}, nil
	})
}

// CompareNumber compares a number that a contact sent or read aloud with the one
// of this conversation. Nothing is kept. Errors: no-conversation.
func (a *API) CompareNumber(conversation, text string) (NumberCheck, error) {
	return do(a, "CompareNumber", func(ctx context.Context, app *App) (NumberCheck, error) {
		number, err := app.numberWith(ctx, conversation)
		if err != nil {
			return NumberCheck{}, err
		}
		digits, clean := identity.ReadSafetyNumber(valid(text, maxNumberText))
		return compareNumber(strings.ReplaceAll(number, " ", ""), digits, clean), nil
	})
}

func compareNumber(number, digits string, clean bool) NumberCheck {
	checked := NumberCheck{Same: clean && digits == number, Digits: len(digits), Clean: clean}
	for i := range digits {
		if digits[i] != number[i] {
			checked.Group = 1 + i/5
			break
		}
	}
	return checked
}

// numberWith returns the safety number of a conversation.
func (a *App) numberWith(ctx context.Context, conversation string) (string, error) {
	id, err := parseConversation(conversation)
	if err != nil {
		return "", err
	}
	row, err := a.config.Store.Row(ctx, id)
	if err != nil {
		return "", notFound(err, errNoConversation)
	}
	return a.safetyNumber(row.Contact.Peer), nil
}

// Verify keeps what came of comparing safety numbers. If they differ, the line is
// cut and nothing is sent until something else is said. Errors: no-conversation,
// disk-full, read-only.
func (a *API) Verify(conversation string, same bool) (Conversation, error) {
	return a.aboutContact("Verify", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.Compared(ctx, id, same)
	})
}

// Unverify takes that back; what was held back is sent. Errors: as Verify.
func (a *API) Unverify(conversation string) (Conversation, error) {
	return a.aboutContact("Unverify", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.ForgetCompared(ctx, id)
	})
}

// StartCheck asks a contact to compare by emoji, or agrees if they just asked.
// Errors: no-conversation, check-no-line, check-older, check-running, held, retired.
func (a *API) StartCheck(conversation string) (Conversation, error) {
	return a.aboutContact("StartCheck", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.StartCheck(ctx, id)
	})
}

// AnswerCheck says whether to compare now. No also ends a check that is under
// way, and puts one away that is over. Errors: no-conversation, check-over.
func (a *API) AnswerCheck(conversation string, yes bool) (Conversation, error) {
	return a.aboutContact("AnswerCheck", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.AnswerCheck(ctx, id, yes)
	})
}

// FinishCheck says whether the emoji are the same. If they are not, it is as with
// Verify. Errors: no-conversation, check-over, disk-full, read-only.
func (a *API) FinishCheck(conversation string, same bool) (Conversation, error) {
	return a.aboutContact("FinishCheck", conversation, func(ctx context.Context, running Running, id uuid.UUID) error {
		return running.FinishCheck(ctx, id, same)
	})
}

// Retire gives this identity up for good: contacts are told, invites end, and
// nothing can be sent any more; what is here can be read. Errors: retired,
// no-profile, disk-full, read-only.
func (a *API) Retire() (Profile, error) {
	return ask(a, "Retire", func(ctx context.Context, app *App, running Running) (Profile, error) {
		if err := running.Retire(ctx); err != nil {
			return Profile{}, err
		}
		live, err := running.Live(ctx)
		if err != nil {
			return Profile{}, err
		}
		return app.profileOf(live), nil
	})
}

// aboutContact makes a call about a contact and returns the row as it is then.
func (a *API) aboutContact(call, conversation string, body func(context.Context, Running, uuid.UUID) error) (Conversation, error) {
	return ask(a, call, func(ctx context.Context, app *App, running Running) (Conversation, error) {
		id, err := parseConversation(conversation)
		if err != nil {
			return Conversation{}, err
		}
		if err = body(ctx, running, id); err != nil {
			return Conversation{}, err
		}
		return app.row(ctx, id)
	})
}

// tellTrust adds how a contact is known, what is being compared, and whether
// they gave their identity up. live is nil while nothing is known of the line.
func (a *App) tellTrust(plain *Conversation, peer identity.PeerID, live *node.LiveContact) {
	plain.Verified = Verification{Trust: TrustNone}
	if live != nil {
		plain.Verified = verificationOf(live.Verification)
		plain.Check = checkOf(live.Check)
		plain.Retired = moment(live.Retired)
		if live.Next != uuid.Nil {
			plain.Next = live.Next.String()
		}
		return
	}
	if a.started() != nil {
		return
	}
	before, err := a.load()
	if err != nil {
		return
	}
	if at := slices.IndexFunc(before.snapshot.Verifications, func(v node.Verification) bool { return v.Peer == peer }); at >= 0 {
		plain.Verified = verificationOf(before.snapshot.Verifications[at])
	}
	if holds(plain.Verified.Trust) && plain.Contact != ContactBanned {
		plain.Line = Line{State: LineHeld, RTT: -1}
	}
	plain.Retired = moment(retiredAt(before.snapshot.Retirements, peer))
	plain.Next = nextBefore(before.snapshot, peer)
}

// holds tells whether nothing is sent to somebody known so.
func holds(trust Trust) bool {
	return trust == TrustDiffers || trust == TrustChanged || trust == TrustForked
}

func verificationOf(known node.Verification) Verification {
	plain := Verification{Trust: TrustNone, Since: moment(known.At)}
	switch {
	case known.Compared == node.ComparedSame:
		plain.Trust = TrustCompared
	case known.Compared == node.ComparedDiffered:
		plain.Trust = TrustDiffers
	case known.Compared == node.ComparedBefore:
		plain.Trust = TrustChanged
	case known.Compared == node.ComparedForked:
		plain.Trust = TrustForked
	case known.Link:
		plain.Trust = TrustLink
	}
	switch known.How {
	case node.MethodNumber:
		plain.Method = CompareNumber
	case node.MethodEmoji:
		plain.Method = CompareEmoji
	case node.MethodNone:
	}
	return plain
}

func checkOf(live *node.LiveCheck) *Check {
	if live == nil {
		return nil
	}
	plain := &Check{State: checkStates[live.State], Emoji: []CheckEmoji{}, Said: live.Said, TheySaid: live.TheySaid}
	if live.State == node.CheckComparing || live.State == node.CheckDone {
		for _, number := range live.Emoji {
			plain.Emoji = append(plain.Emoji, CheckEmoji{Number: number, Emoji: identity.Emoji[number]})
		}
	}
	if live.Why != nil {
		plain.Error = AsError(live.Why)
	}
	return plain
}

var checkStates = map[node.CheckState]CheckState{
	node.CheckWaiting: CheckWaiting, node.CheckAsked: CheckAsked, node.CheckPreparing: CheckPreparing,
	node.CheckComparing: CheckComparing, node.CheckDone: CheckDone, node.CheckEnded: CheckEnded,
}

// nextBefore returns the conversation with the identity that follows one; "" if
// none does.
func nextBefore(snapshot node.Snapshot, peer identity.PeerID) (next string) {
	successors := map[identity.PeerID]identity.PeerID{}
	for _, one := range snapshot.Retirements {
		if one.Successor != (identity.PeerID{}) {
			successors[one.Peer] = one.Successor
		}
	}
	for range len(successors) {
		if successors[peer] == (identity.PeerID{}) {
			break
		}
		peer = successors[peer]
		for _, contact := range snapshot.Contacts {
			if contact.Peer == peer {
				next = contact.Conversation.String()
			}
		}
	}
	return next
}

// retiredAt returns when an identity was given up; zero: it was not.
func retiredAt(retirements []node.Retirement, peer identity.PeerID) time.Time {
	for _, one := range retirements {
		if one.Peer == peer {
			return one.At
		}
	}
	return time.Time{}
}
