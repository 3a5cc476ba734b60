package journal

import (
	"fmt"

	"github.com/tincan-chat/tincan/backend/wire"
)

// RetireBody returns the body of an entry that says that its author gives their
// identity up, with what the identity signed. Error: [ErrBody].
func RetireBody(signed *wire.Signed) ([]byte, error) {
	if len(signed.GetBody()) == 0 || len(signed.GetSignature()) == 0 {
		return nil, fmt.Errorf("%w: nothing is signed", ErrBody)
	}
	return encodeBody(&wire.RetireBody{Retirement: signed})
}

// Retirement returns what an author signed to give their identity up; whether the
// signature holds is for whoever knows the identity. Error: [ErrBody], when it is
// another kind, erased, or says nothing.
func (e Entry) Retirement() (*wire.Signed, error) {
	decoded := &wire.RetireBody{}
	if err := e.readBody(wire.EntryKind_ENTRY_KIND_RETIRE, decoded); err != nil {
		return nil, err
	}
	signed := decoded.GetRetirement()
	if len(signed.GetBody()) == 0 || len(signed.GetSignature()) == 0 {
		return nil, fmt.Errorf("%w: nothing is signed", ErrBody)
	}
	return signed, nil
}
