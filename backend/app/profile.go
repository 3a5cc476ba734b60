package app

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/node"
)

// maxPictureFile is the most bytes of an image that becomes a picture.
const maxPictureFile = 2 << 20

// dataURL is how a picture begins that is handed to the interface.
const dataURL = "data:image/jpeg;base64,"

// SetProfile changes all that this person says of themselves; contacts learn it.
// picture is "" for none, the id that Profile has for the one there is, or an
// image (JPEG, PNG or GIF, 2 MiB) as a data: URL with base64, which is cut to
// its middle and made small. Errors: no-profile, name-empty, name-long, color,
// about-long (140 characters), picture, disk-full, read-only.
func (a *API) SetProfile(name string, color int, about, picture string) (Profile, error) {
	return ask(a, "SetProfile", func(ctx context.Context, app *App, running Running) (Profile, error) {
		live, err := running.Live(ctx)
		if err != nil {
			return Profile{}, err
		}
		if live.Self.Created.IsZero() {
			return Profile{}, refuse("no-profile", "Choose a name first.")
		}
		small, err := newPicture(picture, live.Self.Picture)
		if err != nil {
			return Profile{}, notPicture(err)
		}
		if err = running.ChangeProfile(ctx, name, color, about, small); err != nil {
			return Profile{}, err
		}
		if live, err = running.Live(ctx); err != nil {
			return Profile{}, err
		}
		return app.profileOf(live), nil
	})
}

// Picture returns the picture of whom a conversation is with, or with "" mine,
// as a data: URL; "" if there is none. It is made anew from what they sent.
// Errors: no-conversation.
func (a *API) Picture(conversation string) (string, error) {
	return do(a, "Picture", func(ctx context.Context, app *App) (string, error) {
		id, err := conversationOrMe(conversation)
		if err != nil {
			return "", err
		}
		theirs, err := app.pictureBytes(ctx, id)
		if err != nil || len(theirs) == 0 {
			return "", err
		}
		safe, err := chat.TheirPicture(theirs)
		if err != nil {
			return "", nil //nolint:nilerr // what cannot be shown is shown as none
		}
		return dataURL + base64.StdEncoding.EncodeToString(safe), nil
	})
}

// pictureBytes reads the picture of a contact, or of this person for uuid.Nil.
func (a *App) pictureBytes(ctx context.Context, id uuid.UUID) ([]byte, error) {
	if id != uuid.Nil {
		return a.config.Store.Picture(ctx, id)
	}
	if running := a.started(); running != nil {
		live, err := running.Live(ctx)
		return live.Self.Picture, err
	}
	before, err := a.load()
	return before.snapshot.Self.Picture, err
}

// newPicture reads the picture of SetProfile.
func newPicture(picture string, before []byte) ([]byte, error) {
	switch {
	case picture == "":
		return nil, nil
	case len(before) > 0 && picture == pictureID(sha256.Sum256(before)):
		return before, nil
	case len(picture) > base64.StdEncoding.EncodedLen(maxPictureFile)+64:
		return nil, chat.ErrPicture
	}
	head, encoded, found := strings.Cut(picture, ",")
	if !found || !strings.HasPrefix(head, "data:image/") || !strings.HasSuffix(head, ";base64") {
		return nil, chat.ErrPicture
	}
	file, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, chat.ErrPicture
	}
	return chat.MakePicture(file)
}

// pictureID names a picture, so that an interface asks for each one once; "" for none.
func pictureID(sum [32]byte) string {
	if sum == ([32]byte{}) {
		return ""
	}
	return hex.EncodeToString(sum[:8])
}

// profileOf makes this person plain.
func (a *App) profileOf(live node.Live) Profile {
	self := live.Self
	a.hidesReads.Store(self.HideReads)
	profile := Profile{
		PeerID: a.config.Keys.Peer().String(), Name: self.Name, Color: self.Color, About: self.About, Privacy: privacyOf(self),
		Handles: ownHandlesOf(live.Handles), Retired: moment(live.Retired),
	}
	if len(self.Picture) > 0 {
		profile.Picture = pictureID(sha256.Sum256(self.Picture))
	}
	return profile
}
