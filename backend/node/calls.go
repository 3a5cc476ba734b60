package node

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
)

type nothing struct{}

func do(ctx context.Context, n *Node, what any) error {
	_, err := call[nothing](ctx, n, what)
	return err
}

// SetProfile implements Commands.
func (n *Node) SetProfile(ctx context.Context, name string, color int) error {
	return do(ctx, n, setProfileCall{name: name, color: color})
}

// SendText implements Commands.
func (n *Node) SendText(ctx context.Context, conversation uuid.UUID, text string) (Message, error) {
	return call[Message](ctx, n, sendTextCall{conversation: conversation, text: text})
}

// SendReply implements Commands.
func (n *Node) SendReply(ctx context.Context, conversation uuid.UUID, text string, answered journal.Hash) (Message, error) {
	return call[Message](ctx, n, sendTextCall{conversation: conversation, text: text, reply: answered})
}

// ChangeProfile implements Commands.
func (n *Node) ChangeProfile(ctx context.Context, name string, color int, about string, picture []byte) error {
	return do(ctx, n, setProfileCall{name: name, color: color, more: true, about: about, picture: picture})
}

// SetPrivacy implements Commands.
func (n *Node) SetPrivacy(ctx context.Context, privacy Privacy) error {
	return do(ctx, n, setPrivacyCall{privacy})
}

// PinConversations implements Commands.
func (n *Node) PinConversations(ctx context.Context, conversations []uuid.UUID) error {
	return do(ctx, n, pinCall{conversations})
}

// SetFolder implements Commands.
func (n *Node) SetFolder(ctx context.Context, conversation uuid.UUID, folder Folder) error {
	return do(ctx, n, folderCall{conversation, folder})
}

// SetQuiet implements Commands.
func (n *Node) SetQuiet(ctx context.Context, conversation uuid.UUID, quiet bool) error {
	return do(ctx, n, quietCall{conversation, quiet})
}

// SetMarked implements Commands.
func (n *Node) SetMarked(ctx context.Context, conversation uuid.UUID, unread bool) error {
	return do(ctx, n, markCall{conversation, unread})
}

// ClearConversation implements Commands.
func (n *Node) ClearConversation(ctx context.Context, conversation uuid.UUID) error {
	return do(ctx, n, clearCall{conversation: conversation})
}

// DeleteConversation implements Commands.
func (n *Node) DeleteConversation(ctx context.Context, conversation uuid.UUID) error {
	return do(ctx, n, clearCall{conversation: conversation, leave: true})
}

// ForgetContact implements Commands.
func (n *Node) ForgetContact(ctx context.Context, conversation uuid.UUID, erase bool) error {
	return do(ctx, n, forgetCall{conversation, erase})
}

// SetRoute implements Commands.
func (n *Node) SetRoute(ctx context.Context, conversation uuid.UUID, route Route) error {
	return do(ctx, n, setRouteCall{conversation: conversation, route: route})
}

// Mute implements Commands.
func (n *Node) Mute(ctx context.Context, conversation uuid.UUID, since time.Time) error {
	return do(ctx, n, muteCall{conversation: conversation, since: since})
}

// Unmute implements Commands.
func (n *Node) Unmute(ctx context.Context, conversation uuid.UUID) error {
	return do(ctx, n, unmuteCall{conversation: conversation})
}

// EditMessage implements Commands.
func (n *Node) EditMessage(ctx context.Context, conversation uuid.UUID, message journal.Hash, text string) error {
	return do(ctx, n, editCall{conversation, message, text})
}

// DeleteMessage implements Commands.
func (n *Node) DeleteMessage(ctx context.Context, message Message, everywhere bool) error {
	return do(ctx, n, deleteCall{message, everywhere})
}

// CancelMessage implements Commands.
func (n *Node) CancelMessage(ctx context.Context, message Message, saved bool) (Cancelled, error) {
	return call[Cancelled](ctx, n, cancelCall{message, saved})
}

// React implements Commands.
func (n *Node) React(ctx context.Context, conversation uuid.UUID, reaction journal.Reaction) error {
	return do(ctx, n, reactCall{conversation, reaction})
}

// SetTimer implements Commands.
func (n *Node) SetTimer(ctx context.Context, conversation uuid.UUID, stay time.Duration) error {
	return do(ctx, n, setTimerCall{conversation, stay})
}

// MarkRead implements Commands.
func (n *Node) MarkRead(ctx context.Context, conversation uuid.UUID, read journal.Vector) error {
	return do(ctx, n, markReadCall{conversation, read})
}

// Typing implements Commands.
func (n *Node) Typing(ctx context.Context, conversation uuid.UUID) error {
	return do(ctx, n, typingCall{conversation})
}

// Focus implements Commands.
func (n *Node) Focus(ctx context.Context, conversation uuid.UUID) error {
	return do(ctx, n, focusCall{conversation})
}

// CreateInvite implements Commands.
func (n *Node) CreateInvite(ctx context.Context, label string, life time.Duration, uses int) (Invite, error) {
	return call[Invite](ctx, n, createInviteCall{label, life, uses})
}

// Invites implements Commands.
func (n *Node) Invites(ctx context.Context) ([]Invite, error) {
	return call[[]Invite](ctx, n, invitesCall{})
}

// RevokeInvite implements Commands.
func (n *Node) RevokeInvite(ctx context.Context, id uuid.UUID) error {
	return do(ctx, n, revokeInviteCall{id})
}

// Ask implements Commands.
func (n *Node) Ask(ctx context.Context, opened invite.Invite, text string) (Contact, error) {
	return call[Contact](ctx, n, askCall{opened, text})
}

// ClaimHandle implements Commands.
func (n *Node) ClaimHandle(ctx context.Context, handle string) (Handle, error) {
	return call[Handle](ctx, n, claimHandleCall{handle})
}

// ReleaseHandle implements Commands.
func (n *Node) ReleaseHandle(ctx context.Context, handle string) error {
	return do(ctx, n, releaseHandleCall{handle})
}

// FindHandle implements Commands.
func (n *Node) FindHandle(ctx context.Context, handle string) (Found, error) {
	return call[Found](ctx, n, findHandleCall{handle})
}

// AskHandle implements Commands.
func (n *Node) AskHandle(ctx context.Context, handle string, peer identity.PeerID, text string) (Contact, error) {
	return call[Contact](ctx, n, askHandleCall{handle, peer, text})
}

// Accept implements Commands.
func (n *Node) Accept(ctx context.Context, peer identity.PeerID) (Contact, error) {
	return call[Contact](ctx, n, acceptCall{peer})
}

// Decline implements Commands.
func (n *Node) Decline(ctx context.Context, peer identity.PeerID) error {
	return do(ctx, n, declineCall{peer})
}

// AddBan implements Commands.
func (n *Node) AddBan(ctx context.Context, ban Ban) (Ban, error) {
	return call[Ban](ctx, n, addBanCall{ban})
}

// RestoreBan implements Commands.
func (n *Node) RestoreBan(ctx context.Context, ban Ban) (Ban, error) {
	return call[Ban](ctx, n, restoreBanCall{ban})
}

// EditBan implements Commands.
func (n *Node) EditBan(ctx context.Context, changed Ban) (Ban, error) {
	return call[Ban](ctx, n, editBanCall{changed})
}

// ImportBans implements Commands.
func (n *Node) ImportBans(ctx context.Context, bans []Ban) (BansImported, error) {
	return call[BansImported](ctx, n, importBansCall{bans})
}

// ClearBans implements Commands.
func (n *Node) ClearBans(ctx context.Context) (int, error) { return call[int](ctx, n, clearBansCall{}) }

// Bans implements Commands.
func (n *Node) Bans(ctx context.Context, known uint64) (BanList, error) {
	list, err := call[BanList](ctx, n, bansCall{known})
	sortBans(list.Bans)
	return list, err
}

// Touched implements Commands.
func (n *Node) Touched(ctx context.Context, meant Ban) (Touch, error) {
	return call[Touch](ctx, n, touchedCall{meant})
}

// BanOn implements Commands.
func (n *Node) BanOn(ctx context.Context, peer identity.PeerID) (Ban, error) {
	return call[Ban](ctx, n, banOnCall{peer})
}

// BansBy implements Commands.
func (n *Node) BansBy(ctx context.Context, ids []uuid.UUID) ([]Ban, error) {
	return call[[]Ban](ctx, n, bansByCall{ids})
}

// BannedPeer implements Commands.
func (n *Node) BannedPeer(peer identity.PeerID) bool {
	_, banned := n.bans.Load().Peer(peer)
	return banned
}

// RemoveBan implements Commands.
func (n *Node) RemoveBan(ctx context.Context, id uuid.UUID) (Ban, error) {
	return call[Ban](ctx, n, removeBanCall{id})
}

// AddServer implements Commands.
func (n *Node) AddServer(ctx context.Context, server identity.Server) error {
	return do(ctx, n, addServerCall{server})
}

// RemoveServer implements Commands.
func (n *Node) RemoveServer(ctx context.Context, key identity.ServerKey) error {
	return do(ctx, n, removeServerCall{key})
}

// RetryServer implements Commands.
func (n *Node) RetryServer(ctx context.Context, key identity.ServerKey) error {
	return do(ctx, n, retryServerCall{key})
}

// Host implements Commands.
func (n *Node) Host(ctx context.Context, local, public identity.Server) error {
	return do(ctx, n, hostCall{local, public})
}

// NetworkChanged implements Commands.
func (n *Node) NetworkChanged(ctx context.Context) error { return do(ctx, n, networkCall{}) }

// Live implements Commands.
func (n *Node) Live(ctx context.Context) (Live, error) { return call[Live](ctx, n, liveCall{}) }

// Traffic implements Commands.
func (n *Node) Traffic(ctx context.Context) (Traffic, error) {
	return call[Traffic](ctx, n, trafficCall{})
}

// Mailboxes implements Commands.
func (n *Node) Mailboxes(ctx context.Context) (Mailboxes, error) {
	return call[Mailboxes](ctx, n, mailboxesCall{})
}

// Damaged implements Commands.
func (n *Node) Damaged(ctx context.Context) error { return do(ctx, n, damagedCall{}) }

// Delivery implements Commands.
func (n *Node) Delivery(ctx context.Context, conversation uuid.UUID) (Delivery, error) {
	return call[Delivery](ctx, n, deliveryCall{conversation})
}
