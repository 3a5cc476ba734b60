package protocol

import "github.com/tincan-chat/tincan/backend/wire"

// Cost is how many of the tokens that [Rate] and [Burst] count a frame takes:
// one for what is answered from memory, more for what the server has to read
// or write somewhere. It is never more than Burst.
func Cost(frame *wire.ClientFrame) float64 {
	switch frame.GetKind().(type) {
	case *wire.ClientFrame_PutMail, *wire.ClientFrame_DeleteMail, *wire.ClientFrame_FetchMail, *wire.ClientFrame_ResolveHandle:
		return 2
	case *wire.ClientFrame_RegisterTags, *wire.ClientFrame_Search, *wire.ClientFrame_RecallMail, *wire.ClientFrame_Refuse:
		return 4
	case *wire.ClientFrame_ClaimHandle, *wire.ClientFrame_ReleaseHandle, *wire.ClientFrame_ListEntry, *wire.ClientFrame_Report:
		return 10
	default:
		return 1
	}
}
