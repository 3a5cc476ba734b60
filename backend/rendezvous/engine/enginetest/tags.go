package enginetest

import (
	"encoding/binary"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

func (p *post) register(t *testing.T, owner identity.PeerID, add []engine.TagClaim, remove ...engine.Tag) {
	t.Helper()
	if err := p.Register(t.Context(), owner, add, remove); err != nil {
		t.Fatalf("Register: %v", err)
	}
}

// leads checks where a tag leads; the zero box is nowhere.
func (p *post) leads(t *testing.T, tag engine.Tag, owner identity.PeerID, box engine.Box) {
	t.Helper()
	got, in, found, err := p.Resolve(t.Context(), tag)
	if err != nil {
		t.Fatalf("Resolve: %v", err)
	}
	if found != (box != 0) || found && (got != owner || in != box) {
		t.Errorf("the tag leads to box %d of %x (%t), want box %d of %x", in, got[:4], found, box, owner[:4])
	}
}

func claim(tag engine.Tag, box engine.Box) engine.TagClaim {
	return engine.TagClaim{Tag: tag, Box: box, Expires: later()}
}

func claims(tags ...engine.Tag) []engine.TagClaim {
	all := make([]engine.TagClaim, 0, len(tags))
	for _, tag := range tags {
		all = append(all, claim(tag, engine.BoxContact))
	}
	return all
}

func tagLeads(t *testing.T, p *post) {
	owner, first, second := someone(), someTag(), someTag()
	p.leads(t, first, owner, 0)
	p.register(t, owner, []engine.TagClaim{claim(first, engine.BoxContact), claim(second, engine.BoxInvite)})
	p.leads(t, first, owner, engine.BoxContact)
	p.leads(t, second, owner, engine.BoxInvite)
	// Renewed, it may lead to another box.
	p.register(t, owner, []engine.TagClaim{claim(first, engine.BoxStranger)})
	p.leads(t, first, owner, engine.BoxStranger)
	p.register(t, owner, nil, first, someTag())
	p.leads(t, first, owner, 0)
	p.leads(t, second, owner, engine.BoxInvite)
	p.register(t, owner, claims(first), second)
	p.leads(t, first, owner, engine.BoxContact)
	p.leads(t, second, owner, 0)
}

func tagTaken(t *testing.T, p *post) {
	ana, ben, tag, fresh, held := someone(), someone(), someTag(), someTag(), someTag()
	p.register(t, ana, claims(tag))
	p.register(t, ben, claims(held))
	if err := p.Register(t.Context(), ben, claims(fresh, tag), []engine.Tag{held}); !errors.Is(err, engine.ErrTagTaken) {
		t.Errorf("Register of a taken tag = %v", err)
	}
	p.leads(t, tag, ana, engine.BoxContact)
	p.leads(t, fresh, ben, 0)
	p.leads(t, held, ben, engine.BoxContact)
	// Nobody removes what is somebody else's.
	p.register(t, ben, nil, tag)
	p.leads(t, tag, ana, engine.BoxContact)
	// Given up, it is free.
	p.register(t, ana, nil, tag)
	p.register(t, ben, claims(tag))
	p.leads(t, tag, ben, engine.BoxContact)
}

func tagExpires(t *testing.T, p *post) {
	ana, ben, tag := someone(), someone(), someTag()
	expires := time.Now().Add(1500 * time.Millisecond)
	p.register(t, ana, []engine.TagClaim{{Tag: tag, Box: engine.BoxContact, Expires: expires}})
	if _, _, found, err := p.Resolve(t.Context(), tag); (err != nil || !found) && time.Now().Before(expires) {
		t.Errorf("Resolve = %t, %v", found, err)
	}
	eventually(t, "a tag that expires", func() bool {
		_, _, found, err := p.Resolve(t.Context(), tag)
		return err == nil && !found
	})
	if time.Now().Before(expires) {
		t.Error("expired too early")
	}
	p.register(t, ben, claims(tag))
	p.leads(t, tag, ben, engine.BoxContact)
	// Who had it once has no say any more.
	p.register(t, ana, nil, tag)
	p.leads(t, tag, ben, engine.BoxContact)
}

func tagLifeBounded(t *testing.T, p *post) {
	ana, tag := someone(), someTag()
	p.register(t, ana, []engine.TagClaim{{Tag: tag, Box: engine.BoxContact, Expires: time.Now().Add(100 * 365 * 24 * time.Hour)}})
	p.leads(t, tag, ana, engine.BoxContact)
	// One that is over already leads nowhere.
	p.register(t, ana, []engine.TagClaim{{Tag: tag, Box: engine.BoxContact, Expires: time.Now().Add(-time.Hour)}})
	p.leads(t, tag, ana, 0)
	p.register(t, someone(), claims(tag))
}

func tooManyTags(t *testing.T, p *post) {
	owner := someone()
	const frame = 256
	first := someTag()
	tag := func(number int) engine.Tag {
		made := first
		binary.BigEndian.PutUint64(made[8:], uint64(number))
		return made
	}
	for start := 0; start < engine.MaxTags; start += frame {
		var add []engine.TagClaim
		for i := range frame {
			add = append(add, claim(tag(start+i), engine.BoxContact))
		}
		p.register(t, owner, add)
	}
	extra := someTag()
	if err := p.Register(t.Context(), owner, claims(tag(0), extra), nil); !errors.Is(err, engine.ErrTooManyTags) {
		t.Errorf("Register of one more = %v", err)
	}
	p.leads(t, extra, owner, 0)
	p.register(t, owner, claims(tag(1), tag(2))) // renewing takes no room
	p.register(t, owner, claims(extra), tag(3))
	p.leads(t, extra, owner, engine.BoxContact)
	p.leads(t, tag(3), owner, 0)
	p.register(t, someone(), claims(someTag()))
	// What expired takes no room either.
	p.register(t, owner, []engine.TagClaim{{Tag: tag(4), Box: engine.BoxContact, Expires: time.Now().Add(time.Second)}})
	eventually(t, "room for another tag", func() bool {
		return p.Register(t.Context(), owner, claims(someTag()), nil) == nil
	})
}

func tagRace(t *testing.T, p *post) {
	const claimants = 8
	tag, own := someTag(), make([]engine.Tag, claimants)
	owners, errs := make([]identity.PeerID, claimants), make([]error, claimants)
	var group sync.WaitGroup
	for i := range claimants {
		owners[i], own[i] = someone(), someTag()
		group.Go(func() { errs[i] = p.Register(t.Context(), owners[i], claims(own[i], tag), nil) })
	}
	group.Wait()
	winners := 0
	for i, err := range errs {
		switch {
		case err == nil:
			winners++
			p.leads(t, tag, owners[i], engine.BoxContact)
			p.leads(t, own[i], owners[i], engine.BoxContact)
		case errors.Is(err, engine.ErrTagTaken):
			p.leads(t, own[i], owners[i], 0)
		default:
			t.Errorf("Register: %v", err)
		}
	}
	if winners != 1 {
		t.Errorf("%d have the tag", winners)
	}
	// One owner from two devices: nobody loses anything.
	owner := someone()
	tags := make([]engine.Tag, claimants)
	for i := range tags {
		tags[i] = someTag()
		group.Go(func() {
			if err := p.Register(t.Context(), owner, claims(tags[i]), nil); err != nil {
				t.Errorf("Register: %v", err)
			}
		})
	}
	group.Wait()
	for _, one := range tags {
		p.leads(t, one, owner, engine.BoxContact)
	}
}

func oddClaims(t *testing.T, p *post) {
	owner, tag := someone(), someTag()
	p.register(t, owner, nil)
	p.register(t, owner, []engine.TagClaim{claim(tag, engine.BoxContact), claim(tag, engine.BoxInvite)})
	p.leads(t, tag, owner, engine.BoxInvite) // the last one counts
	p.register(t, owner, claims(tag), tag, tag)
	p.leads(t, tag, owner, 0)
}
