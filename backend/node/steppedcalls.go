package node

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
)

// call steps a command; its answer carries id.
func (s *Stepped) call(ctx context.Context, id uint64, what any) {
	s.Step(ctx, Command{ID: id, Call: what})
}

// SendText is [Commands.SendText]; the answer carries id.
func (s *Stepped) SendText(ctx context.Context, id uint64, conversation uuid.UUID, text string) {
	s.call(ctx, id, sendTextCall{conversation: conversation, text: text})
}

// SendReply is [Commands.SendReply].
func (s *Stepped) SendReply(ctx context.Context, id uint64, conversation uuid.UUID, text string, answered journal.Hash) {
	s.call(ctx, id, sendTextCall{conversation: conversation, text: text, reply: answered})
}

// EditMessage is [Commands.EditMessage].
func (s *Stepped) EditMessage(ctx context.Context, id uint64, conversation uuid.UUID, message journal.Hash, text string) {
	s.call(ctx, id, editCall{conversation: conversation, message: message, text: text})
}

// DeleteMessage is [Commands.DeleteMessage].
func (s *Stepped) DeleteMessage(ctx context.Context, id uint64, message Message, everywhere bool) {
	s.call(ctx, id, deleteCall{message: message, everywhere: everywhere})
}

// React is [Commands.React].
func (s *Stepped) React(ctx context.Context, id uint64, conversation uuid.UUID, reaction journal.Reaction) {
	s.call(ctx, id, reactCall{conversation: conversation, reaction: reaction})
}

// SetTimer is [Commands.SetTimer].
func (s *Stepped) SetTimer(ctx context.Context, id uint64, conversation uuid.UUID, stay time.Duration) {
	s.call(ctx, id, setTimerCall{conversation: conversation, stay: stay})
}

// ChangeProfile is [Commands.ChangeProfile], without a picture.
func (s *Stepped) ChangeProfile(ctx context.Context, id uint64, name string, color int, about string) {
	s.call(ctx, id, setProfileCall{name: name, color: color, more: true, about: about})
}

// SetPrivacy is [Commands.SetPrivacy].
func (s *Stepped) SetPrivacy(ctx context.Context, id uint64, privacy Privacy) {
	s.call(ctx, id, setPrivacyCall{privacy})
}

// MarkRead is [Commands.MarkRead].
func (s *Stepped) MarkRead(ctx context.Context, id uint64, conversation uuid.UUID, read journal.Vector) {
	s.call(ctx, id, markReadCall{conversation: conversation, read: read})
}

// Focus is [Commands.Focus].
func (s *Stepped) Focus(ctx context.Context, id uint64, conversation uuid.UUID) {
	s.call(ctx, id, focusCall{conversation: conversation})
}

// Typing is [Commands.Typing].
func (s *Stepped) Typing(ctx context.Context, id uint64, conversation uuid.UUID) {
	s.call(ctx, id, typingCall{conversation: conversation})
}

// NetworkChanged is [Commands.NetworkChanged].
func (s *Stepped) NetworkChanged(ctx context.Context, id uint64) { s.call(ctx, id, networkCall{}) }

// CreateInvite is [Commands.CreateInvite].
func (s *Stepped) CreateInvite(ctx context.Context, id uint64, label string, life time.Duration, uses int) {
	s.call(ctx, id, createInviteCall{label: label, life: life, uses: uses})
}

// Ask is [Commands.Ask].
func (s *Stepped) Ask(ctx context.Context, id uint64, opened invite.Invite, text string) {
	s.call(ctx, id, askCall{invite: opened, text: text})
}

// Accept is [Commands.Accept].
func (s *Stepped) Accept(ctx context.Context, id uint64, peer identity.PeerID) {
	s.call(ctx, id, acceptCall{peer: peer})
}
