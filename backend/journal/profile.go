package journal

import (
	"fmt"

	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of a profile.
const (
	MaxAbout   = 140      // characters of the about
	MaxPicture = 16 << 10 // bytes of the picture
)

// Profile is what the body of a profile says: how its author wants to be shown
// from there on. Names and abouts of others are made safe to show by whoever
// shows them.
type Profile struct {
	Name  string // 1 to [wire.MaxName] characters, valid UTF-8 without NUL
	Color uint32 // from 1; a reader that does not have it takes one of its own
	About string // up to [MaxAbout] characters, likewise
	// Picture is a JPEG of up to [MaxPicture] bytes, nil for none. What is in it
	// is for whoever shows it to check: here it is bytes.
	Picture []byte
}

// ProfileBody returns the body of a profile. Error: [ErrBody].
func ProfileBody(profile Profile) ([]byte, error) {
	if err := profile.check(); err != nil {
		return nil, err
	}
	return encodeBody(&wire.ProfileBody{Name: profile.Name, Color: profile.Color, About: profile.About, Picture: profile.Picture})
}

// Profile returns what a profile says. Error: [ErrBody], when it is another
// kind, erased, or not a profile that may be sent.
func (e Entry) Profile() (Profile, error) {
	decoded := &wire.ProfileBody{}
	if e.Kind != wire.EntryKind_ENTRY_KIND_PROFILE {
		return Profile{}, fmt.Errorf("%w: another kind", ErrBody)
	}
	if err := decodeBody(e.Body, maxProfileBody, decoded); err != nil {
		return Profile{}, fmt.Errorf("%w: %w", ErrBody, err)
	}
	profile := Profile{Name: decoded.GetName(), Color: decoded.GetColor(), About: decoded.GetAbout(), Picture: decoded.GetPicture()}
	if err := profile.check(); err != nil {
		return Profile{}, err
	}
	return profile, nil
}

func (p Profile) check() error {
	if err := checkLine("name", p.Name, 1, wire.MaxName); err != nil {
		return err
	}
	if p.Color == 0 {
		return fmt.Errorf("%w: no colour", ErrBody)
	}
	if len(p.Picture) > MaxPicture {
		return fmt.Errorf("%w: a picture of %d bytes, the most is %d", ErrBody, len(p.Picture), MaxPicture)
	}
	return checkLine("about", p.About, 0, MaxAbout)
}
