package signaling

// Answer says what became of a request.
type Answer string

// The answers.
const (
	AnswerDone        Answer = "done"
	AnswerNoSession   Answer = "no-session"  // with that server, or it ended meanwhile
	AnswerUnavailable Answer = "unavailable" // the server cannot now, or said nothing in 5 s; try again
	AnswerNotOffered  Answer = "not-offered" // the server has no mailbox, or no directory
	AnswerForged      Answer = "forged"      // the server answered what nobody signed: nothing of it is handed over
	AnswerElsewhere   Answer = "elsewhere"   // whoever has that handle claimed it under another host
	AnswerInvalid     Answer = "invalid"     // not well-formed, out of range, or signed by somebody else
	AnswerTooMany     Answer = "too-many"    // tags, claims a day, or handles
	AnswerTaken       Answer = "taken"       // a tag or handle is somebody else's
	AnswerNotFound    Answer = "not-found"   // nobody has that handle, or nobody registered that tag
	AnswerFull        Answer = "full"        // the box is full; try again when some of it was fetched
	AnswerProof       Answer = "proof"       // the invite's secret or the work is missing or wrong
	AnswerRefused     Answer = "refused"     // no envelope, or it expired
	AnswerCancelled   Answer = "cancelled"   // by Cancel, or the work took longer than 15 s
	AnswerOlder       Answer = "older"       // a newer version is listed
	AnswerRemoved     Answer = "removed"     // the operator does not list it
)

// Final tells whether an answer to PutMail says for certain that the envelope is
// not kept, or that it is.
func (a Answer) Final() bool {
	switch a {
	case AnswerDone, AnswerNotOffered, AnswerInvalid, AnswerNotFound, AnswerFull, AnswerProof, AnswerRefused, AnswerCancelled:
		return true
	default:
		return false
	}
}

// Answered is the outcome of RegisterTags, DeleteMail, ListEntry and Report.
type Answered struct {
	ID     uint64 // of the request; 0: the tags were registered again after a login
	Answer Answer
}
