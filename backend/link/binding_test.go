package link_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
)

func sampleBinding(t testing.TB) (link.Binding, *identity.Keys, *identity.Keys) {
	t.Helper()
	offererKeys, offerer := device(t, 1)
	answererKeys, answerer := device(t, 99)
	session, err := link.NewSession(noon, steady(7))
	if err != nil {
		t.Fatal(err)
	}
	return link.Binding{
		Session: session, Offerer: offerer, Answerer: answerer,
		OffererCertificate: [32]byte{1}, AnswererCertificate: [32]byte{2},
		OfferHash: [32]byte{3}, AnswerHash: [32]byte{4},
		OfferNonce: [link.NonceSize]byte{5}, AnswerNonce: [link.NonceSize]byte{6},
	}, offererKeys, answererKeys
}

func TestConfirmationIsAccepted(t *testing.T) {
	binding, offerer, answerer := sampleBinding(t)
	for role, keys := range map[link.Role]*identity.Keys{link.RoleOfferer: offerer, link.RoleAnswerer: answerer} {
		frame, err := binding.Confirm(role, steady(9), keys.SignAsDevice)
		if err != nil {
			t.Fatal(err)
		}
		if err = binding.Verify(role, frame); err != nil {
			t.Errorf("role %d: %v", role, err)
		}
		// Sent back to its sender it proves nothing.
		if err = binding.Verify(role.Other(), frame); !errors.Is(err, link.ErrConfirm) {
			t.Errorf("a reflected confirmation: %v", err)
		}
	}
}

// A man in the middle ends DTLS twice (other certificates), a replayer has an
// old session (other nonces, hashes, id), an unknown key share names somebody
// else, a downgrade changes what offer or answer said (other hashes).
func TestConfirmationOfAnotherSessionIsRefused(t *testing.T) {
	edits := map[string]func(*link.Binding){
		"session":                         func(b *link.Binding) { b.Session[15] ^= 1 },
		"man in the middle, offerer":      func(b *link.Binding) { b.OffererCertificate[0] ^= 1 },
		"man in the middle, answerer":     func(b *link.Binding) { b.AnswererCertificate[0] ^= 1 },
		"changed or downgraded offer":     func(b *link.Binding) { b.OfferHash[0] ^= 1 },
		"changed or downgraded answer":    func(b *link.Binding) { b.AnswerHash[0] ^= 1 },
		"replay, nonce of the offer":      func(b *link.Binding) { b.OfferNonce[0] ^= 1 },
		"replay, nonce of the answer":     func(b *link.Binding) { b.AnswerNonce[0] ^= 1 },
		"unknown key share, peer":         func(b *link.Binding) { b.Answerer.Peer[0] ^= 1 },
		"unknown key share, device":       func(b *link.Binding) { b.Answerer.Device[0] ^= 1 },
		"another identity of the offerer": func(b *link.Binding) { b.Offerer.Peer[0] ^= 1 },
	}
	binding, offerer, _ := sampleBinding(t)
	frame, err := binding.Confirm(link.RoleOfferer, steady(9), offerer.SignAsDevice)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			other := binding
			edit(&other)
			if other.Digest() == binding.Digest() {
				t.Error("the digest does not tell them apart")
			}
			if err := other.Verify(link.RoleOfferer, frame); !errors.Is(err, link.ErrConfirm) {
				t.Errorf("%v", err)
			}
		})
	}
	for i := range frame {
		mutated := bytes.Clone(frame)
		mutated[i] ^= 0x10
		if binding.Verify(link.RoleOfferer, mutated) == nil {
			t.Errorf("byte %d changed, and it was accepted", i)
		}
	}
}

func FuzzConfirm(f *testing.F) {
	binding, offerer, _ := sampleBinding(f)
	frame, err := binding.Confirm(link.RoleOfferer, steady(9), offerer.SignAsDevice)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := binding.Verify(link.RoleOfferer, data); err == nil && !bytes.Equal(data, frame) {
			t.Fatal("another confirmation was accepted")
		}
	})
}
