package journal

import (
	"github.com/tincan-chat/tincan/backend/wire"
)

// Reaction is what the body of a reaction says.
type Reaction struct {
	Target Hash   // the message
	Emoji  string // one that [IsEmoji] takes
	Remove bool   // the author takes this emoji away again
}

// ReactionBody returns the body of a reaction. Error: [ErrBody].
func ReactionBody(reaction Reaction) ([]byte, error) {
	if err := reaction.check(); err != nil {
		return nil, err
	}
	return encodeBody(&wire.ReactionBody{Target: reaction.Target[:], Emoji: reaction.Emoji, Remove: reaction.Remove})
}

// Reaction returns what a reaction says. Error: [ErrBody], when it is another
// kind, erased, or not a reaction that may be sent.
func (e Entry) Reaction() (Reaction, error) {
	decoded := &wire.ReactionBody{}
	if err := e.readBody(wire.EntryKind_ENTRY_KIND_REACTION, decoded); err != nil {
		return Reaction{}, err
	}
	target, err := readTarget(decoded.GetTarget())
	if err != nil {
		return Reaction{}, err
	}
	reaction := Reaction{Target: target, Emoji: decoded.GetEmoji(), Remove: decoded.GetRemove()}
	if err = reaction.check(); err != nil {
		return Reaction{}, err
	}
	return reaction, nil
}

func (r Reaction) check() error {
	if err := checkTarget(r.Target); err != nil {
		return err
	}
	if !IsEmoji(r.Emoji) {
		return errEmoji
	}
	return nil
}
