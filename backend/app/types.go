package app

// The types below are the whole contract between Go and the interface.
// They are plain: ids are strings, times are RFC 3339 strings in UTC with
// milliseconds, slices are never nil in answers, there are no generics and no
// byte slices, because that is what the Wails bindings carry faithfully.
// In Changes, an absent field means "not changed".

// State is everything the window needs for its first paint.
type State struct {
	Version       string         `json:"version"`           // of this build, for example "0.1.0"
	Sequence      int64          `json:"sequence"`          // of the last Changes that this state includes
	FirstRun      bool           `json:"firstRun"`          // no profile yet: show the first-run screen
	Problem       *Problem       `json:"problem,omitempty"` // a state of the whole app that the person must know of
	Profile       Profile        `json:"profile"`
	Settings      Settings       `json:"settings"`
	Network       Network        `json:"network"`
	Conversations []Conversation `json:"conversations"` // newest activity first
	Requests      []Request      `json:"requests"`      // newest first
	Notice        *Notice        `json:"notice,omitempty"`
	Repair        *Repair        `json:"repair,omitempty"` // of a damaged history
}

// Changes is what happened since the last one; the event "changes" carries it.
type Changes struct {
	Sequence             int64          `json:"sequence"`        // consecutive; after a gap call Since
	Reset                bool           `json:"reset,omitempty"` // too far behind: call Start again
	Problem              *Problem       `json:"problem,omitempty"`
	Profile              *Profile       `json:"profile,omitempty"`
	Settings             *Settings      `json:"settings,omitempty"`
	Network              *Network       `json:"network,omitempty"`
	Conversations        []Conversation `json:"conversations,omitempty"`        // whole rows, replaced by id
	RemovedConversations []string       `json:"removedConversations,omitempty"` // ids
	Messages             []Message      `json:"messages,omitempty"`             // new or changed, by id
	RemovedMessages      []string       `json:"removedMessages,omitempty"`      // ids: disappeared, or hidden here
	ClearedConversations []string       `json:"clearedConversations,omitempty"` // ids: all that was shown of them is gone; before Messages
	Requests             []Request      `json:"requests,omitempty"`             // new or changed, by id
	RemovedRequests      []string       `json:"removedRequests,omitempty"`      // ids
	BansChanged          bool           `json:"bansChanged,omitempty"`          // call Bans if they are on screen
	OpenConversation     string         `json:"openConversation,omitempty"`     // show this one (a second instance or a notification asked)
	OpenMessage          string         `json:"openMessage,omitempty"`          // and in it this message, by its id
	OpenRequests         bool           `json:"openRequests,omitempty"`         // show who asks
	PasteInvite          string         `json:"pasteInvite,omitempty"`          // a tincan: link was opened: show its preview
	Notice               *Notice        `json:"notice,omitempty"`               // without a code: it was dismissed
	Locked               bool           `json:"locked,omitempty"`               // the profile was locked: forget everything, and call LockState
	Progress             *Progress      `json:"progress,omitempty"`             // of a backup, or of restoring one
	Repair               *Repair        `json:"repair,omitempty"`               // how far it is; when it is over, Reset follows
}

// ProblemCode names a state of the whole app.
type ProblemCode string

// The states of the whole app that have a sentence and a place on screen.
const (
	ProblemDatabaseDamaged ProblemCode = "database-damaged" // read-only: history can be read, nothing can be sent
	ProblemFolderReadOnly  ProblemCode = "folder-read-only"
	ProblemDiskFull        ProblemCode = "disk-full"
	ProblemClockWrong      ProblemCode = "clock-wrong" // params: minutes
)

// Problem is one of them; Message is an English sentence, Params fill a translated one.
type Problem struct {
	Code    ProblemCode       `json:"code"`
	Message string            `json:"message"`
	Params  map[string]string `json:"params"`
}

// Error is what a rejected call carries. Code is stable and chooses the
// translation, Params fill it, Message is the English sentence for codes that
// the interface does not know. It never holds secrets or paths.
type Error struct {
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Params  map[string]string `json:"params"`
}

func (e *Error) Error() string { return e.Message }

// Profile is this person.
type Profile struct {
	PeerID  string  `json:"peerId"`
	Name    string  `json:"name"`
	Color   int     `json:"color"` // 1 to 8: the enamel token
	Privacy Privacy `json:"privacy"`
	About   string  `json:"about,omitempty"`
	Picture string  `json:"picture,omitempty"` // names it, for Picture(""); absent for none
	// Handles are those that I took, by when I did.
	Handles []OwnHandle `json:"handles"`
	Retired string      `json:"retired,omitempty"` // when this identity was given up: nothing can be sent; absent: it was not
}

// OwnHandle is one that I took.
type OwnHandle struct {
	Handle string `json:"handle"` // name@host
	Host   string `json:"host"`
	Lost   bool   `json:"lost,omitempty"` // the server says that nobody has it, or somebody else
}

// Route is which ways lines take.
type Route string

// The routes. RouteInherited is for a contact: as for everybody.
const (
	RouteInherited Route = ""
	RouteAny       Route = "any"
	RouteRelayed   Route = "relayed" // through relays only: the other side learns no address
	RouteNetwork   Route = "network" // on this network only
)

// Privacy is what contacts learn of this person. Who hides something does not
// learn it of them either.
type Privacy struct {
	ReadReceipts bool  `json:"readReceipts"` // what was read
	Presence     bool  `json:"presence"`     // when this person is there
	Typing       bool  `json:"typing"`       // when this person writes
	Route        Route `json:"route"`        // of lines
}

// Theme is the look of the window.
type Theme string

// The themes.
const (
	ThemeSystem Theme = "system"
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Settings are this install's choices.
type Settings struct {
	Theme    Theme   `json:"theme"`
	Language string  `json:"language"` // "system", "en" or "zh-CN"
	TextSize float64 `json:"textSize"` // 0.9, 1, 1.15 or 1.3
	Compact  bool    `json:"compact"`  // density: 44 px rows instead of 56
	Hosting  bool    `json:"hosting"`  // "Introduce people on this network"
	Details  bool    `json:"details"`  // the details panel is open
	// LinePort is the first of the 100 UDP ports that direct lines use, 1024 to
	// 65436; absent: any.
	LinePort int `json:"linePort,omitempty"`
	// Proxy is what servers and relays are reached through: socks5://, http:// or
	// https://, name:password@ if it wants them, host:port; absent: none.
	Proxy string `json:"proxy,omitempty"`
	// AsWritten shows messages with the marks (**, `, > and so on) that they were
	// written with, instead of the formats that these stand for.
	AsWritten bool `json:"asWritten,omitempty"`
	// Still has nothing move, also where the system does not ask for that.
	Still bool `json:"still,omitempty"`
	// OwnLeft shows this person's messages on the side of everybody's.
	OwnLeft bool `json:"ownLeft,omitempty"`
	// Spelling marks words that the dictionaries do not know. They take 8 MiB.
	Spelling bool `json:"spelling,omitempty"`
	// EmojiTone is the skin of emoji that have one, 1 (light) to 5 (dark); absent:
	// the yellow one.
	EmojiTone int `json:"emojiTone,omitempty"`
	// RecentEmoji are those used last, the last first, with spaces between.
	RecentEmoji string `json:"recentEmoji,omitempty"`
	// LockAfter is after how many minutes without a key or the mouse the profile
	// is locked, if it has a passphrase: 1, 5, 15, 60; absent: never.
	LockAfter int `json:"lockAfter,omitempty"`
	// Notifications are about what is told outside of the window.
	Notifications Notifications `json:"notifications"`
	Tray          bool          `json:"tray"` // closing the window hides it, where there is a tray to bring it back from
}

// ServerState is how an introduction server is doing.
type ServerState string

// The states of a server.
const (
	ServerConnecting ServerState = "connecting"
	ServerOnline     ServerState = "online"
	ServerDown       ServerState = "down"
)

// Server is an introduction server that this device uses.
type Server struct {
	ID      string      `json:"id"`      // the server's key, text form
	Address string      `json:"address"` // host:port, to show
	Mine    bool        `json:"mine"`    // the one in this app
	Guest   bool        `json:"guest"`   // a contact's server: only to reach them
	State   ServerState `json:"state"`
	RTT     int         `json:"rtt"`             // milliseconds, -1 unknown
	Since   string      `json:"since"`           // since when in this state
	Error   *Error      `json:"error,omitempty"` // why it is down
	RetryAt string      `json:"retryAt"`         // when down: the next attempt, "" when none is planned
	RTTs    []int       `json:"rtts,omitempty"`  // the last ones, milliseconds, oldest first
	// Handles is what stands after the @ of handles at this server; absent when it
	// has none, or is not mine, or does not answer.
	Handles string `json:"handles,omitempty"`
}

// Network is what is known of the ways out.
type Network struct {
	Online  bool     `json:"online"` // any network interface is up besides loopback, or a server is reachable
	Servers []Server `json:"servers"`
	Lines   int      `json:"lines"` // open lines
	// HostAddress is where others on this network reach the server in this app, "" when it is off.
	HostAddress string `json:"hostAddress"`
	HostError   *Error `json:"hostError,omitempty"` // why it could not start, for example the port is in use
}

// ContactState is how far two people are.
type ContactState string

// The states of a contact.
const (
	ContactAsked  ContactState = "asked"  // I sent a request, no answer yet
	ContactMutual ContactState = "mutual" // both sides accepted
	ContactBanned ContactState = "banned" // I banned them; history stays readable
	// ContactForgotten: a stranger again; history stays readable.
	ContactForgotten ContactState = "forgotten"
)

// Presence of a contact.
type Presence string

// The presences. Unknown before acceptance and while no server is reached.
const (
	PresenceOnline  Presence = "online"
	PresenceOffline Presence = "offline"
	PresenceUnknown Presence = "unknown"
)

// LineState is one row of the design's "The line: every state".
type LineState string

// The line states.
const (
	LineLAN        LineState = "lan"
	LineDirect     LineState = "direct"
	LineRelayed    LineState = "relayed"
	LineConnecting LineState = "connecting"
	LineWaiting    LineState = "waiting" // the peer is away
	LineNoNetwork  LineState = "no-network"
	LineIdle       LineState = "idle" // the peer is there, nothing asked for a line yet
	LineBanned     LineState = "banned"
	LineHeld       LineState = "held" // what was compared differed: nothing is sent
)

// Line is how two people are connected right now.
type Line struct {
	State LineState `json:"state"`
	RTT   int       `json:"rtt"`  // milliseconds, smoothed over 5 s; -1 unknown
	Host  string    `json:"host"` // of the relay, when relayed
}

// MessageState is what the sender may know.
type MessageState string

// The states, in the order in which a message passes them.
const (
	MessageQueued    MessageState = "queued"    // on this computer
	MessageStored    MessageState = "stored"    // in a mailbox of theirs
	MessageDelivered MessageState = "delivered" // on their computer
	MessageRead      MessageState = "read"
	MessageReceived  MessageState = "received" // theirs
)

// Conversation is a row of the list and the head of a conversation.
type Conversation struct {
	ID           string       `json:"id"`
	PeerID       string       `json:"peerId"`
	Name         string       `json:"name"`
	Color        int          `json:"color"`
	Contact      ContactState `json:"contact"`
	Presence     Presence     `json:"presence"`
	Line         Line         `json:"line"`
	Typing       bool         `json:"typing"`
	Preview      string       `json:"preview"` // first line of the last message, at most 200 characters
	PreviewMine  bool         `json:"previewMine"`
	PreviewState MessageState `json:"previewState"`
	LastTime     string       `json:"lastTime"` // of the last message, or when the contact was made, or the conversation cleared
	Unread       int          `json:"unread"`   // computed from the read position
	Queued       int          `json:"queued"`   // my messages that are not on their computer yet
	Draft        string       `json:"draft"`
	Since        string       `json:"since"`              // when the contact was made
	Invite       string       `json:"invite"`             // label of the invite they came by, "" when it was theirs
	Handle       string       `json:"handle,omitempty"`   // name@host by which I found them
	Stranger     bool         `json:"stranger,omitempty"` // they found me by my handle
	Notice       *Notice      `json:"notice,omitempty"`   // a lasting trouble with this contact, for example an older protocol

	PreviewDeleted bool   `json:"previewDeleted,omitempty"` // the last message was deleted; preview is ""
	Timer          int    `json:"timer,omitempty"`          // seconds that messages written now stay once they were read; absent: for good
	TimerSince     string `json:"timerSince,omitempty"`     // when somebody chose that last, "for good" too; absent: nobody did
	TimerMine      bool   `json:"timerMine,omitempty"`      // it was me
	About          string `json:"about,omitempty"`          // what they say of themselves, on one line
	Picture        string `json:"picture,omitempty"`        // names it, for the call Picture; absent for none
	Route          Route  `json:"route,omitempty"`          // of lines to them; absent: as for everybody

	Verified Verification `json:"verified"`
	Check    *Check       `json:"check,omitempty"`   // absent: none is under way, nor just over
	Retired  string       `json:"retired,omitempty"` // when they gave their identity up; absent: they did not
	Muted    string       `json:"muted,omitempty"`   // since when nothing is told of what they send, because it is too much; absent: they are not muted

	// Next is the conversation that goes on with the key that followed theirs, or
	// mine; absent: this one does.
	Next string `json:"next,omitempty"`
	// Former: my key changed, what is here was written before; it is only read.
	Former bool `json:"former,omitempty"`
	// Following: they have not heard of my new key yet.
	Following bool   `json:"following,omitempty"`
	Pinned    int    `json:"pinned,omitempty"`  // place among those at the top of the list, from 1 on; absent: it is not one
	Folder    Folder `json:"folder,omitempty"`  // absent: the list
	Quiet     bool   `json:"quiet,omitempty"`   // what they send makes no noise
	Marked    bool   `json:"marked,omitempty"`  // as unread, though it may be read
	Cleared   string `json:"cleared,omitempty"` // when its messages were erased last; absent: never
}

// Message is one text in a timeline, as it stands after all that was said about it.
type Message struct {
	ID           string       `json:"id"` // hash of the entry, hex
	Conversation string       `json:"conversation"`
	Order        string       `json:"order"` // compares as a string; the timeline's order, the same for every reader
	Mine         bool         `json:"mine"`
	Author       string       `json:"author"` // PeerID
	Text         string       `json:"text"`
	Time         string       `json:"time"` // as shown: a time from the future is clamped
	State        MessageState `json:"state"`

	// Both are there when they differ by more than 5 minutes: when the author's
	// clock says it was written, and when it came.
	ClaimedTime string `json:"claimedTime,omitempty"`
	ArrivedTime string `json:"arrivedTime,omitempty"`

	Deleted   bool       `json:"deleted,omitempty"`   // its author took it back for everyone: there is no text, and nothing below
	Edited    string     `json:"edited,omitempty"`    // when it was edited last; absent: never
	Reply     *Reply     `json:"reply,omitempty"`     // the message that it answers
	Reactions []Reaction `json:"reactions,omitempty"` // in the order in which they came; absent: none
	Timer     int        `json:"timer,omitempty"`     // seconds that it stays once it was read; absent: for good
	Expires   string     `json:"expires,omitempty"`   // when it disappears here; absent: never, or it was not read yet
}

// Reply is what is shown of a message where it is answered.
type Reply struct {
	ID      string `json:"id"`
	Here    bool   `json:"here"` // it is on this computer; nothing below says anything if not
	Deleted bool   `json:"deleted"`
	Mine    bool   `json:"mine"`
	Author  string `json:"author"` // PeerID
	Text    string `json:"text"`   // its beginning, at most 200 characters
}

// Reaction is an emoji on a message.
type Reaction struct {
	Emoji   string   `json:"emoji"`
	Count   int      `json:"count"`
	Mine    bool     `json:"mine"`    // I am one of them
	Authors []string `json:"authors"` // PeerIDs, in the order in which they put it
}

// Page is a stretch of a timeline, oldest first.
type Page struct {
	Conversation Conversation `json:"conversation"`
	Messages     []Message    `json:"messages"`
	HasBefore    bool         `json:"hasBefore"`
	HasAfter     bool         `json:"hasAfter"`
	FirstUnread  string       `json:"firstUnread"` // id; "" when everything is read. The "new messages" line stands before it
	UnreadCount  int          `json:"unreadCount"`
}

// MatchRange is a stretch of a snippet in UTF-16 code units, as JavaScript
// counts; the end is excluded. It begins and ends between graphemes.
type MatchRange struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// SearchHit is a message that a search found, without its whole text.
type SearchHit struct {
	ID           string       `json:"id"`
	Conversation string       `json:"conversation"`
	Order        string       `json:"order"` // as in [Message]
	Mine         bool         `json:"mine"`
	Author       string       `json:"author"`  // PeerID
	Time         string       `json:"time"`    // as shown: a time from the future is clamped
	Snippet      string       `json:"snippet"` // one line of its text, with "…" where it goes on
	Matches      []MatchRange `json:"matches"` // in order
}

// SearchPage is some of what a search found, newest first.
type SearchPage struct {
	Hits    []SearchHit `json:"hits"`
	Before  string      `json:"before"`  // what to give to Search for older ones, "" when there are none
	Waiting int         `json:"waiting"` // entries that cannot be found yet: the index is being made
	Meant   string      `json:"meant"`   // when there are no hits: another spelling that has some, "" when none is known
}

// Invite is one of my own.
type Invite struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Link    string `json:"link"`   // tincan:invite/1#…
	Short   string `json:"short"`  // a readable beginning to show
	QR      string `json:"qr"`     // SVG path data of the dark modules on a grid of QRSize
	QRSize  int    `json:"qrSize"` // modules along one side, quiet zone not included
	Created string `json:"created"`
	Expires string `json:"expires"`
	Uses    int    `json:"uses"` // people it may bring
	Used    int    `json:"used"`
	Active  bool   `json:"active"` // neither expired, used up nor revoked
	// People are the names of those who came by it, as they are called here now;
	// of who is no contact any more only the count is left.
	People []string `json:"people"`
}

// InviteOptions are what the person chose; zero values mean 7 days, one person.
type InviteOptions struct {
	Label string `json:"label"`
	Days  int    `json:"days"` // 1, 7 or 30
	Uses  int    `json:"uses"` // 1 to 100
}

// InvitePreview is what an invite from someone else says.
type InvitePreview struct {
	PeerID       string   `json:"peerId"`
	Name         string   `json:"name"`
	Color        int      `json:"color"`
	Servers      []string `json:"servers"` // host:port
	Expires      string   `json:"expires"`
	SafetyNumber string   `json:"safetyNumber"`           // 12 groups of five digits
	Conversation string   `json:"conversation,omitempty"` // set when they are a contact already
}

// FoundPerson is who has a handle, as their own signature says.
type FoundPerson struct {
	Handle       string `json:"handle"` // name@host
	PeerID       string `json:"peerId"`
	Name         string `json:"name"` // a contact's; otherwise the name in the handle
	Color        int    `json:"color"`
	SafetyNumber string `json:"safetyNumber"`           // 12 groups of five digits
	Conversation string `json:"conversation,omitempty"` // set when they are a contact already
	Asking       bool   `json:"asking,omitempty"`       // their own request waits for an answer
}

// Request is somebody who asks.
type Request struct {
	ID           string `json:"id"` // the conversation it would become
	PeerID       string `json:"peerId"`
	Name         string `json:"name"`
	Color        int    `json:"color"`
	Text         string `json:"text"` // at most 1 KiB; plain, nothing in it is live
	Time         string `json:"time"` // when it arrived here
	InviteLabel  string `json:"inviteLabel"`
	InviteMade   string `json:"inviteMade"`
	Stranger     bool   `json:"stranger,omitempty"` // they found me by my handle: there is no invite
	SafetyNumber string `json:"safetyNumber"`
}

// BanKind is what a ban names.
type BanKind string

// The kinds.
const (
	BanPeer    BanKind = "peer"
	BanInvite  BanKind = "invite" // everybody who came by it
	BanAddress BanKind = "address"
	BanRange   BanKind = "range"
	BanDomain  BanKind = "domain"
)

// ServerCheck is the answer of a server that may be added.
type ServerCheck struct {
	Address string `json:"address"` // host:port
	Key     string `json:"key"`     // its key, short hex to compare with the operator
	RTT     int    `json:"rtt"`     // milliseconds
	Error   *Error `json:"error,omitempty"`
}
