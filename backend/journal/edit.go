package journal

import (
	"fmt"

	"github.com/tincan-chat/tincan/backend/wire"
)

// Edit is what the body of an edit says: another text for a message.
type Edit struct {
	Target Hash   // the message; only its author's edits count
	Text   string // as in [Message]
}

// EditBody returns the body of an edit. Errors: [ErrBody], [ErrText].
func EditBody(edit Edit) ([]byte, error) {
	if err := checkTarget(edit.Target); err != nil {
		return nil, err
	}
	if err := checkText(edit.Text); err != nil {
		return nil, err
	}
	return encodeBody(&wire.EditBody{Target: edit.Target[:], Text: edit.Text})
}

// Edit returns what an edit says. Errors: [ErrBody], when it is another kind,
// erased, or names no target; [ErrText], when it is not a text that may be sent.
func (e Entry) Edit() (Edit, error) {
	if e.Kind != wire.EntryKind_ENTRY_KIND_EDIT {
		return Edit{}, fmt.Errorf("%w: another kind", ErrBody)
	}
	decoded := &wire.EditBody{}
	if err := decodeBody(e.Body, maxTextBody, decoded); err != nil {
		return Edit{}, fmt.Errorf("%w: %w", ErrBody, err)
	}
	target, err := readTarget(decoded.GetTarget())
	if err != nil {
		return Edit{}, err
	}
	if err = checkText(decoded.GetText()); err != nil {
		return Edit{}, err
	}
	return Edit{Target: target, Text: decoded.GetText()}, nil
}

// DeleteBody returns the body of an entry that takes a message of the same
// author back for everyone. Error: [ErrBody].
func DeleteBody(target Hash) ([]byte, error) {
	if err := checkTarget(target); err != nil {
		return nil, err
	}
	return encodeBody(&wire.DeleteBody{Target: target[:]})
}

// Delete returns the message that is taken back. Error: [ErrBody].
func (e Entry) Delete() (Hash, error) {
	decoded := &wire.DeleteBody{}
	if err := e.readBody(wire.EntryKind_ENTRY_KIND_DELETE, decoded); err != nil {
		return Hash{}, err
	}
	target, err := readTarget(decoded.GetTarget())
	if err != nil {
		return Hash{}, err
	}
	return target, nil
}
