package app

// named is one value of an enumeration as the generator of the bindings wants it.
type named[T ~string] struct {
	Value  T
	TSName string
}

// Enums returns every enumeration of the contract, for the generator of the
// TypeScript bindings.
func Enums() []any {
	return []any{
		[]named[ProblemCode]{
			{ProblemDatabaseDamaged, "DatabaseDamaged"},
			{ProblemFolderReadOnly, "FolderReadOnly"},
			{ProblemDiskFull, "DiskFull"},
			{ProblemClockWrong, "ClockWrong"},
		},
		[]named[Theme]{{ThemeSystem, "System"}, {ThemeLight, "Light"}, {ThemeDark, "Dark"}},
		[]named[NotifyAbout]{{NotifyEverything, "Everything"}, {NotifyNothing, "Nothing"}},
		[]named[NotifyShow]{{NotifyText, "Text"}, {NotifyName, "Name"}, {NotifyNeither, "Neither"}},
		[]named[Route]{{RouteInherited, "Inherited"}, {RouteAny, "Any"}, {RouteRelayed, "Relayed"}, {RouteNetwork, "Network"}},
		[]named[CheckGrade]{{GradeGood, "Good"}, {GradeWarn, "Warn"}, {GradeBad, "Bad"}, {GradeUnknown, "Unknown"}},
		[]named[LogKind]{
			{LogLineOpen, "LineOpen"},
			{LogLineClosed, "LineClosed"},
			{LogLineLost, "LineLost"},
			{LogLineFailed, "LineFailed"},
			{LogServerUp, "ServerUp"},
			{LogServerDown, "ServerDown"},
			{LogBan, "Ban"},
			{LogMailKept, "MailKept"},
			{LogMailRefused, "MailRefused"},
			{LogMailFetched, "MailFetched"},
			{LogCheck, "Check"},
		},
		[]named[ServerState]{{ServerConnecting, "Connecting"}, {ServerOnline, "Online"}, {ServerDown, "Down"}},
		[]named[ContactState]{{ContactAsked, "Asked"}, {ContactMutual, "Mutual"}, {ContactBanned, "Banned"}, {ContactForgotten, "Forgotten"}},
		[]named[Folder]{{FolderList, "List"}, {FolderArchived, "Archived"}, {FolderHidden, "Hidden"}},
		[]named[Presence]{{PresenceOnline, "Online"}, {PresenceOffline, "Offline"}, {PresenceUnknown, "Unknown"}},
		[]named[LineState]{
			{LineLAN, "LAN"},
			{LineDirect, "Direct"},
			{LineRelayed, "Relayed"},
			{LineConnecting, "Connecting"},
			{LineWaiting, "Waiting"},
			{LineNoNetwork, "NoNetwork"},
			{LineIdle, "Idle"},
			{LineBanned, "Banned"},
			{LineHeld, "Held"},
		},
		[]named[AddressFamily]{{FamilyUnknown, "Unknown"}, {FamilyIPv4, "IPv4"}, {FamilyIPv6, "IPv6"}},
		[]named[MessageState]{
			{MessageQueued, "Queued"},
			{MessageStored, "Stored"},
			{MessageDelivered, "Delivered"},
			{MessageRead, "Read"},
			{MessageReceived, "Received"},
		},
		[]named[StepKind]{
			{StepWritten, "Written"},
			{StepTried, "Tried"},
			{StepStored, "Stored"},
			{StepSaved, "Saved"},
			{StepDelivered, "Delivered"},
			{StepRead, "Read"},
			{StepTooLate, "TooLate"},
		},
		[]named[Way]{{WayUnknown, "Unknown"}, {WayLAN, "LAN"}, {WayDirect, "Direct"}, {WayRelayed, "Relayed"}, {WayMail, "Mail"}, {WayFile, "File"}},
		[]named[WaitCode]{
			{WaitAsked, "Asked"},
			{WaitBanned, "Banned"},
			{WaitHeld, "Held"},
			{WaitSent, "Sent"},
			{WaitLine, "Line"},
			{WaitStored, "Stored"},
			{WaitNoNetwork, "NoNetwork"},
			{WaitNoServer, "NoServer"},
			{WaitNoMailbox, "NoMailbox"},
			{WaitNoKey, "NoKey"},
			{WaitFull, "Full"},
			{WaitRefused, "Refused"},
			{WaitMany, "Many"},
			{WaitTrying, "Trying"},
		},
		[]named[CancelOutcome]{{CancelledHere, "Here"}, {CancelledAtServer, "Server"}, {CancelledLate, "Late"}},
		[]named[Trust]{{TrustNone, "None"}, {TrustLink, "Link"}, {TrustCompared, "Compared"}, {TrustDiffers, "Differs"}, {TrustChanged, "Changed"}, {TrustForked, "Forked"}},
		[]named[CompareMethod]{{CompareNone, "None"}, {CompareNumber, "Number"}, {CompareEmoji, "Emoji"}},
		[]named[CheckState]{
			{CheckWaiting, "Waiting"},
			{CheckAsked, "Asked"},
			{CheckPreparing, "Preparing"},
			{CheckComparing, "Comparing"},
			{CheckDone, "Done"},
			{CheckEnded, "Ended"},
		},
		[]named[BanKind]{{BanPeer, "Peer"}, {BanInvite, "Invite"}, {BanAddress, "Address"}, {BanRange, "Range"}, {BanDomain, "Domain"}},
		[]named[BanFilter]{{BansAll, "All"}, {BansPeople, "People"}, {BansAddresses, "Addresses"}, {BansDomains, "Domains"}},
		[]named[BanColumn]{
			{BanByKind, "Kind"}, {BanByTarget, "Target"}, {BanByReason, "Reason"}, {BanByAdded, "Added"}, {BanByEnds, "Ends"}, {BanByBlocked, "Blocked"},
		},
		[]named[Protection]{{ProtectionFile, "File"}, {ProtectionKeyring, "Keyring"}, {ProtectionPassphrase, "Passphrase"}},
		[]named[ProgressStep]{{ProgressCopy, "Copy"}, {ProgressWrite, "Write"}, {ProgressCheck, "Check"}, {ProgressRead, "Read"}, {ProgressPlace, "Place"}},
		[]named[Every]{{EveryNever, "Never"}, {EveryDay, "Day"}, {EveryWeek, "Week"}},
	}
}
