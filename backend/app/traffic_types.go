package app

// AddressFamily is what kind of address somebody is reached at. The address itself is not told.
type AddressFamily string

// The families; unknown where a relay stands in between.
const (
	FamilyUnknown AddressFamily = ""
	FamilyIPv4    AddressFamily = "ipv4"
	FamilyIPv6    AddressFamily = "ipv6"
)

// Traffic is what lines carried since this app started; who is connected how is in the rows of the list. Bytes are those of
// messages as they travel: packed, without what encryption and packets add.
type Traffic struct {
	Received int64         `json:"received"` // over all lines
	Sent     int64         `json:"sent"`
	Lines    []LineTraffic `json:"lines"` // the open ones, then those that carried most; at most 256
}

// LineTraffic is what lines to one contact carried, and how the open one does.
type LineTraffic struct {
	Conversation string        `json:"conversation"`
	Received     int64         `json:"received"`
	Sent         int64         `json:"sent"`
	Opened       string        `json:"opened"` // "": no line is open, and what follows is empty
	Family       AddressFamily `json:"family"`
	Delays       []int         `json:"delays"` // round trips in milliseconds, oldest first, one every 10 s, at most 30
}
