// Package export writes a conversation so that it can be read without Tincan and
// checked by anybody: a page (conversation.html) and a file (conversation.json)
// with every entry as its author's device signed it.
//
// # conversation.json
//
// One JSON object, in the one form that this package writes; binary values are
// base64 (RFC 4648, section 4):
//
//	{"head":HEAD,
//	"entries":[
//	ENTRY
//	,ENTRY
//	],
//	"seal":SEAL}
//
// HEAD names the conversation, the language of the page's own words, and both
// people, each with the device list that their identity signed. An ENTRY is a signed header and, unless it was erased,
// its salt and body. The SEAL counts the entries, and has the SHA-256 of
// everything before its line and of the page, signed by the device that exported
// (Ed25519ctx, "tincan/export/1").
//
// # What is checked
//
// Each entry is signed by a device of one of the two people; belongs to the
// conversation; follows the one before it in its log by its hash, from the first
// one on; and its body is the one that the header commits to. Entries stand in
// their order. The page is rendered again from the file and must be the same,
// byte for byte. What was deleted or disappeared shows as that: the header is
// there, the body is not.
//
// It does not prove that a log has no further entries after the last one, when
// anything was written (times are claims), or whose an identity is: for that the
// two PeerIDs are compared with those that one knows.
package export
