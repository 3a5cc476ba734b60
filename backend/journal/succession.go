package journal

import (
	"fmt"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// SuccessionBody returns the body of an entry that says which identities came
// before its author's. Error: [ErrBody].
func SuccessionBody(links []*wire.SignedSuccession) ([]byte, error) {
	if err := checkLinks(links); err != nil {
		return nil, err
	}
	return encodeBody(&wire.SuccessionBody{Links: links})
}

// Succession returns what an author says of the identities before theirs; whether
// the signatures hold is for [identity.ParseSuccessions]. Error: [ErrBody], when
// it is another kind, erased, or says nothing.
func (e Entry) Succession() ([]*wire.SignedSuccession, error) {
	decoded := &wire.SuccessionBody{}
	if err := e.readBody(wire.EntryKind_ENTRY_KIND_SUCCESSION, decoded); err != nil {
		return nil, err
	}
	return decoded.GetLinks(), checkLinks(decoded.GetLinks())
}

func checkLinks(links []*wire.SignedSuccession) error {
	if len(links) == 0 || len(links) > identity.MaxSuccessions {
		return fmt.Errorf("%w: %d successions", ErrBody, len(links))
	}
	for _, link := range links {
		if len(link.GetBody()) == 0 || len(link.GetFromSignature()) == 0 || len(link.GetToSignature()) == 0 {
			return fmt.Errorf("%w: a succession that is not signed", ErrBody)
		}
	}
	return nil
}
